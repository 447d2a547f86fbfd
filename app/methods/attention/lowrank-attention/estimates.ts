/** How well random features estimate exp(beta q.k), entry by entry, and two identities. */
import type { Tensor } from '../../../gpu/home';
import { attention } from '../../../kernels/attention';
import { scaleRows } from '../../../kernels/elementwise';
import { features } from '../../../kernels/features';
import { linearAttention, performerFactors } from '../../../kernels/lowrankattention';
import { matmul } from '../../../kernels/matmul';
import { frobenius } from '../../../kernels/reduce';
import { reduceRows } from '../../../kernels/reduction';
import { copy } from '../../../kernels/slice';
import { matmul as matmul64, matrix } from '../../../math/linalg';
import { median } from '../../../math/statistics';
import { attentionMatrix, exponentials, relativeError, type Tokens } from '../../../testbeds/attention';
import type { Lab } from '../../method';
import { type Draw, firstRows, type LowRankValues, mean, type Numbers } from './values';

const T = { transposeB: true } as const;

/** Estimates of exp(beta Q K^T), n x n, from positive or trigonometric features. */
async function estimate(
  kind: 'positive' | 'trigonometric',
  { q, k }: Tokens,
  w: Tensor,
  beta: number,
): Promise<Tensor> {
  const scale = Math.sqrt(beta);
  return matmul(await features(kind, q, w, { scale }), await features(kind, k, w, { scale }), T);
}

/**
 * exp(2 beta q.k) (exp(beta |q + k|^2) - 1) / r averaged over all pairs: the expected squared error of an entry for
 * r independent rows. In float64 on the host, 256 queries at a time.
 */
function theory(q: Float64Array, k: Float64Array, { n, d, betaLow: beta, rank }: LowRankValues): number {
  const squares = (x: Float64Array): Float64Array =>
    Float64Array.from({ length: n }, (_, i) => {
      let sum = 0;
      for (let c = 0; c < d; c++) sum += x[i * d + c] ** 2;
      return sum;
    });
  const [qq, kk] = [squares(q), squares(k)];
  const keys = matrix(n, d, k);
  let sum = 0;
  for (let from = 0; from < n; from += 256) {
    const count = Math.min(256, n - from);
    const dots = matmul64(matrix(count, d, q.slice(from * d, (from + count) * d)), keys, T).data;
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < n; j++) {
        const dot = dots[i * n + j];
        sum += Math.exp(2 * beta * dot) * Math.expm1(beta * (qq[from + i] + kk[j] + 2 * dot));
      }
    }
  }
  return sum / (n * n * rank);
}

/** Mean squared errors at betaLow, means over the draws. */
export async function meanSquaredErrors(
  lab: Lab,
  v: LowRankValues,
  tokens: Tokens,
  draws: readonly Draw[],
): Promise<Numbers> {
  const { home } = lab;
  const { n, rank, betaLow: beta } = v;
  const found: Record<string, number[]> = { orthogonal: [], 'orthogonal.4r': [], iid: [], trig: [] };
  await home.scope(async () => {
    const exact = await exponentials(tokens, beta);
    const measure = (kind: 'positive' | 'trigonometric', w: Tensor): Promise<number> =>
      home.scope(async () => {
        const scale = Math.sqrt(beta);
        const [a, b] = [
          await features(kind, tokens.q, w, { scale }),
          await features(kind, tokens.k, w, { scale }),
        ];
        const difference = await matmul(a, b, { ...T, into: await copy(exact), beta: -1 });
        return (await frobenius(difference)) ** 2 / n ** 2;
      });
    for (const [t, { orthogonal, independent }] of draws.entries()) {
      await lab.step(0.46 + (0.14 * t) / draws.length, 'squared errors of the features');
      await home.scope(async () => {
        const w = await firstRows(orthogonal, rank);
        found.orthogonal.push(await measure('positive', w));
        found['orthogonal.4r'].push(await measure('positive', orthogonal));
        found.iid.push(await measure('positive', await firstRows(independent, rank)));
        found.trig.push(await measure('trigonometric', await firstRows(orthogonal, Math.floor(rank / 2))));
      });
    }
  });
  const [q, k] = [await home.read(tokens.q), await home.read(tokens.k)];
  return {
    ...Object.fromEntries(Object.entries(found).map(([name, values]) => [`mse.${name}`, mean(values)])),
    'mse.theory': theory(Float64Array.from(q), Float64Array.from(k), v),
  };
}

/** Matrix errors at betaHigh after row normalization, medians over the draws; rows whose trigonometric sum is not positive. */
export async function highErrors(
  lab: Lab,
  v: LowRankValues,
  tokens: Tokens,
  draws: readonly Draw[],
): Promise<{ metrics: Numbers; badRows: number }> {
  const { home } = lab;
  const { rank, betaHigh: beta, n } = v;
  const positive: number[] = [];
  const trigonometric: number[] = [];
  let badRows = 0;
  await home.scope(async () => {
    const exact = await attentionMatrix(tokens, beta);
    for (const [t, { orthogonal }] of draws.entries()) {
      await lab.step(0.6 + (0.08 * t) / draws.length, 'features at low temperature');
      await home.scope(async () => {
        const w = await firstRows(orthogonal, rank);
        const { left, right } = await performerFactors(tokens.q, tokens.k, w, beta);
        positive.push(await relativeError(await matmul(left, right), exact));
        const estimates = await estimate(
          'trigonometric',
          tokens,
          await firstRows(orthogonal, Math.floor(rank / 2)),
          beta,
        );
        const sums = Array.from(await home.read(await reduceRows(estimates, 'sum')));
        badRows = Math.max(badRows, sums.filter((sum) => sum < 1e-30).length);
        const factors = home.tensor(
          [n],
          sums.map((sum) => 1 / (sum === 0 ? 1e-30 : sum)),
        );
        trigonometric.push(await relativeError(await scaleRows(estimates, factors), exact));
      });
    }
  });
  return { metrics: { 'high.positive': median(positive), 'high.trig': median(trigonometric) }, badRows };
}

export interface Histogram {
  centres: number[];
  positive: number[];
  trigonometric: number[];
  /** Share of negative trigonometric estimates. */
  negative: number;
}

/** Estimated over true entries at betaHigh for the first draw and at most 512 queries and keys; ends collect the rest. */
export async function ratioHistogram(
  lab: Lab,
  v: LowRankValues,
  tokens: Tokens,
  { orthogonal }: Draw,
): Promise<Histogram> {
  const { home } = lab;
  const [low, high, bins] = [-2, 4, 60];
  return home.scope(async () => {
    const count = Math.min(v.n, 512);
    const part = { ...tokens, q: await firstRows(tokens.q, count), k: await firstRows(tokens.k, count) };
    const scores = await home.read(await matmul(part.q, part.k, T));
    let negative = 0;
    const shares = async (kind: 'positive' | 'trigonometric', rows: number): Promise<number[]> => {
      const estimates = await home.read(
        await estimate(kind, part, await firstRows(orthogonal, rows), v.betaHigh),
      );
      const out = new Array<number>(bins).fill(0);
      estimates.forEach((value, i) => {
        const ratio = value / Math.exp(v.betaHigh * scores[i]);
        const bin = Math.floor(((ratio - low) / (high - low)) * bins);
        out[Math.min(bins - 1, Math.max(0, bin))] += 1 / estimates.length;
        if (kind === 'trigonometric' && value < 0) negative += 1 / estimates.length;
      });
      return out;
    };
    return {
      centres: Array.from({ length: bins }, (_, i) => low + ((i + 0.5) * (high - low)) / bins),
      positive: await shares('positive', v.rank),
      trigonometric: await shares('trigonometric', Math.floor(v.rank / 2)),
      negative,
    };
  });
}

/** Tiled against untiled exact attention, and linear attention against its n x n form. */
export async function identities(
  lab: Lab,
  v: LowRankValues,
  tokens: Tokens,
  exactMatrix: Tensor,
): Promise<Numbers> {
  const { home } = lab;
  const { q, k, v: values } = tokens;
  await lab.step(0.68, 'identities');
  const flash = await home.scope(async () =>
    relativeError(await attention(q, k, values, { scale: v.beta }), await matmul(exactMatrix, values)),
  );
  const linear = await home.scope(async () => {
    const scale = Math.sqrt(v.beta);
    const elu = async (t: Tensor): Promise<Tensor> =>
      home.tensor(
        t.shape,
        Float64Array.from(await home.read(t), (x) => (scale * x > 0 ? scale * x + 1 : Math.exp(scale * x))),
      );
    const products = await matmul(await elu(q), await elu(k), T);
    const sums = Float64Array.from(await home.read(await reduceRows(products, 'sum')), (sum) => 1 / sum);
    const dense = await matmul(await scaleRows(products, home.tensor([v.n], sums)), values);
    return relativeError(await linearAttention(q, k, values, v.beta), dense);
  });
  return { 'identity.flash': flash, 'identity.linear': linear };
}
