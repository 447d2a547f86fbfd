/**
 * Truncated singular value decomposition by a randomized range finder (Halko, Martinsson, Tropp 2011): a few
 * products with A and small factorizations, put in the queue without looking; the status of all of them is read
 * once, with the small factor, and only where one broke down is the careful route taken.
 */
import { colsOf, rowsOf, shapeText, type Tensor } from '../gpu/home';
import { UserError } from '../math/errors';
import { matmul } from './matmul';
import { choleskyPass, isOrthonormalized, orthonormalize, prepareCholeskyQr, timesTriangle } from './qr';
import { powerBasis } from './rangefinder';
import { sketchGaussian } from './sketch';
import { head, rows } from './slice';
import { type SvdTensors, triangleSvd } from './svd';

export interface TruncatedOptions {
  /** Extra columns of the sketch; 8 unless given. */
  oversample?: number;
  /** Power iterations; 1 unless given. */
  power?: number;
  seed?: number;
}

/** A ~ Q R^T P^T with Q (m x l), P (n x l) orthonormal. */
interface Factored {
  q: Tensor;
  p: Tensor;
  r: Tensor;
}

const T = { transposeA: true } as const;

/** Widest sketch whose status is one row, so that all rows can share a tensor. */
const NARROW = 64;

/**
 * A one pass between products: that Q spans the range is enough there, and one pass that does not break down
 * leaves it well conditioned. Two passes where Q must be orthonormal.
 */
async function hopeful(a: Tensor, l: number, power: number, seed: number): Promise<Factored | null> {
  const { home } = a;
  const passes = 2 * power + 4;
  return home.scope(async () => {
    const status = home.tensor([passes, 3]);
    let row = 0;
    const pass = (y: Tensor) => choleskyPass(y, { status, row: row++ });
    let y = await sketchGaussian(a, l, seed, 0);
    for (let i = 0; i < power; i++) {
      const z = await matmul(a, (await pass(y)).q, T);
      y = await matmul(a, (await pass(z)).q);
    }
    const { q } = await pass((await pass(y)).q);
    const first = await pass(await matmul(a, q, T));
    const second = await pass(first.q);
    const r = await timesTriangle(second.r, first.r);
    const words = await home.read(status);
    const isFine = (one: number): boolean =>
      isOrthonormalized(words.subarray(3 * one, 3 * one + 3), words.subarray(3 * one + 3, 3 * one + 6), l);
    const between = words.subarray(0, 6 * power);
    if (between.some((word, i) => i % 3 === 0 && word !== 0)) return null;
    return isFine(2 * power) && isFine(2 * power + 2) ? { q, p: second.q, r } : null;
  });
}

/** The same with every orthonormalization looked at: for steep spectra and matrices of low rank. */
async function careful(a: Tensor, l: number, power: number, seed: number): Promise<Factored> {
  return a.home.scope(async () => {
    const q = await powerBasis(a, await sketchGaussian(a, l, seed, 0), power);
    const { q: p, r } = await orthonormalize(await matmul(a, q, T));
    return { q, p, r };
  });
}

/**
 * A ~ u diag(s) v^T of rank `rank`: u m x rank, v n x rank, orthonormal to rounding. The expected error is within
 * a few per cent of the best possible where the spectrum decays; one more power iteration squares that gap away.
 * @throws UserError where the rank is not within the matrix.
 */
export async function truncatedSvd(
  a: Tensor,
  rank: number,
  { oversample = 8, power = 1, seed = 0 }: TruncatedOptions = {},
): Promise<SvdTensors> {
  const { home } = a;
  const least = Math.min(rowsOf(a), colsOf(a));
  if (!(Number.isInteger(rank) && rank >= 1 && rank <= least)) {
    throw new UserError(
      `truncatedSvd: rank ${rank} is not within 1 to ${least}, the smaller side of a ${shapeText(a)} matrix`,
    );
  }
  const l = Math.min(rank + oversample, least);
  prepareCholeskyQr(home);
  return home.scope(async () => {
    const quick = l <= NARROW ? await hopeful(a, l, power, seed) : null;
    const { q, p, r } = quick ?? (await careful(a, l, power, seed));
    // R = vt^T S ut, so A ~ Q R^T P^T = (Q ut^T) S (P vt^T)^T.
    const { ut, s, vt } = await triangleSvd(r);
    const cut = (t: Tensor): Promise<Tensor> | Tensor => (rank < l ? rows(t, 0, rank) : t);
    return {
      u: await matmul(q, await cut(ut), { transposeB: true }),
      s: rank < l ? await head(s, rank) : s,
      v: await matmul(p, await cut(vt), { transposeB: true }),
    };
  });
}
