/** The parameters of scatterbrain as its run sees them, and what is made once for them. */
import type { Tensor } from '../../../gpu/home';
import { type LshPlan, lshPlan } from '../../../kernels/lsh';
import { normals } from '../../../math/threefry';
import { clusteredTokens, orthogonalRows, type TokenRecipe, type Tokens } from '../../../testbeds/attention';
import type { Lab } from '../../method';

export interface ScatterValues extends TokenRecipe {
  beta: number;
  betaLow: number;
  betaHigh: number;
  rank: number;
  rounds: number;
  chunk: number;
  buckets: number;
  draws: number;
}

export type Numbers = Record<string, number | null>;

export const tokenKey = (v: ScatterValues): string =>
  `tokens ${[v.seed, v.n, v.d, v.clusters, v.spread].join(' ')}`;

export const tokensOf = (lab: Lab, v: ScatterValues): Promise<Tokens> =>
  lab.cached(`${tokenKey(v)} drawn`, async () => clusteredTokens(lab.home, v, false));

/** What draw t is made of: 2 rank feature rows and the plan of 2 rounds hash rounds. */
export interface Draw {
  rows: Tensor;
  plan: LshPlan;
}

/** Streams of draw t: 10 + 3t Gaussian blocks, 11 + 3t norms, 12 + 3t rotations (2 rounds x d x b/2). */
export function drawsOf(lab: Lab, v: ScatterValues, { q, k }: Tokens): Promise<Draw[]> {
  const { home } = lab;
  const { seed, d, rank, rounds, buckets, chunk } = v;
  return lab.cached(`${tokenKey(v)} draws ${[rank, rounds, buckets, chunk, v.draws].join(' ')}`, async () => {
    const all: Draw[] = [];
    for (let t = 0; t < v.draws; t++) {
      await lab.step(0.02 + (0.05 * t) / v.draws, 'features and hashes');
      const shape = [2 * rounds, d, buckets / 2];
      const rotations = home.tensor(shape, normals(seed, 12 + 3 * t, rounds * d * buckets));
      all.push({ rows: featureRows(lab, v, t, 2 * rank), plan: await lshPlan(q, k, rotations, chunk) });
    }
    return all;
  });
}

export function featureRows({ home }: Lab, { seed, d }: ScatterValues, t: number, count: number): Tensor {
  const streams = { blocks: 10 + 3 * t, norms: 11 + 3 * t };
  return home.tensor([count, d], orthogonalRows(seed, streams, count, d));
}

export const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
