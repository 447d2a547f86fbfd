/** The elementwise parts of selective models: step sizes, gates, and kernels of diagonal systems. */
import kernelCode from '../../shaders/diagonal_kernel.wgsl?raw';
import gateCode from '../../shaders/gate_pairs.wgsl?raw';
import softplusCode from '../../shaders/softplus_rows.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { colsOf, rowsOf, shapeText, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid, splitGrid } from '../gpu/kernel';
import { UserError } from '../math/errors';
import { defineOperation, entrywise } from './operation';
import type { Pairs } from './pairs';

const U = 2 ** -24;

const softplusKernel = defineKernel({
  name: 'softplus_rows',
  code: softplusCode,
  params: { cols: 'u32', count: 'u32' },
  buffers: { x: 'read', bias: 'read', y: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count }) => ({ flop: 30 * count, bytes: 8 * count }),
});

const gateKernel = defineKernel({
  name: 'gate_pairs',
  code: gateCode,
  params: { count: 'u32' },
  buffers: { z: 'read', v: 'read', a: 'write', b: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count }) => ({ flop: 40 * count, bytes: 16 * count }),
});

const powersKernel = defineKernel({
  name: 'diagonal_kernel',
  code: kernelCode,
  params: { steps: 'u32', states: 'u32', count: 'u32', group0: 'u32' },
  buffers: { w: 'read', rate: 'read', k: 'write' },
  grid: ({ count }) => splitGrid(count, 64),
  cost: ({ count, states }) => ({ flop: 20 * count * states, bytes: 4 * count }),
  split: 'y',
});

/** log(1 + exp(x)) as max(x, 0) + log(1 + exp(-|x|)). */
export const softplus64 = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** softplus(x + bias), the bias (one number a column) added to every row. */
export const softplusRows = defineOperation({
  name: 'softplus_rows',
  gpu: async (home: GpuHome, x: Tensor, bias: Tensor) => {
    checkBias(x, bias);
    const y = home.empty(x.shape);
    await softplusKernel.run(home, { cols: colsOf(x), count: sizeOf(x.shape) }, { x, bias, y });
    return y;
  },
  cpu: async (home: CpuHome, x: Tensor, bias: Tensor) => {
    checkBias(x, bias);
    const add = cpuData(bias);
    const y = Float64Array.from(cpuData(x), (value, i) => softplus64(value + add[i % add.length]));
    return home.wrap(x.shape, y);
  },
  /** The sum is rounded, which softplus (slope at most 1, and at most its own value below 0) passes on. */
  compare: (got, want, x: Tensor, bias: Tensor) => {
    const [y, from, add] = [cpuData(want), cpuData(x), cpuData(bias)];
    return entrywise(got, want, (i) => {
      const z = Math.abs(from[i] + add[i % add.length]);
      return U * (12 * y[i] + z * Math.min(1, y[i])) + 1e-37;
    });
  },
});

function checkBias(x: Tensor, bias: Tensor): void {
  if (sizeOf(bias.shape) !== colsOf(x)) {
    throw new UserError(`softplusRows: ${sizeOf(bias.shape)} biases for the columns of ${shapeText(x)}`);
  }
}

/**
 * Pairs of h_t = a_t h_(t-1) + b_t: the gate 1 - g, g v with g = sigmoid(z) (`gated`), or the selective model of
 * one state with step softplus(z). The same in exact arithmetic.
 */
export const gatePairs = defineOperation({
  name: 'gate_pairs',
  gpu: async (home: GpuHome, z: Tensor, v: Tensor, gated: boolean): Promise<Pairs> => {
    const [a, b] = [home.empty(z.shape), home.empty(z.shape)];
    const constants = { GATED: gated ? 1 : 0 };
    await gateKernel.run(home, { count: sizeOf(z.shape) }, { z, v, a, b }, { constants });
    return { a, b };
  },
  cpu: async (home: CpuHome, z: Tensor, v: Tensor, gated: boolean): Promise<Pairs> => {
    const [logit, value] = [cpuData(z), cpuData(v)];
    const a = Float64Array.from(logit, (x) => (gated ? 1 / (1 + Math.exp(x)) : Math.exp(-softplus64(x))));
    const b = Float64Array.from(logit, (x, i) =>
      gated ? value[i] / (1 + Math.exp(-x)) : -Math.expm1(-softplus64(x)) * value[i],
    );
    return { a: home.wrap(z.shape, a), b: home.wrap(z.shape, b) };
  },
  /** softplus 12 u of the step s, passed on as s exp(-s) or less; exp 4 u, expm1 6 u; |z| u from no sum. */
  compare: (got, want, z: Tensor) => {
    const [a, b, logit] = [cpuData(want.a), cpuData(want.b), cpuData(z)];
    const factor = (i: number) => (20 + 12 * softplus64(logit[i])) * U;
    const decay = entrywise(got.a, want.a, (i) => factor(i) * Math.abs(a[i]) + 1e-37, 'decay');
    const drive = entrywise(got.b, want.b, (i) => factor(i) * Math.abs(b[i]) + 1e-37, 'input');
    return decay.ratio > drive.ratio ? decay : drive;
  },
});

/** K_ck = sum_n w_cn exp(k rate_cn), d x length, of rates <= 0; w and rate d x N. */
export const diagonalKernel = defineOperation({
  name: 'diagonal_kernel',
  gpu: async (home: GpuHome, w: Tensor, rate: Tensor, length: number) => {
    const k = home.empty([rowsOf(w), length]);
    const job = { steps: length, states: colsOf(w), count: rowsOf(w) * length };
    await powersKernel.run(home, job, { w, rate, k });
    return k;
  },
  cpu: async (home: CpuHome, w: Tensor, rate: Tensor, length: number) => {
    const [d, states] = [rowsOf(w), colsOf(w)];
    const [weight, r] = [cpuData(w), cpuData(rate)];
    const k = new Float64Array(d * length);
    for (let channel = 0; channel < d; channel++) {
      for (let lag = 0; lag < length; lag++) {
        let sum = 0;
        for (let n = channel * states; n < (channel + 1) * states; n++) {
          sum += weight[n] * Math.exp(lag * r[n]);
        }
        k[channel * length + lag] = sum;
      }
      await home.checkpoint();
    }
    return home.wrap([d, length], k);
  },
  compare: (got, want, w: Tensor, _rate: Tensor, length: number) => {
    const states = colsOf(w);
    const weight = cpuData(w);
    const sums = new Float64Array(rowsOf(w));
    for (let i = 0; i < weight.length; i++) sums[Math.floor(i / states)] += Math.abs(weight[i]);
    return entrywise(got, want, (i) => (states + 8) * U * sums[Math.floor(i / length)] + 1e-37);
  },
});
