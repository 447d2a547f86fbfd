/**
 * The diagonal state space scan: h_t = a h_(t-1) + x_t for N real or complex modes of every channel, and
 * y_t = Re sum_n w_n h_n (input and output factors of a mode are one weight w). In chunks of time that run side by
 * side, as selective.ts; the L d N states are never in memory. When L is long the convolution (fftconvolve.ts)
 * does the same; this one needs no transform, takes any L, and streams.
 */
import carryCode from '../../shaders/diagonal_carry.wgsl?raw';
import outputsCode from '../../shaders/diagonal_outputs.wgsl?raw';
import totalsCode from '../../shaders/diagonal_totals.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { colsOf, partsOf, rowsOf, shapeText, type Tensor } from '../gpu/home';
import { defineKernel, splitGrid } from '../gpu/kernel';
import { UserError } from '../math/errors';
import { copyRows } from './copyrows';
import { chunkFor } from './lines';
import { defineOperation, entrywise } from './operation';

const params = {
  steps: 'u32',
  d: 'u32',
  quads: 'u32',
  quad: 'u32',
  chunk: 'u32',
  chunks: 'u32',
  count: 'u32',
  group0: 'u32',
} as const;

type Sizes = Readonly<Record<'steps' | 'd' | 'chunks' | 'count', number>>;
const grid = ({ count }: Sizes, { LANES }: Readonly<Record<string, number>>) => splitGrid(count, LANES);
const cost = ({ steps, d }: Sizes) => ({ flop: 64 * steps * d, bytes: 12 * steps * d });
const constants = { LANES: 64, PARTS: 2 };

const totalsKernel = defineKernel({
  name: 'diagonal_totals',
  code: totalsCode,
  params,
  buffers: { x: 'read', a: 'read', state: 'write' },
  constants,
  grid,
  cost,
  split: 'y',
});

const carryKernel = defineKernel({
  name: 'diagonal_carry',
  code: carryCode,
  params,
  buffers: { a: 'read', state: 'write' },
  constants,
  grid,
  cost: ({ count, chunks }) => ({ flop: 32 * count * chunks, bytes: 64 * count * chunks }),
  split: 'y',
});

const outputsKernel = defineKernel({
  name: 'diagonal_outputs',
  code: outputsCode,
  params,
  buffers: { x: 'read', a: 'read', w: 'read', state: 'read', y: 'write' },
  constants,
  grid,
  cost,
  split: 'y',
});

export interface DiagonalOptions {
  /** Steps of a chunk; L is the step-by-step form. Default: enough chunks to fill the device. */
  chunk?: number;
}

function check(x: Tensor, a: Tensor, w: Tensor): void {
  const fits = rowsOf(a) === colsOf(x) && a.shape.join() === w.shape.join() && x.shape.length === 2;
  if (!fits || a.dtype !== w.dtype || a.dtype === 'u32' || x.dtype !== 'f32') {
    throw new UserError(
      `diagonalScan: x ${shapeText(x)} wants a and w ${colsOf(x)} x N, both f32 or both c64; they are ` +
        `${shapeText(a)} of ${a.dtype} and ${shapeText(w)} of ${w.dtype}`,
    );
  }
}

/** Rows followed by modes of zero, up to a multiple of four. */
async function padded(home: GpuHome, t: Tensor, quads: number): Promise<Tensor> {
  const parts = partsOf(t.dtype);
  const [cols_in, cols] = [parts * colsOf(t), 4 * parts * quads];
  if (cols_in === cols) return t;
  const to = home.empty([rowsOf(t), 4 * quads], t.dtype);
  await copyRows.run(home, { cols, cols_in, count: rowsOf(t) * cols }, { a: t, b: to });
  return to;
}

/** y, L x d, for x, L x d, and a, w, d x N, real or complex; |a| <= 1. */
export const diagonalScan = defineOperation({
  name: 'diagonal_scan',
  gpu: async (home: GpuHome, x: Tensor, a: Tensor, w: Tensor, options: DiagonalOptions = {}) => {
    check(x, a, w);
    const [steps, d] = [rowsOf(x), colsOf(x)];
    const y = home.empty([steps, d]);
    if (steps * d === 0) return y;
    const quads = Math.max(1, Math.ceil(colsOf(a) / 4));
    const [decay, weight] = [await padded(home, a, quads), await padded(home, w, quads)];
    const parts = partsOf(a.dtype);
    const chunk = Math.min(steps, options.chunk ?? chunkFor(home.barriersAreSlow, steps, d));
    const chunks = Math.ceil(steps / chunk);
    const job = { steps, d, quads, quad: 0, chunk, chunks, count: chunks * d };
    const lanes = { LANES: home.barriersAreSlow ? 4 : 64, PARTS: parts };
    const state = home.empty(chunks > 1 ? [chunks, d, 4 * quads * parts] : [8]);
    if (chunks > 1) {
      for (let quad = 0; quad < quads; quad++) {
        await totalsKernel.run(home, { ...job, quad }, { x, a: decay, state }, { constants: lanes });
      }
      const carry = { ...job, count: d * quads };
      await carryKernel.run(home, carry, { a: decay, state }, { constants: lanes });
    }
    const own = { ...lanes, CARRY: chunks > 1 ? 1 : 0 };
    for (let quad = 0; quad < quads; quad++) {
      const buffers = { x, a: decay, w: weight, state, y };
      await outputsKernel.run(home, { ...job, quad }, buffers, { constants: own });
    }
    for (const t of [state, ...[decay, weight].filter((t) => t !== a && t !== w)]) home.release(t);
    return y;
  },
  cpu: async (home: CpuHome, x: Tensor, a: Tensor, w: Tensor, _options: DiagonalOptions = {}) => {
    check(x, a, w);
    const [steps, d, n] = [rowsOf(x), colsOf(x), colsOf(a)];
    const parts = partsOf(a.dtype);
    const [u, decay, weight] = [cpuData(x), cpuData(a), cpuData(w)];
    const y = new Float64Array(steps * d);
    for (let mode = 0; mode < d * n; mode++) {
      const channel = Math.floor(mode / n);
      const [ar, ai] = [decay[parts * mode], parts === 2 ? decay[2 * mode + 1] : 0];
      const [wr, wi] = [weight[parts * mode], parts === 2 ? weight[2 * mode + 1] : 0];
      let [re, im] = [0, 0];
      for (let t = 0; t < steps; t++) {
        [re, im] = [ar * re - ai * im + u[t * d + channel], ar * im + ai * re];
        y[t * d + channel] += wr * re - wi * im;
      }
      await home.checkpoint();
    }
    return home.wrap([steps, d], y);
  },
  /**
   * As linearscan.ts: a step adds 6 u of the recurrence of absolute values H, E_t = |a| E_(t-1) + 6 u H_t; the
   * power a^chunk has 3 roundings a squaring, 6 log2(chunk) u on what it carries; N + 2 for the outputs.
   */
  compare: (got, want, x: Tensor, a: Tensor, w: Tensor, _options: DiagonalOptions = {}) => {
    const [steps, d, n] = [rowsOf(x), colsOf(x), colsOf(a)];
    const parts = partsOf(a.dtype);
    const [u, decay, weight] = [cpuData(x), cpuData(a), cpuData(w)];
    const size = (values: ArrayLike<number>, i: number): number =>
      parts === 2 ? Math.hypot(values[2 * i], values[2 * i + 1]) : Math.abs(values[i]);
    const limits = new Float64Array(steps * d);
    const unit = 2 ** -24;
    const extra = n + 2 + 6 * Math.log2(Math.max(2, steps));
    for (let mode = 0; mode < d * n; mode++) {
      const channel = Math.floor(mode / n);
      const [rate, share] = [size(decay, mode), size(weight, mode)];
      let [h, e] = [0, 0];
      for (let t = 0; t < steps; t++) {
        h = rate * h + Math.abs(u[t * d + channel]);
        e = rate * e + 6 * unit * h;
        limits[t * d + channel] += share * (e + extra * unit * h);
      }
    }
    return entrywise(got, want, (i) => limits[i] + 1e-37, 'output');
  },
});
