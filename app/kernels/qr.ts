/**
 * QR of a tall matrix Y (m x l): CholeskyQR2 with the shifted and the Householder fall-back (Fukaya et al.
 * 2020). Everything runs in the home of Y; what decides is a few words of status, read once at the end of
 * two passes (once more after each fall-back).
 */
import { GpuHome } from '../gpu/gpuhome';
import { colsOf, type Home, rowsOf, shapeText, type Tensor } from '../gpu/home';
import { UserError } from '../math/errors';
import { identity } from '../math/linalg';
import { type CholeskyOptions, cholesky, isOneDispatch, judge, prepareCholesky } from './cholesky';
import { prepareGram, timesUpper, upperGram } from './gram';
import { householderQr } from './householder';
import { matmul } from './matmul';
import { concatRows } from './slice';
import { teamOf } from './teams';
import { triangularSolve } from './triangular';

export { householderQr } from './householder';

export interface Qr {
  q: Tensor;
  r: Tensor;
}

/** Unit roundoff of float32. */
const U = 2 ** -24;

/** Whether products with triangles have a kernel of their own here. */
const usesQuads = (home: Home): boolean => home instanceof GpuHome && teamOf(home) === 'lanes';

/** A T for an upper triangular T. */
export const timesTriangle = (a: Tensor, t: Tensor): Promise<Tensor> =>
  usesQuads(a.home) ? timesUpper(a, t) : matmul(a, t);

/** Begins to compile the kernels of CholeskyQR. */
export function prepareCholeskyQr(home: Home): void {
  if (!(home instanceof GpuHome)) return;
  prepareCholesky(home);
  if (usesQuads(home)) prepareGram(home);
}

/** One pass: G = Y^T Y (+ shift trace(G) I) = R^T R, Q = Y R^-1. Nothing is read. */
export async function choleskyPass(
  y: Tensor,
  options: CholeskyOptions = {},
): Promise<Qr & { status: Tensor }> {
  const { home } = y;
  const l = colsOf(y);
  return home.scope(async () => {
    const isWhole = isOneDispatch(home, l);
    const isQuad = isWhole && usesQuads(home);
    const g = isQuad ? await upperGram(y) : await matmul(y, y, { transposeA: true });
    const parts = isQuad ? g.shape[0] : undefined;
    const { r, inverse, status } = await cholesky(g, { ...options, parts, invert: isWhole });
    if (!inverse) return { q: await triangularSolve(r, y, { side: 'right' }), r, status };
    const q = isQuad ? await timesUpper(y, inverse) : await matmul(y, inverse);
    return { q, r, status };
  });
}

function tall(y: Tensor): void {
  if (rowsOf(y) < colsOf(y)) {
    throw new UserError(`qr: ${shapeText(y)} has more columns than rows: factor the transpose`);
  }
}

/** One pass of CholeskyQR. `ok` is false where Cholesky broke down; Q is then Y itself. */
export async function choleskyQr(y: Tensor): Promise<Qr & { ok: boolean }> {
  tall(y);
  const { home } = y;
  const l = colsOf(y);
  return home.scope(async () => {
    const { q, r, status } = await choleskyPass(y);
    if (judge(await home.read(status)).ok) return { q, r, ok: true };
    return { q: y, r: home.tensor([l, l], identity(l).data), ok: false };
  });
}

/** Two passes, of which nothing is known before their status is read: rows of the first, then of the second. */
async function choleskyQr2(y: Tensor): Promise<Qr & { status: Tensor }> {
  const { home } = y;
  return home.scope(async () => {
    const isShared = isOneDispatch(home, colsOf(y));
    const status = isShared ? home.tensor([2, 3]) : undefined;
    const first = await choleskyPass(y, { status, row: 0 });
    const second = await choleskyPass(first.q, { status, row: 1 });
    const r = await timesTriangle(second.r, first.r);
    return { q: second.q, r, status: status ?? (await concatRows([first.status, second.status])) };
  });
}

/**
 * Whether two passes gave an orthonormal Q. Pivots alone do not tell: rounding can leave every pivot of a
 * singular G positive. The second pass mends what the first left only where its G is near I: |G - I|_F <= 1/2;
 * by blocks |s - I| = d on the diagonal ones bounds the others by |F|_F^2 <= d sqrt(l), so d <= 1/(2 sqrt(l)).
 */
export function isOrthonormalized(first: ArrayLike<number>, second: ArrayLike<number>, l: number): boolean {
  const near = second.length === 3 ? 0.5 : 0.5 / Math.sqrt(l);
  const after = judge(second);
  return judge(first).ok && after.ok && after.departure <= near;
}

/**
 * Y = Q R with Q orthonormal to rounding, whatever the condition of Y. `fallback`: 0 CholeskyQR2, 1 one
 * shifted pass before it, 2 Householder (columns beyond the rank of Y are arbitrary orthonormal ones).
 * @throws UserError where Y has more columns than rows.
 */
export async function orthonormalize(y: Tensor): Promise<Qr & { fallback: 0 | 1 | 2 }> {
  tall(y);
  const { home } = y;
  const l = colsOf(y);
  prepareCholeskyQr(home);
  const twice = async (x: Tensor): Promise<Qr | null> => {
    const { q, r, status } = await choleskyQr2(x);
    const both = await home.read(status);
    const half = both.length / 2;
    return isOrthonormalized(both.subarray(0, half), both.subarray(half), l) ? { q, r } : null;
  };
  return home.scope(async () => {
    const plain = await twice(y);
    if (plain) return { ...plain, fallback: 0 as const };
    const shifted = await choleskyPass(y, { shift: 4 * l * U });
    const repaired = await twice(shifted.q);
    if (repaired) {
      return { q: repaired.q, r: await timesTriangle(repaired.r, shifted.r), fallback: 1 as const };
    }
    return { ...(await householderQr(y)), fallback: 2 as const };
  });
}
