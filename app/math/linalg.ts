/**
 * Dense float64 matrices and what is done to them entry by entry: the reference that every kernel is
 * compared with. Row-major without gaps: entry (i, j) lies at data[i cols + j]. Functions return new
 * matrices and leave their arguments as they are.
 *
 * Factorizations: qr.ts, cholesky.ts, svd.ts, jacobi.ts.
 */
import { addProduct, type View } from './gemm';

export interface Matrix {
  readonly rows: number;
  readonly cols: number;
  readonly data: Float64Array;
}

/** A rows x cols matrix; zero unless `entries`, row-major, are given (copied unless a Float64Array). */
export function matrix(rows: number, cols: number, entries?: ArrayLike<number>): Matrix {
  if (!Number.isInteger(rows) || !Number.isInteger(cols) || rows < 0 || cols < 0) {
    throw new RangeError(`matrix: ${rows} x ${cols} is no shape`);
  }
  if (entries && entries.length !== rows * cols) {
    throw new RangeError(`matrix: ${entries.length} entries do not fill ${rows} x ${cols}`);
  }
  if (!entries) return { rows, cols, data: new Float64Array(rows * cols) };
  return { rows, cols, data: entries instanceof Float64Array ? entries : Float64Array.from(entries) };
}

/** The n x n identity. */
export function identity(n: number): Matrix {
  const out = matrix(n, n);
  for (let i = 0; i < n; i++) out.data[i * (n + 1)] = 1;
  return out;
}

/** op(A) op(B), where op transposes an operand that is marked so. About 4 GFLOP/s. */
export function matmul(
  a: Matrix,
  b: Matrix,
  { transposeA = false, transposeB = false }: { transposeA?: boolean; transposeB?: boolean } = {},
): Matrix {
  const [m, k] = transposeA ? [a.cols, a.rows] : [a.rows, a.cols];
  const [inner, n] = transposeB ? [b.cols, b.rows] : [b.rows, b.cols];
  if (k !== inner) throw new RangeError(`matmul: cannot multiply ${m} x ${k} by ${inner} x ${n}`);
  const out = matrix(m, n);
  addProduct(m, n, k, 1, view(a, transposeA), view(b, transposeB), out.data, 0, n);
  return out;
}

function view(a: Matrix, transposed: boolean): View {
  const [rowStride, colStride] = transposed ? [1, a.cols] : [a.cols, 1];
  return { data: a.data, offset: 0, rowStride, colStride };
}

/** A^T. In tiles of 16 x 16, so that both sides stay in the cache. */
export function transpose(a: Matrix): Matrix {
  const { rows, cols, data } = a;
  const out = matrix(cols, rows);
  for (let i0 = 0; i0 < rows; i0 += 16) {
    const i1 = Math.min(i0 + 16, rows);
    for (let j0 = 0; j0 < cols; j0 += 16) {
      const j1 = Math.min(j0 + 16, cols);
      for (let i = i0; i < i1; i++) {
        for (let j = j0; j < j1; j++) out.data[j * rows + i] = data[i * cols + j];
      }
    }
  }
  return out;
}

/**
 * Frobenius norm, without overflow or underflow on the way. NaN where an entry is NaN, Infinity where one
 * is infinite.
 */
export function frobenius(a: Matrix): number {
  return norm(a.data);
}

/** Euclidean norm of a vector, without overflow or underflow on the way. */
export function norm(x: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * x[i];
  if (sum > 1e-280 && sum < Infinity) return Math.sqrt(sum);
  let largest = 0;
  for (let i = 0; i < x.length; i++) {
    if (Number.isNaN(x[i])) return NaN;
    largest = Math.max(largest, Math.abs(x[i]));
  }
  if (largest === 0 || largest === Infinity) return largest;
  sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i] / largest) ** 2;
  return largest * Math.sqrt(sum);
}

/** A - B, of equal shape. */
export function subtract(a: Matrix, b: Matrix): Matrix {
  if (a.rows !== b.rows || a.cols !== b.cols) {
    throw new RangeError(`subtract: ${a.rows} x ${a.cols} and ${b.rows} x ${b.cols} differ in shape`);
  }
  const out = matrix(a.rows, a.cols);
  for (let i = 0; i < out.data.length; i++) out.data[i] = a.data[i] - b.data[i];
  return out;
}

/** A diag(scale): column j times scale[j]. */
export function scaleColumns(a: Matrix, scale: ArrayLike<number>): Matrix {
  if (scale.length !== a.cols) {
    throw new RangeError(`scaleColumns: ${scale.length} factors for ${a.cols} columns`);
  }
  const out = matrix(a.rows, a.cols);
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < a.cols; j++) out.data[i * a.cols + j] = a.data[i * a.cols + j] * scale[j];
  }
  return out;
}

/** Columns from, from + 1, ..., to - 1 of A, by default to the last. */
export function columns(a: Matrix, from: number, to = a.cols): Matrix {
  if (!(from >= 0 && from <= to && to <= a.cols)) {
    throw new RangeError(`columns: ${from}..${to} is not within the ${a.cols} columns`);
  }
  const out = matrix(a.rows, to - from);
  for (let i = 0; i < a.rows; i++) {
    out.data.set(a.data.subarray(i * a.cols + from, i * a.cols + to), i * out.cols);
  }
  return out;
}

/** The product U diag(s) V^T of the leading `rank` columns, by default all. */
export function compose(u: Matrix, s: ArrayLike<number>, v: Matrix, rank = s.length): Matrix {
  const scaled = scaleColumns(columns(u, 0, rank), Array.from(s).slice(0, rank));
  return matmul(scaled, columns(v, 0, rank), { transposeB: true });
}
