/** The run of lora-limits: the gradient by both routes, then how many features each norm needs. */
import type { Tensor } from '../../../gpu/home';
import { monomialCount } from '../../../math/multisets';
import type { FactorSet } from '../../factors';
import type { Figure } from '../../figures';
import type { Lab, Outcome } from '../../method';
import { timeLengthFigure, timeLengths } from '../../timelength';
import { differenceFigures, errorTimeFigure, mapFigures } from '../figures';
import { featuresFigure, flopFigure, tauFigure } from './figures';
import {
  adapterGradient,
  chainGradient,
  corners,
  denseGradient,
  factors,
  type Gradient,
  type Head,
  type LimitsValues,
  makeHead,
  relative,
  scoreScale,
} from './gradient';

type Numbers = Record<string, number | null>;

/** Above this the dense reference is left out. */
export const DENSE_LIMIT = 4096;
/** Degrees up to here are tried; one more means none sufficed. */
const MOST_DEGREE = 24;
/** A curve of the clock ends before the point that would take longer. */
const PATIENCE_MS = 1000;
const OTHER_NORMS = [0.2, 0.6, 0.8, 1];
const TOO_LOW = 'the degree is too low for this norm: a row sum of the polynomial falls to zero';

export const flopsExact = (n: number, d: number): number => 12 * n * n * d;
export const flopsLowRank = (n: number, d: number, degree: number): number =>
  2 * n * monomialCount(d, degree) * d * (4 * d + 7);

export async function run(lab: Lab, v: LimitsValues): Promise<Outcome> {
  const { home } = lab;
  await lab.step(0, 'scores');
  const key = [v.seed, v.n, v.d, v.rank, v.scale].join(' ');
  const head = await lab.cached(`lora-limits ${key}`, () => makeHead(home, v));
  const first = await chainAlone(lab, v, head);
  lab.partial(first);
  const bench = new Bench(lab, head);
  const second = v.n > DENSE_LIMIT ? tooLong() : await against(lab, v, bench, first.gradient);
  lab.partial(second);
  if (first.gradient) await lab.factors(() => chainFactors(v, bench));
  await lab.step(0.6, 'error against the norm');
  // The picture of the transition is drawn at a size where a hundred dense gradients are quick.
  const size = Math.min(v.n, v.n > DENSE_LIMIT ? 128 : 512);
  const sweep = await lab.cached(`lora-limits sweep ${key} ${v.tolerance}`, () =>
    normSweep(lab, { ...v, n: size }, size === v.n ? bench : null),
  );
  await lab.step(0.9, 'time against length');
  const times = await lab.cached(`lora-limits times ${key} ${v.degree} ${v.norm}`, () => timeSweep(lab, v));
  return {
    metrics: { ...first.metrics, ...second.metrics },
    reasons: { ...first.reasons, ...second.reasons },
    notes: [...first.notes, ...second.notes],
    figures: [...sweep, ...second.figures, ...first.figures, ...times],
  };
}

/** What needs no n x n array. */
async function chainAlone(lab: Lab, v: LimitsValues, head: Head) {
  const { n, d, degree } = v;
  await lab.step(0.05, 'gradient by the chain');
  const gradient = await chainGradient(head, v.norm, degree);
  const metrics: Numbers = {
    'loss.lowrank': gradient?.loss ?? null,
    features: monomialCount(d, degree),
    'flops.exact': flopsExact(n, d),
    'flops.lowrank': flopsLowRank(n, d, degree),
    'score.max': scoreScale(head, v.norm) ** 2 * head.largest,
    'time.lowrank': gradient ? await lab.time('chain', 3, () => chainGradient(head, v.norm, degree)) : null,
  };
  const reasons: Record<string, string> = gradient
    ? {}
    : { 'loss.lowrank': TOO_LOW, 'time.lowrank': TOO_LOW };
  const notes = gradient
    ? []
    : [`Degree ${degree} is too low for norm ${v.norm}: raise the degree or lower the norm.`];
  const figures: Figure[] = [];
  const size = Math.min(96, n);
  const maps = n <= DENSE_LIMIT ? await corners(head, v.norm, degree, size) : null;
  if (maps) {
    const shape = { rows: size, cols: size };
    const of = `The first ${size} queries and keys.`;
    figures.push(
      ...mapFigures([
        {
          id: 'map-exact',
          title: 'Attention f',
          summary: `Exact softmax. ${of}`,
          ...shape,
          values: maps.exact,
        },
        {
          id: 'map-low',
          title: 'Its factors U W^T',
          summary: `Rank ${monomialCount(d, degree)}. ${of}`,
          ...shape,
          values: maps.low,
        },
      ]),
      ...differenceFigures([
        {
          id: 'map-difference',
          title: 'Difference',
          summary: `U W^T - f. ${of}`,
          ...shape,
          values: maps.low.map((x, i) => x - maps.exact[i]),
        },
      ]),
    );
  }
  return { metrics, reasons, notes, figures, gradient };
}

/** U and W of f ~ U W^T, n x F each, and the gradient that they give. */
async function chainFactors({ n, norm, degree }: LimitsValues, bench: Bench): Promise<FactorSet> {
  const { head } = bench;
  const { left, right } = await factors(head, scoreScale(head, norm), degree);
  if (!left) throw new Error('lora-limits: the factors have gone');
  const of = async ([u, w]: readonly Tensor[]): Promise<number | null> => {
    const found = await chainGradient(head, norm, degree, { left: u, right: w });
    const want = adapterGradient(head, await bench.exact(norm));
    return found && relative(adapterGradient(head, found), want);
  };
  return {
    parts: [
      { name: 'U', key: 'U', value: left },
      { name: 'W', key: 'W', value: right },
    ],
    measures: n > DENSE_LIMIT ? [] : [{ metric: 'error.grad', of }],
  };
}

const DENSE_KEYS = [
  'loss.exact',
  'error.q',
  'error.k',
  'error.v',
  'error.grad',
  'error.chain',
  ...OTHER_NORMS.map((tau) => `error.at.${tau}`),
  'degree.needed',
  'features.needed',
  'degree.threshold',
  'features.threshold',
  'time.exact',
];

function tooLong() {
  const why = `the dense reference is skipped above n = ${DENSE_LIMIT}`;
  return {
    metrics: Object.fromEntries(DENSE_KEYS.map((key) => [key, null])) as Numbers,
    reasons: Object.fromEntries(DENSE_KEYS.map((key) => [key, why])),
    notes: [`Above n = ${DENSE_LIMIT} the dense gradient would take n^2 numbers: errors are not computed.`],
    figures: [] as Figure[],
  };
}

/** The chain against the dense gradient, and the degrees that the two norms need. */
async function against(lab: Lab, v: LimitsValues, bench: Bench, chain: Gradient | null) {
  const { degree } = v;
  const { head } = bench;
  const metrics: Numbers = {};
  const reasons: Record<string, string> = {};
  await lab.step(0.15, 'dense gradient');
  const exact = await bench.exact(v.norm);
  const want = adapterGradient(head, exact);
  metrics['loss.exact'] = exact.loss;
  for (const name of ['q', 'k', 'v'] as const) {
    metrics[`error.${name}`] = chain ? relative(chain.w[name], exact.w[name]) : null;
  }
  metrics['error.grad'] = chain ? relative(adapterGradient(head, chain), want) : null;
  const dense = await denseGradient(head, v.norm, degree);
  metrics['error.chain'] =
    chain && dense ? relative(adapterGradient(head, chain), adapterGradient(head, dense)) : null;
  for (const key of ['error.q', 'error.k', 'error.v', 'error.grad', 'error.chain']) {
    if (metrics[key] === null) reasons[key] = TOO_LOW;
  }
  for (const tau of OTHER_NORMS) {
    await lab.step(0.2, `dense polynomial at norm ${tau}`);
    metrics[`error.at.${tau}`] = await bench.error(tau, degree);
    if (metrics[`error.at.${tau}`] === null) reasons[`error.at.${tau}`] = TOO_LOW;
  }
  for (const [name, tau] of [
    ['needed', v.norm],
    ['threshold', 1],
  ] as const) {
    const found = await bench.degreeNeeded(tau, v.tolerance);
    metrics[`degree.${name}`] = found;
    metrics[`features.${name}`] = monomialCount(v.d, found);
  }
  metrics['time.exact'] = await lab.time('dense gradient', 2, () => denseGradient(head, v.norm, null));
  const points: Parameters<typeof errorTimeFigure>[0][number][] = [];
  for (let g = 1; g <= 5; g++) {
    const error = await bench.error(v.norm, g);
    if (error === null) continue;
    const ms = await lab.time(`chain, degree ${g}`, 1, () => chainGradient(head, v.norm, g));
    const own = g === degree;
    points.push({
      key: own ? 'lora-limits' : `g${g}`,
      label: `degree ${g}`,
      role: own ? 'method' : 'baseline',
      ms,
      error,
    });
  }
  const figures: Figure[] = [
    errorTimeFigure(
      points,
      `What the chain costs on this machine at degrees 1 to 5 and how far its gradient is off; the dense gradient takes ${metrics['time.exact'].toPrecision(3)} ms.`,
    ),
  ];
  return { metrics, reasons, notes: [] as string[], figures };
}

/** Dense gradients of one head, each computed once. */
class Bench {
  private readonly exacts = new Map<number, Gradient>();
  private readonly errors = new Map<string, number | null>();

  constructor(
    private readonly lab: Lab,
    readonly head: Head,
  ) {}

  async exact(tau: number): Promise<Gradient> {
    const before = this.exacts.get(tau);
    if (before) return before;
    const found = await denseGradient(this.head, tau, null);
    if (!found) throw new Error('a softmax has no row without a sum');
    this.exacts.set(tau, found);
    return found;
  }

  /** error.grad of the dense polynomial; null where its rows cannot be normalized. */
  async error(tau: number, degree: number): Promise<number | null> {
    const key = `${tau} ${degree}`;
    const before = this.errors.get(key);
    if (before !== undefined) return before;
    const want = adapterGradient(this.head, await this.exact(tau));
    const got = await denseGradient(this.head, tau, degree);
    const error = got && relative(adapterGradient(this.head, got), want);
    this.errors.set(key, error);
    return error;
  }

  /** Smallest degree from 1 whose error is within the tolerance; 25 where none up to 24 is. */
  async degreeNeeded(tau: number, tolerance: number): Promise<number> {
    for (let degree = 1; degree <= MOST_DEGREE; degree++) {
      await this.lab.step(0.3, `degree ${degree} at norm ${tau}`);
      const error = await this.error(tau, degree);
      if (error !== null && error <= tolerance) return degree;
    }
    return MOST_DEGREE + 1;
  }
}

/** Error curves of degrees 1 to 6, and the features needed, over the norm. */
async function normSweep(lab: Lab, v: LimitsValues, known: Bench | null): Promise<Figure[]> {
  return lab.home.scope(async () => {
    const bench = known ?? new Bench(lab, await makeHead(lab.home, v));
    const taus = [0.2, 0.4, 0.6, 0.8, 1, 1.2];
    const needed: number[] = [];
    for (const tau of taus) needed.push(await bench.degreeNeeded(tau, v.tolerance));
    const curves = [];
    for (let degree = 1; degree <= 6; degree++) {
      const errors: number[] = [];
      for (const tau of taus) errors.push((await bench.error(tau, degree)) ?? Number.NaN);
      curves.push({ degree, errors });
    }
    return [tauFigure(v, taus, curves), featuresFigure(v, taus, needed)];
  });
}

async function timeSweep(lab: Lab, v: LimitsValues): Promise<Figure[]> {
  const most = lab.home.kind === 'cpu' ? 512 : 2048;
  const lengths = [64, 128, 256, 512, 1024, 2048].filter((n) => n <= Math.min(2 * v.n, most));
  const curves = await timeLengths(lab, {
    lengths,
    routes: [
      { key: 'exact', label: 'dense gradient', role: 'exact', power: 2 },
      { key: 'lora-limits', label: `chain of degree ${v.degree}`, role: 'method', power: 1 },
    ],
    callsAt: async (n) => {
      const head = await makeHead(lab.home, { ...v, n });
      return {
        exact: () => denseGradient(head, v.norm, null),
        'lora-limits': () => chainGradient(head, v.norm, v.degree),
      };
    },
    patienceMs: PATIENCE_MS,
    budgetMs: Infinity,
    fraction: 0.92,
  });
  return [
    timeLengthFigure(
      curves,
      'Time of one gradient: the work of the dense route grows as n^2, that of the chain as n.',
    ),
    flopFigure(v, lengths),
  ];
}
