/**
 * One-sided Jacobi SVD (Hestenes 1958) in float64: the same rotations in the same order as the kernel on the
 * GPU, which takes them because the pairs of a round are disjoint and can be rotated at once.
 */
import { UserError } from './errors';
import { dot } from './gemm';
import { type Matrix, matrix, norm, transpose } from './linalg';
import { qr } from './qr';
import type { Svd } from './svd';

export interface JacobiSvd extends Svd {
  /** Sweeps over all pairs, the last one, in which nothing was left to rotate, included. */
  readonly sweeps: number;
}

/**
 * A = U diag(s) V^T of an m x n matrix, m >= n, by rotating columns i, j wherever |b_i . b_j| > tolerance
 * |b_i| |b_j|, until a sweep rotates nothing or `maxSweeps` are done. V is orthonormal to rounding; the
 * columns of U to about n `tolerance`, and s_i then has a relative error of about `tolerance`^2. Sorted,
 * largest first; columns of U for zero values are completed to an orthonormal set.
 */
export function oneSidedJacobi(
  a: Matrix,
  { tolerance = 1e-6, maxSweeps = 20 }: { tolerance?: number; maxSweeps?: number } = {},
): JacobiSvd {
  const { rows: m, cols: n } = a;
  if (m < n) throw new UserError(`jacobi: ${m} x ${n} has more columns than rows: decompose the transpose`);
  const bt = transpose(a); // row j is column b_j
  const vt = matrix(n, n);
  for (let j = 0; j < n; j++) vt.data[j * (n + 1)] = 1;

  const rounds = roundRobin(n);
  let sweeps = 0;
  for (let rotated = true; rotated && sweeps < maxSweeps; sweeps++) {
    rotated = false;
    for (const [i, j] of rounds) rotated = orthogonalize(bt.data, vt.data, i, j, m, n, tolerance) || rotated;
  }
  return { ...sorted(bt, vt), sweeps };
}

/**
 * All pairs i < j < n by the circle method: one player stands still, the others move on by one seat a round,
 * so that the pairs of one round are disjoint. n - 1 rounds (n for odd n, one player pausing in each).
 */
export function roundRobin(n: number): [number, number][] {
  const seats = n + (n % 2);
  const circle = seats - 1;
  const pairs: [number, number][] = [];
  for (let round = 0; round < circle; round++) {
    for (let k = 0; k < seats / 2; k++) {
      const p = k === 0 ? circle : (round + k) % circle;
      const q = (round - k + circle) % circle;
      if (p < n && q < n) pairs.push([Math.min(p, q), Math.max(p, q)]);
    }
  }
  return pairs;
}

/** Makes rows i and j of B^T orthogonal by one rotation, if they are not; V^T follows. True if rotated. */
function orthogonalize(
  bt: Float64Array,
  vt: Float64Array,
  i: number,
  j: number,
  m: number,
  n: number,
  tolerance: number,
): boolean {
  const ii = dot(bt, i * m, bt, i * m, m);
  const jj = dot(bt, j * m, bt, j * m, m);
  const ij = dot(bt, i * m, bt, j * m, m);
  if (!(Math.abs(ij) > tolerance * Math.sqrt(ii) * Math.sqrt(jj))) return false;
  const zeta = (jj - ii) / (2 * ij);
  const t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta)); // the smaller angle
  const c = 1 / Math.sqrt(1 + t * t);
  rotate(bt, i * m, j * m, m, c, c * t);
  rotate(vt, i * n, j * n, n, c, c * t);
  return true;
}

function rotate(rows: Float64Array, p: number, q: number, length: number, c: number, s: number): void {
  for (let k = 0; k < length; k++) {
    const x = rows[p + k];
    const y = rows[q + k];
    rows[p + k] = c * x - s * y;
    rows[q + k] = s * x + c * y;
  }
}

export function sorted(bt: Matrix, vt: Matrix): Svd {
  const { rows: n, cols: m } = bt;
  const norms = Float64Array.from({ length: n }, (_, j) => norm(bt.data.subarray(j * m, (j + 1) * m)));
  const order = Array.from(norms, (_, j) => j).sort((i, j) => norms[j] - norms[i] || i - j);
  const s = Float64Array.from(order, (j) => norms[j]);
  const ut = matrix(n, m);
  const sortedVt = matrix(n, n);
  order.forEach((from, to) => {
    if (s[to] > 0) for (let k = 0; k < m; k++) ut.data[to * m + k] = bt.data[from * m + k] / s[to];
    sortedVt.data.set(vt.data.subarray(from * n, (from + 1) * n), to * n);
  });
  return { u: completed(transpose(ut), s), s, v: transpose(sortedVt) };
}

/** U with the columns of zero singular values, which come last, replaced by orthonormal ones. */
function completed(u: Matrix, s: Float64Array): Matrix {
  const zeros = s.indexOf(0);
  if (zeros < 0) return u;
  const { q } = qr(u); // a zero column has a zero pivot: its column of Q is orthonormal to the others
  for (let i = 0; i < u.rows; i++) {
    for (let j = zeros; j < u.cols; j++) u.data[i * u.cols + j] = q.data[i * u.cols + j];
  }
  return u;
}
