/** The estimator as n x n matrices: errors at betaLow, identities, pictures, spectra. */
import type { Tensor } from '../../../gpu/home';
import { axpby, scaleRows } from '../../../kernels/elementwise';
import { features } from '../../../kernels/features';
import { blendPaired, type LshPlan } from '../../../kernels/lsh';
import { matmul } from '../../../kernels/matmul';
import { frobenius } from '../../../kernels/reduce';
import { reduceRows } from '../../../kernels/reduction';
import { rows } from '../../../kernels/slice';
import {
  bestFactors,
  byLabel,
  clusteredTokens,
  exponentials,
  picture,
  relativeError,
  type Tokens,
} from '../../../testbeds/attention';
import type { Lab } from '../../method';
import type { AttentionMap } from '../figures';
import { outputOf } from './outputs';
import { type Draw, mean, type Numbers, type ScatterValues } from './values';

/** phi(Q) phi(K)^T with the first `rank` rows, n x n. */
async function estimate({ q, k }: Tokens, w: Tensor, rank: number, beta: number): Promise<Tensor> {
  return q.home.scope(async () => {
    const first = await rows(w, 0, rank);
    const scale = Math.sqrt(beta);
    return matmul(
      await features('positive', q, first, { scale }),
      await features('positive', k, first, { scale }),
      {
        transposeB: true,
      },
    );
  });
}

export interface EstimatorErrors {
  metrics: Numbers;
  /** Error of the mean of the first 1, 2, ... draws. */
  running: number[];
}

export async function estimatorErrors(
  lab: Lab,
  v: ScatterValues,
  tokens: Tokens,
  draws: readonly Draw[],
): Promise<EstimatorErrors> {
  const { home } = lab;
  const { n, rank, rounds, betaLow } = v;
  return home.scope(async () => {
    const exact = await exponentials(tokens, betaLow);
    const size = await frobenius(exact);
    const zero = home.tensor([n, n]);
    let total = home.tensor([n, n]);
    const errors: number[] = [];
    const alone: number[] = [];
    const running: number[] = [];
    let mask = 0;
    for (const [t, { rows: w, plan }] of draws.entries()) {
      await lab.step(0.45 + (0.15 * t) / draws.length, 'the estimator as a matrix');
      const next = await home.scope(async () => {
        const low = await estimate(tokens, w, rank, betaLow);
        const blend = await blendPaired(low, exact, plan, rounds);
        const error = await relativeError(blend, exact);
        const difference = await axpby(1, low, -1, exact);
        alone.push((await frobenius(difference)) / size);
        const unpaired = await frobenius(await blendPaired(difference, zero, plan, rounds));
        mask = Math.max(mask, Math.abs(error - unpaired / size));
        errors.push(error);
        return axpby(1, total, 1, blend);
      });
      home.release(total);
      total = next;
      running.push(
        await home.scope(async () => {
          const difference = await axpby(1 / (t + 1), total, -1, exact);
          return (await frobenius(difference)) / size;
        }),
      );
    }
    return {
      metrics: {
        'matrix.scatterbrain': mean(errors),
        'matrix.performer': mean(alone),
        'matrix.mean': running[running.length - 1],
        'identity.mask': mask,
      },
      running,
    };
  });
}

/** The linear-time output of draw 0 at beta against the output of the dense estimator. */
export async function linearIdentity(
  lab: Lab,
  v: ScatterValues,
  tokens: Tokens,
  draw: Draw,
): Promise<number> {
  await lab.step(0.61, 'linear time against n x n');
  return lab.home.scope(async () => {
    const exact = await exponentials(tokens, v.beta);
    const dense = await blendPaired(
      await estimate(tokens, draw.rows, v.rank, v.beta),
      exact,
      draw.plan,
      v.rounds,
    );
    const sums = await lab.home.read(await reduceRows(dense, 'sum'));
    const factors = lab.home.tensor(
      [v.n],
      Float64Array.from(sums, (sum) => 1 / Math.max(sum, 1e-30)),
    );
    const output = await scaleRows(await matmul(dense, tokens.v), factors);
    const { o } = await outputOf('scatterbrain', tokens, draw, v, v.beta);
    return relativeError(o, output);
  });
}

/** The plan of the same tokens in another order: row i of the new order is token order[i]. */
async function reordered({ plan, n, rounds, chunk }: LshPlan, order: Uint32Array): Promise<LshPlan> {
  const places = await plan.home.read(plan);
  const inverse = new Uint32Array(n);
  order.forEach((token, row) => {
    inverse[token] = row;
  });
  const out = new Uint32Array(4 * rounds * n);
  for (let t = 0; t < rounds; t++) {
    for (let i = 0; i < n; i++) {
      const at = (section: number): number => (section * rounds + t) * n;
      out[at(0) + i] = inverse[places[at(0) + i]];
      out[at(1) + i] = places[at(1) + order[i]];
      out[at(2) + i] = places[at(2) + order[i]];
      out[at(3) + i] = inverse[places[at(3) + i]];
    }
  }
  return { plan: plan.home.tensor([4, rounds, n], out, 'u32'), n, rounds, chunk };
}

export interface Pictures {
  maps: AttentionMap[];
  support: AttentionMap;
  spectra: { key: 'exact' | 'unpaired'; values: number[] }[];
}

/** Pictures at beta for draw 0, tokens ordered by label, and the spectra of E with and without the paired entries. */
export async function pictures(lab: Lab, v: ScatterValues, tokens: Tokens, draw: Draw): Promise<Pictures> {
  const { home } = lab;
  const { n, beta, rank, rounds } = v;
  await lab.step(0.64, 'pictures');
  return home.scope(async () => {
    const sorted = clusteredTokens(home, v, true);
    const plan = await reordered(draw.plan, byLabel(tokens.labels));
    const exact = await exponentials(sorted, beta);
    const low = await estimate(sorted, draw.rows, rank, beta);
    const zero = home.tensor([n, n]);
    const show = async (
      id: string,
      title: string,
      summary: string,
      matrix: Tensor,
    ): Promise<AttentionMap> => ({
      id: `map-${id}`,
      title,
      summary,
      ...(await picture(matrix)),
    });
    const maps = [
      await show(
        'exact',
        'Exact',
        `exp(beta q.k) of ${n} tokens at inverse temperature ${beta}, ordered by label.`,
        exact,
      ),
      await show(
        'features',
        'Features',
        `Its estimate from ${rank} random features, in the same colours.`,
        low,
      ),
      await show(
        'estimator',
        'Scatterbrain',
        'The features with the exact value on every paired entry, in the same colours.',
        await blendPaired(low, exact, plan, rounds),
      ),
    ];
    const ones = home.tensor([n, n], new Float32Array(n * n).fill(1));
    const support = await show(
      'support',
      'Support',
      `Share of pairs that ${rounds} hash rounds put together.`,
      await blendPaired(zero, ones, plan, rounds),
    );
    await lab.step(0.68, 'spectra');
    const count = Math.min(n, Math.max(64, Math.ceil(1.5 * rank)), 192);
    const values = async (matrix: Tensor): Promise<number[]> => [
      ...(await bestFactors(matrix, count, { seed: v.seed, stream: 9, power: 1 })).sigma,
    ];
    return {
      maps,
      support,
      spectra: [
        { key: 'exact', values: await values(exact) },
        { key: 'unpaired', values: await values(await blendPaired(exact, zero, plan, rounds)) },
      ],
    };
  });
}
