/**
 * Attention through r keys, features or landmarks in place of n keys: compositions of operations, so they run in
 * either home and over heads in the leading dimensions. q, k ... x n x d, v ... x n x dv, memory O(n (r + d)).
 */
import { rowsOf, type Tensor } from '../gpu/home';
import { attention, attentionWithStats } from './attention';
import { axpby } from './elementwise';
import { featureAttention } from './features';
import { matmul } from './matmul';
import { reduceColumns, reduceRows } from './reduction';
import { segmentMeans } from './segments';
import { softmax } from './softmax';

/** softmax(beta Q (E K)^T) (E V) with E the means of r consecutive segments (Wang et al. 2020, arXiv 2006.04768). */
export async function segmentAttention(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  r: number,
  beta: number,
): Promise<Tensor> {
  return q.home.scope(async () =>
    attention(q, await segmentMeans(k, r), await segmentMeans(v, r), { scale: beta }),
  );
}

/** softmax(beta Q (E K)^T) (E V) for a given E (r x n). */
export async function projectedAttention(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  e: Tensor,
  beta: number,
): Promise<Tensor> {
  return q.home.scope(async () => attention(q, await matmul(e, k), await matmul(e, v), { scale: beta }));
}

/**
 * Positive random features (Choromanski et al. 2021, arXiv 2009.14794) for the rows of w (r x d). Both halves are
 * attention: the rows of w attend to the keys with |y_j|^2 / 2 taken off the scores, and their log-sum-exp is the log of
 * phi(K)^T 1; then the queries attend to the rows of w with that log as a bias, and |y_i|^2 / 2 cancels. So maxima
 * are subtracted for every feature and every query, and nothing over- or underflows.
 */
export async function performerAttention(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  w: Tensor,
  beta: number,
): Promise<Tensor> {
  return q.home.scope(async () => {
    const scale = Math.sqrt(beta);
    const state = await attentionWithStats(w, k, v, { scale, keyNorm: beta / 2 });
    return attention(q, w, state.o, { scale, bias: state.stats });
  });
}

/** The factors of the Performer's attention matrix P B: P n x r and B r x n, both with rows that add up to 1. */
export async function performerFactors(
  q: Tensor,
  k: Tensor,
  w: Tensor,
  beta: number,
): Promise<{ left: Tensor; right: Tensor }> {
  return q.home.scope(async () => {
    const scale = Math.sqrt(beta);
    const { stats } = await attentionWithStats(w, k, k, { scale, keyNorm: beta / 2 });
    const squares = await reduceRows(k, 'sumSquares');
    const negative = await axpby(-beta / 2, squares, 0, squares);
    const left = await softmax(await matmul(q, w, { transposeB: true }), { scale, bias: stats });
    const right = await softmax(await matmul(w, k, { transposeB: true }), { scale, bias: negative });
    return { left, right };
  });
}

/** elu(sqrt(beta) x) + 1 as features (Katharopoulos et al. 2020, arXiv 2006.16236): a kernel of its own. */
export async function linearAttention(q: Tensor, k: Tensor, v: Tensor, beta: number): Promise<Tensor> {
  const { o, denominators } = await featureAttention(q, k, v, { elu: { scale: Math.sqrt(beta) } });
  q.home.release(denominators);
  return o;
}

/** The pseudo-inverse of a square M with rows that add up to 1, by `iters` steps of order four. */
export async function iterativePseudoInverse(m: Tensor, iters: number): Promise<Tensor> {
  const { home } = m;
  return home.scope(async () => {
    const r = rowsOf(m);
    const one = home.tensor(
      [r, r],
      Float64Array.from({ length: r * r }, (_, i) => (i % (r + 1) === 0 ? 1 : 0)),
    );
    // M^T / (|M|_1 |M|_inf); the entries are not negative, and |M|_inf = 1 up to rounding.
    const columnSums = await home.read(await reduceColumns(m, 'sum'));
    const rowSums = await home.read(await reduceRows(m, 'sum'));
    const size = Math.max(...columnSums) * Math.max(...rowSums);
    let z = await matmul(m, one, { transposeA: true, alpha: 1 / size });
    for (let i = 0; i < iters; i++) {
      const y = await matmul(m, z);
      const inner = await axpby(7, one, -1, y);
      const middle = await axpby(15, one, -1, await matmul(y, inner));
      const outer = await axpby(13, one, -1, await matmul(y, middle));
      z = await matmul(z, outer, { alpha: 0.25 });
    }
    return z;
  });
}

export interface Landmarks {
  /** softmax(beta Q Kt^T), n x r */
  f: Tensor;
  /** The approximate pseudo-inverse of softmax(beta Qt Kt^T), r x r. */
  z: Tensor;
  /** softmax(beta Qt K^T), r x n */
  b: Tensor;
}

async function landmarks(q: Tensor, k: Tensor, r: number, beta: number, iters: number) {
  const qt = await segmentMeans(q, r);
  const kt = await segmentMeans(k, r);
  const m = await softmax(await matmul(qt, kt, { transposeB: true }), { scale: beta });
  return { qt, kt, z: await iterativePseudoInverse(m, iters) };
}

/** F (Z (B V)) with the segment means of Q and K as landmarks (Xiong et al. 2021, arXiv 2102.03902). One head. */
export async function nystromAttention(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  r: number,
  beta: number,
  iters: number,
): Promise<Tensor> {
  return q.home.scope(async () => {
    const { qt, kt, z } = await landmarks(q, k, r, beta, iters);
    const bv = await attention(qt, k, v, { scale: beta });
    return attention(q, kt, await matmul(z, bv), { scale: beta });
  });
}

/** The three factors of the n x n matrix F Z B. */
export async function nystromFactors(
  q: Tensor,
  k: Tensor,
  r: number,
  beta: number,
  iters: number,
): Promise<Landmarks> {
  return q.home.scope(async () => {
    const { qt, kt, z } = await landmarks(q, k, r, beta, iters);
    return {
      f: await softmax(await matmul(q, kt, { transposeB: true }), { scale: beta }),
      z,
      b: await softmax(await matmul(qt, k, { transposeB: true }), { scale: beta }),
    };
  });
}
