/**
 * State space systems as pairs (a_t, b_t) of h_t = a_t h_(t-1) + b_t, L x lanes with the N states of a channel
 * side by side, for any scan; and outputs from states. What the fused scans (selective.ts) keep out of memory,
 * laid open, a block of channels at a time.
 */
import contractCode from '../../shaders/contract_states.wgsl?raw';
import pairsCode from '../../shaders/selective_pairs.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { colsOf, rowsOf, type Tensor } from '../gpu/home';
import { defineKernel, splitGrid } from '../gpu/kernel';
import { type Deviation, defineOperation, entrywise } from './operation';

const U = 2 ** -24;

const pairsKernel = defineKernel({
  name: 'selective_pairs',
  code: pairsCode,
  params: {
    d: 'u32',
    states: 'u32',
    lane0: 'u32',
    lanes: 'u32',
    steps: 'u32',
    count: 'u32',
    group0: 'u32',
  },
  buffers: { x: 'read', delta: 'read', rate: 'read', input: 'read', a: 'write', b: 'write' },
  grid: ({ count }) => splitGrid(count, 64),
  cost: ({ steps, lanes }) => ({ flop: 12 * steps * lanes, bytes: 12 * steps * lanes }),
  split: 'y',
});

const contractKernel = defineKernel({
  name: 'contract_states',
  code: contractCode,
  params: { d: 'u32', states: 'u32', channel0: 'u32', channels: 'u32', count: 'u32', group0: 'u32' },
  buffers: { h: 'read', c: 'read', y: 'write' },
  grid: ({ count }) => splitGrid(count, 64),
  cost: ({ count, states }) => ({ flop: 2 * count * states, bytes: 8 * count * states }),
  split: 'y',
});

/**
 * A system over x, L x d. With `delta` (L x d) it is selective: a = exp(delta rate), b = delta input x, `input`
 * L x N, shared by channels. Without, it does not change: a = rate, b = input x, `input` d x N.
 */
export interface System {
  x: Tensor;
  delta?: Tensor;
  /** d x N. */
  rate: Tensor;
  input: Tensor;
}

export interface Pairs {
  a: Tensor;
  b: Tensor;
}

/** The pairs of channels from..to - 1, each L x (to - from) N. */
export const pairsOf = defineOperation({
  name: 'pairs',
  gpu: async (home: GpuHome, system: System, from: number, to: number): Promise<Pairs> => {
    const { x, delta, rate, input } = system;
    const [d, states] = [colsOf(x), colsOf(rate)];
    const lanes = (to - from) * states;
    const shape = [rowsOf(x), lanes];
    const [a, b] = [home.empty(shape), home.empty(shape)];
    const steps = rowsOf(x);
    const job = { d, states, lane0: from * states, lanes, steps, count: Math.ceil(steps / 16) * lanes };
    const constants = { VARYING: delta ? 1 : 0 };
    await pairsKernel.run(home, job, { x, delta: delta ?? x, rate, input, a, b }, { constants });
    return { a, b };
  },
  cpu: async (home: CpuHome, { x, delta, rate, input }: System, from: number, to: number): Promise<Pairs> => {
    const [d, states, steps] = [colsOf(x), colsOf(rate), rowsOf(x)];
    const lanes = (to - from) * states;
    const [u, r, g] = [cpuData(x), cpuData(rate), cpuData(input)];
    const dt = delta ? cpuData(delta) : null;
    const [a, b] = [new Float64Array(steps * lanes), new Float64Array(steps * lanes)];
    for (let t = 0; t < steps; t++) {
      for (let lane = 0; lane < lanes; lane++) {
        const channel = from + Math.floor(lane / states);
        const own = from * states + lane;
        const [i, at] = [t * d + channel, t * lanes + lane];
        a[at] = dt ? Math.exp(dt[i] * r[own]) : r[own];
        b[at] = dt ? dt[i] * u[i] * g[t * states + (lane % states)] : u[i] * g[own];
      }
    }
    return { a: home.wrap([steps, lanes], a), b: home.wrap([steps, lanes], b) };
  },
  /** WGSL's exp(z) is good to 3 + 2|z| ulp, and z itself is rounded: 8 + 5|z| half-ulps. b: two products. */
  compare: (got, want, system: System, from: number): Deviation => {
    const { x, delta, rate } = system;
    const [d, states] = [colsOf(x), colsOf(rate)];
    const lanes = colsOf(want.a);
    const [a, b, r] = [cpuData(want.a), cpuData(want.b), cpuData(rate)];
    const dt = delta ? cpuData(delta) : null;
    const decay = entrywise(
      got.a,
      want.a,
      (i) => {
        const lane = from * states + (i % lanes);
        const z = dt ? dt[Math.floor(i / lanes) * d + Math.floor(lane / states)] * r[lane] : 0;
        return (8 + 5 * Math.abs(z)) * U * a[i] + 1e-37;
      },
      'decay',
    );
    const drive = entrywise(got.b, want.b, (i) => 3 * U * Math.abs(b[i]) + 1e-37, 'input');
    return decay.ratio > drive.ratio ? decay : drive;
  },
});

/**
 * y_tc = sum_n C h_tcn into columns `channel0`.. of y (L x d): h is L x channels N; C is L x N (`perStep`) or
 * d x N. Returns y.
 */
export const contractStates = defineOperation({
  name: 'contract_states',
  gpu: async (home: GpuHome, y: Tensor, h: Tensor, c: Tensor, channel0: number, perStep: boolean) => {
    const states = colsOf(c);
    const channels = colsOf(h) / states;
    const job = { d: colsOf(y), states, channel0, channels, count: rowsOf(y) * channels };
    await contractKernel.run(home, job, { h, c, y }, { constants: { VARYING: perStep ? 1 : 0 } });
    return y;
  },
  cpu: async (_home: CpuHome, y: Tensor, h: Tensor, c: Tensor, channel0: number, perStep: boolean) => {
    eachOutput(y, h, c, channel0, perStep, (i, terms) => {
      cpuData(y)[i] = terms((ck, hk) => ck * hk);
    });
    return y;
  },
  compare: (got, want, y: Tensor, h: Tensor, c: Tensor, channel0: number, perStep: boolean) => {
    const limits = new Float64Array(cpuData(y).length);
    eachOutput(y, h, c, channel0, perStep, (i, terms) => {
      limits[i] = (colsOf(c) + 1) * U * terms((ck, hk) => Math.abs(ck * hk)) + 1e-37;
    });
    return entrywise(got, want, (i) => limits[i], 'output');
  },
});

function eachOutput(
  y: Tensor,
  h: Tensor,
  c: Tensor,
  channel0: number,
  perStep: boolean,
  visit: (i: number, terms: (term: (c: number, h: number) => number) => number) => void,
): void {
  const [d, states] = [colsOf(y), colsOf(c)];
  const channels = colsOf(h) / states;
  const [from, by] = [cpuData(h), cpuData(c)];
  for (let t = 0; t < rowsOf(y); t++) {
    for (let k = 0; k < channels; k++) {
      const row = (perStep ? t : channel0 + k) * states;
      visit(t * d + channel0 + k, (term) => {
        let sum = 0;
        for (let n = 0; n < states; n++) sum += term(by[row + n], from[(t * channels + k) * states + n]);
        return sum;
      });
    }
  }
}
