/** The parameters of lowrank-attention as its run sees them, and what is made once for them. */
import type { Home, Tensor } from '../../../gpu/home';
import { rows } from '../../../kernels/slice';
import { normals } from '../../../math/threefry';
import {
  clusteredTokens,
  exactAttention,
  orthogonalRows,
  type TokenRecipe,
  type Tokens,
} from '../../../testbeds/attention';
import type { Lab } from '../../method';

export interface LowRankValues extends TokenRecipe {
  rank: number;
  beta: number;
  betaLow: number;
  betaHigh: number;
  local: boolean;
  draws: number;
  iters: number;
}

export type Numbers = Record<string, number | null>;

export interface Bed {
  /** Tokens in the order that the methods see. */
  tokens: Tokens;
  /** The same tokens as they were drawn. */
  shuffled: Tokens;
  /** Exact outputs of both at beta. */
  exact: Tensor;
  exactShuffled: Tensor;
}

export const tokenKey = (v: LowRankValues): string =>
  `tokens ${[v.seed, v.n, v.d, v.clusters, v.spread, v.local].join(' ')}`;

export async function bedOf(lab: Lab, v: LowRankValues): Promise<Bed> {
  const { home } = lab;
  const orders = await lab.cached(tokenKey(v), async () => {
    const shuffled = clusteredTokens(home, v, false);
    return { shuffled, tokens: v.local ? clusteredTokens(home, v, true) : shuffled };
  });
  const outputs = await lab.cached(`${tokenKey(v)} exact ${v.beta}`, async () => {
    const exact = await exactAttention(orders.tokens, v.beta);
    return { exact, exactShuffled: v.local ? await exactAttention(orders.shuffled, v.beta) : exact };
  });
  return { ...orders, ...outputs };
}

/** The rows of one draw, 4 r of each kind; the first r serve as rank r. */
export interface Draw {
  orthogonal: Tensor;
  independent: Tensor;
}

/** Streams of draw t: 20 + 3t Gaussian blocks, 21 + 3t norms, 22 + 3t independent rows. */
export const drawsOf = (lab: Lab, v: LowRankValues): Promise<Draw[]> =>
  lab.cached(`rows ${[v.seed, v.rank, v.d, v.draws].join(' ')}`, async () =>
    Array.from({ length: v.draws }, (_, t) => ({
      orthogonal: featureRows(lab.home, v, t, 4 * v.rank),
      independent: lab.home.tensor([4 * v.rank, v.d], normals(v.seed, 22 + 3 * t, 4 * v.rank * v.d)),
    })),
  );

export function featureRows(home: Home, { seed, d }: LowRankValues, t: number, count: number): Tensor {
  const streams = { blocks: 20 + 3 * t, norms: 21 + 3 * t };
  return home.tensor([count, d], orthogonalRows(seed, streams, count, d));
}

export const firstRows = (w: Tensor, count: number): Promise<Tensor> => rows(w, 0, count);

export const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
