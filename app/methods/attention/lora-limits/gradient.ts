/**
 * The gradient of LoRA inside softmax attention, by two routes: dense, with n x n scores, and as a chain of factors
 * with n x F features, in which nothing of size n x n is ever formed.
 */
import type { Home, Tensor } from '../../../gpu/home';
import { axpby, scaleRows } from '../../../kernels/elementwise';
import { matmul } from '../../../kernels/matmul';
import { monomials, multiply, rowKronecker, softmaxGradient, taylor } from '../../../kernels/monomials';
import { frobenius } from '../../../kernels/reduce';
import { reduceColumns, reduceRows } from '../../../kernels/reduction';
import { rows } from '../../../kernels/slice';
import { softmax } from '../../../kernels/softmax';
import { norm } from '../../../math/linalg';
import { monomialTable } from '../../../math/multisets';
import { normals } from '../../../math/threefry';

export interface LimitsValues {
  seed: number;
  n: number;
  d: number;
  rank: number;
  degree: number;
  norm: number;
  tolerance: number;
  scale: number;
}

const NAMES = ['q', 'k', 'v'] as const;
export type Name = (typeof NAMES)[number];

/** One head at a point in mid-training: on the device the inputs, on the host what is small. */
export interface Head {
  n: number;
  d: number;
  rank: number;
  x: Tensor;
  y: Tensor;
  w: Record<Name, Tensor>;
  /** B_i, d x r, for the gradients of A_i. */
  b: Record<Name, Float64Array>;
  /** Largest |(X W_Q)(X W_K)^T| at c = 1. */
  largest: number;
}

const rounded = (seed: number, stream: number, count: number, size = 1) =>
  normals(seed, stream, count).map((x) => Math.fround(size * x));

export async function makeHead(home: Home, v: LimitsValues): Promise<Head> {
  const { seed, n, d, rank } = v;
  const b = {} as Record<Name, Float64Array>;
  const w = {} as Record<Name, Tensor>;
  NAMES.forEach((name, i) => {
    const sum = rounded(seed, 1 + i, d * d, 1 / Math.sqrt(d));
    b[name] = rounded(seed, 4 + 2 * i, d * rank, 1 / Math.sqrt(rank));
    const a = rounded(seed, 5 + 2 * i, rank * d, 1 / Math.sqrt(d));
    for (let row = 0; row < d; row++) {
      for (let t = 0; t < rank; t++) {
        for (let col = 0; col < d; col++) {
          sum[row * d + col] += (v.scale / rank) * b[name][row * rank + t] * a[t * d + col];
        }
      }
    }
    w[name] = home.tensor([d, d], sum);
  });
  const x = home.tensor([n, d], rounded(seed, 0, n * d));
  const y = home.tensor([n, d], rounded(seed, 10, n * d));
  return { n, d, rank, x, y, w, b, largest: await largestScore(x, w.q, w.k) };
}

/** Most scores at a time. */
const TILE = 2 ** 22;

/** max |S| over all n^2 pairs, in tiles of rows: S is never whole. */
async function largestScore(x: Tensor, wq: Tensor, wk: Tensor): Promise<number> {
  const { home } = x;
  const n = x.shape[0];
  const most = Math.max(1, Math.min(n, Math.floor(TILE / n)));
  return home.scope(async () => {
    const q = await matmul(x, wq);
    const k = await matmul(x, wk);
    let largest = 0;
    for (let from = 0; from < n; from += most) {
      await home.scope(async () => {
        const s = await matmul(await rows(q, from, Math.min(n, from + most)), k, { transposeB: true });
        for (const kind of ['max', 'min'] as const) {
          for (const value of await home.read(await reduceRows(s, kind)))
            largest = Math.max(largest, Math.abs(value));
        }
      });
    }
    return largest;
  });
}

/** c such that max |S| = tau^2 ln n. */
export const scoreScale = ({ n, largest }: Head, tau: number): number =>
  Math.sqrt((tau * tau * Math.log(n)) / largest);

export interface Gradient {
  loss: number;
  /** dloss/dW_i, d x d each. */
  w: Record<Name, Float64Array>;
}

/** A row sum at most this share of n is not divided by. */
const LEAST_SUM = 1e-6;

/** Rows over their sums; null where a sum is too small, so the degree too low for the norm. */
async function normalized(weights: Tensor, sums: Tensor): Promise<Tensor | null> {
  const { home } = weights;
  const n = weights.shape[0];
  const found = await home.read(sums);
  for (const sum of found) if (!(sum > LEAST_SUM * n)) return null;
  return scaleRows(
    weights,
    home.tensor(
      [n, 1],
      Array.from(found, (sum) => 1 / sum),
    ),
  );
}

/** f: the softmax of the scores, or the Taylor polynomial of a degree with rows over their sums. */
async function attentionMap(scores: Tensor, degree: number | null): Promise<Tensor | null> {
  if (degree === null) return softmax(scores);
  const polynomial = await taylor(scores, degree);
  return normalized(polynomial, await reduceRows(polynomial, 'sum'));
}

/** The dense formulas with n x n arrays; null where the polynomial cannot be normalized. */
export async function denseGradient(
  head: Head,
  tau: number,
  degree: number | null,
): Promise<Gradient | null> {
  const { x, y, w } = head;
  const { home } = x;
  const c = scoreScale(head, tau);
  return home.scope(async () => {
    const q = await matmul(x, w.q, { alpha: c });
    const k = await matmul(x, w.k, { alpha: c });
    const v = await matmul(x, w.v);
    const f = await attentionMap(await matmul(q, k, { transposeB: true }), degree);
    if (!f) return null;
    const o = await matmul(f, v);
    const e = await axpby(1, o, -1, y);
    const rho = await reduceRows(await multiply(e, o), 'sum');
    const p = await softmaxGradient(f, await matmul(e, v, { transposeB: true }), rho);
    const at = { transposeA: true, alpha: c };
    const gq = await matmul(x, await matmul(p, k), at);
    const gk = await matmul(x, await matmul(p, q, { transposeA: true }), at);
    const gv = await matmul(x, await matmul(f, e, { transposeA: true }), { transposeA: true });
    return gradientOf(home, e, gq, gk, gv);
  });
}

async function gradientOf(home: Home, e: Tensor, q: Tensor, k: Tensor, v: Tensor): Promise<Gradient> {
  const read = async (t: Tensor) => Float64Array.from(await home.read(t));
  return {
    loss: (await frobenius(e)) ** 2 / 2,
    w: { q: await read(q), k: await read(k), v: await read(v) },
  };
}

/** U and W of f ~ U W^T: n x F each. */
export async function factors(head: Head, c: number, degree: number) {
  const { x, w, d } = head;
  const table = monomialTable(d, degree);
  const root = (e: number) => 1 / Math.sqrt(e);
  const q = await matmul(x, w.q, { alpha: c });
  const k = await matmul(x, w.k, { alpha: c });
  const phi = await monomials(q, table, root);
  const right = await monomials(k, table, root);
  const sums = await matmul(phi, await reduceColumns(right, 'sum'), { transposeB: true });
  return { q, k, left: await normalized(phi, sums), right };
}

/**
 * The chain. With U1 = U (x) E and W1 = W (x) V row by row, (X^T U1)(W1^T K) sums over features and columns b of E
 * and V; the Kronecker product is taken with the d columns of X (and K) instead, n x d^2 rather than n x F d, and
 * the sum over b is inside one product of d x d F with d F x d. `given`: U and W as they were stored.
 */
export async function chainGradient(
  head: Head,
  tau: number,
  degree: number,
  given?: { left: Tensor; right: Tensor },
): Promise<Gradient | null> {
  const { x, y, w, d } = head;
  const { home } = x;
  const c = scoreScale(head, tau);
  return home.scope(async () => {
    const own = await factors(head, c, degree);
    const { q, k } = own;
    const { left: u, right } = given ?? own;
    if (!u) return null;
    const v = await matmul(x, w.v);
    const o = await matmul(u, await matmul(right, v, { transposeA: true }));
    const e = await axpby(1, o, -1, y);
    const rho = await reduceRows(await multiply(e, o), 'sum');
    const features = u.shape[1];
    // (A (x) B)^T F: d^2 x features, read as d x (d features).
    const third = async (a: Tensor, b: Tensor, f: Tensor) =>
      home.reshape(await matmul(await rowKronecker(a, b), f, { transposeA: true }), [d, d * features]);
    const across = { transposeA: true } as const;
    const weighted = await scaleRows(u, rho);
    const gq = await matmul(await third(x, e, u), await third(k, v, right), { transposeB: true, alpha: c });
    await matmul(await matmul(x, weighted, across), await matmul(right, k, across), {
      alpha: -c,
      beta: 1,
      into: gq,
    });
    const gk = await matmul(await third(x, v, right), await third(q, e, u), { transposeB: true, alpha: c });
    await matmul(await matmul(x, right, across), await matmul(weighted, q, across), {
      alpha: -c,
      beta: 1,
      into: gk,
    });
    const gv = await matmul(await matmul(x, right, across), await matmul(u, e, across));
    return gradientOf(home, e, gq, gk, gv);
  });
}

/** Corners of f and of U W^T, size x size, and their difference. */
export async function corners(head: Head, tau: number, degree: number, size: number) {
  const { x, w } = head;
  const { home } = x;
  const c = scoreScale(head, tau);
  return home.scope(async () => {
    const { q, k, left, right } = await factors(head, c, degree);
    if (!left || w.q === w.k) return null;
    const f = await softmax(await matmul(await rows(q, 0, size), k, { transposeB: true }));
    const low = await matmul(await rows(left, 0, size), right, { transposeB: true });
    const cut = async (t: Tensor) => {
      const all = await home.read(t);
      const n = t.shape[1];
      return Float32Array.from({ length: size * size }, (_, i) => all[Math.floor(i / size) * n + (i % size)]);
    };
    return { exact: await cut(f), low: await cut(low) };
  });
}

/** dloss/dA_i = (s/r) B_i^T dloss/dW_i of all three, stacked; the common factor s/r is left out. */
export function adapterGradient({ d, rank, b }: Head, { w }: Gradient): Float64Array {
  const out = new Float64Array(3 * rank * d);
  NAMES.forEach((name, i) => {
    for (let t = 0; t < rank; t++) {
      for (let row = 0; row < d; row++) {
        for (let col = 0; col < d; col++) {
          out[(i * rank + t) * d + col] += b[name][row * rank + t] * w[name][row * d + col];
        }
      }
    }
  });
  return out;
}

/** ||got - want|| / ||want||. */
export const relative = (got: Float64Array, want: Float64Array): number =>
  norm(got.map((x, i) => x - want[i])) / norm(want);
