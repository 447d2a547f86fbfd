/**
 * Cholesky factorization and triangular systems in float64, all by rows of upper triangles. Breakdown of
 * Cholesky is a result, not an error: CholeskyQR has to see it and shift.
 */
import { axpy } from './gemm';
import { type Matrix, matrix } from './linalg';

export interface Cholesky {
  /** Upper triangular with G = R^T R; the rows from the failed pivot on are zero if `ok` is false. */
  readonly r: Matrix;
  /** False where a pivot was not positive and finite: G is not numerically positive definite. */
  readonly ok: boolean;
  /** The smallest pivot r_ii^2 met, the failed one included (it may be negative or NaN); Infinity for 0 x 0. */
  readonly minPivot: number;
}

/** G = R^T R for a symmetric n x n matrix, of which the upper triangle is read. Work n^3 / 3 flop. */
export function cholesky(g: Matrix): Cholesky {
  const n = square(g, 'cholesky');
  const r = matrix(n, n);
  for (let i = 0; i < n; i++) r.data.set(g.data.subarray(i * n + i, (i + 1) * n), i * n + i);
  let minPivot = Infinity;
  for (let k = 0; k < n; k++) {
    const pivot = r.data[k * n + k];
    minPivot = Math.min(minPivot, pivot);
    if (!(pivot > 0 && pivot < Infinity)) {
      r.data.fill(0, k * n);
      return { r, ok: false, minPivot };
    }
    const root = Math.sqrt(pivot);
    for (let j = k; j < n; j++) r.data[k * n + j] /= root;
    for (let i = k + 1; i < n; i++) axpy(-r.data[k * n + i], r.data, k * n + i, r.data, i * n + i, n - i);
  }
  return { r, ok: true, minPivot };
}

/**
 * X with op(T) X = B for a triangular n x n matrix T and B of n rows; op transposes where `transpose` is
 * set, and `upper` says which triangle of T is read (upper by default). A zero on the diagonal gives
 * infinities or NaN, as the division does.
 */
export function solveTriangular(
  t: Matrix,
  b: Matrix,
  { upper = true, transpose = false }: { upper?: boolean; transpose?: boolean } = {},
): Matrix {
  const n = square(t, 'solveTriangular');
  if (b.rows !== n) throw new RangeError(`solveTriangular: ${n} x ${n} does not fit ${b.rows} x ${b.cols}`);
  const x = matrix(n, b.cols, b.data.slice());
  const [rowStride, colStride] = transpose ? [1, n] : [n, 1];
  const backward = upper !== transpose;
  for (let step = 0; step < n; step++) {
    const i = backward ? n - 1 - step : step;
    const [from, to] = backward ? [i + 1, n] : [0, i];
    for (let k = from; k < to; k++) {
      const factor = t.data[i * rowStride + k * colStride];
      if (factor !== 0) axpy(-factor, x.data, k * b.cols, x.data, i * b.cols, b.cols);
    }
    const pivot = t.data[i * n + i];
    for (let j = i * b.cols; j < (i + 1) * b.cols; j++) x.data[j] /= pivot;
  }
  return x;
}

/** R^-1 of an upper triangular matrix, upper triangular itself. Work n^3 / 3 flop. */
export function invertTriangular(r: Matrix): Matrix {
  const n = square(r, 'invertTriangular');
  const x = matrix(n, n);
  for (let i = n - 1; i >= 0; i--) {
    x.data[i * n + i] = 1;
    for (let k = i + 1; k < n; k++) axpy(-r.data[i * n + k], x.data, k * n + k, x.data, i * n + k, n - k);
    for (let j = i; j < n; j++) x.data[i * n + j] /= r.data[i * n + i];
  }
  return x;
}

function square(a: Matrix, name: string): number {
  if (a.rows !== a.cols) throw new RangeError(`${name}: ${a.rows} x ${a.cols} is not square`);
  return a.rows;
}
