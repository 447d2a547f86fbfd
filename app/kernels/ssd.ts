/**
 * The state space dual (Mamba-2; Dao and Gu 2024), that is linear attention with scalar decays: a head of P
 * channels keeps a state H (N x P), H_t = exp(l_t) H_(t-1) + B_t (D_t x_t)^T, y_t = H_t^T C_t, l_t = rate D_t <= 0.
 *
 * In chunks of q steps all work but the carry is products of matrices: inside a chunk the masked product
 * (exp(c_i - c_j) C B^T) X, across chunks exp(c_i) C S with the state S before the chunk. Only differences of the
 * cumulative log decays c are exponentiated, and those are <= 0.
 */
import carryCode from '../../shaders/ssd_carry.wgsl?raw';
import gatherCode from '../../shaders/ssd_gather.wgsl?raw';
import maskCode from '../../shaders/ssd_mask.wgsl?raw';
import prepareCode from '../../shaders/ssd_prepare.wgsl?raw';
import scaleCode from '../../shaders/ssd_scale.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { colsOf, rowsOf, shapeText, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid, splitGrid } from '../gpu/kernel';
import { UserError } from '../math/errors';
import { matmul } from './matmul';
import { defineOperation, entrywise } from './operation';
import { concatRows, rows } from './slice';

const prepareKernel = defineKernel({
  name: 'ssd_prepare',
  code: prepareCode,
  params: {
    steps: 'u32',
    q: 'u32',
    heads: 'u32',
    head0: 'u32',
    dt_cols: 'u32',
    dt_step: 'u32',
    count: 'u32',
  },
  buffers: { delta: 'read', rate: 'read', cum: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count, q }) => ({ flop: 3 * count * q, bytes: 8 * count * q }),
});

const scaleKernel = defineKernel({
  name: 'ssd_scale',
  code: scaleCode,
  params: {
    steps: 'u32',
    q: 'u32',
    heads: 'u32',
    head0: 'u32',
    width: 'u32',
    cols: 'u32',
    head_step: 'u32',
    dt_cols: 'u32',
    dt_step: 'u32',
    count: 'u32',
    group0: 'u32',
  },
  buffers: { row: 'read', delta: 'read', cum: 'read', y: 'write' },
  grid: ({ count }) => splitGrid(count, 64),
  cost: ({ count }) => ({ flop: 10 * count, bytes: 12 * count }),
  split: 'y',
});

const maskKernel = defineKernel({
  name: 'ssd_mask',
  code: maskCode,
  params: {
    q: 'u32',
    heads: 'u32',
    rows: 'u32',
    cols: 'u32',
    row0: 'u32',
    col0: 'u32',
    spans: 'u32',
    count: 'u32',
    group0: 'u32',
  },
  buffers: { g: 'read', cum: 'read', m: 'write' },
  grid: ({ count }) => splitGrid(count, 64),
  cost: ({ count }) => ({ flop: 160 * count, bytes: 128 * count }),
  split: 'y',
});

const carryKernel = defineKernel({
  name: 'ssd_carry',
  code: carryCode,
  params: { q: 'u32', heads: 'u32', size: 'u32', chunks: 'u32', count: 'u32' },
  buffers: { cum: 'read', state: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count, chunks }) => ({ flop: 10 * count * chunks, bytes: 12 * count * chunks }),
});

const gatherKernel = defineKernel({
  name: 'ssd_gather',
  code: gatherCode,
  params: { d: 'u32', q: 'u32', heads: 'u32', head0: 'u32', width: 'u32', count: 'u32', group0: 'u32' },
  buffers: { blocks: 'read', y: 'write' },
  grid: ({ count }) => splitGrid(count, 64),
  cost: ({ count }) => ({ flop: 0, bytes: 8 * count }),
  split: 'y',
});

export interface Dual {
  /** L x d; head g has the channels g d / heads .. (g + 1) d / heads - 1. */
  x: Tensor;
  /** Step sizes, L x heads, or L x d with the first channel of every head counting. */
  delta: Tensor;
  /** Log decay per unit of step, one for every head, not positive. */
  rate: Tensor;
  /** L x N, shared by heads. */
  b: Tensor;
  /** L x N, shared by heads. */
  c: Tensor;
}

interface Sizes {
  steps: number;
  d: number;
  heads: number;
  width: number;
  states: number;
  dtCols: number;
  dtStep: number;
}

function sizesOf({ x, delta, rate, b, c }: Dual): Sizes {
  const [steps, d] = [rowsOf(x), colsOf(x)];
  const heads = sizeOf(rate.shape);
  const states = colsOf(b);
  const dtCols = colsOf(delta);
  const fits =
    d % heads === 0 &&
    rowsOf(delta) === steps &&
    (dtCols === heads || dtCols === d) &&
    [b, c].every((t) => rowsOf(t) === steps && colsOf(t) === states);
  if (!fits) {
    throw new UserError(
      `ssd: x ${shapeText(x)} with ${heads} heads (which must divide ${d}) wants delta ${steps} x ${heads} or ` +
        `${steps} x ${d}, B and C ${steps} x N; they are ${[delta, b, c].map(shapeText).join(', ')}`,
    );
  }
  return { steps, d, heads, width: d / heads, states, dtCols, dtStep: dtCols === heads ? 1 : d / heads };
}

/** Entries of the masked products in memory at once: heads go in groups. */
const MASKED = 2 ** 24;

/** C B^T by chunks, chunks x q x q; rows beyond L are zero. */
async function scores(home: GpuHome, { b, c }: Dual, chunks: number, q: number): Promise<Tensor> {
  const states = colsOf(b);
  const missing = chunks * q - rowsOf(b);
  const fill = missing > 0 ? home.tensor([missing, states]) : null;
  const [bs, cs] = fill ? [await concatRows([b, fill]), await concatRows([c, fill])] : [b, c];
  const shape = [chunks, q, states];
  const g = await matmul(home.view(cs, 0, shape), home.view(bs, 0, shape), { transposeB: true });
  if (fill) for (const t of [fill, bs, cs]) home.release(t);
  return g;
}

/** One group of heads, into its columns of y. */
async function headGroup(
  home: GpuHome,
  system: Dual,
  y: Tensor,
  g: Tensor,
  head0: number,
  heads: number,
): Promise<void> {
  const { steps, d, width, states, dtCols, dtStep } = sizesOf(system);
  const [chunks, q] = g.shape;
  const { x, delta, rate, b, c } = system;
  const common = { steps, q, heads, head0, dt_cols: dtCols, dt_step: dtStep };
  const batch = chunks * heads;
  const cum = home.empty([batch, q]);
  await prepareKernel.run(home, { ...common, count: batch }, { delta, rate, cum });
  const scaled = async (WHAT: number, row: Tensor, cols: number, headStep: number): Promise<Tensor> => {
    const out = home.empty([batch, q, cols]);
    const job = { ...common, width: cols, cols: colsOf(row), head_step: headStep, count: batch * q * cols };
    await scaleKernel.run(home, job, { row, delta, cum, y: out }, { constants: { WHAT } });
    return out;
  };
  const inputs = await scaled(0, x, width, width);
  const m = home.empty([batch, q, q]);
  const spans = Math.ceil(q / 16);
  const job = { q, heads, rows: q, cols: q, row0: 0, col0: 0, spans, count: batch * q * spans };
  await maskKernel.run(home, job, { g, cum, m });
  const blocks = await matmul(m, inputs);
  home.release(m);
  if (chunks > 1) {
    const toEnd = await scaled(1, b, states, 0);
    const state = await matmul(toEnd, inputs, { transposeA: true });
    const size = states * width;
    await carryKernel.run(home, { q, heads, size, chunks, count: heads * size }, { cum, state });
    const reading = await scaled(2, c, states, 0);
    await matmul(reading, state, { into: blocks, beta: 1 });
    for (const t of [toEnd, state, reading]) home.release(t);
  }
  const gather = { d, q, heads, head0, width, count: steps * heads * width };
  await gatherKernel.run(home, gather, { blocks, y });
  for (const t of [inputs, blocks, cum]) home.release(t);
}

const CHUNK = 64;

/** y, L x d, in chunks of `q` steps (default 64); one chunk of L steps is the dense form, L x L a head. */
export const ssd = defineOperation({
  name: 'ssd',
  gpu: async (home: GpuHome, system: Dual, q?: number) => {
    const { steps, d, heads } = sizesOf(system);
    const y = home.empty([steps, d]);
    if (steps * d === 0) return y;
    const chunk = Math.min(q ?? CHUNK, steps);
    const chunks = Math.ceil(steps / chunk);
    const g = await scores(home, system, chunks, chunk);
    const together = Math.max(1, Math.floor(MASKED / (chunks * chunk * chunk)));
    for (let head0 = 0; head0 < heads; head0 += together) {
      await headGroup(home, system, y, g, head0, Math.min(together, heads - head0));
    }
    home.release(g);
    return y;
  },
  cpu: async (home: CpuHome, system: Dual, _q?: number) => dual64(home, system),
  /**
   * Every weight exp(c_i - c_j) C_i B_j errs by the sums c (40 roundings of at most |c|, twice), exp (8 + 5|z|)
   * and the products of N, q and N terms; carries add 10 a chunk. On the system of absolute values Y:
   * |error| <= (2 N + 2 q + 10 chunks + 64 + 100 max|c|) u Y.
   */
  compare: async (got, want, system: Dual, q?: number) => {
    const home = want.home as CpuHome;
    const { steps, states, heads, dtCols, dtStep } = sizesOf(system);
    const absolute = (t: Tensor) => home.wrap(t.shape, Float64Array.from(cpuData(t), Math.abs));
    const { x, b, c } = system;
    const sums = cpuData(await dual64(home, { ...system, x: absolute(x), b: absolute(b), c: absolute(c) }));
    const chunk = Math.min(q ?? CHUNK, steps);
    const [delta, rate] = [cpuData(system.delta), cpuData(system.rate)];
    let deepest = 0;
    for (let head = 0; head < heads; head++) {
      let depth = 0;
      for (let t = 0; t < steps; t++) {
        const l = Math.min(80, Math.abs(rate[head] * delta[t * dtCols + head * dtStep]));
        depth = t % chunk === 0 ? l : depth + l;
        deepest = Math.max(deepest, depth);
      }
    }
    const chunks = Math.ceil(steps / chunk);
    const factor = (2 * states + 2 * chunk + 10 * chunks + 64 + 100 * deepest) * 2 ** -24;
    return entrywise(got, want, (i) => factor * sums[i] + 1e-37, 'output');
  },
});

/** Step by step in float64. */
async function dual64(home: CpuHome, system: Dual): Promise<Tensor> {
  const { steps, d, heads, width, states, dtCols, dtStep } = sizesOf(system);
  const [x, delta, rate] = [cpuData(system.x), cpuData(system.delta), cpuData(system.rate)];
  const [b, c] = [cpuData(system.b), cpuData(system.c)];
  const y = new Float64Array(steps * d);
  const h = new Float64Array(states * width);
  for (let head = 0; head < heads; head++) {
    h.fill(0);
    for (let t = 0; t < steps; t++) {
      const step = delta[t * dtCols + head * dtStep];
      const decay = Math.exp(Math.max(rate[head] * step, -80));
      const at = t * d + head * width;
      for (let n = 0; n < states; n++) {
        const input = step * b[t * states + n];
        const reading = c[t * states + n];
        for (let k = 0; k < width; k++) {
          const i = n * width + k;
          h[i] = decay * h[i] + input * x[at + k];
          y[at + k] += reading * h[i];
        }
      }
      if (t % 256 === 0) await home.checkpoint();
    }
  }
  return home.wrap([steps, d], y);
}

const rowsFrom = (t: Tensor, from: number, count: number): Promise<Tensor> => rows(t, from, from + count);

/**
 * Rows row0.. and columns col0.. of the matrix M of one head, M_ij = exp(sum_{j<k<=i} l_k) C_i . B_j for i >= j
 * (row0 >= col0), by the cumulative sums of the steps from col0 on.
 */
export const ssdBlock = defineOperation({
  name: 'ssd_block',
  gpu: async (
    home: GpuHome,
    system: Dual,
    head: number,
    row0: number,
    col0: number,
    count: readonly [rows: number, cols: number],
  ) => {
    const { dtCols, dtStep } = sizesOf(system);
    const q = row0 + count[0] - col0;
    const [rows, cols] = count;
    const delta = await rowsFrom(system.delta, col0, q);
    const cum = home.empty([1, q]);
    const prepare = { steps: q, q, heads: 1, head0: head, dt_cols: dtCols, dt_step: dtStep, count: 1 };
    await prepareKernel.run(home, prepare, { delta, rate: system.rate, cum });
    const [c, b] = [await rowsFrom(system.c, row0, rows), await rowsFrom(system.b, col0, cols)];
    const g = await matmul(c, b, { transposeB: true });
    const m = home.empty([rows, cols]);
    const spans = Math.ceil(cols / 16);
    const job = { q, heads: 1, rows, cols, row0: row0 - col0, col0: 0, spans, count: rows * spans };
    await maskKernel.run(home, job, { g, cum, m });
    for (const t of [delta, cum, c, b, g]) home.release(t);
    return m;
  },
  cpu: async (
    home: CpuHome,
    system: Dual,
    head: number,
    row0: number,
    col0: number,
    [rows, cols]: readonly [rows: number, cols: number],
  ) => {
    const { states, dtCols, dtStep } = sizesOf(system);
    const [delta, rate] = [cpuData(system.delta), cpuData(system.rate)];
    const [b, c] = [cpuData(system.b), cpuData(system.c)];
    const m = new Float64Array(rows * cols);
    for (let i = row0; i < row0 + rows; i++) {
      let sum = 0;
      for (let j = i; j >= col0; j--) {
        if (j < col0 + cols) {
          let dot = 0;
          for (let n = 0; n < states; n++) dot += c[i * states + n] * b[j * states + n];
          m[(i - row0) * cols + j - col0] = Math.exp(sum) * dot;
        }
        sum += Math.max(rate[head] * delta[j * dtCols + head * dtStep], -80);
      }
    }
    return home.wrap([rows, cols], m);
  },
  /** The sums of q steps, exp and N products, as in ssd; entries of |C||B| from the norms of their rows. */
  compare: (
    got,
    want,
    system: Dual,
    head: number,
    row0: number,
    col0: number,
    [, cols]: readonly [rows: number, cols: number],
  ) => {
    const { states, dtCols, dtStep } = sizesOf(system);
    const [delta, rate] = [cpuData(system.delta), cpuData(system.rate)];
    const norm = (t: Tensor, row: number): number =>
      Math.hypot(...cpuData(t).subarray(row * states, (row + 1) * states));
    const sums = [0];
    for (let t = col0; t < row0 + rowsOf(got); t++) {
      sums.push(sums[t - col0] + Math.max(rate[head] * delta[t * dtCols + head * dtStep], -80));
    }
    const deepest = Math.abs(sums[sums.length - 1]);
    const factor = (states + 64 + 100 * deepest) * 2 ** -24;
    return entrywise(got, want, (e) => {
      const [i, j] = [row0 + Math.floor(e / cols), col0 + (e % cols)];
      const decay = i >= j ? Math.exp(sums[i - col0 + 1] - sums[j - col0 + 1]) : 0;
      return factor * decay * norm(system.c, i) * norm(system.b, j) + 1e-37;
    });
  },
});
