/** Matrices with few entries at fixed distinct places, given as row-major positions: added, and gathered. */
import addCode from '../../shaders/support_add.wgsl?raw';
import gatherCode from '../../shaders/support_gather.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { sizeOf, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import { defineOperation, entrywise } from './operation';

const addKernel = defineKernel({
  name: 'support_add',
  code: addCode,
  params: { count: 'u32' },
  buffers: { index: 'read', values: 'read', w: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count }) => ({ flop: count, bytes: 16 * count }),
});

const gatherKernel = defineKernel({
  name: 'support_gather',
  code: gatherCode,
  params: { count: 'u32' },
  buffers: { w: 'read', index: 'read', values: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count }) => ({ flop: 0, bytes: 12 * count }),
});

/** w[index_i] += values_i, in place; returns w. `index` (u32) holds distinct row-major positions of w. */
export const addOnSupport = defineOperation({
  name: 'addOnSupport',
  gpu: async (home: GpuHome, w: Tensor, index: Tensor, values: Tensor) => {
    await addKernel.run(home, { count: sizeOf(index.shape) }, { index, values, w });
    return w;
  },
  cpu: async (_home: CpuHome, w: Tensor, index: Tensor, values: Tensor) => {
    const [to, at, add] = [cpuData(w), cpuData(index), cpuData(values)];
    for (let i = 0; i < at.length; i++) to[at[i]] += add[i];
    return w;
  },
  compare: (got, want) => entrywise(got, want, (i) => 2 ** -23 * Math.abs(cpuData(want)[i]) + 1e-37),
});

/** values_i = w[index_i], of the shape of `index`; a new tensor unless `into` is given. */
export const gatherOnSupport = defineOperation({
  name: 'gatherOnSupport',
  gpu: async (home: GpuHome, w: Tensor, index: Tensor, options: { into?: Tensor } = {}) => {
    const values = options.into ?? home.empty(index.shape);
    await gatherKernel.run(home, { count: sizeOf(index.shape) }, { w, index, values });
    return values;
  },
  cpu: async (home: CpuHome, w: Tensor, index: Tensor, options: { into?: Tensor } = {}) => {
    const values = options.into ?? home.tensor(index.shape);
    const [from, at, to] = [cpuData(w), cpuData(index), cpuData(values)];
    for (let i = 0; i < at.length; i++) to[i] = from[at[i]];
    return values;
  },
  compare: (got, want) => entrywise(got, want, 0, 'a copy is exact: entry'),
});
