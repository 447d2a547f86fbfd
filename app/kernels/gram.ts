/** Gram matrices Y^T Y, of which the upper triangle is enough: half the work of a product. */
import code from '../../shaders/gram.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { colsOf, rowsOf, type Tensor } from '../gpu/home';
import { defineKernel } from '../gpu/kernel';
import { matmul as matmul64, matrix } from '../math/linalg';
import { defineOperation, entrywise } from './operation';

const kernel = defineKernel({
  name: 'gram',
  code,
  params: { m: 'u32', n: 'u32', slices: 'u32', rows: 'u32', batch: 'u32', group0: 'u32' },
  buffers: { y: 'read', g: 'write' },
  grid: ({ n, slices, batch }) => [Math.ceil(n / 32), Math.ceil(n / 32), slices * batch],
  cost: ({ m, n, slices, batch }) => ({
    flop: batch * m * n * (n + 8),
    bytes: 4 * batch * (m * n + slices * n * n),
  }),
  split: 'z',
});

/** Slices enough for two waves of workgroups, each at least 64 rows. */
const slicesFor = (m: number, n: number): number =>
  Math.max(1, Math.min(8, Math.floor(m / 64), Math.ceil(16 / Math.ceil(n / 32) ** 2)));

/** The upper triangle of Y^T Y in parts, [slices, n, n]; below the diagonal anything. */
export const upperGram = defineOperation({
  name: 'gram',
  gpu: async (home: GpuHome, y: Tensor) => {
    const [m, n] = [rowsOf(y), colsOf(y)];
    const slices = slicesFor(m, n);
    const g = home.empty([slices, n, n]);
    await kernel.run(home, { m, n, slices, rows: Math.ceil(m / slices), batch: 1 }, { y, g });
    return g;
  },
  cpu: async (home: CpuHome, y: Tensor) => {
    const n = colsOf(y);
    const full = matrix(rowsOf(y), n, Float64Array.from(cpuData(y)));
    return home.wrap([1, n, n], matmul64(full, full, { transposeA: true }).data);
  },
  /** |error| <= gamma_m |y_i||y_j| (Higham 2002, 3.5, with Cauchy-Schwarz). */
  compare: (got, want, y: Tensor) => {
    const [m, n] = [rowsOf(y), colsOf(y)];
    const [parts, sum] = [cpuData(got), cpuData(want).slice()];
    const total = sum.slice().fill(0);
    parts.forEach((value, e) => {
      total[e % (n * n)] += value;
    });
    const home = want.home as CpuHome;
    for (let e = 0; e < n * n; e++) if (e % n < Math.floor(e / n)) total[e] = sum[e];
    const size = (i: number): number => Math.sqrt(cpuData(want)[i * (n + 1)]);
    const bound = (e: number): number => (m + 4) * 2 ** -24 * size(Math.floor(e / n)) * size(e % n) + 1e-37;
    return entrywise(home.wrap([n, n], total), home.wrap([n, n], sum), bound);
  },
});
