/**
 * Products with half the work, for adapters whose lanes share values and barriers are slow: the upper triangle of
 * Y^T Y, which is all that Cholesky reads, and products with an upper triangle. For GPUs matmul is the better one.
 */
import code from '../../shaders/triangle_quad.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { colsOf, rowsOf, type Tensor } from '../gpu/home';
import { defineKernel } from '../gpu/kernel';
import { matmul as matmul64, matrix } from '../math/linalg';
import { defineOperation, entrywise } from './operation';

const kernel = defineKernel({
  name: 'triangle_quad',
  code,
  params: { m: 'u32', n: 'u32', kind: 'u32', slices: 'u32', rows: 'u32', group0: 'u32' },
  buffers: { a: 'read', b: 'read', c: 'write' },
  grid: ({ m, n, kind, slices }) => [Math.ceil(n / 16), Math.ceil((kind === 0 ? n : m) / 64), slices],
  cost: ({ m, n, slices, kind }) => ({
    flop: m * n * (n + 16),
    bytes: kind === 0 ? 4 * (m * n + slices * n * n) : 4 * (2 * m * n + n * n),
  }),
  split: 'y',
});

/** Begins to compile what upperGram and timesUpper run. */
export const prepareGram = (home: GpuHome): void => kernel.prepare(home);

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
    const job = { m, n, kind: 0, slices, rows: Math.ceil(m / slices) };
    await kernel.run(home, job, { a: y, b: y, c: g });
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

/** A T for upper triangular T (n x n), whose other triangle is zero. */
export const timesUpper = defineOperation({
  name: 'timesUpper',
  gpu: async (home: GpuHome, a: Tensor, t: Tensor) => {
    const [m, n] = [rowsOf(a), colsOf(a)];
    const c = home.empty([m, n]);
    await kernel.run(home, { m, n, kind: 1, slices: 1, rows: m }, { a, b: t, c });
    return c;
  },
  cpu: async (home: CpuHome, a: Tensor, t: Tensor) => {
    const [m, n] = [rowsOf(a), colsOf(a)];
    const [left, right] = [Float64Array.from(cpuData(a)), Float64Array.from(cpuData(t))];
    return home.wrap([m, n], matmul64(matrix(m, n, left), matrix(n, n, right)).data);
  },
  /** |error| <= gamma_n (|A||T|)_ij (Higham 2002, 3.5). */
  compare: (got, want, a: Tensor, t: Tensor) => {
    const n = colsOf(a);
    const size = (x: Tensor): Float64Array => Float64Array.from(cpuData(x), Math.abs);
    const sums = matmul64(matrix(rowsOf(a), n, size(a)), matrix(n, n, size(t))).data;
    return entrywise(got, want, (e) => (n + 4) * 2 ** -24 * sums[e] + 1e-37);
  },
});
