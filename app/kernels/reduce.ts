/** Norms. Sums are made of short runs in several accumulators, then of the runs: no long chain of roundings. */
import code from '../../shaders/sum_squares.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { batchOf, colsOf, rowsOf, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import { norm } from '../math/linalg';
import { defineOperation } from './operation';

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
