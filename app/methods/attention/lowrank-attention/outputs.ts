/** The methods' outputs against exact attention, and their n x n matrices against the exact one. */
import type { Tensor } from '../../../gpu/home';
import { axpby } from '../../../kernels/elementwise';
import {
  linearAttention,
  nystromAttention,
  performerAttention,
  projectedAttention,
  segmentAttention,
} from '../../../kernels/lowrankattention';
import { normal } from '../../../kernels/random';
import type { Factors } from '../../../kernels/rangefinder';
import { residual } from '../../../kernels/rangefinder';
import { frobenius } from '../../../kernels/reduce';
import {
  attentionMatrix,
  bestFactors,
  factorsOutput,
  identityTensor,
  meanError,
  picture,
  relativeError,
  type Tokens,
} from '../../../testbeds/attention';
import type { Lab } from '../../method';
import type { AttentionMap } from '../figures';
import { type Bed, type Draw, firstRows, type LowRankValues, mean, type Numbers, tokenKey } from './values';

/** Stream of the Gaussian projection, and of the sketch of the randomized SVD. */
const PROJECTION = 10;
export const SKETCH = 11;

/** Errors of the outputs of every method at the rank. */
export async function outputErrors(
  lab: Lab,
  v: LowRankValues,
  bed: Bed,
  draws: readonly Draw[],
): Promise<Numbers> {
  const { home } = lab;
  const { beta, rank, iters } = v;
  const out: Numbers = {};
  const measure = (make: (t: Tokens) => Promise<Tensor>, isShuffled = false): Promise<number> =>
    home.scope(async () => {
      const tokens = isShuffled ? bed.shuffled : bed.tokens;
      return relativeError(await make(tokens), isShuffled ? bed.exactShuffled : bed.exact);
    });
  const linformer = ({ q, k, v: values }: Tokens) => segmentAttention(q, k, values, rank, beta);
  const nystrom = ({ q, k, v: values }: Tokens) => nystromAttention(q, k, values, rank, beta, iters);
  const linear = ({ q, k, v: values }: Tokens) => linearAttention(q, k, values, beta);

  await lab.step(0.05, 'Linformer, Nystrom, linear');
  out['error.linformer'] = await measure(linformer);
  out['error.nystrom'] = await measure(nystrom);
  out['error.linformer.shuffled'] = await measure(linformer, true);
  out['error.nystrom.shuffled'] = await measure(nystrom, true);
  out['error.linear'] = await measure(linear);
  out['error.mean'] = await meanError(bed.tokens.v, bed.exact);
  out['error.linformer.random'] = await measure(async ({ q, k, v: values }) => {
    const gaussian = await normal(home, [rank, v.n], v.seed, PROJECTION);
    const e = await axpby(1 / Math.sqrt(rank), gaussian, 0, gaussian);
    return projectedAttention(q, k, values, e, beta);
  });
  await lab.step(0.08, 'Linformer at full rank');
  out['error.linformer.full'] = await measure(({ q, k, v: values }) =>
    segmentAttention(q, k, values, v.n, beta),
  );
  const performer: number[] = [];
  const performer4: number[] = [];
  for (const [t, { orthogonal }] of draws.entries()) {
    await lab.step(0.1 + (0.1 * t) / draws.length, 'Performer');
    const { q, k, v: values } = bed.tokens;
    performer.push(
      await measure(async () => performerAttention(q, k, values, await firstRows(orthogonal, rank), beta)),
    );
    performer4.push(await measure(() => performerAttention(q, k, values, orthogonal, beta)));
  }
  out['error.performer'] = mean(performer);
  out['error.performer.4r'] = mean(performer4);
  return out;
}

export interface Matrices {
  metrics: Numbers;
  /** Small pictures, the exact one first. */
  maps: AttentionMap[];
  differences: AttentionMap[];
  factors: Factors;
  /** The exact matrix, n x n. */
  exact: Tensor;
}

/** The exact matrix and its best rank-r factors: what the rank and the draws do not change is cached. */
export const exactMatrix = (lab: Lab, v: LowRankValues, tokens: Tokens): Promise<Tensor> =>
  lab.cached(`${tokenKey(v)} matrix ${v.beta}`, () => attentionMatrix(tokens, v.beta));

/** Errors of the n x n matrices, and pictures of them. A method's matrix is what it makes of V = I. */
export async function matrixErrors(
  lab: Lab,
  v: LowRankValues,
  bed: Bed,
  draws: readonly Draw[],
): Promise<Matrices> {
  const { home } = lab;
  const { beta, rank, iters, n } = v;
  const { q, k, v: values } = bed.tokens;
  const metrics: Numbers = {};
  await lab.step(0.2, 'exact matrix');
  const exact = await exactMatrix(lab, v, bed.tokens);
  const size = await frobenius(exact);
  const identity = identityTensor(home, n);
  const maps: AttentionMap[] = [];
  const differences: AttentionMap[] = [];
  const show = async (id: string, title: string, summary: string, matrix: Tensor): Promise<void> => {
    maps.push({ id: `map-${id}`, title, summary, ...(await picture(matrix)) });
  };
  const compare = async (
    id: string,
    title: string,
    make: () => Promise<Tensor>,
    isShown: boolean,
  ): Promise<number> =>
    home.scope(async () => {
      const matrix = await make();
      const difference = await axpby(1, matrix, -1, exact);
      if (isShown) {
        const summary = `Attention matrix of ${title.toLowerCase()} at rank ${rank}, in the colours of the exact one.`;
        await show(id, title, summary, matrix);
        differences.push({
          id: `difference-${id}`,
          title: `${title}: difference`,
          summary: `What ${title.toLowerCase()} puts too much (positive) and too little.`,
          ...(await picture(difference)),
        });
      }
      return (await frobenius(difference)) / size;
    });
  await show('exact', 'Exact', `Softmax attention of ${n} tokens at inverse temperature ${beta}.`, exact);

  await lab.step(0.24, 'best rank r');
  const factors = await lab.cached(`${tokenKey(v)} best ${beta} ${rank}`, () =>
    bestFactors(exact, rank, { seed: v.seed, stream: SKETCH }),
  );
  metrics['matrix.svd'] = await home.scope(
    async () => (await frobenius(await residual(exact, factors))) / size,
  );
  metrics['error.svd'] = await home.scope(async () =>
    relativeError(await factorsOutput(factors, values, Math.min(rank, n)), bed.exact),
  );
  await lab.step(0.3, 'matrices of the methods');
  metrics['matrix.linformer'] = await compare(
    'linformer',
    'Linformer',
    () => segmentAttention(q, k, identity, rank, beta),
    true,
  );
  await lab.step(0.34, 'matrices of the methods');
  metrics['matrix.nystrom'] = await compare(
    'nystrom',
    'Nystromformer',
    () => nystromAttention(q, k, identity, rank, beta, iters),
    true,
  );
  const performer: number[] = [];
  for (const [t, { orthogonal }] of draws.entries()) {
    await lab.step(0.36 + (0.08 * t) / draws.length, 'matrices of the Performer');
    performer.push(
      await compare(
        'performer',
        'Performer',
        async () => performerAttention(q, k, identity, await firstRows(orthogonal, rank), beta),
        t === 0,
      ),
    );
  }
  metrics['matrix.performer'] = mean(performer);
  metrics['matrix.linear'] = await compare(
    'linear',
    'Linear attention',
    () => linearAttention(q, k, identity, beta),
    true,
  );
  home.release(identity);
  return { metrics, maps, differences, factors, exact };
}
