/**
 * Constant tables on a device (twiddle factors, say): made once from float64, rounded to float32, shared by all
 * homes of the device. The least recently used are forgotten beyond 64 MiB; none belongs to a scope.
 */
import { type PooledBuffer, tableBuffer } from './buffers';
import type { GpuHome } from './gpuhome';
import { GpuTensor } from './gputensor';
import type { Dtype, Tensor } from './home';

const LIMIT = 64 * 2 ** 20;

const caches = new WeakMap<GPUDevice, Map<string, PooledBuffer>>();

/** The table of this key, made by `make` on its first use; complex values interleaved. */
export function tableOf(
  home: GpuHome,
  key: string,
  shape: readonly number[],
  dtype: Dtype,
  make: () => ArrayLike<number>,
): Tensor {
  let cache = caches.get(home.device);
  if (!cache) {
    cache = new Map();
    caches.set(home.device, cache);
  }
  let pooled = cache.get(key);
  if (pooled) cache.delete(key);
  else pooled = tableBuffer(home.device, key, Float32Array.from(make()));
  cache.set(key, pooled);
  let bytes = 0;
  for (const entry of cache.values()) bytes += entry.bytes;
  for (const [old, entry] of cache) {
    if (bytes <= LIMIT || old === key) break;
    // Dispatches that are queued still hold the buffer: it is left to the garbage collector.
    cache.delete(old);
    bytes -= entry.bytes;
  }
  return new GpuTensor(home, shape, dtype, pooled, pooled.bytes);
}
