/**
 * The attention testbed: clustered tokens, exact attention, the best rank-r matrix, and what every method of the
 * family is measured by. Tokens: centres c_l (rows N(0, I/d)) and centre values m_l (N(0, 1)); token i of label l
 * has q_i = c_l + spread e_i, k_i = c_l + spread e'_i, v_i = m_l + spread f_i. Streams 0 centres, 1 labels, 2 query
 * noise, 3 key noise (rows N(0, I/d)), 4 centre values, 5 value noise (N(0, 1)).
 */
import type { Home, Tensor } from '../gpu/home';
import { attention } from '../kernels/attention';
import { axpby, scaleRows } from '../kernels/elementwise';
import { matmul } from '../kernels/matmul';
import { normal } from '../kernels/random';
import { type Factors, powerBasis, project } from '../kernels/rangefinder';
import { frobenius } from '../kernels/reduce';
import { reduceColumns, reduceRows } from '../kernels/reduction';
import { segmentMeans } from '../kernels/segments';
import { columns, rows } from '../kernels/slice';
import { softmax } from '../kernels/softmax';
import { transpose } from '../kernels/transpose';
import { matrix, transpose as transpose64 } from '../math/linalg';
import { qr } from '../math/qr';
import { integers, normals } from '../math/threefry';

export interface TokenRecipe {
  seed: number;
  n: number;
  d: number;
  clusters: number;
  spread: number;
}

/** Tokens in one order, on the host in float64 and in a home. */
export interface Tokens {
  n: number;
  d: number;
  labels: Uint32Array;
  /** n x d each. */
  q: Tensor;
  k: Tensor;
  v: Tensor;
}

/** The largest n at which n x n matrices are made, for comparison and for pictures. */
export const DENSE_LIMIT = 4096;

/** Tokens in the order in which they are drawn or, if `sorted`, after a stable sort of their labels. */
export function clusteredTokens(home: Home, recipe: TokenRecipe, sorted: boolean): Tokens {
  const { seed, n, d, clusters, spread } = recipe;
  const drawn = integers(seed, 1, n, clusters);
  const order = Array.from({ length: n }, (_, i) => i);
  if (sorted) order.sort((a, b) => drawn[a] - drawn[b] || a - b);
  const around = (centreStream: number, noiseStream: number, size: number): Tensor => {
    const centres = normals(seed, centreStream, clusters * d);
    const noise = normals(seed, noiseStream, n * d);
    const out = new Float64Array(n * d);
    order.forEach((token, row) => {
      const [centre, own] = [drawn[token] * d, token * d];
      for (let c = 0; c < d; c++) out[row * d + c] = size * (centres[centre + c] + spread * noise[own + c]);
    });
    return home.tensor([n, d], out);
  };
  return {
    n,
    d,
    labels: Uint32Array.from(order, (token) => drawn[token]),
    q: around(0, 2, 1 / Math.sqrt(d)),
    k: around(0, 3, 1 / Math.sqrt(d)),
    v: around(4, 5, 1),
  };
}

/** The order of rows that puts equal labels together, stably. */
export function byLabel(labels: Uint32Array): Uint32Array {
  return Uint32Array.from(labels.keys()).sort((a, b) => labels[a] - labels[b] || a - b);
}

export const exactAttention = ({ q, k, v }: Tokens, beta: number): Promise<Tensor> =>
  attention(q, k, v, { scale: beta });

/** softmax(beta Q K^T), n x n. */
export async function attentionMatrix({ q, k }: Tokens, beta: number): Promise<Tensor> {
  return q.home.scope(async () => softmax(await matmul(q, k, { transposeB: true }), { scale: beta }));
}

/** exp(beta Q K^T), n x n: softmax by rows, times the sum that it divides by. */
export async function exponentials({ q, k }: Tokens, beta: number): Promise<Tensor> {
  const { home } = q;
  return home.scope(async () => {
    const scores = await matmul(q, k, { transposeB: true });
    const sums = await reduceRows(await axpby(beta, scores, 0, scores), 'logSumExp');
    const factors = Float64Array.from(await home.read(sums), Math.exp);
    return scaleRows(await softmax(scores, { scale: beta }), home.tensor([factors.length], factors));
  });
}

/** |X - Y|_F / |Y|_F, the difference formed; 0 where both are zero. */
export async function relativeError(x: Tensor, y: Tensor): Promise<number> {
  return x.home.scope(async () => {
    const [difference, size] = [await frobenius(await axpby(1, x, -1, y)), await frobenius(y)];
    return difference === 0 ? 0 : difference / size;
  });
}

/** The n x n identity: a method's attention matrix is what it makes of it in the place of V. */
export const identityTensor = (home: Home, n: number): Tensor =>
  home.tensor(
    [n, n],
    Float32Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0)),
  );

/** The error of the constant output mean(V). */
export async function meanError(v: Tensor, exact: Tensor): Promise<number> {
  return v.home.scope(async () => {
    const n = v.shape[0];
    const ones = v.home.tensor([n, 1], new Float64Array(n).fill(1));
    return relativeError(await matmul(ones, await reduceColumns(v, 'mean')), exact);
  });
}

const OVERSAMPLE = 16;

/** The best rank-r approximation of A by randomized SVD: oversampling 16, 4 power iterations unless said. */
export async function bestFactors(
  a: Tensor,
  rank: number,
  { seed, stream, power = 4 }: { seed: number; stream: number; power?: number },
): Promise<Factors> {
  return a.home.scope(async () => {
    const n = a.shape[1];
    const width = Math.min(n, rank + OVERSAMPLE);
    const omega = await normal(a.home, [n, width], seed, stream);
    return project(a, await powerBasis(a, await matmul(a, omega), power), rank);
  });
}

/** The output of the leading r of these factors, U_r S_r (V_r^T V). */
export async function factorsOutput({ us, vt }: Factors, v: Tensor, rank: number): Promise<Tensor> {
  return us.home.scope(async () =>
    matmul(await columns(us, 0, rank), await matmul(await rows(vt, 0, rank), v)),
  );
}

/**
 * `count` rows of block-orthogonal random features: for each block of d rows the transposed Q factor of a Gaussian
 * d x d matrix with diag(R) > 0, row g multiplied by the norm of row g of a second Gaussian array (count x d).
 */
export function orthogonalRows(
  seed: number,
  streams: { blocks: number; norms: number },
  count: number,
  d: number,
): Float64Array {
  const blocks = Math.ceil(count / d);
  const gaussian = normals(seed, streams.blocks, blocks * d * d);
  const lengths = normals(seed, streams.norms, count * d);
  const out = new Float64Array(count * d);
  for (let b = 0; b < blocks; b++) {
    const q = transpose64(qr(matrix(d, d, gaussian.slice(b * d * d, (b + 1) * d * d))).q);
    for (let g = b * d; g < Math.min(count, (b + 1) * d); g++) {
      let square = 0;
      for (let c = 0; c < d; c++) square += lengths[g * d + c] ** 2;
      for (let c = 0; c < d; c++) out[g * d + c] = Math.sqrt(square) * q.data[(g - b * d) * d + c];
    }
  }
  return out;
}

export const MAP_SIZE = 256;

/** A matrix as a picture of at most 256 x 256 entries, which are means of blocks where it is larger. */
export async function picture(a: Tensor): Promise<{ rows: number; cols: number; values: Float32Array }> {
  return a.home.scope(async () => {
    let small = a;
    if (small.shape[0] > MAP_SIZE) small = await segmentMeans(small, MAP_SIZE);
    if (small.shape[1] > MAP_SIZE) {
      small = await transpose(await segmentMeans(await transpose(small), MAP_SIZE));
    }
    const [rowCount, colCount] = small.shape;
    return { rows: rowCount, cols: colCount, values: Float32Array.from(await a.home.read(small)) };
  });
}

/** Tokens of a few numbers over and over: enough for the clock, which does not see them. */
export function anyTokens(home: Home, n: number, d: number): Tokens {
  const few = normals(0, 0, 4099); // a prime, so that rows differ
  const make = (): Tensor =>
    home.tensor(
      [n, d],
      Float32Array.from({ length: n * d }, (_, i) => few[i % 4099]),
    );
  return { n, d, labels: new Uint32Array(n), q: make(), k: make(), v: make() };
}
