/** The run of s4d: the limit towards S4, the views of one system, and what each initialization remembers. */
import { realPart } from '../../../kernels/complex';
import { fftConvolve } from '../../../kernels/fftconvolve';
import { deviceSystem, statesByBlocks } from '../../../kernels/recurrence';
import type { Complex } from '../../../math/complex';
import { legs, type NormalForm, polesOf } from '../../../math/hippo';
import { bilinear, bilinearModes, type Modes, zohModes } from '../../../math/statespace';
import { normals } from '../../../math/threefry';
import {
  featuresOf,
  inversePoles,
  legsPoles,
  linearPoles,
  modeKernels,
  modeOutput,
  modeStates,
  type Poles,
  realPoles,
} from '../../../testbeds/modes';
import {
  deviceSignal,
  memoryPlan,
  readRow,
  recall,
  relativeError,
  type Signal,
  signalOf,
  thinned,
} from '../../../testbeds/sequence';
import type { FactorSet } from '../../factors';
import type { Figure, Role } from '../../figures';
import type { Lab, Outcome } from '../../method';
import { complexParts, complexValues } from '../factors';
import { curve, errorTimeFigure, recallFigure, signalFigure, statesFigure, viewsTable } from '../figures';
import { limitsOf } from '../times';
import {
  basisFigure,
  frequencyFigure,
  initialPoles,
  lengthFigure,
  outputsFigure,
  rateFigure,
} from './figures';
import { formOf, type Head, limitOf, rowsOf } from './limit';
import { timeFigure } from './times';

export interface S4dValues {
  seed: number;
  state: number;
  length: number;
  dt: number;
  signal: number;
  smooth: number;
  outputs: number;
  maxDelay: number;
  delayStep: number;
  ridge: number;
  imagScale: number;
}

type Numbers = Record<string, number | null>;

export async function run(lab: Lab, v: S4dValues): Promise<Outcome> {
  const began = performance.now();
  await lab.step(0, 'signal');
  const signal = signalOf(lab.data, { seed: v.seed, stream: 1, signal: v.signal, smooth: v.smooth });
  const length = Math.min(v.length, signal.values.length);
  const head = { length, values: signal.values.subarray(0, length) };
  const notes = [...signal.notes, ...remarks(v, signal)];
  await lab.step(0.02, 'poles of LegS');
  const form = await formOf(lab, v.state);

  const first = await limit(lab, v, form, head);
  lab.partial({ ...first, notes });
  await lab.factors(() => modeFactors(lab, v, head));
  const second = await views(lab, v, head);
  lab.partial(second);
  const third = await memory(lab, v, form, signal);
  lab.partial(third);
  await lab.step(0.85, 'error against the number of states');
  const key = [v.seed, v.state, length, v.dt, v.signal, v.smooth, v.outputs].join(' ');
  const sweep = await lab.cached(`s4d sweep ${key}`, () => sweeps(lab, v, head));
  const times = await lab.cached(`s4d times ${v.state} ${v.dt} ${length}`, () =>
    timeFigure(lab, inverseSystem(v), second.known, limitsOf(began)),
  );
  const parts = [first, second, third];
  return {
    metrics: Object.assign({}, ...parts.map(({ metrics }) => metrics)),
    figures: [...parts.flatMap(({ figures }) => figures), ...sweep, times],
    notes,
  };
}

function remarks(v: S4dValues, { values }: Signal): string[] {
  const span = values.length * v.dt;
  const aliased = inversePoles(v.state).lam.im.filter((w) => v.dt * w > Math.PI).length;
  return [
    v.length > values.length ? `length is cut to the ${values.length} samples of the signal.` : '',
    aliased > 0
      ? `dt w is above pi for the fastest ${aliased} of ${v.state / 2} modes: they alias, and zero-order hold and the bilinear rule differ there.`
      : '',
    span < 16
      ? `The signal lasts ${span.toPrecision(3)} decay times of the slowest mode, below 16: too few for a fit and a test, recall errors can exceed 1.`
      : '',
  ].filter(Boolean);
}

async function limit(lab: Lab, v: S4dValues, form: NormalForm, head: Head) {
  const { home } = lab;
  await lab.step(0.05, 'limit towards S4');
  const full = await limitOf(lab, form, v, head);
  const quarter = await limitOf(lab, await formOf(lab, v.state / 4), v, head);
  const poles = legsPoles(form);
  const modes = zohModes(poles.lam, poles.b, v.dt);
  const metrics: Numbers = {
    'error.output': full.errorOutput,
    'error.output.quarter': quarter.errorOutput,
    'error.kernel': full.errorKernel,
    'error.kernel.quarter': quarter.errorKernel,
    'inv.top': Math.abs(Math.max(...inversePoles(v.state).lam.im) / Math.max(...polesOf(form).im) - 1),
  };
  metrics['time.kernel'] = await lab.time('Vandermonde kernel', 3, () =>
    modeKernels(home, modes, rowsOf(form, v.outputs), head.length, 2),
  );
  // The second basis function shows the ripple best; the first where it is the only one.
  const shown = Math.min(1, v.outputs - 1);
  const wide = await lab.cached(
    `s4d basis ${v.dt} ${shown} ${head.length} ${v.seed} ${v.smooth}`,
    async () => {
      const out: { n: number; kernel: Float64Array }[] = [];
      for (const n of [16, 64, 256]) {
        await lab.step(0.1, `basis function of ${n} states`);
        const { kernel } = await limitOf(lab, await formOf(lab, n), { dt: v.dt, outputs: shown + 1 }, head);
        out.push({ n, kernel: kernel.slice(shown * head.length) });
      }
      return out;
    },
  );
  const figures: Figure[] = [
    basisFigure(v.dt, shown, full.exact, head.length, wide),
    outputsFigure(shown, head.length, full, quarter, v.state),
    initialPoles(v.state, form),
    frequencyFigure(v.state, form),
  ];
  return { metrics, figures };
}

/** S4D-Inv and a random C: N values of stream 0, real parts first. */
function inverseSystem(v: S4dValues): { c: Complex; modes: Modes } {
  const half = v.state / 2;
  const draws = normals(v.seed, 0, v.state).map(Math.fround);
  const { lam, b } = inversePoles(v.state);
  return { c: { re: draws.slice(0, half), im: draws.slice(half) }, modes: zohModes(lam, b, v.dt) };
}

/** Lambda, B and C of S4D-Inv, half of the conjugate pairs, and the kernel that they give. */
async function modeFactors({ home }: Lab, v: S4dValues, { length }: Head): Promise<FactorSet> {
  const { lam, b } = inversePoles(v.state);
  const { c } = inverseSystem(v);
  const kernel = (parts: readonly [Complex, Complex, Complex]): Promise<Float64Array> =>
    home.scope(async () =>
      readRow(await modeKernels(home, zohModes(parts[0], parts[1], v.dt), [parts[2]], length, 2)),
    );
  const want = await kernel([lam, b, c]);
  return {
    parts: [
      ...complexParts(home, 'Λ', 'A', lam),
      ...complexParts(home, 'B', 'B', b),
      ...complexParts(home, 'C', 'C', c),
    ],
    measures: [
      {
        label: 'Change of the kernel',
        of: async (stored) => {
          const [poles, input, output] = await complexValues(stored);
          return relativeError(await kernel([poles, input, output]), want);
        },
      },
    ],
    metadata: { dt: String(v.dt) },
  };
}

/** Convolution with the Vandermonde kernel, recurrence and scan. */
async function views(lab: Lab, v: S4dValues, { length, values }: Head) {
  const { home } = lab;
  await lab.step(0.2, 'recurrent, convolutional and scan view');
  const half = v.state / 2;
  const { c, modes } = inverseSystem(v);
  const u = deviceSignal(home, values);
  const kernel = home.reshape(await modeKernels(home, modes, [c], length, 2), [length]);
  const row = home.tensor([1, length], values);
  const byRecurrence = async () => modeOutput(await modeStates(modes, u, length), c, 2);
  const byScan = async () => modeOutput(await modeStates(modes, u), c, 2);
  const byFft = () => fftConvolve(row, kernel);
  const recurrent = await home.scope(async () => readRow(await byRecurrence()));
  const convolved = await home.scope(async () => readRow(await byFft()));
  const scanned = await home.scope(async () => readRow(await byScan()));
  const error = relativeError(convolved, recurrent);
  const conv = await lab.time('FFT convolution', 3, byFft);
  const recurrence = await lab.time('recurrence', 1, byRecurrence);
  const scan = { error: relativeError(scanned, recurrent), ms: await lab.time('scan', 1, byScan) };
  const own = await lab.time('Vandermonde kernel', 1, () => modeKernels(home, modes, [c], length, 2));
  const states = await home.scope(async () => thinned(await realPart(await modeStates(modes, u))));
  const figures: Figure[] = [
    viewsTable([
      {
        name: 'recurrent',
        how: 'every mode step by step',
        difference: 0,
        ms: recurrence,
        flop: 8 * half * length,
      },
      {
        name: 'convolution',
        how: 'Vandermonde kernel and FFT',
        difference: error,
        ms: conv,
        flop: 15 * 2 * length * Math.log2(2 * length),
      },
      {
        name: 'scan',
        how: 'chunks of the recurrence side by side',
        difference: scan.error,
        ms: scan.ms,
        flop: 22 * half * length,
      },
    ]),
    signalFigure(values, [
      curve('exact', 'recurrence', 'exact', recurrent),
      curve('s4d', 'FFT convolution', 'method', convolved),
    ]),
    statesFigure(half, states, 'Real parts of the modes of S4D-Inv, fastest first'),
    errorTimeFigure([
      { key: 's4d', label: 'Vandermonde kernel and FFT', role: 'method', error, ms: conv + own },
      { key: 'exact', label: 'recurrence', role: 'exact', error: 0, ms: recurrence },
      { key: 'scan', label: 'scan', role: 'baseline', ...scan },
    ]),
  ];
  const metrics: Numbers = { 'error.vandermonde': error, 'time.conv': conv, 'time.recurrence': recurrence };
  return { metrics, figures, known: { length, recurrence, convolution: conv + own, scan: scan.ms } };
}

/** Recall by every initialization, and by dense S4-LegS. */
async function memory(lab: Lab, v: S4dValues, form: NormalForm, { values }: Signal) {
  const { home } = lab;
  const plan = memoryPlan(values.length, v.maxDelay, v.delayStep);
  const u = deviceSignal(home, values);
  const hold = ({ lam, b }: Poles): Modes => zohModes(lam, b, v.dt);
  const legsInitial = legsPoles(form);
  const cases: { key: string; metric: string; label: string; role: Role; modes: Modes }[] = [
    { key: 's4d', metric: 'recall.legs', label: 'S4D-LegS', role: 'method', modes: hold(legsInitial) },
    {
      key: 'inv',
      metric: 'recall.inv',
      label: 'S4D-Inv',
      role: 'method',
      modes: hold(inversePoles(v.state)),
    },
    {
      key: 'lin',
      metric: 'recall.lin',
      label: 'S4D-Lin',
      role: 'baseline',
      modes: hold(linearPoles(v.state)),
    },
    {
      key: 'real',
      metric: 'recall.real',
      label: 'S4D-Real',
      role: 'baseline',
      modes: hold(realPoles(v.state)),
    },
    {
      key: 'bilinear',
      metric: 'recall.legs.bilinear',
      label: 'S4D-LegS, bilinear',
      role: 'baseline',
      modes: bilinearModes(legsInitial.lam, legsInitial.b, v.dt),
    },
    {
      key: 'scaled',
      metric: 'recall.inv.scaled',
      label: `S4D-Inv, frequencies x ${v.imagScale}`,
      role: 'baseline',
      modes: hold(inversePoles(v.state, v.imagScale)),
    },
  ];
  await lab.step(0.35, 'memory of dense S4');
  const dense = deviceSystem(home, bilinear(legs(v.state), v.dt));
  const s4 = await home.scope(async () => recall(await statesByBlocks(dense, u), u, values, plan, v.ridge));
  const metrics: Numbers = { 'recall.s4': s4.mean };
  const curves: Parameters<typeof recallFigure>[1][number][] = [
    { key: 's4', label: 'S4-LegS, dense', role: 'exact', recall: s4 },
  ];
  for (const [i, { key, metric, label, role, modes }] of cases.entries()) {
    await lab.step(0.4 + 0.07 * i, `memory of ${label}`);
    const found = await home.scope(async () =>
      recall(await featuresOf(await modeStates(modes, u)), u, values, plan, v.ridge),
    );
    metrics[metric] = found.mean;
    curves.push({ key, label, role, recall: found });
    lab.partial({ figures: [recallFigure(plan.delays, curves)] });
  }
  return { metrics, figures: [recallFigure(plan.delays, curves)] };
}

/** Errors of kernel and output against N, and the convolution's error against the length. */
async function sweeps(lab: Lab, v: S4dValues, head: Head): Promise<Figure[]> {
  const { home } = lab;
  const points = [];
  for (const n of [8, 16, 32, 64, 128, 256]) {
    await lab.step(0.88, `limit with ${n} states`);
    const outputs = Math.min(v.outputs, n / 4);
    const { errorKernel, errorOutput } = await limitOf(
      lab,
      await formOf(lab, n),
      { dt: v.dt, outputs },
      head,
    );
    points.push({ n, kernel: errorKernel, output: errorOutput });
  }
  const lengths = [];
  const { c, modes } = inverseSystem(v);
  for (const length of [64, 256, 1024, 4096].filter((l) => l <= 4 * head.length)) {
    await lab.step(0.95, `views at length ${length}`);
    const values = new Float32Array(length).map((_, i) => head.values[i % head.length]);
    const error = await home.scope(async () => {
      const u = deviceSignal(home, values);
      const kernel = home.reshape(await modeKernels(home, modes, [c], length, 2), [length]);
      const convolved = await readRow(await fftConvolve(home.tensor([1, length], values), kernel));
      return relativeError(
        convolved,
        await readRow(await modeOutput(await modeStates(modes, u, length), c, 2)),
      );
    });
    lengths.push({ length, error });
  }
  return [rateFigure(points), lengthFigure(lengths)];
}
