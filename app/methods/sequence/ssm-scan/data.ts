/** The arrays of the experiment, stream by stream, and the systems that they make, on the device. */
import type { Home, Tensor } from '../../../gpu/home';
import { softplusRows } from '../../../kernels/gate';
import { matmul } from '../../../kernels/matmul';
import type { System } from '../../../kernels/pairs';
import type { Selective } from '../../../kernels/selective';
import type { Dual } from '../../../kernels/ssd';
import { normals, uniforms } from '../../../math/threefry';

export interface ScanValues {
  seed: number;
  length: number;
  d: number;
  state: number;
  rank: number;
  heads: number;
  chunk: number;
  dtMin: number;
  dtMax: number;
  signal: number;
  markRate: number;
  sharp: number;
  bank: number;
  ridge: number;
}

export interface Systems {
  /** L x d. */
  x: Tensor;
  /** Time-invariant: a and (a - 1) / A, d x N. */
  lti: System;
  /** Its output matrix C0, d x N. */
  c0: Tensor;
  /** C0 (a - 1) / A and log a, d x N: the convolution kernel is their sum of exponentials. */
  weights: Tensor;
  rates: Tensor;
  selective: Selective;
  /** The dual form by heads, and the same as a selective system, for running it step by step. */
  dual: Dual;
  dualSteps: Selective;
}

const scaledNormals = (seed: number, stream: number, count: number, variance: number): Float64Array =>
  normals(seed, stream, count).map((value) => value * Math.sqrt(variance));

/** Step sizes of the channels, exp of uniforms between the logarithms, rounded to float32. */
export function stepSizes({ seed, d, dtMin, dtMax }: ScanValues): Float64Array {
  const [low, high] = [Math.log(dtMin), Math.log(dtMax)];
  return uniforms(seed, 1, d).map((u) => Math.fround(Math.exp(low + u * (high - low))));
}

/** All systems, driven by the same X. */
export async function makeSystems(home: Home, v: ScanValues): Promise<Systems> {
  const { seed, length, d, state, rank, heads } = v;
  const dt = stepSizes(v);
  const x = home.tensor([length, d], normals(seed, 0, length * d));
  // exp and its difference from one cancel for small steps: both from float64.
  const decay = new Float64Array(d * state);
  const input = new Float64Array(d * state);
  const logs = new Float64Array(d * state);
  for (let i = 0; i < decay.length; i++) {
    const rate = -((i % state) + 1);
    const step = dt[Math.floor(i / state)];
    decay[i] = Math.fround(Math.exp(step * rate));
    input[i] = Math.expm1(step * rate) / rate;
    // The kernel is that of the rounded decay, which the recurrence has.
    logs[i] = Math.log(decay[i]);
  }
  const c = normals(seed, 6, d * state);
  const shape = [d, state];
  const [lti, c0] = [
    { x, rate: home.tensor(shape, decay), input: home.tensor(shape, input) },
    home.tensor(shape, c),
  ];
  const weights = home.tensor(
    shape,
    input.map((value, i) => value * c[i]),
  );
  const w1 = home.tensor([d, rank], scaledNormals(seed, 2, d * rank, 1 / d));
  const w2 = home.tensor([rank, d], scaledNormals(seed, 3, rank * d, 1 / rank));
  const [wb, wc] = [4, 5].map((stream) => home.tensor(shape, scaledNormals(seed, stream, d * state, 1 / d)));
  const bias = home.tensor(
    [d],
    dt.map((step) => step + Math.log(-Math.expm1(-step))),
  );
  const low = await matmul(x, w1);
  const delta = await softplusRows(await matmul(low, w2), bias);
  const [b, cs] = [await matmul(x, wb), await matmul(x, wc)];
  const a = home.tensor(
    shape,
    decay.map((_, i) => -((i % state) + 1)),
  );
  const width = d / heads;
  const headRates = Float64Array.from({ length: heads }, (_, g) => -(g + 1));
  // The step size of a head is that of its first channel: picked for all its channels, exactly.
  const picks = new Float64Array(d * d);
  for (let channel = 0; channel < d; channel++) picks[(channel - (channel % width)) * d + channel] = 1;
  const headDelta = await matmul(delta, home.tensor([d, d], picks));
  const headA = home.tensor(
    shape,
    decay.map((_, i) => headRates[Math.floor(i / state / width)]),
  );
  return {
    x,
    lti,
    c0,
    weights,
    rates: home.tensor(shape, logs),
    selective: { x, delta, a, b, c: cs },
    dual: { x, delta, rate: home.tensor([heads], headRates), b, c: cs },
    dualSteps: { x, delta: headDelta, a: headA, b, c: cs },
  };
}
