/** How the entries of a tensor lie in a buffer. */
import { encodeFloat16, fromFloat16 } from '../math/float16';
import { type Dtype, partsOf } from './home';

/** Bytes of `count` entries: whole words, so that an odd number of halves takes half a word more. */
export const bytesOf = (dtype: Dtype, count: number): number =>
  dtype === 'f16' ? 4 * Math.ceil(count / 2) : 4 * partsOf(dtype) * count;

/** Values as the words of a buffer, rounded to what is stored. */
export function encode(dtype: Dtype, values: ArrayLike<number>): Float32Array | Uint32Array {
  if (dtype === 'u32') return Uint32Array.from(values);
  if (dtype !== 'f16') return Float32Array.from(values);
  const words = new Uint32Array(Math.ceil(values.length / 2));
  encodeFloat16(values).forEach((bits, i) => {
    words[i >> 1] |= bits << (16 * (i & 1));
  });
  return words;
}

/** The first `count` numbers of a buffer. */
export function decode(dtype: Dtype, bytes: ArrayBuffer, count: number): Float32Array | Uint32Array {
  if (dtype === 'u32') return new Uint32Array(bytes);
  if (dtype !== 'f16') return new Float32Array(bytes);
  const words = new Uint32Array(bytes);
  return Float32Array.from({ length: count }, (_, i) =>
    fromFloat16((words[i >> 1] >>> (16 * (i & 1))) & 0xffff),
  );
}
