/**
 * Sketches Y = A Omega of a matrix A (m x n) with l random columns, and Omega itself. Omega is a function of
 * kind, seed and streams alone, the same in both homes up to rounding: gaussian (standard normal, 2 m n l
 * flop), sparse (8 nonzeros a row, 8 m n flop), srht (m N log2 N flop).
 */
import { colsOf, type Home, type Tensor } from '../gpu/home';
import { UserError } from '../math/errors';
import { matmul } from './matmul';
import { normal } from './random';
import { type Streams, sparseMatrix, sparseProduct } from './sparsesketch';
import { srhtMatrix, srhtProduct } from './srht';

export type SketchKind = 'gaussian' | 'sparse' | 'srht';

/** Y = A Omega (m x l), Omega standard normal (n x l) from `stream`. */
export async function sketchGaussian(a: Tensor, l: number, seed: number, stream: number): Promise<Tensor> {
  checkWidth(colsOf(a), l, Number.POSITIVE_INFINITY);
  const omega = await normal(a.home, [colsOf(a), l], seed, stream);
  const y = await matmul(a, omega);
  a.home.release(omega);
  return y;
}

/** Y = A Omega (m x l), Omega sparse; streams: uniforms for the positions, signs. */
export async function sketchSparse(a: Tensor, l: number, seed: number, streams: Streams): Promise<Tensor> {
  checkWidth(colsOf(a), l, Number.POSITIVE_INFINITY);
  return sparseProduct(a, l, seed, streams);
}

/** Y = A Omega (m x l), Omega a randomized Hadamard transform; streams: signs, permutation. l <= n. */
export async function sketchSrht(a: Tensor, l: number, seed: number, streams: Streams): Promise<Tensor> {
  checkWidth(colsOf(a), l, colsOf(a));
  return srhtProduct(a, l, seed, streams);
}

/** Omega itself, dense n x l. `streams` as the sketch of that kind takes them (gaussian: the first alone). */
export async function sketchMatrix(
  kind: SketchKind,
  home: Home,
  n: number,
  l: number,
  seed: number,
  streams: readonly [number, ...number[]],
): Promise<Tensor> {
  checkWidth(n, l, kind === 'srht' ? n : Number.POSITIVE_INFINITY);
  if (kind === 'gaussian') return normal(home, [n, l], seed, streams[0]);
  const [first, second] = streams;
  if (second === undefined) throw new Error(`sketchMatrix: a ${kind} sketch takes two streams`);
  return kind === 'sparse'
    ? sparseMatrix(home, n, l, seed, [first, second])
    : srhtMatrix(home, n, l, seed, [first, second]);
}

function checkWidth(n: number, l: number, limit: number): void {
  if (!Number.isInteger(l) || l < 1) throw new UserError(`A sketch has 1 column or more, not ${l}.`);
  if (l > limit) {
    throw new UserError(
      `A sketch of ${l} columns is wider than the matrix (${n} columns): choose ${n} or less.`,
    );
  }
}
