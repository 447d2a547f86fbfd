/** Curves over inverse temperature, rank and length. All but the clock's are cached. */
import type { Tensor } from '../../../gpu/home';
import { attention } from '../../../kernels/attention';
import { performerAttention } from '../../../kernels/lowrankattention';
import { lshPlan } from '../../../kernels/lsh';
import { rows } from '../../../kernels/slice';
import { normals } from '../../../math/threefry';
import { anyTokens, exactAttention, relativeError, type Tokens } from '../../../testbeds/attention';
import type { Lab } from '../../method';
import { type TimedCurve, timeLengths } from '../../timelength';
import type { Curve } from '../figures';
import { METHODS, type MethodKey, outputOf } from './outputs';
import { type Draw, featureRows, mean, type ScatterValues, tokenKey } from './values';

type Point = readonly [number, number];

const FEW = 2; // draws behind each point of a curve

const settings = (v: ScatterValues): string => [v.rank, v.rounds, v.chunk, v.buckets].join(' ');

const asCurves = (points: ReadonlyMap<MethodKey, readonly Point[]>): Curve[] =>
  METHODS.map((method) => ({ ...method, points: points.get(method.key) ?? [] }));

const none = (): Map<MethodKey, Point[]> => new Map(METHODS.map(({ key }) => [key, []]));

export function temperatureCurves(lab: Lab, v: ScatterValues, tokens: Tokens, draws: readonly Draw[]) {
  const { home } = lab;
  const betas = [0.125, 0.25, 0.5, 1, 2, 3, 4, 8, 16];
  return lab.cached(`${tokenKey(v)} temperatures ${settings(v)}`, async () => {
    const points = none();
    for (const [i, beta] of betas.entries()) {
      await lab.step(0.7 + 0.01 * i, `errors at inverse temperature ${beta}`);
      await home.scope(async () => {
        const exact = await exactAttention(tokens, beta);
        for (const { key } of METHODS) {
          const errors: number[] = [];
          for (const draw of draws.slice(0, FEW)) {
            errors.push(await relativeError((await outputOf(key, tokens, draw, v, beta)).o, exact));
          }
          points.get(key)?.push([beta, mean(errors)]);
        }
      });
    }
    return asCurves(points);
  });
}

/** Errors at 4, 8, ... 256 features for Scatterbrain and the Performer alike; hashing alone has no rank. */
export function rankCurves(lab: Lab, v: ScatterValues, tokens: Tokens, draws: readonly Draw[]) {
  const { home } = lab;
  const ranks = [4, 8, 16, 32, 64, 128, 256];
  return lab.cached(`${tokenKey(v)} ranks ${[v.beta, v.rounds, v.chunk, v.buckets].join(' ')}`, async () => {
    const points = none();
    const few = draws.slice(0, FEW);
    const wide = few.map(({ plan }, t) => ({ plan, rows: featureRows(lab, v, t, 256) }));
    const exact = await exactAttention(tokens, v.beta);
    let alone: number | null = null;
    for (const [i, rank] of ranks.entries()) {
      await lab.step(0.8 + 0.01 * i, `errors with ${rank} features`);
      const measure = async (key: MethodKey, drawn: readonly Draw[]): Promise<number> => {
        const errors: number[] = [];
        for (const { rows: w, plan } of drawn) {
          errors.push(
            await home.scope(async () => {
              const draw = { plan, rows: await rows(w, 0, rank) };
              return relativeError((await outputOf(key, tokens, draw, { ...v, rank }, v.beta)).o, exact);
            }),
          );
        }
        return mean(errors);
      };
      alone ??= await measure('lsh', wide);
      points.get('lsh')?.push([rank, alone]);
      points.get('scatterbrain')?.push([rank, await measure('scatterbrain', wide)]);
      points.get('performer')?.push([rank, await measure('performer', wide)]);
    }
    return asCurves(points);
  });
}

/** What one output is made from, hashing included: rotations for as many rounds as the method hashes. */
export interface Ingredients {
  rows: Tensor;
  rotations: Tensor;
}

export function ingredients(lab: Lab, v: ScatterValues, key: MethodKey): Ingredients {
  const rounds = key === 'lsh' ? 2 * v.rounds : v.rounds;
  const size = (rounds * v.d * v.buckets) / 2;
  return {
    rows: featureRows(lab, v, 0, 2 * v.rank),
    rotations: lab.home.tensor([rounds, v.d, v.buckets / 2], normals(v.seed, 12, size)),
  };
}

/** One output from the tokens on: what the clock measures. */
export async function wholeOutput(
  key: MethodKey | 'exact',
  tokens: Tokens,
  { rows: w, rotations }: Ingredients,
  v: ScatterValues,
): Promise<Tensor> {
  const { q, k, v: values } = tokens;
  if (key === 'exact') return attention(q, k, values, { scale: v.beta });
  if (key === 'performer') return performerAttention(q, k, values, w, v.beta);
  return q.home.scope(async () => {
    const draw = { rows: w, plan: await lshPlan(q, k, rotations, v.chunk) };
    return (await outputOf(key, tokens, draw, v, v.beta)).o;
  });
}

/** A curve of the clock ends before the point that would take longer than this. */
const PATIENCE_MS = 250;

/** Up to 32 times the tokens of the run: a small run is not made to wait for long ones. */
const LENGTHS = [256, 512, 1024, 2048, 4096, 8192, 16384];

export function timeCurves(lab: Lab, v: ScatterValues): Promise<TimedCurve[]> {
  const keys = ['exact', ...METHODS.map(({ key }) => key)] as const;
  return timeLengths(lab, {
    lengths: LENGTHS.filter((n) => n <= 32 * v.n && n % v.chunk === 0),
    routes: [
      { key: 'exact', label: 'exact', role: 'exact', power: 2 },
      ...METHODS.map((method) => ({ ...method, power: 1 })),
    ],
    callsAt: async (n) => {
      const tokens = anyTokens(lab.home, n, v.d);
      const call = (key: (typeof keys)[number]) => {
        const from = ingredients(lab, v, key === 'exact' ? 'performer' : key);
        return [key, () => wholeOutput(key, tokens, from, v)] as const;
      };
      return Object.fromEntries(keys.map(call));
    },
    patienceMs: PATIENCE_MS,
    budgetMs: Infinity,
    fraction: 0.92,
  });
}
