/**
 * The Walsh-Hadamard transform along rows, in natural order: entry (i, j) of H is (-1)^popcount(i & j), over
 * sqrt(N) unless told otherwise, so that H is its own inverse. N = cols must be a power of two.
 *
 * Passes of radix 16, the last of 8, 4 or 2; on GPUs whole rows in workgroup memory. Each entry is a tree of log2 N additions and one scaling, so its
 * error is at most (log2 N + 2) 2^-24 sum_j |x_j|, over sqrt(N) where it is normalized.
 */
import code from '../../shaders/hadamard.wgsl?raw';
import shortCode from '../../shaders/hadamard_short.wgsl?raw';
import workgroupCode from '../../shaders/hadamard_workgroup.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { colsOf, shapeText, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid, splitGrid } from '../gpu/kernel';
import { UserError } from '../math/errors';
import { defineOperation, entrywise } from './operation';

const passKernel = defineKernel({
  name: 'hadamard',
  code,
  params: { groups: 'u32', stride: 'u32', scale: 'f32', group0: 'u32' },
  buffers: { a: 'read', b: 'write' },
  constants: { RADIX: 16, FIRST: 1 },
  grid: ({ groups }) => splitGrid(groups, 64),
  cost: ({ groups }) => ({ flop: 16 * groups * 16, bytes: 128 * groups }),
  split: 'y',
});

const shortKernel = defineKernel({
  name: 'hadamard_short',
  code: shortCode,
  params: { groups: 'u32', stride: 'u32', radix: 'u32', scale: 'f32' },
  buffers: { a: 'read', b: 'write' },
  grid: ({ groups }) => linearGrid(groups, 64),
  cost: ({ groups, radix }) => ({
    flop: groups * radix * (Math.log2(radix) + 1),
    bytes: 8 * groups * radix,
  }),
});

const rowKernel = defineKernel({
  name: 'hadamard_workgroup',
  code: workgroupCode,
  params: { rows: 'u32', scale: 'f32', group0: 'u32' },
  buffers: { a: 'read', b: 'write' },
  constants: { N: 4096 },
  grid: ({ rows }) => [1, rows],
  cost: ({ rows }) => ({ flop: 12 * 4096 * rows, bytes: 8 * 4096 * rows }),
  split: 'y',
});

export interface HadamardOptions {
  /** Divide by sqrt(N), so that H is its own inverse. Default: true. */
  orthonormal?: boolean;
  /** Passes over memory, or a row a workgroup (64 to 4096 entries). Default: by adapter. */
  variant?: 'passes' | 'workgroup';
}

/** Whole rows in workgroup memory save two of three passes; shorter ones take two anyway. */
function variantOf(home: GpuHome, n: number, { variant }: HadamardOptions): 'passes' | 'workgroup' {
  if (variant || home.barriersAreSlow) return variant ?? 'passes';
  const fits = 4 * (n + n / 16) <= home.device.limits.maxComputeWorkgroupStorageSize;
  return n >= 512 && n <= 4096 && fits ? 'workgroup' : 'passes';
}

const scaleOf = (n: number, { orthonormal = true }: HadamardOptions): number =>
  orthonormal ? 1 / Math.sqrt(n) : 1;

/** H applied to every row of `a` (last dimension a power of two). A new tensor; `a` is left as it is. */
export const walshHadamard = defineOperation({
  name: 'hadamard',
  gpu: async (home: GpuHome, a: Tensor, options: HadamardOptions = {}) => {
    const n = lengthOf(a);
    const size = sizeOf(a.shape);
    if (size === 0) return home.empty(a.shape);
    if (n < 16) {
      const b = home.empty(a.shape);
      const job = { groups: size / n, stride: 1, radix: n, scale: scaleOf(n, options) };
      await shortKernel.run(home, job, { a, b });
      return b;
    }
    if (variantOf(home, n, options) === 'workgroup') {
      const b = home.empty(a.shape);
      const job = { rows: size / n, scale: scaleOf(n, options) };
      await rowKernel.run(home, job, { a, b }, { constants: { N: n } });
      return b;
    }
    let origin = a;
    for (let stride = 1; stride < n; ) {
      const radix = Math.min(16, n / stride);
      const scale = stride * radix === n ? scaleOf(n, options) : 1;
      const to = home.empty(a.shape);
      const isFirst = stride === 1;
      const job = { groups: size / (isFirst ? 16 : 4 * radix), stride: isFirst ? 0 : stride / 4, scale };
      const constants = { RADIX: radix, FIRST: isFirst ? 1 : 0 };
      await passKernel.run(home, job, { a: origin, b: to }, { constants });
      if (origin !== a) home.release(origin);
      origin = to;
      stride *= radix;
    }
    return origin;
  },
  cpu: async (home: CpuHome, a: Tensor, options: HadamardOptions = {}) => {
    const n = lengthOf(a);
    const x = Float64Array.from(cpuData(a));
    // Rows follow one another and every span divides them: one loop serves all rows.
    for (let half = 1; half < n; half *= 2) {
      for (let first = 0; first < x.length; first += 2 * half) {
        for (let i = first; i < first + half; i++) {
          const difference = x[i] - x[i + half];
          x[i] += x[i + half];
          x[i + half] = difference;
        }
      }
    }
    const scale = scaleOf(n, options);
    for (let i = 0; i < x.length; i++) x[i] *= scale;
    return home.wrap(a.shape, x);
  },
  compare: (got, want, a: Tensor, options: HadamardOptions = {}) => {
    const n = lengthOf(a);
    const x = cpuData(a);
    const sums = new Float64Array(x.length / n);
    for (let i = 0; i < x.length; i++) sums[Math.floor(i / n)] += Math.abs(x[i]);
    const factor = (Math.log2(n) + 2) * 2 ** -24 * scaleOf(n, options);
    return entrywise(got, want, (i) => factor * sums[Math.floor(i / n)] + 2 ** -126, 'transformed entry');
  },
});

function lengthOf(a: Tensor): number {
  const n = colsOf(a);
  if (n < 1 || !Number.isInteger(Math.log2(n))) {
    throw new UserError(
      `walshHadamard: the rows of ${shapeText(a)} have ${n} entries; the length must be a power of two, so pad with zeros.`,
    );
  }
  return n;
}
