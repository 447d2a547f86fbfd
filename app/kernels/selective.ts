/**
 * The selective scan (Mamba; Gu and Dao 2023): h_t = exp(D_t A) h_(t-1) + D_t B_t x_t, y_t = C_t . h_t, a channel
 * at a time, in chunks of time that run side by side. Three dispatches: every chunk from zero, the states carried
 * from chunk to chunk, every chunk again from its true beginning. States stay in registers; memory sees
 * (L / chunk) d N numbers, never L d N.
 */
import carryCode from '../../shaders/selective_carry.wgsl?raw';
import outputsCode from '../../shaders/selective_outputs.wgsl?raw';
import totalsCode from '../../shaders/selective_totals.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { colsOf, rowsOf, shapeText, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid, splitGrid } from '../gpu/kernel';
import { UserError } from '../math/errors';
import { chunkFor } from './lines';
import { defineOperation, entrywise } from './operation';
import { paddedColumns } from './slice';

const params = {
  steps: 'u32',
  d: 'u32',
  quads: 'u32',
  quad0: 'u32',
  chunk: 'u32',
  chunks: 'u32',
  count: 'u32',
  accumulate: 'u32',
  group0: 'u32',
} as const;

type Cost = Readonly<Record<'steps' | 'd' | 'chunks', number>>;
const costOf =
  (flop: number) =>
  ({ steps, d }: Cost) => ({ flop: 16 * flop * steps * d, bytes: 4 * steps * (3 * d + 32) });

const totalsKernel = defineKernel({
  name: 'selective_totals',
  code: totalsCode,
  params,
  buffers: { x: 'read', delta: 'read', a: 'read', b: 'read', state: 'write', sums: 'write' },
  grid: ({ count }, { LANES }) => splitGrid(count, LANES),
  constants: { LANES: 64 },
  cost: costOf(8),
  split: 'y',
});

const carryKernel = defineKernel({
  name: 'selective_carry',
  code: carryCode,
  params: { d: 'u32', quads: 'u32', chunks: 'u32', count: 'u32' },
  buffers: { a: 'read', sums: 'read', state: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count, chunks }) => ({ flop: 32 * count * chunks, bytes: 32 * count * chunks }),
});

const outputsKernel = defineKernel({
  name: 'selective_outputs',
  code: outputsCode,
  params,
  buffers: { x: 'read', delta: 'read', a: 'read', b: 'read', c: 'read', state: 'read', y: 'write' },
  grid: ({ count }, { LANES }) => splitGrid(count, LANES),
  constants: { LANES: 64 },
  cost: costOf(10),
  split: 'y',
});

export interface Selective {
  /** L x d. */
  x: Tensor;
  /** Step sizes D, L x d, not negative. */
  delta: Tensor;
  /** Rates A, d x N, not positive. */
  a: Tensor;
  /** L x N, shared by channels. */
  b: Tensor;
  /** L x N, shared by channels. */
  c: Tensor;
}

export interface SelectiveOptions {
  /** Steps of a chunk; L is the step-by-step form. Default: enough chunks to fill the device. */
  chunk?: number;
}

function sizesOf({ x, delta, a, b, c }: Selective): { steps: number; d: number; states: number } {
  const [steps, d] = [rowsOf(x), colsOf(x)];
  const states = colsOf(a);
  const fits =
    delta.shape.join() === x.shape.join() &&
    rowsOf(a) === d &&
    [b, c].every((t) => rowsOf(t) === steps && colsOf(t) === states);
  if (!fits || x.shape.length !== 2) {
    throw new UserError(
      `selectiveScan: x ${shapeText(x)} wants delta of the same shape, A ${d} x N, B and C ${steps} x N; ` +
        `they are ${[delta, a, b, c].map(shapeText).join(', ')}`,
    );
  }
  return { steps, d, states };
}

/** y, L x d, of the selective scan. */
export const selectiveScan = defineOperation({
  name: 'selective_scan',
  gpu: async (home: GpuHome, system: Selective, options: SelectiveOptions = {}) => {
    const { steps, d, states } = sizesOf(system);
    const y = home.empty([steps, d]);
    if (steps * d === 0) return y;
    const quads = Math.ceil(states / 4);
    const chunk = Math.min(steps, options.chunk ?? chunkFor(home.barriersAreSlow, steps, d));
    const chunks = Math.ceil(steps / chunk);
    const { x, delta } = system;
    const [a, b, c] = await Promise.all(
      [system.a, system.b, system.c].map((t) => paddedColumns(t, 4 * quads)),
    );
    const job = { steps, d, quads, chunk, chunks, count: chunks * d };
    const state = home.empty(chunks > 1 ? [chunks, d, 4 * quads] : [4]);
    const blocks = Array.from({ length: Math.ceil(quads / 4) }, (_, i) => 4 * i);
    const LANES = home.barriersAreSlow ? 4 : 64;
    const constantsAt = (quad0: number) => ({ LANES, QUADS: Math.min(4, quads - quad0) });
    if (chunks > 1) {
      const sums = home.empty([chunks, d]);
      for (const quad0 of blocks) {
        const buffers = { x, delta, a, b, state, sums };
        const constants = constantsAt(quad0);
        await totalsKernel.run(home, { ...job, quad0, accumulate: 0 }, buffers, { constants });
      }
      await carryKernel.run(home, { d, quads, chunks, count: d * quads }, { a, sums, state });
      home.release(sums);
    }
    for (const quad0 of blocks) {
      const constants = { ...constantsAt(quad0), CARRY: chunks > 1 ? 1 : 0 };
      const accumulate = quad0 > 0 ? 1 : 0;
      const buffers = { x, delta, a, b, c, state, y };
      await outputsKernel.run(home, { ...job, quad0, accumulate }, buffers, { constants });
    }
    home.release(state);
    for (const [i, own] of [system.a, system.b, system.c].entries()) {
      const padded = [a, b, c][i];
      if (padded !== own) home.release(padded);
    }
    return y;
  },
  cpu: async (home: CpuHome, system: Selective, _options: SelectiveOptions = {}) => {
    const { steps, d } = sizesOf(system);
    const y = new Float64Array(steps * d);
    walk(system, (i, h, ck) => {
      for (let n = 0; n < h.length; n++) y[i] += ck[n] * h[n];
    });
    return home.wrap([steps, d], y);
  },
  /**
   * A step multiplies by exp(z) with a relative error of (8 + 5|z|) u (WGSL: 3 + 2|z| ulp, and z is rounded) and
   * rounds three more times, on the recurrence H of absolute values: E_t = |a| (E_(t-1) + (8 + 5|z|) u H_(t-1))
   * + 3 u H_t. exp(A sum D) of a whole chunk errs by no more than the product of its factors. The outputs add
   * N + 2 roundings.
   */
  compare: (got, want, system: Selective, _options: SelectiveOptions = {}) => {
    const { steps, d, states } = sizesOf(system);
    const limits = new Float64Array(steps * d);
    const u = 2 ** -24;
    const errors = Array.from({ length: d }, () => new Float64Array(states));
    const sums = Array.from({ length: d }, () => new Float64Array(states));
    walk(system, (i, _h, ck, z, drive) => {
      const [e, s] = [errors[i % d], sums[i % d]];
      for (let n = 0; n < states; n++) {
        const decay = Math.exp(z[n]);
        const before = s[n];
        s[n] = decay * before + Math.abs(drive[n]);
        e[n] = decay * (e[n] + (8 + 5 * Math.abs(z[n])) * u * before) + 3 * u * s[n];
        limits[i] += Math.abs(ck[n]) * (e[n] + (states + 2) * u * s[n]);
      }
    });
    return entrywise(got, want, (i) => limits[i] + 1e-37, 'output');
  },
});

/** Calls `visit` for every output in order of time with its channel's states, C_t, exponents and inputs. */
function walk(
  system: Selective,
  visit: (i: number, h: Float64Array, c: Float64Array, z: Float64Array, drive: Float64Array) => void,
): void {
  const { steps, d, states } = sizesOf(system);
  const [x, delta, a] = [cpuData(system.x), cpuData(system.delta), cpuData(system.a)];
  const [b, c] = [cpuData(system.b), cpuData(system.c) as Float64Array];
  const h = Array.from({ length: d }, () => new Float64Array(states));
  const [z, drive] = [new Float64Array(states), new Float64Array(states)];
  for (let t = 0; t < steps; t++) {
    const ck = c.subarray(t * states, (t + 1) * states);
    for (let channel = 0; channel < d; channel++) {
      const i = t * d + channel;
      for (let n = 0; n < states; n++) {
        z[n] = delta[i] * a[channel * states + n];
        drive[n] = delta[i] * b[t * states + n] * x[i];
        h[channel][n] = Math.exp(z[n]) * h[channel][n] + drive[n];
      }
      visit(i, h[channel], ck, z, drive);
    }
  }
}
