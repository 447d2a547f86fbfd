/** Storage buffers, pooled per device: a released buffer serves the next tensor of its size class. */

const POOL_LIMIT = 256 * 2 ** 20;

export interface PooledBuffer {
  readonly id: number;
  readonly buffer: GPUBuffer;
  readonly bytes: number;
}

const pools = new WeakMap<GPUDevice, BufferPool>();
let nextId = 1;

/** Four classes to the octave: at most a quarter is wasted, and buffers are found again. */
export function sizeClass(bytes: number): number {
  const least = Math.max(256, bytes);
  const step = Math.max(256, 2 ** (Math.floor(Math.log2(least)) - 2));
  return Math.ceil(least / step) * step;
}

export class BufferPool {
  private readonly idle = new Map<number, PooledBuffer[]>();
  private idleBytes = 0;

  private constructor(private readonly device: GPUDevice) {}

  static of(device: GPUDevice): BufferPool {
    let pool = pools.get(device);
    if (!pool) {
      pool = new BufferPool(device);
      pools.set(device, pool);
    }
    return pool;
  }

  /** An idle buffer of at least `bytes`, with whatever its last owner left in it. */
  find(bytes: number): PooledBuffer | undefined {
    const size = this.sizeFor(bytes);
    const found = this.idle.get(size)?.pop();
    if (found) this.idleBytes -= size;
    return found;
  }

  /** A new buffer of at least `bytes`. */
  make(bytes: number, label: string): PooledBuffer {
    const size = this.sizeFor(bytes);
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    return { id: nextId++, buffer: this.device.createBuffer({ label, size, usage }), bytes: size };
  }

  private sizeFor(bytes: number): number {
    return Math.min(sizeClass(bytes), Math.max(bytes, this.device.limits.maxStorageBufferBindingSize));
  }

  /** Bytes of idle buffers. */
  get idleSize(): number {
    return this.idleBytes;
  }

  give(pooled: PooledBuffer): void {
    if (this.idleBytes + pooled.bytes > POOL_LIMIT) {
      pooled.buffer.destroy();
      return;
    }
    const list = this.idle.get(pooled.bytes);
    if (list) list.push(pooled);
    else this.idle.set(pooled.bytes, [pooled]);
    this.idleBytes += pooled.bytes;
  }

  /** Gives all idle memory back to the device. */
  drain(): void {
    for (const list of this.idle.values()) for (const { buffer } of list) buffer.destroy();
    this.idle.clear();
    this.idleBytes = 0;
  }
}

/** A buffer outside the pool that holds these values and is only read. */
export function tableBuffer(device: GPUDevice, label: string, values: Float32Array): PooledBuffer {
  const size = Math.max(16, 4 * Math.ceil(values.byteLength / 4));
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC;
  const buffer = device.createBuffer({ label, size, usage, mappedAtCreation: true });
  new Float32Array(buffer.getMappedRange()).set(values);
  buffer.unmap();
  return { id: nextId++, buffer, bytes: size };
}
