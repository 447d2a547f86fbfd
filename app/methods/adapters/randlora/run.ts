/** The run of randlora: both adapters on the same batches, the floors, then other ranks. */
import type { Tensor } from '../../../gpu/home';
import { type Matrix, matrix, norm } from '../../../math/linalg';
import { singularValues } from '../../../math/svd';
import type { FactorSet } from '../../factors';
import type { LinesFigure, Series } from '../../figures';
import type { Lab, Outcome } from '../../method';
import { copies } from '../../networkfactors';
import {
  type Bases,
  FLOOR_LIMIT,
  floorFlop,
  type LinearAdapter,
  type LinearTask,
  leastSquaresError,
  linearError,
  linearLora,
  linearStep,
  linearTask,
  randloraAdapter,
  randomBases,
  storedChange,
} from './models';

export interface RandloraValues {
  seed: number;
  m: number;
  n: number;
  rank: number;
  alpha: number;
  steps: number;
  batch: number;
  train: number;
  lrRand: number;
  lr: number;
}

const RANKS = [4, 8, 16];
const POINTS = 24;
const SEAM_MS = 50;
const PARTIAL_MS = 120;
const SPECTRUM_LIMIT = 1024;

interface Curve {
  steps: number[];
  randlora: number[];
  lora: number[];
}

interface Pair {
  curve: Curve;
  params: { randlora: number; lora: number };
  /** Matched rank of LoRA. */
  q: number;
  /** Singular values of both updates; null where a side is too long. */
  spectra: { randlora: Float64Array; lora: Float64Array } | null;
  /** lambda and gamma of RandLoRA; none of a point of a sweep. */
  trained: readonly Tensor[];
}

const countOf = (m: number, n: number, r: number): number => {
  const small = Math.min(m, n);
  return Math.ceil(small / r) * (r + small);
};

/** The whole rank of LoRA with the nearest count; a tie goes down. */
const matchedRank = (count: number, m: number, n: number): number =>
  Math.max(1, Math.ceil(count / (m + n) - 0.5));

export async function runRandlora(lab: Lab, v: RandloraValues): Promise<Outcome> {
  const { m, n } = v;
  const [big, small] = [Math.max(m, n), Math.min(m, n)];
  await lab.step(0, 'task');
  const taskKey = `linear ${[v.seed, m, n, v.alpha, v.train, v.batch].join(' ')}`;
  const task = await lab.cached(taskKey, async () => linearTask(lab.home, v));
  const others = RANKS.filter((r) => r !== v.rank && r <= small / 2);
  const runs = 1 + others.length;
  const pairOf = (rank: number, at: number): Promise<Pair> =>
    lab.cached(`${taskKey} pair ${[rank, v.steps, v.lrRand, v.lr].join(' ')}`, () =>
      trainPair(lab, task, v, rank, (part) => (at + part) / runs, at === 0),
    );

  const main = await pairOf(v.rank, 0);
  const { curve, q } = main;
  const bases = randomBases(v.seed, m, n, v.rank);
  lab.partial({ metrics: { 'error.randlora': curve.randlora[curve.randlora.length - 1] } });
  await lab.factors(async () => randomFactors(task, bases, main.trained));
  await lab.step(1 / runs, 'floor');
  const floor =
    floorFlop(bases) > FLOOR_LIMIT
      ? null
      : await lab.cached(`${taskKey} floor ${v.rank}`, async () => leastSquaresError(bases, task.wanted));
  const rankOf = (s: Float64Array): number => s.filter((value) => value > 1e-3 * s[0]).length;
  const tail = (rank: number): number => norm(task.sigma.subarray(rank)) / norm(task.sigma);
  const metrics = {
    'error.randlora': curve.randlora[curve.randlora.length - 1],
    'error.lora': curve.lora[curve.lora.length - 1],
    'error.svd': tail(q),
    'error.floor': floor,
    'error.expected': Math.sqrt(1 - bases.count / big),
    'params.randlora': main.params.randlora,
    'params.lora': main.params.lora,
    'rank.lora': q,
    bases: bases.count,
    'updateRank.randlora': main.spectra && rankOf(main.spectra.randlora),
    'updateRank.lora': main.spectra && rankOf(main.spectra.lora),
  };
  const reasons: Record<string, string> = {};
  if (floor === null) reasons['error.floor'] = 'the least-squares problems take more than 1e11 operations';
  if (!main.spectra) {
    for (const key of ['updateRank.randlora', 'updateRank.lora']) {
      reasons[key] = `a spectrum of more than ${SPECTRUM_LIMIT} values would take too long`;
    }
  }
  const pairs = [main];
  const figures = (): LinesFigure[] => [
    paramsFigure(pairs, v, tail),
    errorFigure(curve, metrics['error.svd'], floor ?? metrics['error.expected']),
    ...(main.spectra ? [spectraFigure(task.sigma, main.spectra)] : []),
  ];
  lab.partial({ metrics, reasons, figures: figures() });
  for (const [i, rank] of others.entries()) {
    pairs.push(await pairOf(rank, 1 + i));
    lab.partial({ figures: figures() });
  }
  return { metrics, reasons, figures: figures(), notes: notesOf(v, bases.count) };
}

/** The fixed bases and what is trained between them: dW = sum_j B_j diag(lambda_j) A diag(gamma_j). */
function randomFactors(
  task: LinearTask,
  { b, a, count, flipped }: Bases,
  trained: readonly Tensor[],
): FactorSet {
  const { home } = task;
  const [lambda, gamma] = trained;
  const upload = ({ rows, cols, data }: Matrix) => home.tensor([rows, cols], data);
  return {
    parts: [
      { name: 'B, all bases side by side', key: 'randlora_B', value: upload(b) },
      { name: 'A', key: 'randlora_A', value: upload(a) },
      { name: 'lambda', key: 'randlora_lambda', value: home.view(lambda, 0, [count, a.rows]) },
      { name: 'gamma', key: 'randlora_gamma', value: gamma },
    ],
    measures: [
      {
        metric: 'error.randlora',
        of: (stored) => linearError(task, { change: () => storedChange(stored, flipped) }),
      },
    ],
    metadata: { transposed: String(flipped) },
  };
}

async function trainPair(
  lab: Lab,
  task: LinearTask,
  v: RandloraValues,
  rank: number,
  progress: (part: number) => number,
  streams: boolean,
): Promise<Pair> {
  const { home } = lab;
  const { m, n, seed, steps } = v;
  const q = matchedRank(countOf(m, n, rank), m, n);
  const randlora = randloraAdapter(home, randomBases(seed, m, n, rank), v.lrRand);
  const lora = linearLora(home, seed, [m, n, q], v.lr);
  const curve: Curve = { steps: [], randlora: [], lora: [] };
  const points = streams ? Math.min(POINTS, Math.ceil(steps / 8)) : 1;
  const due = new Set(Array.from({ length: points }, (_, i) => Math.round(((i + 1) * steps) / points)));
  let lastSeam = performance.now();
  let lastPartial = 0;
  const measure = async (done: number): Promise<void> => {
    curve.steps.push(done);
    curve.randlora.push(await linearError(task, randlora));
    curve.lora.push(await linearError(task, lora));
    if (streams && performance.now() - lastPartial > PARTIAL_MS) {
      lab.partial({ figures: [errorFigure(curve, null, null)] });
      lastPartial = performance.now();
    }
  };
  await measure(0);
  for (let step = 0; step < steps; step++) {
    await linearStep(task, [randlora, lora], step);
    if (performance.now() - lastSeam > SEAM_MS) {
      await lab.step(progress(step / steps), `rank ${rank}`);
      lastSeam = performance.now();
    }
    if (due.has(step + 1)) await measure(step + 1);
  }
  const spectrum = (adapter: LinearAdapter): Promise<Float64Array> =>
    home.scope(async () => hostSpectrum(await adapter.change()));
  return {
    curve,
    q,
    params: { randlora: randlora.trained, lora: lora.trained },
    spectra:
      streams && Math.min(m, n) <= SPECTRUM_LIMIT
        ? { randlora: await spectrum(randlora), lora: await spectrum(lora) }
        : null,
    trained: await copies(streams ? randlora.parts : []),
  };
}

async function hostSpectrum(a: Tensor): Promise<Float64Array> {
  return singularValues(matrix(a.shape[0], a.shape[1], Float64Array.from(await a.home.read(a))));
}

function errorFigure(curve: Curve, svd: number | null, floor: number | null): LinesFigure {
  const last = (values: readonly number[]): string => values[values.length - 1].toPrecision(3);
  return {
    kind: 'lines',
    id: 'error',
    title: 'Error while training',
    overlay: 'error-steps',
    summary: `Distance of the update from the wanted change. Now: RandLoRA ${last(curve.randlora)}, LoRA ${last(curve.lora)}.`,
    x: { label: 'Step', scale: 'linear' },
    y: { label: 'Error', unit: 'relative', scale: 'log' },
    series: [
      { key: 'randlora', label: 'RandLoRA', role: 'method', x: [...curve.steps], y: [...curve.randlora] },
      { key: 'lora', label: 'LoRA', role: 'baseline', x: [...curve.steps], y: [...curve.lora] },
    ],
    marks: [
      ...(svd === null ? [] : [{ axis: 'y' as const, at: svd, label: "LoRA's floor" }]),
      ...(floor === null ? [] : [{ axis: 'y' as const, at: floor, label: 'Floor at fixed lambda' }]),
    ],
  };
}

/** Trained errors at every rank so far, between the two floors as functions of the count. */
function paramsFigure(
  pairs: readonly Pair[],
  { m, n }: RandloraValues,
  tail: (rank: number) => number,
): LinesFigure {
  const [big, small] = [Math.max(m, n), Math.min(m, n)];
  const sorted = [...pairs].sort((a, b) => a.params.randlora - b.params.randlora);
  const trained = (key: 'randlora' | 'lora', label: string, role: Series['role']): Series => ({
    key,
    label,
    role,
    x: sorted.map(({ params }) => params[key]),
    y: sorted.map(({ curve }) => curve[key][curve[key].length - 1]),
  });
  const ranks = Array.from({ length: small }, (_, i) => small - i).filter((r) => Math.ceil(small / r) < big);
  const matched = ranks.map((r) => matchedRank(countOf(m, n, r), m, n)).filter((q) => tail(q) > 1e-7);
  return {
    kind: 'lines',
    id: 'error-params',
    title: 'Error against trained numbers',
    overlay: 'error-params',
    summary:
      "With lambda fixed, RandLoRA's floor depends on the count alone, LoRA's on the spectrum of the change: the flatter it is, the better for RandLoRA. Training lambda as well goes a little below.",
    x: { label: 'Trained numbers', scale: 'log' },
    y: { label: 'Error', unit: 'relative', scale: 'log' },
    series: [
      trained('randlora', 'RandLoRA', 'method'),
      trained('lora', 'LoRA', 'baseline'),
      {
        key: 'expected',
        label: 'Floor at fixed lambda',
        role: 'bound',
        x: ranks.map((r) => countOf(m, n, r)),
        y: ranks.map((r) => Math.sqrt(1 - Math.ceil(small / r) / big)),
      },
      {
        key: 'svd',
        label: "LoRA's floor",
        role: 'exact',
        x: matched.map((q) => q * (m + n)),
        y: matched.map(tail),
      },
    ],
  };
}

function spectraFigure(
  sigma: Float64Array,
  spectra: { randlora: Float64Array; lora: Float64Array },
): LinesFigure {
  const line = (key: string, label: string, role: Series['role'], s: Float64Array): Series => {
    const y = Array.from(s).filter((value) => value > 1e-6 * s[0]);
    return { key, label, role, x: y.map((_value, i) => i + 1), y };
  };
  return {
    kind: 'lines',
    id: 'spectra',
    title: 'Spectra of the wanted change and of both updates',
    overlay: 'spectrum-change',
    summary: 'The update of RandLoRA has full rank; that of LoRA ends at its rank.',
    x: { label: 'Index', scale: 'linear' },
    y: { label: 'Singular value', scale: 'log' },
    series: [
      line('exact', 'Wanted', 'exact', sigma),
      line('randlora', 'RandLoRA', 'method', spectra.randlora),
      line('lora', 'LoRA', 'baseline', spectra.lora),
    ],
  };
}

function notesOf({ rank, m, n }: RandloraValues, bases: number): string[] {
  const small = Math.min(m, n);
  if (rank >= small) {
    return [
      `With rank ${rank} one basis is enough: the update is B diag(lambda) A diag(gamma), of rank ${small} at most.`,
    ];
  }
  if (bases === Math.max(m, n))
    return ['With as many bases as rows every change can be reached: the floor is zero.'];
  return [];
}
