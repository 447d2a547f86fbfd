/**
 * Sparse plus low-rank attention (Chen et al. 2021, arXiv 2110.15343): positive random features everywhere, and the
 * exact weights of the pairs that hashing puts together in their place. A composition, so it runs in either home.
 */
import type { Tensor } from '../gpu/home';
import { axpby } from './elementwise';
import { featureAttention, features } from './features';
import { type LshAttention, type LshPlan, lshAttention } from './lsh';
import { matmul } from './matmul';
import { reduceColumns, reduceRows } from './reduction';

/**
 * Unbiased for exp(beta q.k) on every pair, in time O(n (r + rounds chunk) d). The maximum of the log features is
 * taken off by query, and one maximum for all keys; exact weights and features meet on one scale.
 */
export async function scatterbrainAttention(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  w: Tensor,
  plan: LshPlan,
  { beta, rounds }: { beta: number; rounds?: number },
): Promise<LshAttention> {
  const { home } = q;
  return home.scope(async () => {
    const scale = Math.sqrt(beta);
    const shiftQ = await reduceRows(await features('logarithm', q, w, { scale }), 'max');
    const shiftK = await reduceColumns(
      await reduceRows(await features('logarithm', k, w, { scale }), 'max'),
      'max',
    );
    const fq = await features('positive', q, w, { scale, shift: shiftQ });
    const fk = await features('positive', k, w, { scale, shift: shiftK });
    const low = await featureAttention(fq, fk, v);
    const ones = home.tensor([plan.n, 1], new Float64Array(plan.n).fill(1));
    const logScale = await axpby(1, shiftQ, 1, await matmul(ones, shiftK));
    return lshAttention(q, k, v, plan, {
      scale: beta,
      rounds,
      features: { q: fq, k: fk, ...low, logScale },
    });
  });
}
