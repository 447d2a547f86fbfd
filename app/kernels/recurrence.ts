/**
 * The states of a dense linear system x_t = A x_{t-1} + B u_t, in two forms: step by step, and blocked, where all
 * the work is products of matrices.
 */
import recurrenceCode from '../../shaders/dense_recurrence.wgsl?raw';
import laggedCode from '../../shaders/lagged.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { colsOf, rowsOf, shapeText, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import { UserError } from '../math/errors';
import type { System } from '../math/hippo';
import { nextPowerOfTwo } from '../math/integers';
import { frobenius, matrix, transpose as transpose64 } from '../math/linalg';
import { singularValues } from '../math/svd';
import { axpby } from './elementwise';
import { matmul } from './matmul';
import { defineOperation, entrywise } from './operation';
import { columns, concatColumns, concatRows, rows } from './slice';

const laggedKernel = defineKernel({
  name: 'lagged',
  code: laggedCode,
  params: {
    cols: 'u32',
    count: 'u32',
    start: 'u32',
    stride: 'u32',
    lag: 'u32',
    lag_step: 'u32',
    chunk: 'u32',
  },
  buffers: { u: 'read', out: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count }) => ({ flop: 0, bytes: 8 * count }),
});

export interface Lags {
  rows: number;
  cols: number;
  /** The sample of row r is start + r stride. */
  start?: number;
  stride?: number;
  /** Column j looks back lag + j lagStep samples. */
  lag?: number;
  lagStep?: number;
  /** No column looks beyond the beginning of its chunk of so many samples: 0 is there. */
  chunk?: number;
}

const WHOLE = 2 ** 31;

function lagParams({ rows, cols, start = 0, stride = 1, lag = 0, lagStep = 1, chunk = WHOLE }: Lags) {
  return { cols, count: rows * cols, start, stride, lag, lag_step: lagStep, chunk };
}

/** Delayed copies of a signal side by side, rows x cols. */
export const lagged = defineOperation({
  name: 'lagged',
  gpu: async (home: GpuHome, u: Tensor, lags: Lags) => {
    const out = home.empty([lags.rows, lags.cols]);
    const params = lagParams(lags);
    if (params.count > 0) await laggedKernel.run(home, params, { u, out });
    return out;
  },
  cpu: async (home: CpuHome, u: Tensor, lags: Lags) => {
    const out = home.tensor([lags.rows, lags.cols]);
    const [from, to] = [cpuData(u), cpuData(out)];
    const { cols, start, stride, lag, lag_step, chunk } = lagParams(lags);
    for (let i = 0; i < to.length; i++) {
      const t = start + Math.floor(i / cols) * stride;
      const back = lag + (i % cols) * lag_step;
      if (back <= t % chunk) to[i] = from[t - back];
    }
    return out;
  },
  compare: (got, want) => entrywise(got, want, 0, 'a copy is exact: entry'),
});

const recurrenceKernel = defineKernel({
  name: 'dense_recurrence',
  code: recurrenceCode,
  params: { n: 'u32', first: 'u32', last: 'u32' },
  buffers: { at: 'read', f: 'read', x: 'write' },
  constants: { SIZE: 64 },
  grid: () => [1],
  cost: ({ n, first, last }) => ({ flop: 2 * n * n * (last - first), bytes: 8 * n * (last - first) }),
});

/** One workgroup is a small part of a device: its dispatches are cut as if they were this much longer. */
const SERIAL = 32;

/**
 * x_t = A x_{t-1} + f_t, step by step. `at` is the transpose of A (n x n, n <= 256), f is steps x n; returns all
 * states, steps x n.
 */
export const denseRecurrence = defineOperation({
  name: 'dense_recurrence',
  gpu: async (home: GpuHome, at: Tensor, f: Tensor) => {
    const [steps, n] = [rowsOf(f), colsOf(f)];
    checkSystem(at, f);
    const x = home.empty(f.shape);
    const size = Math.max(4, nextPowerOfTwo(n));
    const perStep = SERIAL * home.estimateMs(2 * n * n + 16 * size, 8 * n);
    const stride = Math.max(1, Math.min(steps, Math.floor(home.sliceMs / perStep)));
    for (let first = 0; first < steps; first += stride) {
      const params = { n, first, last: Math.min(steps, first + stride) };
      await recurrenceKernel.run(home, params, { at, f, x }, { constants: { SIZE: size } });
    }
    return x;
  },
  cpu: async (home: CpuHome, at: Tensor, f: Tensor) => {
    const [steps, n] = [rowsOf(f), colsOf(f)];
    checkSystem(at, f);
    const x = home.tensor(f.shape);
    const [a, forcing, state] = [cpuData(at), cpuData(f), cpuData(x)];
    state.set(forcing);
    for (let t = 1; t < steps; t++) {
      for (let j = 0; j < n; j++) {
        const before = state[(t - 1) * n + j];
        if (before === 0) continue;
        for (let i = 0; i < n; i++) state[t * n + i] += a[j * n + i] * before;
      }
      if (t % 64 === 0) await home.checkpoint();
    }
    return x;
  },
  /** ||e_t|| <= ||A|| ||e_{t-1}|| + (n + 2) u (||A||_F ||x_{t-1}|| + ||f_t||), from e_{-1} = 0. */
  compare: (got, want, at: Tensor, f: Tensor) => {
    const n = colsOf(f);
    const a = matrix(n, n, Float64Array.from(cpuData(at)));
    const spectral = singularValues(a)[0];
    const size = frobenius(a);
    const [x, forcing] = [cpuData(want), cpuData(f)];
    const length = (values: ArrayLike<number>, t: number): number => {
      let sum = 0;
      for (let i = t * n; t >= 0 && i < (t + 1) * n; i++) sum += values[i] ** 2;
      return Math.sqrt(sum);
    };
    const bounds = new Float64Array(rowsOf(f));
    let bound = 0;
    for (let t = 0; t < bounds.length; t++) {
      bound = spectral * bound + (n + 2) * 2 ** -24 * (size * length(x, t - 1) + length(forcing, t));
      bounds[t] = bound + 1e-37;
    }
    return entrywise(got, want, (i) => bounds[Math.floor(i / n)]);
  },
});

function checkSystem(at: Tensor, f: Tensor): void {
  const n = colsOf(f);
  if (rowsOf(at) !== n || colsOf(at) !== n) {
    throw new UserError(`dense recurrence: a ${shapeText(at)} matrix does not fit ${n} states`);
  }
  if (n > 256) throw new UserError(`dense recurrence: ${n} states, at most 256 fit one workgroup`);
}

/** A and B of a discrete system on the device: the transpose of A, n x n, and B as a row. */
export interface DeviceSystem {
  at: Tensor;
  b: Tensor;
}

export const deviceSystem = (home: Tensor['home'], { a, b }: System): DeviceSystem => ({
  at: home.tensor([a.rows, a.rows], transpose64(a).data),
  b: home.tensor([1, a.rows], b),
});

/** The states step by step: steps x n. u is steps x 1. */
export async function statesByRecurrence({ at, b }: DeviceSystem, u: Tensor): Promise<Tensor> {
  return at.home.scope(async () => denseRecurrence(at, await matmul(u, b)));
}

/** Steps of a chunk, a power of two: longer ones cost 2 n^3 flop a step to set up, shorter ones more carries. */
const chunkOf = (n: number): number => Math.min(64, Math.max(8, nextPowerOfTwo(4096 / n)));

/**
 * The same states from products of matrices, the blocked (scan) form. Inside chunks of q steps the states are
 * those of a rest start, Toeplitz(u) H with H_j = B^T (A^T)^j; the states at the ends of chunks pass from chunk to
 * chunk by A^q; what a chunk inherits is added as one product with [A, A^2 ... A^q]. Powers by doubling.
 *
 * Work 2 steps n (q + n) + 2 n^3 q flop and about 40 dispatches, whatever the length.
 */
export async function statesByBlocks({ at, b }: DeviceSystem, u: Tensor): Promise<Tensor> {
  const { home } = at;
  const n = colsOf(at);
  const steps = sizeOf(u.shape);
  const chunk = chunkOf(n);
  return home.scope(async () => {
    let impulse = b;
    let powers = at;
    let power = at;
    for (let s = 1; s < chunk; s *= 2) {
      impulse = await concatRows([impulse, await matmul(impulse, power)]);
      powers = await concatColumns([powers, await matmul(power, powers)]);
      power = await matmul(power, power);
    }
    const chunks = Math.ceil(steps / chunk);
    const toeplitz = await lagged(u, { rows: steps, cols: chunk, chunk });
    const inside = await matmul(toeplitz, impulse);
    if (chunks === 1) return inside;
    const ends = await lagged(u, {
      rows: chunks - 1,
      cols: chunk,
      start: chunk - 1,
      stride: chunk,
      chunk,
    });
    const carried = await denseRecurrence(power, await matmul(ends, impulse));
    // The first chunk inherits nothing; the last may be short.
    const inherited = home.reshape(await matmul(carried, powers), [(chunks - 1) * chunk, n]);
    const head = await rows(inside, 0, chunk);
    const tail = await rows(inside, chunk, steps);
    return concatRows([head, await axpby(1, tail, 1, await rows(inherited, 0, steps - chunk))]);
  });
}

/** C x for every state: steps x 1, from states (steps x n) and C (n values). */
export async function readout(states: Tensor, c: ArrayLike<number>): Promise<Tensor> {
  return matmul(states, states.home.tensor([colsOf(states), 1], c));
}

/** The last row of a matrix, as a row. */
export const lastRow = (a: Tensor): Promise<Tensor> => rows(a, rowsOf(a) - 1, rowsOf(a));

/** Column j of a matrix. */
export const column = (a: Tensor, j: number): Promise<Tensor> => columns(a, j, j + 1);
