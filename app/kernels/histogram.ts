/** Counts of values: exact integers, by atomics in memory or in workgroup memory first. */
import binCode from '../../shaders/bin_indices.wgsl?raw';
import code from '../../shaders/histogram.wgsl?raw';
import workgroupCode from '../../shaders/histogram_workgroup.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { sizeOf, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import { UserError } from '../math/errors';
import { defineOperation, entrywise } from './operation';

const EACH = 64;
/** Bins that fit the workgroup kernel, and the entries it takes. */
const WORKGROUP_BINS = 2048;
const WORKGROUP_ENTRIES = 16384;

const params = { size: 'u32', bins: 'u32', each: 'u32' } as const;
const buffers = { x: 'read', counts: 'write' } as const;
const cost = ({ size, bins }: { size: number; bins: number }) => ({
  flop: 4 * size,
  bytes: 4 * (size + bins),
});

const plain = defineKernel({
  name: 'histogram',
  code,
  params,
  buffers,
  grid: ({ size, each }) => linearGrid(Math.ceil(size / each), 64),
  cost,
});
const workgroup = defineKernel({
  name: 'histogram_workgroup',
  code: workgroupCode,
  params,
  buffers,
  grid: ({ size }) => [Math.ceil(size / WORKGROUP_ENTRIES)],
  cost,
});
const binKernel = defineKernel({
  name: 'bin_indices',
  code: binCode,
  params: { size: 'u32', bins: 'u32', low: 'f32', high: 'f32', factor: 'f32' },
  buffers: { x: 'read', bin: 'write' },
  grid: ({ size }) => linearGrid(size, 64),
  cost: ({ size }) => ({ flop: 3 * size, bytes: 8 * size }),
});

function checkBins(name: string, bins: number): void {
  if (!Number.isInteger(bins) || bins < 1 || bins > 2 ** 24) {
    throw new UserError(`${name}: ${bins} bins; choose a whole number from 1 to ${2 ** 24}`);
  }
}

/** How often each of 0 .. bins - 1 occurs in x (u32); larger entries are left out. A u32 tensor of `bins`. */
export const histogram = defineOperation({
  name: 'histogram',
  gpu: async (home: GpuHome, x: Tensor, bins: number, options: { variant?: 'plain' | 'workgroup' } = {}) => {
    checkBins('histogram', bins);
    const counts = home.tensor([bins], undefined, 'u32');
    const size = sizeOf(x.shape);
    if (size === 0) return counts;
    const chosen = options.variant ?? (home.barriersAreSlow ? 'plain' : 'workgroup');
    const kernel = chosen === 'workgroup' && bins <= WORKGROUP_BINS ? workgroup : plain;
    await kernel.run(home, { size, bins, each: EACH }, { x, counts });
    return counts;
  },
  cpu: async (home: CpuHome, x: Tensor, bins: number, _options: object = {}) => {
    checkBins('histogram', bins);
    const counts = new Uint32Array(bins);
    for (const value of cpuData(x)) if (value < bins) counts[value]++;
    return home.wrap([bins], counts);
  },
  compare: (got, want) => entrywise(got, want, 0, 'count'),
});

/**
 * The bin of every entry of x among `bins` equal ones from low to high (both ends belong to it), as u32; `bins`
 * where it lies outside or is NaN. In float32 steps in both homes, so equal bit for bit.
 */
export const binIndices = defineOperation({
  name: 'binIndices',
  gpu: async (home: GpuHome, x: Tensor, low: number, high: number, bins: number) => {
    const factor = factorOf(low, high, bins);
    const bin = home.empty(x.shape, 'u32');
    const size = sizeOf(x.shape);
    if (size > 0) await binKernel.run(home, { size, bins, low, high, factor }, { x, bin });
    return bin;
  },
  cpu: async (home: CpuHome, x: Tensor, low: number, high: number, bins: number) => {
    const factor = factorOf(low, high, bins);
    const [first, last] = [Math.fround(low), Math.fround(high)];
    const bin = Uint32Array.from(cpuData(x), (value) => {
      const y = Math.fround(value);
      if (!(y >= first && y <= last)) return bins;
      return Math.min(Math.floor(Math.fround(Math.fround(y - first) * factor)), bins - 1);
    });
    return home.wrap(x.shape, bin);
  },
  compare: (got, want) => entrywise(got, want, 0, 'bin'),
});

function factorOf(low: number, high: number, bins: number): number {
  checkBins('binIndices', bins);
  if (!(low < high)) throw new UserError(`binIndices: the range from ${low} to ${high} is empty`);
  return Math.fround(bins / (Math.fround(high) - Math.fround(low)));
}
