/**
 * The sparse sketch: row i of Omega (n x l) has zeta = min(8, l) entries +-1/sqrt(zeta) at the columns of the
 * zeta smallest of l uniforms (stable), with signs in the order of increasing uniform. A Omega is summed
 * from column lists built on the device, always in the order of the rows: m n zeta flop, no atomics.
 */
import gatherCode from '../../shaders/sketch_gather.wgsl?raw';
import listsCode from '../../shaders/sketch_lists.wgsl?raw';
import positionsCode from '../../shaders/sketch_positions.wgsl?raw';
import scatterCode from '../../shaders/sketch_scatter.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { colsOf, type Home, rowsOf, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import { signs, uniforms } from '../math/threefry';
import { defineOperation, entrywise } from './operation';

const positionsKernel = defineKernel({
  name: 'sketch_positions',
  code: positionsCode,
  params: { seed: 'u32', uniform_stream: 'u32', sign_stream: 'u32', n: 'u32', l: 'u32', zeta: 'u32' },
  buffers: { entries: 'write' },
  grid: ({ n }) => linearGrid(n, 64),
  cost: ({ n, l, zeta }) => ({ flop: 120 * n * l, bytes: 4 * n * zeta }),
});

const listsKernel = defineKernel({
  name: 'sketch_lists',
  code: listsCode,
  params: { n: 'u32', l: 'u32', zeta: 'u32' },
  buffers: { entries: 'read', starts: 'write', list: 'write' },
  grid: ({ l }) => linearGrid(l + 1, 64),
  cost: ({ n, l, zeta }) => ({ flop: 4 * n * zeta * l, bytes: 8 * n * zeta }),
});

const gatherKernel = defineKernel({
  name: 'sketch_gather',
  code: gatherCode,
  params: { m: 'u32', n: 'u32', l: 'u32', zeta: 'u32', scale: 'f32' },
  buffers: { a: 'read', starts: 'read', list: 'read', y: 'write' },
  grid: ({ m, l }) => linearGrid(m * l, 64),
  cost: ({ m, n, l, zeta }) => ({ flop: m * n * zeta, bytes: 4 * (2 * m * n * zeta + m * l) }),
});

const scatterKernel = defineKernel({
  name: 'sketch_scatter',
  code: scatterCode,
  params: { n: 'u32', l: 'u32', zeta: 'u32', scale: 'f32' },
  buffers: { entries: 'read', omega: 'write' },
  grid: ({ n, l }) => linearGrid(n * l, 64),
  cost: ({ n, l, zeta }) => ({ flop: n * l * zeta, bytes: 4 * n * (l + zeta) }),
});

export type Streams = readonly [first: number, second: number];

/** Nonzeros in a row of a sparse sketch of l columns. */
export const zetaOf = (l: number): number => Math.min(8, l);

async function drawPositions(home: GpuHome, n: number, l: number, seed: number, streams: Streams) {
  const zeta = zetaOf(l);
  const entries = home.empty([n, zeta], 'u32');
  const [uniform_stream, sign_stream] = streams;
  await positionsKernel.run(home, { seed, uniform_stream, sign_stream, n, l, zeta }, { entries });
  return entries;
}

/** The sketch as a dense n x l float64 matrix, row-major. */
export function sparseMatrix64(n: number, l: number, seed: number, streams: Streams): Float64Array {
  const zeta = zetaOf(l);
  const u = uniforms(seed, streams[0], n * l);
  const sign = signs(seed, streams[1], n * zeta);
  const omega = new Float64Array(n * l);
  for (let i = 0; i < n; i++) {
    // Where two uniforms are equal the lower column comes first, as in the shader.
    const order = Array.from({ length: l }, (_, c) => c).sort((x, y) => u[i * l + x] - u[i * l + y] || x - y);
    for (let t = 0; t < zeta; t++) omega[i * l + order[t]] = sign[i * zeta + t] / Math.sqrt(zeta);
  }
  return omega;
}

/** The sketch as a dense n x l tensor. */
export const sparseMatrix = defineOperation({
  name: 'sparse_matrix',
  gpu: async (gpu: GpuHome, _home: Home, n: number, l: number, seed: number, streams: Streams) => {
    const entries = await drawPositions(gpu, n, l, seed, streams);
    const omega = gpu.empty([n, l]);
    const zeta = zetaOf(l);
    await scatterKernel.run(gpu, { n, l, zeta, scale: 1 / Math.sqrt(zeta) }, { entries, omega });
    gpu.release(entries);
    return omega;
  },
  cpu: async (cpu: CpuHome, _home: Home, n: number, l: number, seed: number, streams: Streams) =>
    cpu.wrap([n, l], sparseMatrix64(n, l, seed, streams)),
  compare: (got, want) => entrywise(got, want, 2 ** -24, 'sketch entry'),
});

/** Y = A Omega, m x l, for the sparse Omega of (seed, streams). */
export const sparseProduct = defineOperation({
  name: 'sparse_sketch',
  gpu: async (home: GpuHome, a: Tensor, l: number, seed: number, streams: Streams) => {
    const [m, n] = [rowsOf(a), colsOf(a)];
    const zeta = zetaOf(l);
    const entries = await drawPositions(home, n, l, seed, streams);
    const starts = home.empty([l + 1], 'u32');
    const list = home.empty([n * zeta], 'u32');
    await listsKernel.run(home, { n, l, zeta }, { entries, starts, list });
    const y = home.empty([m, l]);
    await gatherKernel.run(home, { m, n, l, zeta, scale: 1 / Math.sqrt(zeta) }, { a, starts, list, y });
    for (const tensor of [entries, starts, list]) home.release(tensor);
    return y;
  },
  cpu: async (home: CpuHome, a: Tensor, l: number, seed: number, streams: Streams) => {
    const omega = sparseMatrix64(colsOf(a), l, seed, streams);
    return home.wrap(
      [rowsOf(a), l],
      product(cpuData(a), omega, rowsOf(a), colsOf(a), l, (x) => x),
    );
  },
  // A plain sum of at most n terms, one rounding of the scale and one of the product with it.
  compare: (got, want, a, l, seed, streams) => {
    const [m, n] = [rowsOf(a), colsOf(a)];
    const omega = sparseMatrix64(n, l, seed, streams);
    const sums = product(cpuData(a), omega, m, n, l, Math.abs);
    const longest = new Float64Array(l);
    for (let i = 0; i < n * l; i++) if (omega[i] !== 0) longest[i % l]++;
    return entrywise(
      got,
      want,
      (i) => (longest[i % l] + 2) * 2 ** -24 * sums[i] + 2 ** -126,
      'sketched entry',
    );
  },
});

/** f(A) f(Omega), the zeros of Omega skipped. */
function product(
  a: ArrayLike<number>,
  omega: Float64Array,
  m: number,
  n: number,
  l: number,
  f: (x: number) => number,
) {
  const y = new Float64Array(m * l);
  for (let j = 0; j < n; j++) {
    for (let c = 0; c < l; c++) {
      const s = f(omega[j * l + c]);
      if (s === 0) continue;
      for (let i = 0; i < m; i++) y[i * l + c] += f(a[i * n + j]) * s;
    }
  }
  return y;
}
