/**
 * QR of a tall matrix Y (m x l): CholeskyQR2 with the shifted and the Householder fall-back (Fukaya et al.
 * 2020). The products with Y run in its home; the l x l Gram matrix comes to the host, where its Cholesky
 * factor is found and inverted in float64: a breakdown is seen there, and no other read-back is needed.
 */
import { colsOf, rowsOf, shapeText, type Tensor } from '../gpu/home';
import { cholesky, invertTriangular } from '../math/cholesky';
import { UserError } from '../math/errors';
import { frobenius, identity, type Matrix, matmul as matmul64, matrix, subtract } from '../math/linalg';
import { qr as qr64 } from '../math/qr';
import { matmul } from './matmul';

export interface Qr {
  q: Tensor;
  r: Tensor;
}

/** Unit roundoff of float32. */
const U = 2 ** -24;

interface Pass {
  q: Tensor;
  r: Matrix;
}

/**
 * One pass: G = Y^T Y (+ shift I) = R^T R, Q = Y R^-1; null where Cholesky breaks down. With `near` also
 * where |G - I|_F > 1/2: rounding can leave every pivot of a singular G positive, and the pass before then
 * gave a Q so far from orthonormal that this one would not mend it.
 */
async function pass(y: Tensor, kind: 'plain' | 'shifted' | 'near'): Promise<Pass | null> {
  const { home } = y;
  const l = colsOf(y);
  const gramTensor = await matmul(y, y, { transposeA: true });
  const gram = matrix(l, l, Float64Array.from(await home.read(gramTensor)));
  home.release(gramTensor);
  if (kind === 'near' && !(frobenius(subtract(gram, identity(l))) <= 0.5)) return null;
  if (kind === 'shifted') {
    let trace = 0;
    for (let i = 0; i < l; i++) trace += gram.data[i * (l + 1)];
    for (let i = 0; i < l; i++) gram.data[i * (l + 1)] += 4 * l * U * trace;
  }
  const { r, ok } = cholesky(gram);
  if (!ok) return null;
  const inverse = home.tensor([l, l], invertTriangular(r).data);
  const q = await matmul(y, inverse);
  home.release(inverse);
  return { q, r };
}

function tall(y: Tensor): void {
  if (rowsOf(y) < colsOf(y)) {
    throw new UserError(`qr: ${shapeText(y)} has more columns than rows: factor the transpose`);
  }
}

/** One pass of CholeskyQR. `ok` is false where Cholesky broke down; Q is then Y itself. */
export async function choleskyQr(y: Tensor): Promise<Qr & { ok: boolean }> {
  tall(y);
  const l = colsOf(y);
  const done = await pass(y, 'plain');
  if (!done) return { q: y, r: y.home.tensor([l, l], identity(l).data), ok: false };
  return { q: done.q, r: y.home.tensor([l, l], done.r.data), ok: true };
}

/** Householder QR, in float64 on the host: the last resort, for matrices without full rank. */
export async function householderQr(y: Tensor): Promise<Qr> {
  tall(y);
  const { home } = y;
  const { q, r } = qr64(matrix(rowsOf(y), colsOf(y), Float64Array.from(await home.read(y))));
  return { q: home.tensor(y.shape, q.data), r: home.tensor([r.rows, r.cols], r.data) };
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
  return home.scope(async () => {
    const twice = async (x: Tensor, before: Matrix | null): Promise<Qr | null> => {
      const first = await pass(x, 'plain');
      const second = first && (await pass(first.q, 'near'));
      if (!first || !second) return null;
      const r = matmul64(second.r, before ? matmul64(first.r, before) : first.r);
      return { q: second.q, r: home.tensor([l, l], r.data) };
    };
    const plain = await twice(y, null);
    if (plain) return { ...plain, fallback: 0 as const };
    const shifted = await pass(y, 'shifted');
    const repaired = shifted && (await twice(shifted.q, shifted.r));
    if (repaired) return { ...repaired, fallback: 1 as const };
    return { ...(await householderQr(y)), fallback: 2 as const };
  });
}
