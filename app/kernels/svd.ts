/**
 * Singular value decompositions. Jacobi runs on the transposed triangle of a QR factorization: the columns of
 * R^T are graded as the singular values are, so that it settles in fewer sweeps than on R, or on A.
 */
import { CpuHome } from '../gpu/cpuhome';
import { GpuHome } from '../gpu/gpuhome';
import { batchOf, colsOf, type Home, rowsOf, shapeText, type Tensor } from '../gpu/home';
import { UserError } from '../math/errors';
import { type Matrix, matrix, transpose as transpose64 } from '../math/linalg';
import { singularValues as singularValues64, svd as svd64 } from '../math/svd';
import { householderQr } from './householder';
import { jacobiRows, type RotationOptions } from './jacobi';
import { matmul } from './matmul';
import { orthonormalize, type Qr } from './qr';
import { concatRows, rows } from './slice';
import { transpose } from './transpose';

export interface JacobiOptions extends RotationOptions {}

export interface SvdTensors {
  /** m x k, orthonormal columns, k = min(m, n) */
  u: Tensor;
  /** k values, largest first */
  s: Tensor;
  /** n x k, orthonormal columns: A = u diag(s) v^T */
  v: Tensor;
}

/**
 * A = u diag(s) v^T by one-sided Jacobi in the home of A, largest first, with the sweeps it took. Values are
 * within 10 n eps s_1, u and v orthonormal within 10 n eps. Squares of entries must not overflow or vanish.
 */
export async function jacobiSvd(
  a: Tensor,
  options: JacobiOptions = {},
): Promise<SvdTensors & { sweeps: number }> {
  const { home } = a;
  if (batchOf(a) !== 1) throw new UserError(`jacobiSvd: ${shapeText(a)} is a batch`);
  return home.scope(async () => {
    const wide = rowsOf(a) < colsOf(a);
    const { q, r } = await factor(wide ? await transpose(a) : a, options);
    const { ut, s, vt, sweeps } = await rotated(r, options);
    const right = await transpose(ut);
    const left = await matmul(q, vt, { transposeB: true });
    return { u: wide ? right : left, s, v: wide ? left : right, sweeps };
  });
}

/** R = vt^T diag(s) ut by Jacobi on the columns of R^T, which are the rows of R; ut complete. */
async function rotated(r: Tensor, options: JacobiOptions): Promise<TriangleSvd & { sweeps: number }> {
  const { home } = r;
  const { ut, s, vt, info } = await jacobiRows(r, options);
  const [sweeps, zeros] = await home.read(info);
  if (zeros === 0) return { ut, s, vt, sweeps };
  // The last `zeros` columns of U are zero; those of its QR are orthonormal to the others.
  const n = rowsOf(r);
  const { q } = await householderQr(await transpose(ut));
  const qt = await transpose(q);
  const whole = await concatRows([await rows(ut, 0, n - zeros), await rows(qt, n - zeros, n)]);
  return { ut: whole, s, vt, sweeps };
}

/** Columns up to which a batch is decomposed at once: a panel of householder.ts. */
const SMALL = 32;

/** Householder for what is nearly square; products and a status for what is tall. */
const factor = (a: Tensor, { team }: JacobiOptions): Promise<Qr> =>
  rowsOf(a) >= 4 * colsOf(a) ? orthonormalize(a) : householderQr(a, { team });

const onHost = async (a: Tensor): Promise<Matrix> =>
  matrix(rowsOf(a), colsOf(a), new Float64Array(await a.home.read(a)));

/** On a software adapter float64 on the CPU is faster at every size, and the "GPU" is that same CPU. */
const prefersHost = (home: Tensor['home']): boolean => !(home instanceof GpuHome) || home.barriersAreSlow;

/** Float64 results in a home: as they are on the CPU, rounded on the GPU. */
const place = (home: Home, shape: readonly number[], data: Float64Array): Tensor =>
  home instanceof CpuHome ? home.wrap(shape, data) : home.tensor(shape, data);

/**
 * A = u diag(s) v^T, thin, largest first, for a matrix of any shape or a batch of matrices with at most 32 rows or
 * columns. Where it is computed is chosen by adapter: Jacobi on a GPU, Golub-Kahan in float64 on the CPU
 * otherwise.
 */
export async function svd(a: Tensor): Promise<SvdTensors> {
  const { home } = a;
  if (!prefersHost(home)) {
    if (a.shape.length > 2) return batchedSvd(a);
    const { u, s, v } = await jacobiSvd(a);
    return { u, s, v };
  }
  const [m, n] = [rowsOf(a), colsOf(a)];
  const k = Math.min(m, n);
  const count = batchOf(a);
  const data = new Float64Array(await home.read(a));
  const [us, ss, vs] = [m * k, k, n * k].map((size) => new Float64Array(count * size));
  for (let i = 0; i < count; i++) {
    const { u, s, v } = svd64(matrix(m, n, data.subarray(i * m * n, (i + 1) * m * n)));
    us.set(u.data, i * m * k);
    ss.set(s, i * k);
    vs.set(v.data, i * n * k);
    await home.checkpoint();
  }
  const lead = a.shape.slice(0, -2);
  return {
    u: place(home, [...lead, m, k], us),
    s: place(home, [...lead, k], ss),
    v: place(home, [...lead, n, k], vs),
  };
}

/** Small matrices at once, each in a team: Jacobi on the columns themselves. */
export async function batchedSvd(a: Tensor, options: JacobiOptions = {}): Promise<SvdTensors> {
  const { home } = a;
  if (Math.min(rowsOf(a), colsOf(a)) > SMALL) {
    throw new UserError(
      `svd: matrices of a batch have at most ${SMALL} rows or columns, but these are ${rowsOf(a)} x ${colsOf(a)}`,
    );
  }
  return home.scope(async () => {
    const wide = rowsOf(a) < colsOf(a);
    const { ut, s, vt, info } = await jacobiRows(wide ? a : await transpose(a), options);
    let left = await transpose(ut);
    const found = await home.read(info);
    // The Q of U's QR is U where it is orthonormal, and orthonormal where it is zero.
    if (found.some((zeros, i) => i % 2 === 1 && zeros > 0)) left = (await householderQr(left, options)).q;
    const right = await transpose(vt);
    return { u: wide ? right : left, s, v: wide ? left : right };
  });
}

export interface TriangleSvd {
  /** n x n, orthonormal rows: R = vt^T diag(s) ut. */
  ut: Tensor;
  s: Tensor;
  vt: Tensor;
}

/** The decomposition of a small square factor, such as the R of a QR, computed where svd would be. */
export async function triangleSvd(r: Tensor): Promise<TriangleSvd> {
  const { home } = r;
  if (!prefersHost(home)) return rotated(r, {});
  const { u, s, v } = svd64(await onHost(r));
  const n = s.length;
  return {
    ut: place(home, [n, n], transpose64(v).data),
    s: place(home, [n], s),
    vt: place(home, [n, n], transpose64(u).data),
  };
}

/**
 * The min(m, n) singular values of A, largest first, in float64 on the host from the values of A itself
 * (never from A^T A, which loses half the digits).
 */
export async function singularValues(a: Tensor): Promise<Float64Array> {
  return singularValues64(await onHost(a));
}
