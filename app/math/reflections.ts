/**
 * Householder reflections, one by one and in panels: H_0 H_1 ... H_(w-1) = I - V T V^T (Schreiber and Van
 * Loan 1989), so that they are applied with matrix products.
 *
 * A matrix that reflections act on is held transposed here: a row of the array is a column of the matrix,
 * because a column must lie in one piece for the reflections to be fast.
 */
import { addProduct, dot } from './gemm';
import { norm } from './linalg';

/** Reflections to a panel: enough that the products dominate. */
export const PANEL = 32;

/** Reflections of one panel: H_0 ... H_(width-1) = I - V T V^T. */
export interface Panel {
  readonly first: number;
  readonly width: number;
  readonly length: number; // rows that the panel acts on: m - first
  readonly vt: Float64Array; // width x length, row j zero before entry j, where it is 1
  readonly t: Float64Array; // width x width, upper triangular
}

/** Column j of T: T_jj = tau, T_(0..j-1, j) = -tau T (V^T v_j). */
export function growTriangle(
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
export function applyPanel(
  panel: Panel,
  x: Float64Array,
  m: number,
  from: number,
  to: number,
  adjoint: boolean,
): void {
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

/**
 * Q^T (n x n) for Q = H_0 H_1 ... H_(count-1), where v_k is row k of `reflectors` (n wide), zero before entry
 * k + shift and 1 there.
 */
export function accumulate(
  n: number,
  reflectors: Float64Array,
  taus: Float64Array,
  count: number,
  shift: number,
): Float64Array {
  const qt = new Float64Array(n * n);
  for (let j = 0; j < n; j++) qt[j * n + j] = 1;
  const last = Math.floor((count - 1) / PANEL) * PANEL;
  for (let k = last; k >= 0; k -= PANEL) {
    const width = Math.min(PANEL, count - k);
    const first = k + shift;
    const length = n - first;
    const vt = new Float64Array(width * length);
    const t = new Float64Array(width * width);
    for (let j = 0; j < width; j++) {
      vt.set(reflectors.subarray((k + j) * n + first, (k + j + 1) * n), j * length);
      growTriangle(vt, t, width, length, j, taus[k + j]);
    }
    applyPanel({ first, width, length, vt, t }, qt, n, first, n, false);
  }
  return qt;
}
