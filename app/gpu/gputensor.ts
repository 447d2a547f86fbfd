/** A tensor of the GPU home: a pooled buffer, or a part of one (a view). */
import type { PooledBuffer } from './buffers';
import type { GpuHome } from './gpuhome';
import type { Dtype, Tensor } from './home';

export class GpuTensor implements Tensor {
  pooled: PooledBuffer | null;
  constructor(
    readonly home: GpuHome,
    readonly shape: readonly number[],
    readonly dtype: Dtype,
    pooled: PooledBuffer,
    /** Bytes that the shape needs; the buffer may be larger. */
    readonly bytes: number,
    /** Of a view: whose memory it shows, and from which byte on. */
    readonly base?: GpuTensor,
    readonly offset = 0,
  ) {
    this.pooled = pooled;
  }
}

/** First byte in its buffer. */
export const offsetOf = (tensor: Tensor): number => (tensor instanceof GpuTensor ? tensor.offset : 0);

/** The part of its buffer that a view binds; a tensor of its own binds all of it. */
export function placeOf(tensor: Tensor): { key: string; range: { offset: number; size: number } | null } {
  if (!(tensor instanceof GpuTensor) || !tensor.base) return { key: '', range: null };
  const { offset, bytes: size } = tensor;
  return { key: `@${offset}+${size}`, range: { offset, size } };
}
