/** Transpose of a matrix or of every matrix of a batch. */
import code from '../../shaders/transpose.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { batchOf, colsOf, rowsOf, type Tensor } from '../gpu/home';
import { defineKernel } from '../gpu/kernel';
import { defineOperation, entrywise } from './operation';

const kernel = defineKernel({
  name: 'transpose',
  code,
  params: { m: 'u32', n: 'u32', batch: 'u32', group0: 'u32' },
  buffers: { a: 'read', t: 'write' },
  grid: ({ m, n, batch }) => [Math.ceil(n / 32), Math.ceil(m / 32), batch],
  cost: ({ m, n, batch }) => ({ flop: 0, bytes: 8 * m * n * batch }),
  split: 'y',
});

const flipped = (a: Tensor): number[] => [...a.shape.slice(0, -2), colsOf(a), rowsOf(a)];

/** A^T, m x n to n x m. */
export const transpose = defineOperation({
  name: 'transpose',
  gpu: async (home: GpuHome, a: Tensor) => {
    const t = home.empty(flipped(a));
    await kernel.run(home, { m: rowsOf(a), n: colsOf(a), batch: batchOf(a) }, { a, t });
    return t;
  },
  cpu: async (home: CpuHome, a: Tensor) => {
    const [m, n] = [rowsOf(a), colsOf(a)];
    const t = home.tensor(flipped(a));
    const [from, to] = [cpuData(a), cpuData(t)];
    for (let b = 0; b < batchOf(a); b++) {
      const at = b * m * n;
      for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) to[at + j * m + i] = from[at + i * n + j];
    }
    return t;
  },
  compare: (got, want) => entrywise(got, want, 0, 'a transpose is exact: entry'),
});
