/**
 * The one random number generator: Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror, Shaw 2011, the
 * default of JAX). It has no state: entry `index` of an array is a function of (seed, stream, index), so
 * any slice can be drawn by itself, in any order, on any machine and in a shader, with the same bits.
 *
 * Key = (seed, stream), counter = (index, 0) gives two words w0, w1. A uniform is ((w >> 8) + 0.5) 2^-24,
 * in (0, 1) and exact in float32 up to one rounding; a normal is sqrt(-2 ln u0) cos(2 pi u1) with the log
 * and cos of fdlibm.ts. Arrays fill in row-major order. All arguments are integers: seed and stream in
 * 0..2^32-1, start and count such that start + count <= 2^32.
 */
import { cos, log } from './fdlibm';

const SCALE = 2 ** -24;
const TWO_PI = 2 * Math.PI;

// The two words of the last block. Module variables, because an array for each index would cost more than
// the rounds.
let word0 = 0;
let word1 = 0;

/** The Threefry-2x32-20 block of key (k0, k1) and counter (c0, c1): two unsigned 32-bit words. */
export function threefry2x32(k0: number, k1: number, c0: number, c1: number): [number, number] {
  block(k0, k1, c0, c1);
  return [word0 >>> 0, word1 >>> 0];
}

/** `count` uniforms in (0, 1), the entries start, start + 1, ... of the stream. */
export function uniforms(seed: number, stream: number, count: number, start = 0): Float64Array {
  check(seed, stream, count, start);
  const out = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    block(seed, stream, start + i, 0);
    out[i] = ((word0 >>> 8) + 0.5) * SCALE;
  }
  return out;
}

/** Both uniforms of each index, side by side: u0 at 2 i, u1 at 2 i + 1; 2 count numbers. */
export function uniformPairs(seed: number, stream: number, count: number, start = 0): Float64Array {
  check(seed, stream, count, start);
  const out = new Float64Array(2 * count);
  for (let i = 0; i < count; i++) {
    block(seed, stream, start + i, 0);
    out[2 * i] = ((word0 >>> 8) + 0.5) * SCALE;
    out[2 * i + 1] = ((word1 >>> 8) + 0.5) * SCALE;
  }
  return out;
}

/** `count` standard normals (Box-Muller, one for each index). */
export function normals(seed: number, stream: number, count: number, start = 0): Float64Array {
  check(seed, stream, count, start);
  const out = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    block(seed, stream, start + i, 0);
    const u0 = ((word0 >>> 8) + 0.5) * SCALE;
    const u1 = ((word1 >>> 8) + 0.5) * SCALE;
    out[i] = Math.sqrt(-2 * log(u0)) * cos(TWO_PI * u1);
  }
  return out;
}

/** `count` integers floor(u n) in [0, n). n is at most 2^24: a uniform has no more values than that. */
export function integers(seed: number, stream: number, count: number, n: number, start = 0): Uint32Array {
  check(seed, stream, count, start);
  if (!Number.isInteger(n) || n < 1 || n > 2 ** 24)
    throw new RangeError(`integers: n = ${n} is not in 1..2^24`);
  const out = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    block(seed, stream, start + i, 0);
    out[i] = Math.floor(((word0 >>> 8) + 0.5) * SCALE * n);
  }
  return out;
}

/** `count` random signs: -1 where the uniform is below 0.5, else 1. */
export function signs(seed: number, stream: number, count: number, start = 0): Float64Array {
  check(seed, stream, count, start);
  const out = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    block(seed, stream, start + i, 0);
    out[i] = word0 < 0 ? 1 : -1; // u >= 0.5 exactly when the top bit of the word is set
  }
  return out;
}

/** A random permutation of 0..n-1: the stable argsort of n uniforms, the entries from `start` on. */
export function permutation(seed: number, stream: number, n: number, start = 0): Uint32Array {
  check(seed, stream, n, start);
  if (n > 2 ** 29) throw new RangeError(`permutation: n = ${n} is above 2^29`);
  // The 24 bits of the uniform above 29 bits of the index: one exact double, so that a plain numeric sort
  // is stable.
  const keys = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    block(seed, stream, start + i, 0);
    keys[i] = (word0 >>> 8) * 2 ** 29 + i;
  }
  keys.sort();
  return Uint32Array.from(keys, (key) => key % 2 ** 29);
}

function check(seed: number, stream: number, count: number, start: number): void {
  for (const [name, value] of [
    ['seed', seed],
    ['stream', stream],
  ] as const) {
    if (!Number.isInteger(value) || value < 0 || value >= 2 ** 32) {
      throw new RangeError(`${name} = ${value} is no integer in 0..2^32-1`);
    }
  }
  if (
    !Number.isInteger(count) ||
    !Number.isInteger(start) ||
    count < 0 ||
    start < 0 ||
    start + count > 2 ** 32
  ) {
    throw new RangeError(
      `${count} random numbers from index ${start} on: both must be integers of sum <= 2^32`,
    );
  }
}

/** Five groups of four rounds with a key injection after each; leaves signed words in word0, word1. */
function block(k0: number, k1: number, c0: number, c1: number): void {
  k0 |= 0;
  k1 |= 0;
  const k2 = k0 ^ k1 ^ 0x1bd11bda;
  let x = (c0 + k0) | 0;
  let y = (c1 + k1) | 0;

  x = (x + y) | 0;
  y = ((y << 13) | (y >>> 19)) ^ x;
  x = (x + y) | 0;
  y = ((y << 15) | (y >>> 17)) ^ x;
  x = (x + y) | 0;
  y = ((y << 26) | (y >>> 6)) ^ x;
  x = (x + y) | 0;
  y = ((y << 6) | (y >>> 26)) ^ x;
  x = (x + k1) | 0;
  y = (y + k2 + 1) | 0;

  x = (x + y) | 0;
  y = ((y << 17) | (y >>> 15)) ^ x;
  x = (x + y) | 0;
  y = ((y << 29) | (y >>> 3)) ^ x;
  x = (x + y) | 0;
  y = ((y << 16) | (y >>> 16)) ^ x;
  x = (x + y) | 0;
  y = ((y << 24) | (y >>> 8)) ^ x;
  x = (x + k2) | 0;
  y = (y + k0 + 2) | 0;

  x = (x + y) | 0;
  y = ((y << 13) | (y >>> 19)) ^ x;
  x = (x + y) | 0;
  y = ((y << 15) | (y >>> 17)) ^ x;
  x = (x + y) | 0;
  y = ((y << 26) | (y >>> 6)) ^ x;
  x = (x + y) | 0;
  y = ((y << 6) | (y >>> 26)) ^ x;
  x = (x + k0) | 0;
  y = (y + k1 + 3) | 0;

  x = (x + y) | 0;
  y = ((y << 17) | (y >>> 15)) ^ x;
  x = (x + y) | 0;
  y = ((y << 29) | (y >>> 3)) ^ x;
  x = (x + y) | 0;
  y = ((y << 16) | (y >>> 16)) ^ x;
  x = (x + y) | 0;
  y = ((y << 24) | (y >>> 8)) ^ x;
  x = (x + k1) | 0;
  y = (y + k2 + 4) | 0;

  x = (x + y) | 0;
  y = ((y << 13) | (y >>> 19)) ^ x;
  x = (x + y) | 0;
  y = ((y << 15) | (y >>> 17)) ^ x;
  x = (x + y) | 0;
  y = ((y << 26) | (y >>> 6)) ^ x;
  x = (x + y) | 0;
  y = ((y << 6) | (y >>> 26)) ^ x;
  word0 = (x + k2) | 0;
  word1 = (y + k0 + 5) | 0;
}
