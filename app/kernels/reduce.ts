/** Norms and dot products. Sums are made of short runs in several accumulators, then of the runs: no long chain of roundings. */
import dotsCode from '../../shaders/column_dots.wgsl?raw';
import code from '../../shaders/sum_squares.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { batchOf, colsOf, rowsOf, shapeText, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import { UserError } from '../math/errors';
import { norm } from '../math/linalg';
import { defineOperation, entrywise } from './operation';

const kernel = defineKernel({
  name: 'sum_squares',
  code,
  params: { size: 'u32', span: 'u32', parts: 'u32', count: 'u32' },
  buffers: { x: 'read', out: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count, span }) => ({ flop: 2 * count * span, bytes: 4 * count * span }),
});

const SPAN = 512;

/** Sums of squares of runs of SPAN entries; the host adds them in float64. */
async function partialSums(home: GpuHome, x: Tensor, batch: number): Promise<Float64Array> {
  const size = sizeOf(x.shape) / batch;
  const parts = Math.ceil(size / SPAN);
  const out = home.empty([batch, parts]);
  await kernel.run(home, { size, span: SPAN, parts, count: batch * parts }, { x, out });
  const sums = await home.read(out);
  home.release(out);
  const totals = new Float64Array(batch);
  for (let i = 0; i < sums.length; i++) totals[Math.floor(i / parts)] += sums[i];
  return totals;
}

/** How many sums `sumsOfSquares` makes of this many entries. */
export const squareSums = (size: number): number => Math.ceil(size / SPAN);

/**
 * Sums of squares of runs of 512 entries, left on the device: their sum is ||x||^2. `into` has squareSums(size)
 * entries; for the norms of every step of a training run, which nobody waits for.
 */
export const sumsOfSquares = defineOperation({
  name: 'sumsOfSquares',
  gpu: async (home: GpuHome, x: Tensor, into: Tensor) => {
    const size = sizeOf(x.shape);
    const parts = squareSums(size);
    await kernel.run(home, { size, span: SPAN, parts, count: parts }, { x, out: into });
    return into;
  },
  cpu: async (_home: CpuHome, x: Tensor, into: Tensor) => {
    const [data, out] = [cpuData(x), cpuData(into)];
    for (let part = 0; part < squareSums(data.length); part++) {
      out[part] = norm(data.subarray(part * SPAN, (part + 1) * SPAN)) ** 2;
    }
    return into;
  },
  compare: (got, want) =>
    entrywise(got, want, (i) => 68 * 2 ** -24 * cpuData(want)[i] + 1e-37, 'sum of squares'),
});

/** Frobenius norm of every matrix of a batch, as numbers. Squares above 3e38 overflow to infinity. */
export const norms = defineOperation({
  name: 'norms',
  gpu: async (home: GpuHome, a: Tensor): Promise<number[]> => {
    if (sizeOf(a.shape) === 0) return new Array<number>(batchOf(a)).fill(0);
    return Array.from(await partialSums(home, a, batchOf(a)), Math.sqrt);
  },
  cpu: async (_home: CpuHome, a: Tensor): Promise<number[]> => {
    const size = rowsOf(a) * colsOf(a);
    const data = cpuData(a);
    return Array.from({ length: batchOf(a) }, (_, b) => norm(data.subarray(b * size, (b + 1) * size)));
  },
  /** Squares, 64 terms an accumulator and 3 to join them: relative error of the sum <= 68 u. */
  compare: (got, want) => {
    const ratios = got.map((value, i) => Math.abs(value - want[i]) / (68 * 2 ** -24 * want[i] + 1e-19));
    const worst = ratios.indexOf(Math.max(...ratios));
    return { ratio: ratios[worst] ?? 0, what: `norm ${worst} is ${got[worst]}, float64 says ${want[worst]}` };
  },
});

/** Frobenius norm of a matrix. */
export async function frobenius(a: Tensor): Promise<number> {
  const [m, n] = [rowsOf(a), colsOf(a)];
  if (batchOf(a) !== 1) throw new Error(`frobenius: ${batchOf(a)} matrices of ${m} x ${n}; use norms`);
  return (await norms(a))[0];
}

const dotsKernel = defineKernel({
  name: 'column_dots',
  code: dotsCode,
  params: { m: 'u32', n: 'u32' },
  buffers: { a: 'read', b: 'read', out: 'write' },
  grid: ({ n }) => linearGrid(n, 64),
  cost: ({ m, n }) => ({ flop: 2 * m * n, bytes: 8 * m * n }),
});

/** sum over i of a_ij b_ij for every column j of two m x n matrices; into a tensor of n entries where given. */
export const columnDots = defineOperation({
  name: 'columnDots',
  gpu: async (home: GpuHome, a: Tensor, b: Tensor, into?: Tensor) => {
    checkColumns(a, b, into);
    const out = into ?? home.empty([colsOf(a)]);
    await dotsKernel.run(home, { m: rowsOf(a), n: colsOf(a) }, { a, b, out });
    return out;
  },
  cpu: async (home: CpuHome, a: Tensor, b: Tensor, into?: Tensor) => {
    checkColumns(a, b, into);
    const [m, n] = [rowsOf(a), colsOf(a)];
    const out = into ?? home.tensor([n]);
    const [x, y, sums] = [cpuData(a), cpuData(b), cpuData(out)];
    sums.fill(0);
    for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) sums[j] += x[i * n + j] * y[i * n + j];
    return out;
  },
  /** Four accumulators of m / 4 terms, up to three more, and two additions to join them. */
  compare: (got, want, a: Tensor, b: Tensor, _into?: Tensor) => {
    const [m, n] = [rowsOf(a), colsOf(a)];
    const [x, y] = [cpuData(a), cpuData(b)];
    return entrywise(got, want, (j) => {
      let size = 0;
      for (let i = 0; i < m; i++) size += Math.abs(x[i * n + j] * y[i * n + j]);
      return (m / 4 + 7) * 2 ** -24 * size + 1e-37;
    });
  },
});

function checkColumns(a: Tensor, b: Tensor, into?: Tensor): void {
  if (a.shape.join() !== b.shape.join() || (into && sizeOf(into.shape) !== colsOf(a))) {
    throw new UserError(`columnDots: ${shapeText(a)} and ${shapeText(b)} differ in shape`);
  }
}
