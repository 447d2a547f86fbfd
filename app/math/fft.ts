/**
 * The discrete Fourier transform in float64, any length: X_k = sum_t x_t exp(-2 pi i t k / n). Numbers are
 * interleaved, re, im, re, im. Powers of two by Stockham's passes of radix 4 and 2, other lengths by
 * Bluestein's chirp (Bluestein 1970): a convolution of power-of-two length.
 *
 * Relative error in the 2-norm below 4 log2(n) 2^-53 (Higham 2002, theorem 24.2, with accurate twiddles),
 * some three times that for other lengths. No normalization forward, 1/n inverse, as in NumPy.
 */

/** exp(-2 pi i k / n) to the last bit or so: the angle is folded into an octant in exact arithmetic. */
export function rootOfUnity(k: number, n: number): [number, number] {
  const turn = (((8 * k) % (8 * n)) + 8 * n) % (8 * n); // eighths of a turn, times n
  const octant = Math.floor(turn / n);
  const rest = turn - octant * n;
  // Odd octants are measured from their far end, so that angles stay within pi/4.
  const angle = ((octant & 1 ? n - rest : rest) * (Math.PI / 4)) / n;
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  switch (octant) {
    case 0:
      return [c, -s];
    case 1:
      return [s, -c];
    case 2:
      return [-s, -c];
    case 3:
      return [-c, -s];
    case 4:
      return [-c, s];
    case 5:
      return [-s, c];
    case 6:
      return [s, c];
    default:
      return [c, s];
  }
}

const KEPT = 8;
const tables = new Map<number, Float64Array>();
const chirps = new Map<number, Chirp>();

/** Keeps the latest few: transforms of one length come in crowds. */
function kept<T>(cache: Map<number, T>, n: number, make: () => T): T {
  const found = cache.get(n);
  if (found) return found;
  const value = make();
  if (cache.size >= KEPT) cache.delete(cache.keys().next().value as number);
  cache.set(n, value);
  return value;
}

/** exp(-2 pi i k / n), k = 0..n-1, interleaved. */
export function rootsOfUnity(n: number): Float64Array {
  return kept(tables, n, () => {
    const table = new Float64Array(2 * n);
    for (let k = 0; k < n; k++) [table[2 * k], table[2 * k + 1]] = rootOfUnity(k, n);
    return table;
  });
}

/** One Stockham pass of radix 2 from `x` to `y`; `done` is the product of the radices before it. */
function pass2(n: number, done: number, w: Float64Array, x: Float64Array, y: Float64Array): void {
  const columns = n / 2;
  for (let j = 0; j < columns; j++) {
    const k = j % done;
    const t = 2 * k * (columns / done);
    const [wr, wi] = [w[t], w[t + 1]];
    const [i0, i1] = [2 * j, 2 * (j + columns)];
    const re = x[i1] * wr - x[i1 + 1] * wi;
    const im = x[i1] * wi + x[i1 + 1] * wr;
    const to = 2 * (2 * (j - k) + k);
    y[to] = x[i0] + re;
    y[to + 1] = x[i0 + 1] + im;
    y[to + 2 * done] = x[i0] - re;
    y[to + 2 * done + 1] = x[i0 + 1] - im;
  }
}

/** One Stockham pass of radix 4. */
function pass4(n: number, done: number, w: Float64Array, x: Float64Array, y: Float64Array): void {
  const columns = n / 4;
  const step = 2 * columns;
  for (let j = 0; j < columns; j++) {
    const k = j % done;
    const t = 2 * k * (columns / done);
    const i = 2 * j;
    const r0 = x[i];
    const s0 = x[i + 1];
    const r1 = x[i + step] * w[t] - x[i + step + 1] * w[t + 1];
    const s1 = x[i + step] * w[t + 1] + x[i + step + 1] * w[t];
    const r2 = x[i + 2 * step] * w[2 * t] - x[i + 2 * step + 1] * w[2 * t + 1];
    const s2 = x[i + 2 * step] * w[2 * t + 1] + x[i + 2 * step + 1] * w[2 * t];
    const r3 = x[i + 3 * step] * w[3 * t] - x[i + 3 * step + 1] * w[3 * t + 1];
    const s3 = x[i + 3 * step] * w[3 * t + 1] + x[i + 3 * step + 1] * w[3 * t];
    const to = 2 * (4 * (j - k) + k);
    const d = 2 * done;
    y[to] = r0 + r2 + r1 + r3;
    y[to + 1] = s0 + s2 + s1 + s3;
    y[to + d] = r0 - r2 + (s1 - s3);
    y[to + d + 1] = s0 - s2 - (r1 - r3);
    y[to + 2 * d] = r0 + r2 - (r1 + r3);
    y[to + 2 * d + 1] = s0 + s2 - (s1 + s3);
    y[to + 3 * d] = r0 - r2 - (s1 - s3);
    y[to + 3 * d + 1] = s0 - s2 + (r1 - r3);
  }
}

function powerOfTwo(x: Float64Array): Float64Array {
  const n = x.length / 2;
  const w = rootsOfUnity(n);
  let from = x;
  let spare: Float64Array = new Float64Array(2 * n);
  let to: Float64Array = new Float64Array(2 * n);
  for (let done = 1; done < n; ) {
    const radix = n / done >= 4 ? 4 : 2;
    (radix === 4 ? pass4 : pass2)(n, done, w, from, to);
    done *= radix;
    [from, to, spare] = [to, from === x ? spare : from, spare];
  }
  return from === x ? x.slice() : from;
}

export interface Chirp {
  /** Power of two, at least 2n - 1: the length of the convolution. */
  size: number;
  /** exp(-pi i t^2 / n), t < n, interleaved. */
  chirp: Float64Array;
  /** Transform of conj(chirp), laid round both ends of `size` numbers. */
  spectrum: Float64Array;
}

/** What Bluestein's transform of length n multiplies by: x_t chirp_t, convolved with conj(chirp), times chirp_k. */
export function chirpOf(n: number): Chirp {
  return kept(chirps, n, () => {
    const size = 2 ** Math.ceil(Math.log2(2 * n - 1));
    const chirp = new Float64Array(2 * n);
    const round = new Float64Array(2 * size);
    for (let t = 0; t < n; t++) {
      // t^2 is exact below 2^53, so the angle is.
      const [re, im] = rootOfUnity((t * t) % (2 * n), 2 * n);
      chirp.set([re, im], 2 * t);
      round.set([re, -im], 2 * t);
      if (t > 0) round.set([re, -im], 2 * (size - t));
    }
    return { size, chirp, spectrum: powerOfTwo(round) };
  });
}

function multiplyInto(x: Float64Array, y: Float64Array, to: Float64Array, count: number): void {
  for (let i = 0; i < 2 * count; i += 2) {
    const re = x[i] * y[i] - x[i + 1] * y[i + 1];
    to[i + 1] = x[i] * y[i + 1] + x[i + 1] * y[i];
    to[i] = re;
  }
}

function bluestein(x: Float64Array): Float64Array {
  const n = x.length / 2;
  const { size, chirp, spectrum } = chirpOf(n);
  const a = new Float64Array(2 * size);
  multiplyInto(x, chirp, a, n);
  const product = powerOfTwo(a);
  multiplyInto(product, spectrum, product, size);
  const y = conjugated(powerOfTwo(conjugated(product)), 1 / size).slice(0, 2 * n);
  multiplyInto(y, chirp, y, n);
  return y;
}

/** scale conj(x), in place. */
function conjugated(x: Float64Array, scale = 1): Float64Array {
  for (let i = 0; i < x.length; i += 2) {
    x[i] *= scale;
    x[i + 1] *= -scale;
  }
  return x;
}

/** Transform of interleaved numbers, any length; a new array. */
export function fft(x: Float64Array): Float64Array {
  const n = x.length / 2;
  if (n <= 1) return x.slice();
  return Number.isInteger(Math.log2(n)) ? powerOfTwo(x) : bluestein(x);
}

/** Inverse transform, with 1/n; a new array. */
export function ifft(x: Float64Array): Float64Array {
  return conjugated(fft(conjugated(x.slice())), 2 / Math.max(2, x.length));
}

/** y_t = sum_{s <= t} k_s u_{t-s}, t < length: the linear convolution of two real sequences, cut to `length`. */
export function convolve(u: Float64Array, k: Float64Array, length: number): Float64Array {
  const size = 2 ** Math.ceil(Math.log2(Math.max(1, u.length + k.length - 1)));
  // Both in one transform: z = u + i k, and Z_j^2 - conj(Z_-j)^2 = 4i U_j K_j.
  const z = new Float64Array(2 * size);
  for (let t = 0; t < u.length; t++) z[2 * t] = u[t];
  for (let t = 0; t < k.length; t++) z[2 * t + 1] = k[t];
  const s = fft(z);
  const product = new Float64Array(2 * size);
  for (let j = 0; j < size; j++) {
    const m = (size - j) % size;
    const [a, b, c, d] = [s[2 * j], s[2 * j + 1], s[2 * m], -s[2 * m + 1]];
    const [re, im] = [a * a - b * b - (c * c - d * d), 2 * (a * b - c * d)];
    product[2 * j] = im / 4;
    product[2 * j + 1] = -re / 4;
  }
  const y = ifft(product);
  return Float64Array.from({ length }, (_, t) => (t < size ? y[2 * t] : 0));
}
