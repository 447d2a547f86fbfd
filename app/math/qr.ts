/**
 * Thin QR factorization by blocked Householder reflections (LAPACK's dgeqrf and dorgqr): panels of 32
 * columns, each applied to the rest as I - V T V^T with three matrix products. ||A - Q R|| and
 * ||I - Q^T Q|| stay within a small multiple of n eps, whatever the condition or the rank of A.
 *
 * Everything works on A^T, because a column of A must lie in one piece for the reflections to be fast.
 */
import { UserError } from './errors';
import { addProduct, axpy, dot } from './gemm';
import { type Matrix, matrix, norm, transpose } from './linalg';

const PANEL = 32;

/** Reflections of one panel: H_0 ... H_(width-1) = I - V T V^T. */
interface Panel {
  readonly first: number;
  readonly width: number;
  readonly length: number; // rows that the panel acts on: m - first
  readonly vt: Float64Array; // width x length, row j zero before entry j, where it is 1
  readonly t: Float64Array; // width x width, upper triangular
}

/**
 * A = Q R with Q (m x n) orthonormal and R (n x n) upper triangular, for m >= n. Columns are signed so that
 * diag(R) > 0; where a pivot is zero it stays zero and the column of Q is an arbitrary orthonormal one. Work
 * about 4 m n^2 flop. Not-a-number and infinity pass through.
 */
export function qr(a: Matrix): { q: Matrix; r: Matrix } {
  const { rows: m, cols: n } = a;
  if (m < n) throw new UserError(`qr: ${m} x ${n} has more columns than rows: factor the transpose`);
  const { at, panels } = factor(a);
  const qt = matrix(n, m);
  for (let j = 0; j < n; j++) qt.data[j * m + j] = 1;
  for (const panel of panels.reverse()) {
    // The rows of Q^T before the panel are zero in its columns and stay so.
    apply(panel, qt.data, m, panel.first, n, false);
  }
  const r = upper(at, m, n);
  for (let i = 0; i < n; i++) {
    if (r.data[i * n + i] >= 0) continue;
    for (let j = i; j < n; j++) r.data[i * n + j] = -r.data[i * n + j];
    for (let k = i * m; k < (i + 1) * m; k++) qt.data[k] = -qt.data[k];
  }
  return { q: transpose(qt), r };
}

/** R of the QR factorization alone (signs as they come), at half the work. For m >= n. */
export function triangle(a: Matrix): Matrix {
  return upper(factor(a).at, a.rows, a.cols);
}

function upper(at: Float64Array, m: number, n: number): Matrix {
  const r = matrix(n, n);
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) r.data[i * n + j] = at[j * m + i];
  }
  return r;
}

/** Replaces A^T by R^T, in the first n entries of each row, and what is left of the reflections. */
function factor(a: Matrix): { at: Float64Array; panels: Panel[] } {
  const { rows: m, cols: n } = a;
  const at = transpose(a).data;
  const panels: Panel[] = [];
  for (let first = 0; first < n; first += PANEL) {
    const panel = factorPanel(at, m, first, Math.min(PANEL, n - first));
    apply(panel, at, m, first + panel.width, n, true);
    panels.push(panel);
  }
  return { at, panels };
}

function factorPanel(at: Float64Array, m: number, first: number, width: number): Panel {
  const length = m - first;
  const vt = new Float64Array(width * length);
  const t = new Float64Array(width * width);
  for (let j = 0; j < width; j++) {
    const start = (first + j) * m + first; // the column from the panel's first row on
    const tau = reflector(
      at.subarray(start + j, start + length),
      vt.subarray(j * length + j, (j + 1) * length),
    );
    for (let c = j + 1; c < width; c++) {
      const column = (first + c) * m + first + j;
      const along = dot(vt, j * length + j, at, column, length - j);
      axpy(-tau * along, vt, j * length + j, at, column, length - j);
    }
    growTriangle(vt, t, width, length, j, tau);
  }
  return { first, width, length, vt, t };
}

/** Column j of T: T_jj = tau, T_(0..j-1, j) = -tau T (V^T v_j). */
function growTriangle(
  vt: Float64Array,
  t: Float64Array,
  width: number,
  length: number,
  j: number,
  tau: number,
): void {
  const products = new Float64Array(j);
  for (let i = 0; i < j; i++) {
    products[i] = dot(vt, i * length + j, vt, j * length + j, length - j);
  }
  for (let i = 0; i < j; i++) {
    let sum = 0;
    for (let l = i; l < j; l++) sum += t[i * width + l] * products[l];
    t[i * width + j] = -tau * sum;
  }
  t[j * width + j] = tau;
}

/**
 * Finds v, v_0 = 1, and tau with (I - tau v v^T) x = (beta, 0, ..., 0). Writes beta and the zeros over x
 * and v over `v`; returns tau, 0 where x is that already.
 */
export function reflector(x: Float64Array, v: Float64Array): number {
  const tail = norm(x.subarray(1));
  v[0] = 1;
  if (tail === 0) return 0;
  const alpha = x[0];
  const length = norm(x); // not Math.hypot, whose last bit is the engine's
  const beta = alpha > 0 ? -length : length; // the sign that adds, so that nothing cancels
  const pivot = alpha - beta;
  for (let k = 1; k < x.length; k++) v[k] = x[k] / pivot;
  x.fill(0);
  x[0] = beta;
  return (beta - alpha) / beta;
}

/**
 * Applies a panel to the rows from..to-1 of X (rows are columns of the matrix meant, m apart):
 * X <- X - X V T V^T for Q^T (`adjoint`), with T^T in place of T for Q.
 */
function apply(panel: Panel, x: Float64Array, m: number, from: number, to: number, adjoint: boolean): void {
  const { first, width, length, vt, t } = panel;
  const rows = to - from;
  if (rows <= 0) return;
  const start = from * m + first;
  const right = { data: vt, offset: 0, rowStride: length, colStride: 1 };
  const block = { data: x, offset: start, rowStride: m, colStride: 1 };
  const xv = new Float64Array(rows * width);
  addProduct(rows, width, length, 1, block, { ...right, rowStride: 1, colStride: length }, xv, 0, width);
  const xvt = new Float64Array(rows * width);
  const triangular = { data: t, offset: 0, rowStride: adjoint ? width : 1, colStride: adjoint ? 1 : width };
  const left = { data: xv, offset: 0, rowStride: width, colStride: 1 };
  addProduct(rows, width, width, 1, left, triangular, xvt, 0, width);
  addProduct(rows, length, width, -1, { ...left, data: xvt }, right, x, start, m);
}
