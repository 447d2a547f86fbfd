/** Curves over rank, inverse temperature and length, and the spectra. All but the clock's are cached. */
import type { Tensor } from '../../../gpu/home';
import { attention } from '../../../kernels/attention';
import {
  linearAttention,
  nystromAttention,
  performerAttention,
  segmentAttention,
} from '../../../kernels/lowrankattention';
import {
  anyTokens,
  attentionMatrix,
  bestFactors,
  exactAttention,
  factorsOutput,
  relativeError,
  type Tokens,
} from '../../../testbeds/attention';
import type { Lab } from '../../method';
import { type TimedCurve, timeLengths } from '../../timelength';
import type { Curve } from '../figures';
import { exactMatrix, SKETCH } from './outputs';
import { type Bed, featureRows, firstRows, type LowRankValues, tokenKey } from './values';

type Point = readonly [number, number | null];

export const METHODS = [
  { key: 'linformer', label: 'Linformer', role: 'baseline' },
  { key: 'performer', label: 'Performer', role: 'method' },
  { key: 'nystrom', label: 'Nystromformer', role: 'method' },
  { key: 'linear', label: 'Linear attention', role: 'baseline' },
] as const;

export type MethodKey = (typeof METHODS)[number]['key'];

const asCurve = ({ key, label, role }: (typeof METHODS)[number], points: readonly Point[]): Curve => ({
  key,
  label,
  role,
  points,
});

/** One output of a method at a rank. w: at least `rank` rows of random features. */
function output(
  key: MethodKey,
  { q, k, v: values }: Tokens,
  { rank, beta, iters }: Pick<LowRankValues, 'rank' | 'beta' | 'iters'>,
  w: Tensor,
): Promise<Tensor> {
  if (key === 'linformer') return segmentAttention(q, k, values, rank, beta);
  if (key === 'nystrom') return nystromAttention(q, k, values, rank, beta, iters);
  if (key === 'linear') return linearAttention(q, k, values, beta);
  return performerAttention(q, k, values, w, beta);
}

/** Errors of the outputs at ranks 4, 8, ... 256; the best rank r where n x n matrices are made. */
export function rankCurves(lab: Lab, v: LowRankValues, bed: Bed, isDense: boolean): Promise<Curve[]> {
  const { home } = lab;
  const ranks = [4, 8, 16, 32, 64, 128, 256].filter((rank) => rank <= v.n);
  return lab.cached(`${tokenKey(v)} ranks ${[v.beta, v.iters].join(' ')}`, async () => {
    const top = ranks[ranks.length - 1];
    const w = featureRows(home, v, 0, top);
    const curves = new Map<MethodKey, Point[]>(METHODS.map(({ key }) => [key, []]));
    for (const [i, rank] of ranks.entries()) {
      await lab.step(0.7 + 0.01 * i, `errors at rank ${rank}`);
      for (const { key } of METHODS) {
        const error = await home.scope(async () =>
          relativeError(await output(key, bed.tokens, { ...v, rank }, await firstRows(w, rank)), bed.exact),
        );
        curves.get(key)?.push([rank, error]);
      }
    }
    const all = METHODS.map((method) => asCurve(method, curves.get(method.key) ?? []));
    if (!isDense) return all;
    await lab.step(0.77, 'best rank r for the curve');
    const best = await home.scope(async () => {
      const factors = await bestFactors(await exactMatrix(lab, v, bed.tokens), top, {
        seed: v.seed,
        stream: SKETCH,
        power: 1,
      });
      const points: Point[] = [];
      for (const rank of ranks) {
        points.push([rank, await relativeError(await factorsOutput(factors, bed.tokens.v, rank), bed.exact)]);
      }
      return points;
    });
    return [{ key: 'svd', label: 'Best rank r', role: 'bound', points: best }, ...all];
  });
}

/** Errors of the outputs at inverse temperatures 0.125, 0.25, ... 16, at the rank. */
export function temperatureCurves(lab: Lab, v: LowRankValues, bed: Bed): Promise<Curve[]> {
  const { home } = lab;
  const betas = [0.125, 0.25, 0.5, 1, 2, 4, 8, 16];
  return lab.cached(`${tokenKey(v)} temperatures ${[v.rank, v.iters].join(' ')}`, async () => {
    const w = featureRows(home, v, 0, v.rank);
    const curves = new Map<MethodKey, Point[]>(METHODS.map(({ key }) => [key, []]));
    for (const beta of betas) {
      await lab.step(0.8, `errors at inverse temperature ${beta}`);
      await home.scope(async () => {
        const exact = await exactAttention(bed.tokens, beta);
        for (const { key } of METHODS) {
          const o = await output(key, bed.tokens, { ...v, beta }, w);
          curves.get(key)?.push([beta, await relativeError(o, exact)]);
        }
      });
    }
    return METHODS.map((method) => asCurve(method, curves.get(method.key) ?? []));
  });
}

export interface Spectrum {
  beta: number;
  values: number[];
}

/** Leading singular values of the attention matrix at several inverse temperatures. */
export function spectra(lab: Lab, v: LowRankValues, tokens: Tokens): Promise<Spectrum[]> {
  const { home } = lab;
  const betas = [...new Set([0.5, 2, 8, v.beta])].sort((a, b) => a - b);
  const count = Math.min(v.n, Math.max(64, Math.ceil(1.5 * v.rank)), 192);
  return lab.cached(`${tokenKey(v)} spectra ${[v.beta, count].join(' ')}`, async () => {
    const all: Spectrum[] = [];
    for (const beta of betas) {
      await lab.step(0.83, `singular values at inverse temperature ${beta}`);
      await home.scope(async () => {
        const a = await attentionMatrix(tokens, beta);
        all.push({
          beta,
          values: [...(await bestFactors(a, count, { seed: v.seed, stream: SKETCH, power: 1 })).sigma],
        });
      });
    }
    return all;
  });
}

/** A curve of the clock ends before the point that would take longer than this. */
const PATIENCE_MS = 250;

/** Up to 32 times the tokens of the run: a small run is not made to wait for long ones. */
const LENGTHS = [256, 512, 1024, 2048, 4096, 8192, 16384];

/** Times of one output at n = 256 .. 16384, on tokens of any values: the clock does not see them. */
export function timeCurves(lab: Lab, v: LowRankValues): Promise<TimedCurve[]> {
  const { home } = lab;
  return timeLengths(lab, {
    lengths: LENGTHS.filter((n) => n <= 32 * v.n && n >= v.rank),
    routes: [
      { key: 'exact', label: 'exact', role: 'exact', power: 2 },
      ...METHODS.map((method) => ({ ...method, power: 1 })),
    ],
    callsAt: async (n) => {
      const tokens = anyTokens(home, n, v.d);
      const w = await firstRows(tokens.q, Math.min(n, v.rank));
      const { q, k, v: values } = tokens;
      return {
        exact: () => attention(q, k, values, { scale: v.beta }),
        ...Object.fromEntries(METHODS.map(({ key }) => [key, () => output(key, tokens, v, w)])),
      };
    },
    patienceMs: PATIENCE_MS,
    budgetMs: Infinity,
    fraction: 0.88,
  });
}
