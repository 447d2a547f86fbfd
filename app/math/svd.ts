/**
 * Singular value decomposition in float64 for any shape and rank. Tall matrices are first reduced to their
 * triangle by QR, wide ones transposed; bidiagonal.ts does the rest. Singular values are within 10 n eps
 * sigma_1, U and V orthonormal within 10 n eps, also where singular values are zero or equal.
 */
import { bidiagonalize, diagonalize, emptyReflections, factorsOf } from './bidiagonal';
import { UserError } from './errors';
import { type Matrix, matmul, matrix, transpose } from './linalg';
import { qr, triangle } from './qr';

export interface Svd {
  /** m x k, k = min(m, n), orthonormal columns. */
  readonly u: Matrix;
  /** k values, largest first, none negative. */
  readonly s: Float64Array;
  /** n x k, orthonormal columns: A = U diag(s) V^T. */
  readonly v: Matrix;
}

/** A = U diag(s) V^T, thin. An entry that is NaN or infinite is refused with its place. */
export function svd(a: Matrix): Svd {
  requireFinite(a);
  if (a.rows < a.cols) {
    const { u, s, v } = svd(transpose(a));
    return { u: v, s, v: u };
  }
  const n = a.cols;
  const exponent = scale(a);
  const scaled = times(a, exponent);
  const tall = a.rows > n ? qr(scaled) : undefined;
  const reflections = emptyReflections(n);
  const b = bidiagonalize(tall ? tall.r.data : scaled.data, n, reflections);
  const factors = factorsOf(n, reflections);
  diagonalize(b, n, factors);
  const { s, order } = descending(b.d, exponent);
  const ut = matrix(n, n);
  const vt = matrix(n, n);
  order.forEach((from, to) => {
    const sign = b.d[from] < 0 ? -1 : 1;
    for (let j = 0; j < n; j++) {
      ut.data[to * n + j] = factors.ut[from * n + j];
      vt.data[to * n + j] = sign * factors.vt[from * n + j];
    }
  });
  const u = tall ? matmul(tall.q, ut, { transposeB: true }) : transpose(ut);
  return { u, s, v: transpose(vt) };
}

/** The singular values alone, largest first: min(m, n) of them, at about a third of the cost of svd. */
export function singularValues(a: Matrix): Float64Array {
  requireFinite(a);
  if (a.rows < a.cols) return singularValues(transpose(a));
  const exponent = scale(a);
  const scaled = times(a, exponent);
  const b = bidiagonalize((a.rows > a.cols ? triangle(scaled) : scaled).data, a.cols);
  diagonalize(b, a.cols);
  return descending(b.d, exponent).s;
}

function requireFinite({ data, cols }: Matrix): void {
  let i = 0;
  while (i < data.length && Number.isFinite(data[i])) i++;
  if (i === data.length) return;
  const place = `row ${Math.floor(i / cols)}, column ${i % cols}`;
  throw new UserError(`svd: the entry at ${place} is ${data[i]}: only finite numbers can be decomposed`);
}

/** e such that the largest entry of A 2^e lies near one: then no square overflows or vanishes. */
function scale({ data }: Matrix): number {
  let largest = 0;
  for (let i = 0; i < data.length; i++) largest = Math.max(largest, Math.abs(data[i]));
  return largest === 0 ? 0 : -Math.floor(Math.log2(largest));
}

/** A 2^exponent, in two steps because 2^exponent itself may not be a double. Exact but for underflow. */
function times(a: Matrix, exponent: number): Matrix {
  const half = Math.trunc(exponent / 2);
  const [first, second] = [2 ** half, 2 ** (exponent - half)];
  return matrix(
    a.rows,
    a.cols,
    a.data.map((x) => x * first * second),
  );
}

function descending(d: Float64Array, exponent: number): { s: Float64Array; order: number[] } {
  const order = Array.from(d, (_, i) => i).sort((i, j) => Math.abs(d[j]) - Math.abs(d[i]) || i - j);
  const half = Math.trunc(exponent / 2);
  const [first, second] = [2 ** -half, 2 ** (half - exponent)];
  return { s: Float64Array.from(order, (i) => Math.abs(d[i]) * first * second), order };
}
