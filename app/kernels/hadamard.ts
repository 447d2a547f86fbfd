/**
 * The Walsh-Hadamard transform along rows, in natural order and orthonormal: entry (i, j) of H is
 * (-1)^popcount(i & j) / sqrt(N), so that H is its own inverse. N = cols must be a power of two.
 *
 * Passes of radix 8, then 4 or 2. Each entry is a tree of log2 N additions and one scaling, so its error is
 * at most (log2 N + 2) 2^-24 sum_j |x_j| / sqrt(N).
 */
import code from '../../shaders/hadamard.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { colsOf, shapeText, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import { UserError } from '../math/errors';
import { defineOperation, entrywise } from './operation';

const kernel = defineKernel({
  name: 'hadamard',
  code,
  params: { groups: 'u32', stride: 'u32', radix: 'u32', scale: 'f32' },
  buffers: { a: 'read', b: 'write' },
  grid: ({ groups }) => linearGrid(groups, 64),
  cost: ({ groups, radix }) => ({
    flop: groups * radix * (Math.log2(radix) + 1),
    bytes: 8 * groups * radix,
  }),
});

/** H applied to every row of `a` (last dimension a power of two). A new tensor; `a` is left as it is. */
export const walshHadamard = defineOperation({
  name: 'hadamard',
  gpu: async (home: GpuHome, a: Tensor) => {
    const n = lengthOf(a);
    let from = a;
    let stride = 1;
    do {
      const radix = Math.min(8, n / stride);
      const last = stride * radix === n;
      const to = home.empty(a.shape);
      const scale = last ? 1 / Math.sqrt(n) : 1;
      await kernel.run(home, { groups: sizeOf(a.shape) / radix, stride, radix, scale }, { a: from, b: to });
      if (from !== a) home.release(from);
      from = to;
      stride *= radix;
    } while (stride < n);
    return from;
  },
  cpu: async (home: CpuHome, a: Tensor) => {
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
    const scale = 1 / Math.sqrt(n);
    for (let i = 0; i < x.length; i++) x[i] *= scale;
    return home.wrap(a.shape, x);
  },
  compare: (got, want, a) => {
    const n = lengthOf(a);
    const x = cpuData(a);
    const sums = new Float64Array(x.length / n);
    for (let i = 0; i < x.length; i++) sums[Math.floor(i / n)] += Math.abs(x[i]);
    const factor = ((Math.log2(n) + 2) * 2 ** -24) / Math.sqrt(n);
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
