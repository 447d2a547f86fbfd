/**
 * Complex vectors and matrices in float64, real and imaginary parts apart: what the setup of state space
 * models needs (eigenvectors, their inverse, diagonal discretizations). Row-major, as linalg.ts.
 */
import { norm } from './linalg';

/** n complex numbers. */
export interface Complex {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

export interface ComplexMatrix extends Complex {
  readonly rows: number;
  readonly cols: number;
}

/** n complex zeros. */
export const complexZeros = (n: number): Complex => ({ re: new Float64Array(n), im: new Float64Array(n) });

/** A rows x cols matrix of zeros. */
export const complexMatrix = (rows: number, cols: number): ComplexMatrix => ({
  rows,
  cols,
  ...complexZeros(rows * cols),
});

/** Entry by entry product. */
export function times(a: Complex, b: Complex): Complex {
  const out = complexZeros(a.re.length);
  for (let i = 0; i < out.re.length; i++) {
    out.re[i] = a.re[i] * b.re[i] - a.im[i] * b.im[i];
    out.im[i] = a.re[i] * b.im[i] + a.im[i] * b.re[i];
  }
  return out;
}

/** Entry by entry quotient (Smith's algorithm: no overflow on the way). */
export function divide(a: Complex, b: Complex): Complex {
  const out = complexZeros(a.re.length);
  for (let i = 0; i < out.re.length; i++) {
    const [c, d] = [b.re[i], b.im[i]];
    if (Math.abs(c) >= Math.abs(d)) {
      const r = d / c;
      const m = c + d * r;
      out.re[i] = (a.re[i] + a.im[i] * r) / m;
      out.im[i] = (a.im[i] - a.re[i] * r) / m;
    } else {
      const r = c / d;
      const m = c * r + d;
      out.re[i] = (a.re[i] * r + a.im[i]) / m;
      out.im[i] = (a.im[i] * r - a.re[i]) / m;
    }
  }
  return out;
}

/** A B. */
export function complexMatmul(a: ComplexMatrix, b: ComplexMatrix): ComplexMatrix {
  if (a.cols !== b.rows) {
    throw new RangeError(`complexMatmul: cannot multiply ${a.rows} x ${a.cols} by ${b.rows} x ${b.cols}`);
  }
  const out = complexMatrix(a.rows, b.cols);
  const n = b.cols;
  for (let i = 0; i < a.rows; i++) {
    for (let k = 0; k < a.cols; k++) {
      const [x, y] = [a.re[i * a.cols + k], a.im[i * a.cols + k]];
      if (x === 0 && y === 0) continue;
      for (let j = 0; j < n; j++) {
        const [c, d] = [b.re[k * n + j], b.im[k * n + j]];
        out.re[i * n + j] += x * c - y * d;
        out.im[i * n + j] += x * d + y * c;
      }
    }
  }
  return out;
}

/** Frobenius norm. */
export const complexNorm = (a: Complex): number => Math.hypot(norm(a.re), norm(a.im));

/**
 * A^-1 by Gauss-Jordan with partial pivoting, null where a pivot is zero or not finite. Work 8 n^3 real
 * operations; the residual is within about 10 n eps cond(A).
 */
export function complexInverse(a: ComplexMatrix): ComplexMatrix | null {
  const n = a.rows;
  if (a.cols !== n) throw new RangeError(`complexInverse: ${a.rows} x ${a.cols} is not square`);
  const left = { re: a.re.slice(), im: a.im.slice() };
  const right = complexMatrix(n, n);
  for (let i = 0; i < n; i++) right.re[i * (n + 1)] = 1;
  for (let k = 0; k < n; k++) {
    let pivot = k;
    let best = 0;
    for (let i = k; i < n; i++) {
      const size = Math.hypot(left.re[i * n + k], left.im[i * n + k]);
      if (size > best) [best, pivot] = [size, i];
    }
    if (!(best > 0 && best < Infinity)) return null;
    for (const half of [left, right]) {
      swapRows(half.re, n, k, pivot);
      swapRows(half.im, n, k, pivot);
    }
    const [pr, pi] = [left.re[k * n + k] / best / best, -left.im[k * n + k] / best / best];
    for (const half of [left, right]) scaleRow(half, n, k, pr, pi);
    for (let i = 0; i < n; i++) {
      if (i === k) continue;
      const [fr, fi] = [left.re[i * n + k], left.im[i * n + k]];
      if (fr === 0 && fi === 0) continue;
      eliminate(left, n, i, k, k, fr, fi);
      eliminate(right, n, i, k, 0, fr, fi);
    }
  }
  return right;
}

function swapRows(data: Float64Array, n: number, i: number, j: number): void {
  if (i === j) return;
  const row = data.slice(i * n, (i + 1) * n);
  data.copyWithin(i * n, j * n, (j + 1) * n);
  data.set(row, j * n);
}

function scaleRow({ re, im }: Complex, n: number, i: number, fr: number, fi: number): void {
  for (let j = i * n; j < (i + 1) * n; j++) {
    const [x, y] = [re[j], im[j]];
    re[j] = x * fr - y * fi;
    im[j] = x * fi + y * fr;
  }
}

/** Row i minus f times row k, from column `from` on. */
function eliminate(
  { re, im }: Complex,
  n: number,
  i: number,
  k: number,
  from: number,
  fr: number,
  fi: number,
): void {
  for (let j = from; j < n; j++) {
    const [x, y] = [re[k * n + j], im[k * n + j]];
    re[i * n + j] -= x * fr - y * fi;
    im[i * n + j] -= x * fi + y * fr;
  }
}
