/**
 * HiPPO-LegS, the matrix behind S4 (Gu, Goel, Re 2022, arXiv:2111.00396), in float64. N states, indices from 0:
 * A_nk = -sqrt((2n+1)(2k+1)) below the diagonal, -(n+1) on it, 0 above; B_n = sqrt(2n+1).
 */
import type { Complex } from './complex';
import { skewEigen } from './eigen';
import { exp } from './fdlibm';
import { type Matrix, matrix } from './linalg';

export interface System {
  a: Matrix;
  b: Float64Array;
}

/** A and B. */
export function legs(n: number): System {
  const root = Float64Array.from({ length: n }, (_, i) => Math.sqrt(2 * i + 1));
  const a = matrix(n, n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) a.data[i * n + k] = -root[i] * root[k];
    a.data[i * (n + 1)] = -(i + 1);
  }
  return { a, b: root };
}

/** P_n = sqrt(n + 1/2): A + P P^T is normal. */
export const legsLowRank = (n: number): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => Math.sqrt(i + 0.5));

/** The poles of A + P P^T with w >= 0 and what they stand for. */
export interface NormalForm {
  n: number;
  /** lam_k = -1/2 + i w_k, w largest first; ceil(n / 2) of them. */
  w: Float64Array;
  /** V, n x ceil(n / 2): the unit vectors of these poles; the other poles and vectors are conjugate. */
  v: { rows: number; cols: number; re: Float64Array; im: Float64Array };
  /** 1 for a pole that stands for a conjugate pair, 1/2 for the real one of an odd n. */
  share: Float64Array;
}

/** A + P P^T = -I/2 + S with S_nk = -+ sqrt((2n+1)(2k+1)) / 2, which is exact, and S = V diag(i w) V^*. */
export function legsNormalForm(n: number): NormalForm {
  const s = matrix(n, n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) {
      const half = Math.sqrt((2 * i + 1) * (2 * k + 1)) / 2;
      s.data[i * n + k] = -half;
      s.data[k * n + i] = half;
    }
  }
  const { w, vectors } = skewEigen(s);
  const share = new Float64Array(w.length).fill(1);
  if (n % 2 === 1) share[w.length - 1] = 0.5;
  return { n, w, v: vectors, share };
}

/** lam = -1/2 + i w. */
export const polesOf = ({ w }: NormalForm): Complex => ({ re: w.map(() => -0.5), im: w.slice() });

/** V^* x for a real x. */
export function adjointTimes({ v }: NormalForm, x: ArrayLike<number>): Complex {
  const re = new Float64Array(v.cols);
  const im = new Float64Array(v.cols);
  for (let i = 0; i < v.rows; i++) {
    for (let k = 0; k < v.cols; k++) {
      re[k] += v.re[i * v.cols + k] * x[i];
      im[k] -= v.im[i * v.cols + k] * x[i];
    }
  }
  return { re, im };
}

/** The row vector x V for a real x. */
export function rowTimes(form: NormalForm, x: ArrayLike<number>): Complex {
  const { re, im } = adjointTimes(form, x);
  return { re, im: im.map((value) => -value) };
}

/**
 * Eigenvectors of A itself, lower triangular: W_ij = (-1)^(i-j) binom(i+j, i-j) sqrt(2i+1) for the value
 * -(j+1). They reach about 2^(4n/3): why S4 does not diagonalize A.
 */
export function legsEigenvectors(n: number): Matrix {
  const w = matrix(n, n);
  for (let j = 0; j < n; j++) {
    let binomial = 1;
    for (let i = j; i < n; i++) {
      w.data[i * n + j] = ((i - j) % 2 === 0 ? 1 : -1) * binomial * Math.sqrt(2 * i + 1);
      binomial *= (i + 1 + j) / (i + 1 - j);
    }
  }
  return w;
}

/** log10 of the largest entry of those eigenvectors. */
export const eigenvectorSize = (n: number): number =>
  Math.log10(legsEigenvectors(n).data.reduce((most, x) => Math.max(most, Math.abs(x)), 0));

/**
 * sqrt(2n+1) P_n(2 e^-t - 1), n < count: the Legendre functions of the history. times.length x count.
 *
 * The recurrence is run for the differences of neighbours (Reinsch), in y = min(1 - e^-t, e^-t): near the ends
 * of [-1, 1] P_n is then as exact as y is. P_n(-z) = (-1)^n P_n(z).
 */
export function legendreBasis(times: ArrayLike<number>, count: number): Float64Array {
  const out = new Float64Array(times.length * count);
  for (let j = 0; j < times.length; j++) {
    const { y, flip } = legendreArgument(times[j]);
    let value = 1;
    let difference = 0;
    for (let n = 0; n < count; n++) {
      const sign = flip && n % 2 === 1 ? -1 : 1;
      out[j * count + n] = sign * Math.sqrt(2 * n + 1) * value;
      difference = (n * difference - 2 * (2 * n + 1) * y * value) / (n + 1);
      value += difference;
    }
  }
  return out;
}

/** 1 - 2 y = |2 e^-t - 1|, and whether 2 e^-t - 1 is negative. */
export function legendreArgument(t: number): { y: number; flip: boolean } {
  const decayed = exp(-t);
  if (decayed < 0.5) return { y: decayed, flip: true };
  // 1 - e^-t without cancellation: e^-t is near 1 only for small t.
  return { y: t < 1e-3 ? t - (t * t) / 2 + t ** 3 / 6 - t ** 4 / 24 : 1 - decayed, flip: false };
}
