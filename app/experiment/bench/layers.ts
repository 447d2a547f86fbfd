/** What stands between the products of a network: norms, elementwise operations, the optimizer, the selective scan. */
import { binary } from '../../kernels/broadcast';
import { layerNorm, rmsNorm } from '../../kernels/norm';
import { adam } from '../../kernels/optimizer';
import { selectiveScan } from '../../kernels/selective';
import { uniforms } from '../../math/threefry';
import {
  type BenchCase,
  type BenchFamily,
  drawn,
  type Input,
  maxAbs,
  type Outputs,
  once,
  relativeError,
  type Size,
  U,
} from './case';

/** Uniform in [low, high). */
const between = (stream: number, low: number, high: number, ...shape: number[]): Input => ({
  shape,
  dtype: 'f32',
  values: Float32Array.from(
    uniforms(
      20,
      stream,
      shape.reduce((a, b) => a * b, 1),
    ),
    (u) => low + (high - low) * u,
  ),
});

function normCase(family: 'layernorm' | 'rmsnorm', size: Size): BenchCase {
  const { m, n } = size;
  const isCentered = family === 'layernorm';
  const inputs = once(() => ({ x: drawn(40, m, n), gain: drawn(41, n), bias: drawn(42, n) }));
  return {
    id: `${family} ${m}x${n}`,
    family,
    size,
    inputs,
    run: async ({ x, gain, bias }) => ({
      y: isCentered ? await layerNorm(x, { gain, bias }) : await rmsNorm(x, { gain, bias }),
    }),
    check: ({ y }: Outputs) => {
      const { x, gain, bias } = inputs();
      const want = new Float64Array(m * n);
      let most = 0;
      for (let at = 0; at < m * n; at += n) {
        let mean = 0;
        for (let j = 0; j < n && isCentered; j++) mean += x.values[at + j] / n;
        let square = 0;
        for (let j = 0; j < n; j++) square += (x.values[at + j] - mean) ** 2 / n;
        for (let j = 0; j < n; j++) {
          const scaled = ((x.values[at + j] - mean) / Math.sqrt(square + 1e-5)) * gain.values[j];
          most = Math.max(most, Math.abs(scaled));
          want[at + j] = scaled + bias.values[j];
        }
      }
      return {
        error: relativeError(y, want),
        // Sums of n terms over sixteen lanes or more, for the mean and for the square, a root, a division, five more.
        bound: ((2 * (n / 16 + 8) + 16) * U * (most + maxAbs(bias.values))) / maxAbs(want),
        measure: 'largest error over largest entry',
      };
    },
    flop: 8 * m * n,
    bytes: 8 * m * n,
  };
}

function elementwiseCase(size: Size): BenchCase {
  const { n } = size;
  const inputs = once(() => ({ x: drawn(43, n), y: drawn(44, n) }));
  return {
    id: `elementwise 2^${Math.log2(n)}`,
    family: 'elementwise',
    size,
    inputs,
    run: async ({ x, y }) => ({ z: await binary('mul', x, y) }),
    check: ({ z }: Outputs) => {
      const { x, y } = inputs();
      const want = Float64Array.from(x.values, (value, i) => value * y.values[i]);
      return { error: relativeError(z, want), bound: U, measure: 'largest error over largest entry' };
    },
    flop: n,
    bytes: 12 * n,
  };
}

const RATE = 1e-3;
const STEP = 10;
const KEEP = 1 - 1e-2 * RATE;

/** Step ten of AdamW over a list of parameters of n entries in all. */
function optimizerCase(size: Size): BenchCase {
  const { n } = size;
  const inputs = once(() => ({
    theta: drawn(45, n),
    gradient: drawn(46, n),
    moments: between(47, 0, 1, n, 2),
  }));
  return {
    id: `adamw 2^${Math.log2(n)}`,
    family: 'optimizer',
    size,
    inputs,
    run: ({ theta, gradient, moments }) =>
      adam(theta, gradient, moments, { rate: RATE, step: STEP, keep: KEEP }).then((made) => ({ ...made })),
    check: ({ theta, moments }: Outputs) => {
      const given = inputs();
      const want = new Float64Array(n);
      const state = new Float64Array(2 * n);
      let most = 0;
      for (let i = 0; i < n; i++) {
        const g = given.gradient.values[i];
        const m = 0.9 * given.moments.values[2 * i] + 0.1 * g;
        const v = 0.999 * given.moments.values[2 * i + 1] + 0.001 * g * g;
        const step = (RATE * m) / (1 - 0.9 ** STEP) / (Math.sqrt(v / (1 - 0.999 ** STEP)) + 1e-8);
        state.set([m, v], 2 * i);
        want[i] = KEEP * given.theta.values[i] - step;
        most = Math.max(most, Math.abs(step));
      }
      return {
        error: Math.max(relativeError(theta, want), relativeError(moments, state)),
        // The step within 31 u of its size (see adam), three roundings of theta; six of the moments.
        bound: Math.max((U * (31 * most + 3 * maxAbs(want))) / maxAbs(want), 6 * U),
        measure: 'largest error over largest entry',
      };
    },
    flop: 16 * n,
    bytes: 28 * n,
  };
}

function selectiveCase(size: Size): BenchCase {
  const { steps, d, states } = size;
  const inputs = once(() => ({
    x: drawn(48, steps, d),
    delta: between(49, 0.001, 0.1, steps, d),
    a: between(50, -states, -1, d, states),
    b: drawn(51, steps, states),
    c: drawn(52, steps, states),
  }));
  return {
    id: `selective ${steps}x${d}, ${states} states`,
    family: 'selective',
    size,
    inputs,
    run: async ({ x, delta, a, b, c }) => ({ y: await selectiveScan({ x, delta, a, b, c }) }),
    check: ({ y }: Outputs) => checkSelective(y, inputs(), size),
    flop: 9 * steps * d * states,
    bytes: 4 * steps * (3 * d + 2 * states) + 4 * d * states,
  };
}

/** The bound is that of the operation, on the recurrence of absolute values (app/kernels/selective.ts). */
function checkSelective(
  y: ArrayLike<number> | undefined,
  { x, delta, a, b, c }: Readonly<Record<'x' | 'delta' | 'a' | 'b' | 'c', Input>>,
  { steps, d, states }: Size,
) {
  const want = new Float64Array(steps * d);
  const [h, sums, errors] = [0, 1, 2].map(() => new Float64Array(d * states));
  let limit = 0;
  for (let i = 0; i < steps * d; i++) {
    const [t, channel] = [Math.floor(i / d), i % d];
    let error = 0;
    for (let s = 0; s < states; s++) {
      const at = channel * states + s;
      const z = delta.values[i] * a.values[at];
      const drive = delta.values[i] * b.values[t * states + s] * x.values[i];
      const decay = Math.exp(z);
      h[at] = decay * h[at] + drive;
      errors[at] = decay * (errors[at] + (8 + 5 * Math.abs(z)) * U * sums[at]);
      sums[at] = decay * sums[at] + Math.abs(drive);
      errors[at] += 3 * U * sums[at];
      const ck = c.values[t * states + s];
      want[i] += ck * h[at];
      error += Math.abs(ck) * (errors[at] + (states + 2) * U * sums[at]);
    }
    limit = Math.max(limit, error);
  }
  return {
    error: relativeError(y, want),
    bound: limit / maxAbs(want),
    measure: 'largest error over largest entry',
  };
}

const norms = (family: 'layernorm' | 'rmsnorm', title: string): BenchFamily => ({
  id: family,
  title,
  limit: 'bytes',
  axis: 'm',
  at: (size) => normCase(family, size),
  standard: [{ m: 1024, n: 1024 }],
  large: [{ m: 4096, n: 4096 }],
  sweep: [128, 256, 512, 1024].map((m) => ({ m, n: 1024 })),
  tiny: { m: 3, n: 33 },
});

export const layers: readonly BenchFamily[] = [
  norms('layernorm', 'Layer norm of rows'),
  norms('rmsnorm', 'RMS norm of rows'),
  {
    id: 'elementwise',
    title: 'Elementwise product',
    limit: 'bytes',
    axis: 'n',
    at: elementwiseCase,
    standard: [{ n: 2 ** 20 }],
    large: [{ n: 2 ** 24 }],
    sweep: [14, 16, 18, 20].map((e) => ({ n: 2 ** e })),
    tiny: { n: 128 },
  },
  {
    id: 'optimizer',
    title: 'AdamW step over all parameters',
    limit: 'bytes',
    axis: 'n',
    at: optimizerCase,
    standard: [{ n: 2 ** 20 }],
    large: [{ n: 2 ** 24 }],
    sweep: [14, 16, 18, 20].map((e) => ({ n: 2 ** e })),
    tiny: { n: 128 },
  },
  {
    id: 'selective',
    title: 'Selective scan',
    limit: 'flop',
    axis: 'steps',
    at: selectiveCase,
    standard: [
      { steps: 2048, d: 64, states: 16 },
      { steps: 4096, d: 4, states: 16 },
    ],
    large: [
      { steps: 4096, d: 256, states: 16 },
      { steps: 16384, d: 4, states: 16 },
    ],
    sweep: [512, 1024, 2048, 4096].map((steps) => ({ steps, d: 64, states: 16 })),
    tiny: { steps: 40, d: 3, states: 5 },
  },
];
