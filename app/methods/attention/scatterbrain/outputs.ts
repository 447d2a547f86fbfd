/** Outputs of the three methods against exact attention at three inverse temperatures. */
import type { Tensor } from '../../../gpu/home';
import { performerAttention } from '../../../kernels/lowrankattention';
import { lshAttention } from '../../../kernels/lsh';
import { scatterbrainAttention } from '../../../kernels/scatterbrain';
import { rows } from '../../../kernels/slice';
import { exactAttention, relativeError, type Tokens } from '../../../testbeds/attention';
import type { Lab } from '../../method';
import { type Draw, mean, type Numbers, type ScatterValues } from './values';

export const METHODS = [
  { key: 'scatterbrain', label: 'Scatterbrain', role: 'method' },
  { key: 'performer', label: 'Performer', role: 'baseline' },
  { key: 'lsh', label: 'Hashing alone', role: 'baseline' },
] as const;

export type MethodKey = (typeof METHODS)[number]['key'];

/** One output: Scatterbrain with the first half of the draw's features and rounds, the others with all of them. */
export async function outputOf(
  key: MethodKey,
  { q, k, v: values }: Tokens,
  { rows: w, plan }: Draw,
  v: Pick<ScatterValues, 'rank' | 'rounds'>,
  beta: number,
): Promise<{ o: Tensor; sums: Tensor | null }> {
  if (key === 'performer') return { o: await performerAttention(q, k, values, w, beta), sums: null };
  if (key === 'lsh') return lshAttention(q, k, values, plan, { scale: beta });
  return q.home.scope(async () =>
    scatterbrainAttention(q, k, values, await rows(w, 0, v.rank), plan, { beta, rounds: v.rounds }),
  );
}

export interface OutputErrors {
  metrics: Numbers;
  /** Rows whose denominator had to be cut at 1e-30, over all draws and temperatures. */
  cutRows: number;
}

export async function outputErrors(
  lab: Lab,
  v: ScatterValues,
  tokens: Tokens,
  draws: readonly Draw[],
): Promise<OutputErrors> {
  const { home } = lab;
  const metrics: Numbers = {};
  let cutRows = 0;
  const regimes = [
    { suffix: '', beta: v.beta },
    { suffix: '.low', beta: v.betaLow },
    { suffix: '.high', beta: v.betaHigh },
  ];
  const fill: Record<string, number[]> = { lsh: [], scatterbrain: [] };
  for (const [i, { suffix, beta }] of regimes.entries()) {
    await home.scope(async () => {
      const exact = await exactAttention(tokens, beta);
      const errors: Record<MethodKey, number[]> = { scatterbrain: [], performer: [], lsh: [] };
      for (const [t, draw] of draws.entries()) {
        await lab.step(0.08 + 0.12 * (i + t / draws.length), `outputs at inverse temperature ${beta}`);
        for (const { key } of METHODS) {
          await home.scope(async () => {
            const { o, sums } = await outputOf(key, tokens, draw, v, beta);
            errors[key].push(await relativeError(o, exact));
            if (!sums) return;
            const numbers = await home.read(sums);
            let pairs = 0;
            for (let row = 0; row < v.n; row++) {
              pairs += numbers[2 * row + 1];
              if (numbers[2 * row] < 1e-30) cutRows++;
            }
            if (suffix === '') fill[key].push(pairs / v.n ** 2);
          });
        }
      }
      for (const { key } of METHODS) metrics[`error.${key}${suffix}`] = mean(errors[key]);
    });
  }
  metrics['fill.lsh'] = mean(fill.lsh);
  metrics['fill.scatterbrain'] = mean(fill.scatterbrain);
  return { metrics, cutRows };
}
