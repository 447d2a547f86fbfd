/**
 * Optimizers over a whole parameter list in one dispatch: the list is one flat tensor (its parts are views),
 * and so are its gradient and its state. They write into parameters and state, and return them.
 */
import adamCode from '../../shaders/adam.wgsl?raw';
import linesCode from '../../shaders/adam_lines.wgsl?raw';
import descendCode from '../../shaders/descend.wgsl?raw';
import momentumCode from '../../shaders/momentum.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { shapeText, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import { type Deviation, defineOperation, entrywise } from './operation';

const adamKernel = defineKernel({
  name: 'adam',
  code: adamCode,
  params: {
    count: 'u32',
    rate: 'f32',
    keep: 'f32',
    b1: 'f32',
    rest1: 'f32',
    b2: 'f32',
    rest2: 'f32',
    c1: 'f32',
    c2: 'f32',
    eps: 'f32',
  },
  buffers: { gradient: 'read', theta: 'write', moments: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count }) => ({ flop: 16 * count, bytes: 28 * count }),
});

const linesKernel = defineKernel({
  name: 'adam_lines',
  code: linesCode,
  params: {
    count: 'u32',
    lo: 'u32',
    hi: 'u32',
    last: 'u32',
    rate: 'f32',
    keep: 'f32',
    b1: 'f32',
    rest1: 'f32',
    b2: 'f32',
    rest2: 'f32',
    eps: 'f32',
  },
  buffers: {
    gradient: 'read',
    line: 'read',
    rates: 'read',
    corrections: 'read',
    theta: 'write',
    moments: 'write',
    steps: 'write',
  },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count }) => ({ flop: 17 * count, bytes: 40 * count }),
});

const momentumKernel = defineKernel({
  name: 'momentum',
  code: momentumCode,
  params: { count: 'u32', rate: 'f32', keep: 'f32', mu: 'f32' },
  buffers: { gradient: 'read', theta: 'write', velocity: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count }) => ({ flop: 5 * count, bytes: 20 * count }),
});

const descendKernel = defineKernel({
  name: 'descend',
  code: descendCode,
  params: { count: 'u32', rate: 'f32', keep: 'f32' },
  buffers: { gradient: 'read', theta: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count }) => ({ flop: 3 * count, bytes: 12 * count }),
});

const UNIT = 2 ** -24;

export interface AdamOptions {
  rate: number;
  beta1?: number;
  beta2?: number;
  eps?: number;
  /** Parameters are multiplied by it first: 1 - rate * decay for AdamW. Default 1. */
  keep?: number;
}

const settings = ({ rate, beta1 = 0.9, beta2 = 0.999, eps = 1e-8, keep = 1 }: AdamOptions) => ({
  rate,
  keep,
  b1: beta1,
  rest1: 1 - beta1,
  b2: beta2,
  rest2: 1 - beta2,
  eps,
});
type Settings = ReturnType<typeof settings>;

/** Both moments of every parameter, (m, v) side by side, zero. 8 bytes a parameter. */
export const adamMoments = (theta: Tensor): Tensor => theta.home.tensor([sizeOf(theta.shape), 2]);

/** One entry in float64; `data` holds (m, v) at 2i. */
function adamEntry(s: Settings, c1: number, c2: number, g: number, i: number, data: Float64Array): number {
  const m = s.b1 * data[2 * i] + s.rest1 * g;
  const v = s.b2 * data[2 * i + 1] + s.rest2 * g * g;
  data[2 * i] = m;
  data[2 * i + 1] = v;
  return (s.rate * (m * c1)) / (Math.sqrt(v * c2) + s.eps);
}

/**
 * |error| of theta, u = 2^-24. The new m is within 4u (|b1 m| + |(1 - b1) g|), which does not shrink where the
 * two cancel; v, without cancellation, within 6u. So v c2 is within 8u, its root within 4u and the 9u of a WGSL
 * sqrt (1 / inverseSqrt: 2 and 2.5 ulp), the denominator within 14u, the quotient within 5u more, and
 * m c1, the rate, the product and the two roundings of the difference make 8u.
 */
function adamBound(
  s: Settings,
  [c1, c2]: readonly [number, number],
  [theta, g, m, v]: readonly [number, number, number, number],
): number {
  const root = Math.sqrt((s.b2 * v + s.rest2 * g * g) * c2) + s.eps;
  const size = (s.rate * c1 * (Math.abs(s.b1 * m) + Math.abs(s.rest1 * g))) / root;
  return UNIT * (31 * size + 3 * Math.abs(s.keep * theta)) + 1e-30;
}

/**
 * Adam's step number `step`, from 1 on. `theta` and `gradient` have equal sizes, `moments` is adamMoments(theta).
 */
export const adam = defineOperation({
  name: 'adam',
  gpu: async (
    home: GpuHome,
    theta: Tensor,
    gradient: Tensor,
    moments: Tensor,
    options: AdamOptions & { step: number },
  ) => {
    checkSizes('adam', theta, gradient, moments);
    const s = settings(options);
    const params = { ...s, ...corrections(s, options.step), count: sizeOf(theta.shape) };
    await adamKernel.run(home, params, { gradient, theta, moments });
    return { theta, moments };
  },
  cpu: async (_home: CpuHome, theta, gradient, moments, options) => {
    checkSizes('adam', theta, gradient, moments);
    const s = settings(options);
    const { c1, c2 } = corrections(s, options.step);
    const [x, g, state] = [reals(theta), reals(gradient), reals(moments)];
    for (let i = 0; i < x.length; i++) x[i] = s.keep * x[i] - adamEntry(s, c1, c2, g[i], i, state);
    return { theta, moments };
  },
  compare: (got, want, theta, gradient, moments, options) => {
    const s = settings(options);
    const { c1, c2 } = corrections(s, options.step);
    const [x, g, mv] = [reals(theta), reals(gradient), reals(moments)];
    return worse(
      entrywise(got.theta, want.theta, (i) => adamBound(s, [c1, c2], [x[i], g[i], mv[2 * i], mv[2 * i + 1]])),
      momentsDeviation(s, got.moments, want.moments, g, mv),
    );
  },
});

function corrections(s: Settings, step: number): { c1: number; c2: number } {
  if (!(Number.isInteger(step) && step >= 1))
    throw new RangeError(`adam: step ${step} is not counted from 1`);
  return { c1: 1 / (1 - s.b1 ** step), c2: 1 / (1 - s.b2 ** step) };
}

function momentsDeviation(
  s: Settings,
  got: Tensor,
  want: Tensor,
  g: Float64Array,
  mv: Float64Array,
): Deviation {
  const limit = (i: number): number => {
    const gi = g[i >> 1];
    const parts =
      i % 2 === 0 ? Math.abs(s.b1 * mv[i]) + Math.abs(s.rest1 * gi) : s.b2 * mv[i] + s.rest2 * gi * gi;
    return 6 * UNIT * parts + 1e-37;
  };
  return entrywise(got, want, limit, 'moment');
}

/** What `adamLines` keeps beside the parameters. */
export interface LineState {
  moments: Tensor;
  /** The line of every entry, u32. */
  line: Tensor;
  /** A factor of the learning rate for every line. */
  rates: Tensor;
  /** Steps that every entry has taken, u32. */
  steps: Tensor;
  /** (1 / (1 - b1^t), 1 / (1 - b2^t)) for t = 1, 2, ... */
  corrections: Tensor;
}

/** State of adamLines for at most `most` steps; entry i belongs to line[i]. */
export function lineState(
  theta: Tensor,
  line: ArrayLike<number>,
  options: { lines: number; most: number; rates?: ArrayLike<number>; beta1?: number; beta2?: number },
): LineState {
  const { home } = theta;
  const { lines, most, beta1 = 0.9, beta2 = 0.999 } = options;
  const table = new Float64Array(2 * Math.max(1, most));
  for (let t = 1; t <= most; t++) {
    table[2 * t - 2] = 1 / (1 - beta1 ** t);
    table[2 * t - 1] = 1 / (1 - beta2 ** t);
  }
  return {
    moments: adamMoments(theta),
    line: home.tensor([sizeOf(theta.shape)], line, 'u32'),
    rates: home.tensor([lines], options.rates ?? new Float64Array(lines).fill(1)),
    steps: home.tensor([sizeOf(theta.shape)], new Uint32Array(sizeOf(theta.shape)), 'u32'),
    corrections: home.tensor([table.length / 2, 2], table),
  };
}

/** Adam on the lines from..to - 1 alone, each with its own step count and factor of the rate. */
export const adamLines = defineOperation({
  name: 'adamLines',
  gpu: async (
    home: GpuHome,
    theta: Tensor,
    gradient: Tensor,
    state: LineState,
    options: AdamOptions & { from: number; to: number },
  ) => {
    const { moments, line, rates, steps, corrections: table } = state;
    checkSizes('adamLines', theta, gradient, moments);
    const params = {
      ...settings(options),
      count: sizeOf(theta.shape),
      lo: options.from,
      hi: options.to,
      last: table.shape[0] - 1,
    };
    await linesKernel.run(home, params, { gradient, line, rates, corrections: table, theta, moments, steps });
    return { theta, moments, steps };
  },
  cpu: async (_home: CpuHome, theta, gradient, state, options) => {
    const { moments, line, rates, steps, corrections: table } = state;
    checkSizes('adamLines', theta, gradient, moments);
    const s = settings(options);
    const [x, g, mv] = [reals(theta), reals(gradient), reals(moments)];
    const [owner, factor, done, c] = [cpuData(line), reals(rates), cpuData(steps), reals(table)];
    for (let i = 0; i < x.length; i++) {
      const own = owner[i];
      if (own < options.from || own >= options.to) continue;
      const t = Math.min(done[i]++, table.shape[0] - 1);
      x[i] = s.keep * x[i] - factor[own] * adamEntry(s, c[2 * t], c[2 * t + 1], g[i], i, mv);
    }
    return { theta, moments, steps };
  },
  compare: (got, want, theta, gradient, state, options) => {
    const s = settings(options);
    const [x, g, mv] = [reals(theta), reals(gradient), reals(state.moments)];
    const [owner, factor, done] = [cpuData(state.line), reals(state.rates), cpuData(state.steps)];
    const c = reals(state.corrections);
    const bound = (i: number): number => {
      if (owner[i] < options.from || owner[i] >= options.to) return 1e-37;
      const t = Math.min(done[i], state.corrections.shape[0] - 1);
      const scaled = { ...s, rate: s.rate * factor[owner[i]] };
      return adamBound(scaled, [c[2 * t], c[2 * t + 1]], [x[i], g[i], mv[2 * i], mv[2 * i + 1]]);
    };
    return worse(
      worse(entrywise(got.theta, want.theta, bound), momentsDeviation(s, got.moments, want.moments, g, mv)),
      entrywise(got.steps, want.steps, 0.5, 'step count'),
    );
  },
});

export interface DescentOptions {
  rate: number;
  /** Parameters are multiplied by it first. Default 1. */
  keep?: number;
}

/** v = momentum v + g, theta = keep theta - rate v. */
export const momentum = defineOperation({
  name: 'momentum',
  gpu: async (
    home: GpuHome,
    theta: Tensor,
    gradient: Tensor,
    velocity: Tensor,
    options: DescentOptions & { momentum: number },
  ) => {
    checkSizes('momentum', theta, gradient);
    const { rate, keep = 1, momentum: mu } = options;
    const params = { count: sizeOf(theta.shape), rate, keep, mu };
    await momentumKernel.run(home, params, { gradient, theta, velocity });
    return { theta, velocity };
  },
  cpu: async (_home: CpuHome, theta, gradient, velocity, { rate, keep = 1, momentum: mu }) => {
    checkSizes('momentum', theta, gradient);
    const [x, g, v] = [reals(theta), reals(gradient), reals(velocity)];
    for (let i = 0; i < x.length; i++) {
      v[i] = mu * v[i] + g[i];
      x[i] = keep * x[i] - rate * v[i];
    }
    return { theta, velocity };
  },
  /** Two products and a sum each: 3u of the sizes, and the error of v once more in theta. */
  compare: (got, want, theta, gradient, velocity, { rate, keep = 1, momentum: mu }) => {
    const [x, g, v] = [reals(theta), reals(gradient), reals(velocity)];
    const size = (i: number): number => Math.abs(mu * v[i]) + Math.abs(g[i]);
    return worse(
      entrywise(
        got.theta,
        want.theta,
        (i) => UNIT * (7 * rate * size(i) + 3 * Math.abs(keep * x[i])) + 1e-37,
      ),
      entrywise(got.velocity, want.velocity, (i) => 3 * UNIT * size(i) + 1e-37, 'velocity'),
    );
  },
});

/** Gradient descent, theta = keep theta - rate g, without state. */
export const descend = defineOperation({
  name: 'descend',
  gpu: async (home: GpuHome, theta: Tensor, gradient: Tensor, { rate, keep = 1 }: DescentOptions) => {
    checkSizes('descend', theta, gradient);
    await descendKernel.run(home, { count: sizeOf(theta.shape), rate, keep }, { gradient, theta });
    return theta;
  },
  cpu: async (_home: CpuHome, theta, gradient, { rate, keep = 1 }) => {
    checkSizes('descend', theta, gradient);
    const [x, g] = [reals(theta), reals(gradient)];
    for (let i = 0; i < x.length; i++) x[i] = keep * x[i] - rate * g[i];
    return theta;
  },
  compare: (got, want, theta, gradient, { rate, keep = 1 }) => {
    const [x, g] = [reals(theta), reals(gradient)];
    return entrywise(got, want, (i) => 4 * UNIT * (Math.abs(keep * x[i]) + Math.abs(rate * g[i])) + 1e-37);
  },
});

function reals(tensor: Tensor): Float64Array {
  const data = cpuData(tensor);
  if (!(data instanceof Float64Array)) throw new Error(`optimizer: ${shapeText(tensor)} holds integers`);
  return data;
}

const worse = (a: Deviation, b: Deviation): Deviation => (a.ratio >= b.ratio ? a : b);

function checkSizes(name: string, theta: Tensor, gradient: Tensor, moments?: Tensor): void {
  const count = sizeOf(theta.shape);
  const fits = sizeOf(gradient.shape) === count && (!moments || sizeOf(moments.shape) === 2 * count);
  if (!fits) throw new RangeError(`${name}: a gradient of ${shapeText(gradient)} for ${shapeText(theta)}`);
}
