/** Means of consecutive segments of rows: Linformer's projection and Nystromformer's landmarks. */
import code from '../../shaders/segment_means.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { batchOf, colsOf, rowsOf, shapeText, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import { UserError } from '../math/errors';
import { defineOperation, entrywise } from './operation';

const kernel = defineKernel({
  name: 'segment_means',
  code,
  params: { n: 'u32', d: 'u32', r: 'u32', count: 'u32' },
  buffers: { x: 'read', y: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ n, count, r }) => ({ flop: (count / r) * n, bytes: 4 * ((count / r) * n + count) }),
});

function check(x: Tensor, r: number): void {
  const n = rowsOf(x);
  if (!Number.isInteger(r) || r < 1 || r > n || n > 65535) {
    throw new UserError(
      `segment means of ${shapeText(x)}: ${r} segments are not in 1..${Math.min(n, 65535)}`,
    );
  }
}

/** Means of r segments of rows, segment g from floor(g n / r) to floor((g + 1) n / r) - 1: ... x r x d. */
export const segmentMeans = defineOperation({
  name: 'segment_means',
  gpu: async (home: GpuHome, x: Tensor, r: number): Promise<Tensor> => {
    check(x, r);
    const shape = [...x.shape.slice(0, -2), r, colsOf(x)];
    const y = home.empty(shape);
    if (sizeOf(shape) === 0) return y;
    await kernel.run(home, { n: rowsOf(x), d: colsOf(x), r, count: sizeOf(shape) }, { x, y });
    return y;
  },
  cpu: async (home: CpuHome, x: Tensor, r: number): Promise<Tensor> => {
    check(x, r);
    return home.wrap(
      [...x.shape.slice(0, -2), r, colsOf(x)],
      means(x, r, (value) => value),
    );
  },
  /** A plain sum of at most n / r + 1 entries and a division. */
  compare: (got, want, x: Tensor, r: number) => {
    const sizes = means(x, r, Math.abs);
    const factor = (rowsOf(x) / r + 6) * 2 ** -24;
    return entrywise(got, want, (i) => factor * sizes[i] + 1e-37, 'segment mean');
  },
});

function means(x: Tensor, r: number, of: (value: number) => number): Float64Array {
  const [n, d, data] = [rowsOf(x), colsOf(x), cpuData(x)];
  const out = new Float64Array(batchOf(x) * r * d);
  for (let line = 0; line < batchOf(x) * r; line++) {
    const item = Math.floor(line / r);
    const g = line - item * r;
    const [first, end] = [Math.floor((g * n) / r), Math.floor(((g + 1) * n) / r)];
    for (let i = first; i < end; i++) {
      for (let c = 0; c < d; c++) out[line * d + c] += of(data[(item * n + i) * d + c]) / (end - first);
    }
  }
  return out;
}
