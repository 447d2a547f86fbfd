/**
 * Eigenvalues and eigenvectors of a symmetric matrix in float64: reduction to tridiagonal form by Householder
 * reflections, then the implicit QL iteration (Bowdler, Martin, Reinsch, Wilkinson 1968, tred2 and tql2).
 * Eigenvalues are within a small multiple of n eps |A|, eigenvectors orthonormal within that.
 */
import { UserError } from './errors';
import { axpy, dot } from './gemm';
import { type Matrix, matrix } from './linalg';

export interface SymmetricEigen {
  /** n values, smallest first. */
  readonly values: Float64Array;
  /** n x n, orthonormal columns: A = V diag(values) V^T. */
  readonly vectors: Matrix;
}

/** A = V diag(values) V^T for a symmetric n x n matrix, of which the lower triangle is read. Work 9 n^3 flop. */
export function symmetricEigen(a: Matrix): SymmetricEigen {
  const n = a.rows;
  if (a.cols !== n) throw new RangeError(`symmetricEigen: ${n} x ${a.cols} is not square`);
  const bad = a.data.findIndex((x) => !Number.isFinite(x));
  if (bad >= 0) {
    const place = `row ${Math.floor(bad / n)}, column ${bad % n}`;
    throw new UserError(
      `eigh: the entry at ${place} is ${a.data[bad]}: only finite numbers can be decomposed`,
    );
  }
  const { d, e, vt } = tridiagonalize(a);
  diagonalize(d, e, vt, n);
  const order = Array.from(d, (_, i) => i).sort((i, j) => d[i] - d[j] || i - j);
  const vectors = matrix(n, n);
  order.forEach((from, to) => {
    for (let k = 0; k < n; k++) vectors.data[k * n + to] = vt[from * n + k];
  });
  return { values: Float64Array.from(order, (i) => d[i]), vectors };
}

/** A = Q T Q^T: diagonal d, subdiagonal e (e_i below d_i), and Q^T by rows. */
function tridiagonalize(a: Matrix): { d: Float64Array; e: Float64Array; vt: Float64Array } {
  const n = a.rows;
  const w = a.data.slice();
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) w[i * n + j] = w[j * n + i];
  const d = new Float64Array(n);
  const e = new Float64Array(n);
  const reflections: { v: Float64Array; tau: number }[] = [];
  for (let k = 0; k + 1 < n; k++) {
    // Column k below the diagonal becomes (beta, 0, ..., 0), by symmetry row k too.
    const v = new Float64Array(n);
    for (let i = k + 1; i < n; i++) v[i] = w[k * n + i];
    const length = Math.sqrt(dot(v, 0, v, 0, n));
    const beta = v[k + 1] > 0 ? -length : length;
    e[k] = beta;
    const pivot = v[k + 1] - beta;
    v[k + 1] = pivot;
    const square = dot(v, 0, v, 0, n);
    const tau = square === 0 ? 0 : 2 / square;
    if (tau === 0) e[k] = w[k * n + k + 1];
    reflections.push({ v, tau });
    if (tau === 0) continue;
    // W <- H W H = W - v p^T - p v^T, with p = tau (W v - (tau v^T W v / 2) v).
    const p = new Float64Array(n);
    for (let i = k + 1; i < n; i++) p[i] = tau * dot(w, i * n + k + 1, v, k + 1, n - k - 1);
    const half = (tau / 2) * dot(p, 0, v, 0, n);
    axpy(-half, v, 0, p, 0, n);
    for (let i = k + 1; i < n; i++) {
      axpy(-v[i], p, k + 1, w, i * n + k + 1, n - k - 1);
      axpy(-p[i], v, k + 1, w, i * n + k + 1, n - k - 1);
    }
  }
  for (let i = 0; i < n; i++) d[i] = w[i * n + i];
  const vt = new Float64Array(n * n);
  for (let i = 0; i < n; i++) vt[i * n + i] = 1;
  // Q = H_0 H_1 ...: rows of Q^T are those of I with the reflections applied from the last on.
  for (let k = n - 2; k >= 0; k--) {
    const { v, tau } = reflections[k];
    if (tau === 0) continue;
    for (let i = k + 1; i < n; i++) {
      axpy(-tau * dot(vt, i * n + k + 1, v, k + 1, n - k - 1), v, k + 1, vt, i * n + k + 1, n - k - 1);
    }
  }
  return { d, e, vt };
}

/** Implicit QL: afterwards d holds the eigenvalues in no order; the rotations are applied to the rows of vt. */
function diagonalize(d: Float64Array, e: Float64Array, vt: Float64Array, n: number): void {
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, Math.abs(d[i]), Math.abs(e[i]));
  // Absolute, as the errors of the reduction are: relative ones would chase its rounding.
  const floor = largest * Number.EPSILON * 0.1;
  for (let low = 0; low < n; low++) {
    for (let steps = 0; ; steps++) {
      let high = low;
      while (high + 1 < n && Math.abs(e[high]) > floor) high++;
      if (high === low) break;
      if (steps > 60) throw new Error(`eigh: eigenvalue ${low} of ${n} did not converge`);
      // Wilkinson's shift from the upper corner.
      let g = (d[low + 1] - d[low]) / (2 * e[low]);
      let r = Math.sqrt(g * g + 1);
      g = d[high] - d[low] + e[low] / (g + (g < 0 ? -r : r));
      let [s, c, p] = [1, 1, 0];
      let i = high - 1;
      for (; i >= low; i--) {
        const f = s * e[i];
        const b = c * e[i];
        r = Math.sqrt(f * f + g * g);
        e[i + 1] = r;
        if (r === 0) {
          d[i + 1] -= p;
          e[high] = 0;
          break;
        }
        s = f / r;
        c = g / r;
        g = d[i + 1] - p;
        r = (d[i] - g) * s + 2 * c * b;
        p = s * r;
        d[i + 1] = g + p;
        g = c * r - b;
        rotate(vt, i, i + 1, n, c, s);
      }
      if (r === 0 && i >= low) continue;
      d[low] -= p;
      e[low] = g;
      e[high] = 0;
    }
  }
}

/** Rows i and j become c i - s j and s i + c j. */
function rotate(rows: Float64Array, i: number, j: number, n: number, c: number, s: number): void {
  for (let p = i * n, q = j * n, k = 0; k < n; k++, p++, q++) {
    const x = rows[p];
    const y = rows[q];
    rows[q] = s * x + c * y;
    rows[p] = c * x - s * y;
  }
}
