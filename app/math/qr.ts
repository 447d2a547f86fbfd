/**
 * Thin QR factorization by blocked Householder reflections (LAPACK's dgeqrf and dorgqr): panels of 32
 * columns, each applied to the rest as I - V T V^T with three matrix products. ||A - Q R|| and
 * ||I - Q^T Q|| stay within a small multiple of n eps, whatever the condition or the rank of A.
 *
 * Everything works on A^T, because a column of A must lie in one piece for the reflections to be fast.
 */
import { UserError } from './errors';
import { axpy, dot } from './gemm';
import { type Matrix, matrix, transpose } from './linalg';
import { applyPanel, growTriangle, PANEL, type Panel, reflector } from './reflections';

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
    applyPanel(panel, qt.data, m, panel.first, n, false);
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
    applyPanel(panel, at, m, first + panel.width, n, true);
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
