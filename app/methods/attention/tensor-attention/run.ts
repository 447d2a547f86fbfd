/** The run of tensor-attention: bounded entries by both routes, then Match3. */
import type { Tensor } from '../../../gpu/home';
import { attention } from '../../../kernels/attention';
import type { TripleInput } from '../../../kernels/triple';
import { monomialCount, taylorExp } from '../../../math/multisets';
import type { FactorSet } from '../../factors';
import type { Figure } from '../../figures';
import type { Lab, Outcome } from '../../method';
import { timeLengthFigure, timeLengths } from '../../timelength';
import { errorRankFigure, errorTimeFigure } from '../figures';
import {
  type BoundedData,
  boundedData,
  boundedInput,
  degreeNeeded,
  deviceFeatures,
  exact,
  featuresOf,
  lowRank,
  maxError,
  meanOutput,
  outputOf,
  unitScores,
  weightError,
} from './bounded';
import { degreeFigure, neededFigure, readoutFigure, weightsFigure } from './figures';
import {
  accuracy,
  bestAccuracy,
  gap,
  type MatchParameters,
  matchData,
  pairReadout,
  queryWeights,
  tripleReadout,
} from './match';

export interface TensorValues extends MatchParameters {
  n: number;
  d: number;
  degree: number;
  clusters: number;
  bound: number;
  boundHigh: number;
  tolerance: number;
}

type Numbers = Record<string, number | null>;

/** Above this the exact form, n^3, is left out. */
export const EXACT_LIMIT = 512;
/** Most features of a token. */
export const RANK_LIMIT = 4096;
/** The identities are about the formulas: so many tokens show them. */
const IDENTITY_ROWS = 128;
const THRESHOLD = 0.95;
/** A curve of the clock ends before the point that would take longer. */
const PATIENCE_MS = 1000;

interface Part {
  metrics: Numbers;
  figures: Figure[];
  notes: string[];
  reasons: Record<string, string>;
}

export async function run(lab: Lab, v: TensorValues): Promise<Outcome> {
  await lab.step(0, 'bounded entries');
  const data = boundedData(v.seed, v.n, v.d, v.clusters);
  const parts: Part[] = [];
  for (const part of [() => bounded(lab, v, data), () => identities(lab, v, data), () => match(lab, v)]) {
    parts.push(await part());
    lab.partial(parts[parts.length - 1]);
  }
  await lab.step(0.7, 'error against degree');
  const key = `tensor curves ${[v.seed, v.n, v.d, v.clusters, v.bound, v.boundHigh].join(' ')}`;
  const curves = await lab.cached(key, () => sweep(lab, v, data));
  if (curves.length > 0)
    parts.push(part({ figures: [degreeFigure(curves.slice(2), v.degree), rankFigure(v, curves)] }));
  await lab.step(0.9, 'time against length');
  const times = await lab.cached(`tensor times ${v.seed} ${v.d} ${v.degree} ${v.n}`, () => timeSweep(lab, v));
  parts.push(part({ figures: [times] }));
  return {
    metrics: Object.assign({}, ...parts.map(({ metrics }) => metrics)),
    figures: parts.flatMap(({ figures }) => figures),
    notes: parts.flatMap(({ notes }) => notes),
    reasons: Object.assign({}, ...parts.map(({ reasons }) => reasons)),
  };
}

const part = (given: Partial<Part>): Part => ({ metrics: {}, figures: [], notes: [], reasons: {}, ...given });

/** U1, U2 and U3 at bound B, whose output is compared with the exact one where there is one. */
async function featureFactors(
  input: TripleInput,
  { d, degree }: TensorValues,
  want: Float64Array | null,
): Promise<FactorSet> {
  const features = await deviceFeatures(input, d, degree);
  const { home } = input.q;
  const of = (stored: readonly Tensor[], exactly: Float64Array): Promise<number> =>
    home.scope(async () => maxError(await home.read((await outputOf(stored, input)).y), exactly));
  return {
    parts: features.map((value, i) => ({ name: `U${'₁₂₃'[i]}`, key: `U${i + 1}`, value })),
    measures: want ? [{ metric: 'error.method', of: (stored) => of(stored, want) }] : [],
  };
}

/** Both bounds: the error of the polynomial, of the constant output, and what the theory promises. */
async function bounded(lab: Lab, v: TensorValues, data: BoundedData): Promise<Part> {
  const { home } = lab;
  const isExact = v.n <= EXACT_LIMIT;
  const out = part({ metrics: { rank: monomialCount(v.d, v.degree) } });
  const unit = unitScores(data, isExact);
  const largest = (values: Float64Array) => values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  for (const [suffix, b] of [
    ['', v.bound],
    ['.high', v.boundHigh],
  ] as const) {
    await lab.step(suffix ? 0.15 : 0.02, `exact attention to pairs at B = ${b}`);
    const pair = unit.pair * b ** 2;
    out.metrics[`score.pair${suffix}`] = pair;
    out.metrics[`degree.pair${suffix}`] = degreeNeeded(pair, v.tolerance);
    const input = boundedInput(home, data, b);
    const approximate = async (degree: number) =>
      home.scope(async () => {
        const { y, least } = await lowRank(input, v.d, degree);
        return { y: Float64Array.from(await home.read(y)), least };
      });
    const method = await approximate(v.degree);
    if (!(method.least > 0)) {
      out.notes.push(
        `At B = ${b} the polynomial of degree ${v.degree} is negative for some scores and a denominator falls to ${method.least.toPrecision(2)}: the output is shown as it is. Even degrees are positive everywhere.`,
      );
    }
    if (!isExact) {
      if (!suffix) await lab.factors(() => featureFactors(input, v, null));
      continue;
    }
    const want = await home.scope(async () => Float64Array.from(await home.read(await exact(input, v.d))));
    const triple = unit.triple * b ** 3;
    const e = weightError(triple, v.degree);
    out.metrics[`score.triple${suffix}`] = triple;
    out.metrics[`degree.triple${suffix}`] = degreeNeeded(triple, v.tolerance);
    out.metrics[`error.method${suffix}`] = maxError(method.y, want);
    out.metrics[`error.mean${suffix}`] = maxError(meanOutput(data), want);
    out.metrics[`error.bound${suffix}`] =
      e >= 1 ? -1 : (((2 * e) / (1 - e)) * largest(data.v1) * largest(data.v2)) / largest(want);
    if (!suffix) {
      lab.partial({ metrics: { 'error.method': out.metrics['error.method'] } });
      await lab.factors(() => featureFactors(input, v, want));
      const low = await approximate(Math.floor(v.degree / 2));
      out.metrics['error.method.low'] = maxError(low.y, want);
      out.metrics['time.exact'] = await lab.time('exact triple attention', 2, () => exact(input, v.d));
    }
  }
  const input = boundedInput(home, data, v.bound);
  out.metrics['time.method'] = await lab.time('low-rank triple attention', 3, () =>
    lowRank(input, v.d, v.degree),
  );
  out.figures.push(neededFigure(v.tolerance, v.bound, v.boundHigh));
  if (!isExact) {
    for (const key of ['error.method', 'error.mean', 'error.bound', 'score.triple', 'degree.triple']) {
      for (const suffix of ['', '.high']) {
        out.metrics[key + suffix] = null;
        out.reasons[key + suffix] = `the exact form costs n^3: choose n of ${EXACT_LIMIT} or less`;
      }
    }
    for (const key of ['error.method.low', 'time.exact']) {
      out.metrics[key] = null;
      out.reasons[key] = `the exact form costs n^3: choose n of ${EXACT_LIMIT} or less`;
    }
    out.notes.push(`Above n = ${EXACT_LIMIT} the exact form is left out, and so are all errors.`);
  } else {
    out.figures.push(
      errorTimeFigure(
        [
          {
            key: 'tensor-attention',
            label: `polynomial, degree ${v.degree}`,
            role: 'method',
            ms: out.metrics['time.method'],
            error: out.metrics['error.method'],
          },
        ],
        'What the polynomial costs on this machine and how far it is off; exact attention is not on a log axis of errors.',
      ),
    );
  }
  return out;
}

/** Attention to pairs with K2 = V2 = 1 is ordinary attention; features multiply to the polynomial. Both at B = 1. */
async function identities(lab: Lab, v: TensorValues, data: BoundedData): Promise<Part> {
  const { home } = lab;
  await lab.step(0.3, 'identities');
  const count = Math.min(8, v.n);
  return home.scope(async () => {
    const input = boundedInput(home, data, 1);
    const rows = Math.min(v.n, IDENTITY_ROWS);
    const cut = (values: Float64Array) => home.tensor([rows, v.d], values.slice(0, rows * v.d));
    const ones = home.tensor([rows, v.d], new Float64Array(rows * v.d).fill(1));
    const [q, k1, v1] = [cut(data.q), cut(data.k1), cut(data.v1)];
    const triple = await exact({ q, k1, k2: ones, v1, v2: ones }, v.d);
    const pair = await attention(q, k1, v1, { scale: 1 / v.d });
    const { u1, u2, u3, count: r } = await featuresOf(input, v.d, v.degree);
    const got: number[] = [];
    const want: number[] = [];
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < count; j++) {
        for (let l = 0; l < count; l++) {
          let [product, score] = [0, 0];
          for (let t = 0; t < r; t++) product += u1[i * r + t] * u2[j * r + t] * u3[l * r + t];
          for (let c = 0; c < v.d; c++) {
            score +=
              Math.fround(data.q[i * v.d + c]) *
              Math.fround(data.k1[j * v.d + c]) *
              Math.fround(data.k2[l * v.d + c]);
          }
          got.push(product);
          want.push(taylorExp(score / v.d, v.degree));
        }
      }
    }
    return part({
      metrics: {
        'identity.pair': maxError(await home.read(triple), await home.read(pair)),
        'identity.kernel': maxError(got, want),
      },
    });
  });
}

async function match(lab: Lab, v: TensorValues): Promise<Part> {
  const { home } = lab;
  await lab.step(0.4, 'Match3');
  const data = matchData(v);
  const triple = await tripleReadout(home, v, data);
  await lab.step(0.6, 'the pairwise head');
  const pairwise = await pairReadout(home, v, data);
  const share = data.matching.filter(Boolean).length / data.matching.length;
  const distance = gap(triple, data.matching);
  const out = part({
    metrics: {
      'match.triple': accuracy(triple, data.matching, THRESHOLD),
      'match.pair': bestAccuracy(pairwise, data.matching),
      'match.gap': distance ?? 0,
      'match.share': share,
      'match.bound': Math.cbrt(4 * v.sharp),
    },
    figures: [
      readoutFigure(
        'readout-triple',
        'Match3 by attention to pairs',
        'Matching tokens stand near 1, all others below.',
        triple,
        data.matching,
        THRESHOLD,
      ),
      readoutFigure(
        'readout-pair',
        'Match3 by ordinary attention',
        'The pairwise head cannot tell them apart.',
        pairwise,
        data.matching,
      ),
    ],
  });
  if (distance === null) {
    out.notes.push(
      share === 1
        ? `Every token has a matching pair: raise the modulus to about ${Math.round(0.7 * v.tokens ** 2)}.`
        : 'No token has a matching pair: lower the modulus or give more tokens.',
    );
  } else if (distance < 0) {
    out.notes.push('Near misses look like matches: raise the frequencies F or the sharpness.');
  }
  const at = data.pair.findIndex((found) => found !== null);
  const found = data.pair[at];
  if (found) {
    out.figures.push(weightsFigure(v.tokens, queryWeights(v, data, at), at % v.tokens, found));
  }
  return out;
}

const BOUNDS = [0.5, 1, 1.25, 1.5, 2, 2.5, 3];

interface Curve {
  bound: number;
  degrees: number[];
  errors: number[];
}

/** Errors at even degrees: at the two bounds of the run, then at seven fixed ones. */
async function sweep(lab: Lab, v: TensorValues, data: BoundedData): Promise<Curve[]> {
  const { home } = lab;
  if (v.n > EXACT_LIMIT) return [];
  const degrees = [0, 2, 4, 6, 8, 10, 12].filter((g) => monomialCount(v.d, g) <= RANK_LIMIT);
  const known = new Map<number, Curve>();
  const curveAt = async (bound: number, i: number): Promise<Curve> => {
    const before = known.get(bound);
    if (before) return before;
    await lab.step(0.7 + 0.02 * i, `error against degree at B = ${bound}`);
    const curve = await home.scope(async () => {
      const input = boundedInput(home, data, bound);
      const want = await home.read(await exact(input, v.d));
      const errors: number[] = [];
      for (const g of degrees) errors.push(maxError(await home.read((await lowRank(input, v.d, g)).y), want));
      return { bound, degrees, errors };
    });
    known.set(bound, curve);
    return curve;
  };
  const out: Curve[] = [];
  for (const [i, bound] of [v.bound, v.boundHigh, ...BOUNDS].entries()) out.push(await curveAt(bound, i));
  return out;
}

function rankFigure(v: TensorValues, [low, high]: Curve[]) {
  const points = ({ degrees, errors }: Curve) =>
    degrees.map((g, i) => [monomialCount(v.d, g), errors[i]] as const).filter(([, error]) => error > 0);
  return errorRankFigure(
    [
      { key: 'tensor-attention', label: `polynomial, B = ${low.bound}`, role: 'method', points: points(low) },
      { key: 'high', label: `polynomial, B = ${high.bound}`, role: 'baseline', points: points(high) },
    ],
    [{ axis: 'x', at: monomialCount(v.d, v.degree), label: `r = ${monomialCount(v.d, v.degree)}` }],
    'Largest error of the output over its largest entry, against the number of features: even degrees at both entry bounds.',
  );
}

/** The polynomial over all lengths; the exact form, n^3, no further than the run itself and 256. */
async function timeSweep(lab: Lab, v: TensorValues): Promise<Figure> {
  const curves = await timeLengths(lab, {
    lengths: [32, 64, 128, 256, 512, 1024].filter((n) => n <= 2 * v.n),
    routes: [
      { key: 'exact', label: 'exact', role: 'exact', power: 3, longest: Math.min(256, v.n) },
      { key: 'tensor-attention', label: `polynomial of degree ${v.degree}`, role: 'method', power: 1 },
    ],
    callsAt: async (n) => {
      const input = boundedInput(lab.home, boundedData(v.seed, n, v.d, v.clusters), v.bound);
      return {
        exact: () => exact(input, v.d),
        'tensor-attention': () => lowRank(input, v.d, v.degree),
      };
    },
    patienceMs: PATIENCE_MS,
    budgetMs: Infinity,
    fraction: 0.92,
  });
  return timeLengthFigure(
    curves,
    'Time of one output against the number of tokens: the work of exact attention to pairs grows as n^3, that of the polynomial as n.',
  );
}
