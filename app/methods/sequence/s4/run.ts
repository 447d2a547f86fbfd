/** The run of s4: the kernel by every route, the views of the system, then what its states remember. */

import type { Tensor } from '../../../gpu/home';
import { dplrTables } from '../../../kernels/cauchy';
import { fftConvolve } from '../../../kernels/fftconvolve';
import {
  deviceSystem,
  lastRow,
  readout,
  statesByBlocks,
  statesByRecurrence,
} from '../../../kernels/recurrence';
import { columns } from '../../../kernels/slice';
import { legendreSeries } from '../../../kernels/vandermonde';
import { eigenvectorSize, legs } from '../../../math/hippo';
import { norm } from '../../../math/linalg';
import { bilinear } from '../../../math/statespace';
import { normals } from '../../../math/threefry';
import {
  deviceSignal,
  memoryPlan,
  type Recall,
  readRow,
  relativeError,
  type Signal,
  signalOf,
  thinned,
} from '../../../testbeds/sequence';
import type { FactorSet } from '../../factors';
import type { Figure } from '../../figures';
import type { Lab, Outcome } from '../../method';
import { complexParts, complexValues } from '../factors';
import { errorTimeFigure, recallFigure, viewsTable } from '../figures';
import { limitsOf } from '../times';
import {
  basisFigure,
  historyFigure,
  impulseFigure,
  kernelFigure,
  lengthFigure,
  outputFigure,
  polesOfModel,
  sizeFigure,
  stateHeatmap,
} from './figures';
import { bestRecall, type MemoryInput, randomSystems, recallOf } from './memory';
import { cauchyKernel, directKernel, type Model, nplrIdentity, powersKernel, s4Model } from './model';
import { timeFigure } from './times';

export interface S4Values {
  seed: number;
  state: number;
  length: number;
  dt: number;
  signal: number;
  smooth: number;
  maxDelay: number;
  delayStep: number;
  ridge: number;
}

type Numbers = Record<string, number | null>;

/** Clipped here, also where it is not finite. */
const DIRECT_CAP = 1e6;
/** Steps of the picture of the states. */
const PICTURED = 4096;

export async function run(lab: Lab, v: S4Values): Promise<Outcome> {
  const began = performance.now();
  const { home } = lab;
  await lab.step(0, 'signal');
  const signal = signalOf(lab.data, { seed: v.seed, stream: 1, signal: v.signal, smooth: v.smooth });
  const notes = [...signal.notes, ...remarks(v, signal)];
  await lab.step(0.02, 'normal form and its poles');
  const key = `s4 ${[v.seed, v.state, v.length, v.dt].join(' ')}`;
  const model = await lab.cached(key, async () =>
    s4Model(home, v.state, v.dt, v.length, normals(v.seed, 0, v.state)),
  );

  const first = await kernels(lab, model);
  lab.partial({ ...first, notes });
  await lab.factors(async () => systemFactors(lab, model));
  const second = await views(lab, model, signal);
  lab.partial(second);
  const third = await history(lab, model, v, signal);
  lab.partial(third);
  const fourth = await memory(lab, model, v, signal);
  lab.partial(fourth);

  await lab.step(0.9, 'kernel error against size and length');
  const sweep = await lab.cached(`${key} sweep`, () => sweeps(lab, v));
  const times = await lab.cached(`${key} times`, () =>
    timeFigure(
      lab,
      model,
      {
        ...second.known,
        convolution: (first.metrics['time.kernel'] ?? 0) + (second.metrics['time.conv'] ?? 0),
      },
      limitsOf(began),
    ),
  );
  const parts = [first, second, third, fourth, { figures: [...sweep, times] }];
  return {
    metrics: Object.assign({}, ...parts.map((part) => ('metrics' in part ? part.metrics : {}))),
    figures: parts.flatMap(({ figures }) => figures),
    notes,
  };
}

/** What a person is told about their settings. */
function remarks(v: S4Values, { values }: Signal): string[] {
  const span = values.length * v.dt;
  return [
    v.state % 2 === 1
      ? 'An odd number of states has one real pole beside its pairs; it counts by itself.'
      : '',
    v.dt >= 1 ? 'At dt = 1 the bilinear rule warps all but the slowest modes.' : '',
    v.dt < 1 / values.length
      ? 'dt is below 1/signal: the horizon of the slowest mode is longer than the signal.'
      : '',
    span < 16
      ? `The signal lasts ${span.toPrecision(3)} decay times of the slowest mode, below 16: it has not settled, and recall errors can exceed 1.`
      : '',
    v.state > 128
      ? 'Above 128 states the direct diagonalization is not tried; its error is reported as 1e6.'
      : '',
  ].filter(Boolean);
}

/** Lambda, P, B and C (I - Ab^L) of A = V (Lambda - P P^*) V^*, half of the conjugate pairs. */
function systemFactors({ home }: Lab, model: Model): FactorSet {
  const { system, dt, padded, length } = model;
  const parts = [
    ...complexParts(home, 'Λ', 'A', system.lam),
    ...complexParts(home, 'P', 'P', system.p),
    ...complexParts(home, 'B', 'B', system.b),
    ...complexParts(home, 'C (I - Āᴸ)', 'C', system.ct),
  ];
  const of = (stored: readonly Tensor[]): Promise<number> =>
    home.scope(async () => {
      const [lam, p, b, ct] = await complexValues(stored);
      const tables = dplrTables(home, { ...system, lam, p, b, ct }, dt, padded);
      const kernel = (await readRow(await cauchyKernel({ ...model, tables }))).slice(0, length);
      return relativeError(kernel, await readRow(await powersKernel(home, model)));
    });
  return {
    parts,
    measures: [{ metric: 'error.kernel', of }],
    metadata: { dt: String(dt), L: String(padded) },
  };
}

/** The kernel by Cauchy sums, by powers and by direct diagonalization. */
async function kernels(lab: Lab, model: Model) {
  const { home } = lab;
  const { n, length } = model;
  await lab.step(0.05, 'kernel by Cauchy sums');
  const fast = (await home.scope(async () => readRow(await cauchyKernel(model)))).slice(0, length);
  await lab.step(0.08, 'kernel by powers of A');
  const reference = await home.scope(async () => readRow(await powersKernel(home, model)));
  await lab.step(0.12, 'kernel by direct diagonalization');
  const direct = directKernel(model);
  const metrics: Numbers = {
    'norm.kernel': norm(reference),
    'error.kernel': relativeError(fast, reference),
    'error.direct': direct ? relativeError(direct, reference, DIRECT_CAP) : DIRECT_CAP,
    'log10.eigenvectors': eigenvectorSize(n),
    'identity.nplr': await nplrIdentity(home, model),
    'flops.powers': 2 * n * n * length,
    'flops.method': 16 * n * length + 5 * length * Math.log2(length),
  };
  metrics['time.kernel'] = await lab.time('Cauchy kernel', 3, () => cauchyKernel(model));
  metrics['time.powers'] = await lab.time('powers of A', 3, () => powersKernel(home, model));
  const figures: Figure[] = [
    kernelFigure(model.dt, fast, reference, direct),
    impulseFigure(model.dt, await impulseStates(lab, model)),
    polesOfModel(model),
    basisFigure(),
    errorTimeFigure([
      {
        key: 's4',
        label: 'Cauchy sums and FFT',
        role: 'method',
        error: metrics['error.kernel'] ?? 0,
        ms: metrics['time.kernel'],
      },
      { key: 'exact', label: 'powers of A', role: 'exact', error: 0, ms: metrics['time.powers'] },
    ]),
  ];
  return { metrics, figures };
}

/** States of the unit impulse over dt: what e^(tA) B is step by step. */
async function impulseStates(lab: Lab, { discrete, length, n, dt }: Model) {
  const { home } = lab;
  return home.scope(async () => {
    const impulse = new Float64Array(length);
    impulse[0] = 1 / dt;
    const states = await statesByBlocks(deviceSystem(home, discrete), deviceSignal(home, impulse));
    const shown = Math.min(n, 9);
    return { n: shown, steps: length, values: await readRow(await columns(states, 0, shown)) };
  });
}

/** Recurrent, convolutional and scan view of the system on the signal. */
async function views(lab: Lab, model: Model, { values }: Signal) {
  const { home } = lab;
  const { n, length, discrete, c } = model;
  const steps = Math.min(length, values.length);
  await lab.step(0.15, 'recurrent, convolutional and scan view');
  const part = values.subarray(0, steps);
  const system = deviceSystem(home, discrete);
  const u = deviceSignal(home, part);
  const row = home.tensor([1, steps], part);
  const kernel = home.tensor([steps], (await readRow(await cauchyKernel(model))).subarray(0, steps));
  const byRecurrence = async () => readout(await statesByRecurrence(system, u), c);
  const byBlocks = async () => readout(await statesByBlocks(system, u), c);
  const byFft = () => fftConvolve(row, kernel);
  const recurrent = await home.scope(async () => readRow(await byRecurrence()));
  const convolved = (await home.scope(async () => readRow(await byFft()))).subarray(0, steps);
  const blocked = await home.scope(async () => readRow(await byBlocks()));
  const metrics: Numbers = { 'error.conv': relativeError(convolved, recurrent) };
  metrics['time.conv'] = await lab.time('FFT convolution', 3, byFft);
  metrics['time.recurrence'] = await lab.time('recurrence', 1, byRecurrence);
  const blocksMs = await lab.time('blocked scan', 1, byBlocks);
  const seen = deviceSignal(home, part.subarray(0, Math.min(steps, PICTURED)));
  const states = await home.scope(async () => thinned(await statesByBlocks(system, seen)));
  const figures: Figure[] = [
    viewsTable([
      {
        name: 'recurrent',
        how: 'x = A x + B u, step by step',
        difference: 0,
        ms: metrics['time.recurrence'],
        flop: 2 * n * n * steps,
      },
      {
        name: 'convolution',
        how: 'Cauchy kernel and FFT',
        difference: metrics['error.conv'],
        ms: metrics['time.conv'],
        flop: 15 * 2 * steps * Math.log2(2 * steps),
      },
      {
        name: 'scan',
        how: 'chunks of 64 steps as matrix products',
        difference: relativeError(blocked, recurrent),
        ms: blocksMs,
        flop: 2 * steps * n * (64 + n),
      },
    ]),
    outputFigure(part, recurrent, convolved),
    stateHeatmap(n, states),
  ];
  const known = { length: steps, recurrence: metrics['time.recurrence'], scan: blocksMs };
  return { metrics, figures, known };
}

/** The history rebuilt from the last state alone, with N and N/4 states. */
async function history(lab: Lab, model: Model, v: S4Values, { values }: Signal) {
  await lab.step(0.25, 'history from the last state');
  const full = await rebuilt(lab, model.n, v.dt, values);
  const quarter = await rebuilt(lab, Math.max(1, Math.floor(model.n / 4)), v.dt, values);
  const past = Float32Array.from(values).reverse();
  const metrics: Numbers = {
    'error.history': historyError(full, past, v.dt),
    'error.history.quarter': historyError(quarter, past, v.dt),
  };
  return { metrics, figures: [historyFigure(past, full, quarter, model.n, v.dt)] };
}

/** u(T - j dt) ~ sum_n x_n sqrt(2n+1) P_n(2 e^(-j dt) - 1), j = 0 .. signal - 1. */
async function rebuilt(lab: Lab, n: number, dt: number, values: Float32Array): Promise<Float64Array> {
  const { home } = lab;
  return home.scope(async () => {
    const system = deviceSystem(home, bilinear(legs(n), dt));
    const last = await readRow(await lastRow(await statesByBlocks(system, deviceSignal(home, values))));
    const coefficients = home.tensor(
      [1, n],
      last.map((x, i) => x * Math.sqrt(2 * i + 1)),
    );
    return readRow(
      await legendreSeries(
        coefficients,
        Float64Array.from(values, (_, j) => j * dt),
      ),
    );
  });
}

/** sum_j e^(-j dt) (got - want)^2 over the same sum of want^2. */
function historyError(got: Float64Array, want: Float32Array, dt: number): number {
  let [error, size] = [0, 0];
  for (let j = 0; j < got.length; j++) {
    const weight = Math.exp(-j * dt);
    error += weight * (got[j] - want[j]) ** 2;
    size += weight * want[j] ** 2;
  }
  return error / size;
}

/** Recall by LegS, by a quarter of it, and by the best random systems. */
async function memory(lab: Lab, model: Model, v: S4Values, { values }: Signal) {
  const { home } = lab;
  const plan = memoryPlan(values.length, v.maxDelay, v.delayStep);
  const input: MemoryInput = { u: deviceSignal(home, values), values, plan, ridge: v.ridge };
  await lab.step(0.35, 'memory of LegS');
  const full = await recallOf(home, model.discrete, input);
  const quarterStates = Math.max(1, Math.floor(v.state / 4));
  const quarter = await recallOf(home, bilinear(legs(quarterStates), v.dt), input);
  const curves: { key: string; label: string; role: 'method' | 'baseline'; recall: Recall }[] = [
    { key: 's4', label: `LegS, ${v.state} states`, role: 'method', recall: full },
    { key: 'quarter', label: `LegS, ${quarterStates} states`, role: 'baseline', recall: quarter },
  ];
  lab.partial({ figures: [recallFigure(plan.delays, curves)] });
  await lab.step(0.45, 'random systems');
  const systems = await lab.cached(`s4 random ${v.seed} ${v.state} ${v.dt}`, async () =>
    randomSystems(v.seed, v.state, v.dt),
  );
  const dense = await bestRecall(home, systems.dense, input, (i) =>
    lab.step(0.5 + 0.05 * i, 'memory of random dense systems'),
  );
  const normal = await bestRecall(home, systems.normal, input, (i) =>
    lab.step(0.7 + 0.05 * i, 'memory of random normal systems'),
  );
  curves.push(
    { key: 'random', label: 'random dense', role: 'baseline', recall: dense },
    { key: 'skew', label: 'random normal', role: 'baseline', recall: normal },
  );
  const metrics: Numbers = {
    'recall.legs': full.mean,
    'recall.legs.quarter': quarter.mean,
    'recall.random': dense.mean,
    'recall.skew': normal.mean,
  };
  return { metrics, figures: [recallFigure(plan.delays, curves)] };
}

/** Kernel error of both routes against N, and of the fast one against L. */
async function sweeps(lab: Lab, v: S4Values): Promise<Figure[]> {
  const { home } = lab;
  const measure = async (n: number, length: number) => {
    await lab.step(0.9, `kernel error, ${n} states, ${length} steps`);
    return home.scope(async () => {
      const model = s4Model(home, n, v.dt, length, normals(v.seed, 0, n));
      const reference = await readRow(await powersKernel(home, model));
      const direct = directKernel(model);
      return {
        n,
        length,
        cauchy: relativeError((await readRow(await cauchyKernel(model))).subarray(0, length), reference),
        direct: direct ? relativeError(direct, reference, DIRECT_CAP) : DIRECT_CAP,
      };
    });
  };
  // Many states take long to set up: they are shown where the kernel is long as well.
  const bySize = [];
  for (const n of [8, 16, 32, 64, 128].filter((n) => n <= Math.max(v.length / 8, 32)))
    bySize.push(await measure(n, Math.min(v.length, 1024)));
  const byLength = [];
  for (const length of [64, 256, 1024, 4096].filter((l) => l <= 4 * v.length))
    byLength.push(await measure(Math.min(v.state, 64), length));
  return [sizeFigure(bySize), lengthFigure(byLength)];
}
