/**
 * Rows by index and back, what a mask keeps, and orders by counting. Copies are exact; sums of rows run in a
 * fixed order, so the same on every run, where atomics on floats would not.
 */
import compactCountCode from '../../shaders/compact_count.wgsl?raw';
import compactWriteCode from '../../shaders/compact_write.wgsl?raw';
import gatherCode from '../../shaders/gather_rows.wgsl?raw';
import gather4Code from '../../shaders/gather_rows4.wgsl?raw';
import permutationCode from '../../shaders/permutation_keys.wgsl?raw';
import scatterCode from '../../shaders/scatter_rows.wgsl?raw';
import segmentCode from '../../shaders/segment_rows.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { colsOf, type Home, rowsOf, shapeText, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import { UserError } from '../math/errors';
import { permutation } from '../math/threefry';
import { histogram } from './histogram';
import { defineOperation, entrywise } from './operation';
import { argsort, sumsBefore } from './sort';

/** `words`: of each invocation; widths are in words, or in vec4 where that is 16. */
const rowsKernel = (name: string, code: string, words: 1 | 16) =>
  defineKernel({
    name,
    code,
    params: { rows: 'u32', width: 'u32', count: 'u32' },
    buffers: { a: 'read', index: 'read', out: 'write' },
    grid: ({ width, count }) => linearGrid(count * width, words === 1 ? 64 : 256),
    cost: ({ width, count }) => ({ flop: 0, bytes: (words === 1 ? 8 : 32) * count * width + 4 * count }),
  });
const gatherKernel = rowsKernel('gather_rows', gatherCode, 1);
const gather4Kernel = rowsKernel('gather_rows4', gather4Code, 16);
const scatterKernel = rowsKernel('scatter_rows', scatterCode, 1);

const segmentKernel = defineKernel({
  name: 'segment_rows',
  code: segmentCode,
  params: { buckets: 'u32', width: 'u32', count: 'u32' },
  buffers: { a: 'read', order: 'read', starts: 'read', out: 'write' },
  grid: ({ buckets, width }) => linearGrid(buckets * width, 64),
  cost: ({ buckets, width, count }) => ({ flop: count * width, bytes: 4 * width * (count + buckets) }),
});

const permutationKernel = defineKernel({
  name: 'permutation_keys',
  code: permutationCode,
  params: { seed: 'u32', stream: 'u32', start: 'u32', count: 'u32' },
  buffers: { keys: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count }) => ({ flop: 110 * count, bytes: 4 * count }),
});

const compactParams = { size: 'u32', chunk: 'u32', chunks: 'u32', bits: 'u32' } as const;
const compactCount = defineKernel({
  name: 'compact_count',
  code: compactCountCode,
  params: compactParams,
  buffers: { mask: 'read', tally: 'write' },
  grid: ({ chunks }) => linearGrid(chunks, 64),
  cost: ({ size }) => ({ flop: size, bytes: 4 * size }),
});
const compactWrite = defineKernel({
  name: 'compact_write',
  code: compactWriteCode,
  params: compactParams,
  buffers: { mask: 'read', offsets: 'read', kept: 'write' },
  grid: ({ chunks }) => linearGrid(chunks, 64),
  cost: ({ size }) => ({ flop: size, bytes: 8 * size }),
});

const realOrWords = (a: Tensor): 'f32' | 'u32' => (a.dtype === 'u32' ? 'u32' : 'f32');

function checkRows(name: string, a: Tensor, index: Tensor): void {
  if (a.dtype === 'c64' || index.dtype !== 'u32') {
    throw new Error(`${name}: real rows and u32 indices, not ${a.dtype} and ${index.dtype}`);
  }
}

/** Rows index[0], index[1], ... of the matrix a (m x n), as count x n; an index of m or more gives zeros. */
export const gatherRows = defineOperation({
  name: 'gatherRows',
  gpu: async (home: GpuHome, a: Tensor, index: Tensor) => {
    checkRows('gatherRows', a, index);
    const [count, width] = [sizeOf(index.shape), colsOf(a)];
    const out = home.empty([count, width], realOrWords(a));
    if (count * width === 0) return out;
    const [kernel, wide] = width % 4 === 0 ? [gather4Kernel, width / 4] : [gatherKernel, width];
    await kernel.run(home, { rows: rowsOf(a), width: wide, count }, { a, index, out });
    return out;
  },
  cpu: async (home: CpuHome, a: Tensor, index: Tensor) => {
    checkRows('gatherRows', a, index);
    const [count, width] = [sizeOf(index.shape), colsOf(a)];
    const [data, at] = [cpuData(a), cpuData(index)];
    const out =
      data instanceof Uint32Array ? new Uint32Array(count * width) : new Float64Array(count * width);
    for (let i = 0; i < count; i++) {
      if (at[i] < rowsOf(a)) out.set(data.subarray(at[i] * width, (at[i] + 1) * width), i * width);
    }
    return home.wrap([count, width], out);
  },
  compare: (got, want) => entrywise(got, want, 0, 'gathered entry'),
});

/** Writes row i of a (count x n) to row index[i] of `into`, which is returned; an index past its end is left out. */
export const scatterRows = defineOperation({
  name: 'scatterRows',
  gpu: async (home: GpuHome, a: Tensor, index: Tensor, into: Tensor) => {
    checkScatter(a, index, into);
    const [count, width] = [sizeOf(index.shape), colsOf(a)];
    if (count * width > 0) {
      await scatterKernel.run(home, { rows: rowsOf(into), width, count }, { a, index, out: into });
    }
    return into;
  },
  cpu: async (_home: CpuHome, a: Tensor, index: Tensor, into: Tensor) => {
    checkScatter(a, index, into);
    const width = colsOf(a);
    const [data, out] = [cpuData(a), cpuData(into)];
    cpuData(index).forEach((row, i) => {
      if (row < rowsOf(into)) out.set(data.subarray(i * width, (i + 1) * width), row * width);
    });
    return into;
  },
  compare: (got, want) => entrywise(got, want, 0, 'scattered entry'),
});

function checkScatter(a: Tensor, index: Tensor, into: Tensor): void {
  checkRows('scatterRows', a, index);
  if (rowsOf(a) !== sizeOf(index.shape) || colsOf(a) !== colsOf(into) || a.dtype !== into.dtype) {
    throw new UserError(
      `scatterRows: ${shapeText(a)} rows by ${shapeText(index)} indices into ${shapeText(into)}`,
    );
  }
}

export interface Buckets {
  /** Indices of the keys, those of bucket b from starts[b] to starts[b + 1] - 1, in their old order. */
  order: Tensor;
  /** buckets + 1. */
  starts: Tensor;
}

/** Counting sort of u32 keys below `buckets`: their stable order, and where each bucket begins. */
export async function countingSort(keys: Tensor, buckets: number): Promise<Buckets> {
  const { home } = keys;
  return home.scope(async () => {
    const bits = Math.max(1, Math.ceil(Math.log2(buckets)));
    const order = await argsort(keys, { bits });
    return { order, starts: await startsOf(await histogram(keys, buckets)) };
  });
}

/** Sums of the counts before each, and the sum of all at the end. */
export const startsOf = defineOperation({
  name: 'startsOf',
  gpu: async (home: GpuHome, counts: Tensor) => {
    const n = sizeOf(counts.shape);
    // One place more, so that the last exclusive sum is the total.
    const starts = home.tensor([n + 1], undefined, 'u32');
    const index = home.tensor(
      [n],
      Uint32Array.from({ length: n }, (_, i) => i),
      'u32',
    );
    if (n > 0)
      await scatterKernel.run(home, { rows: n + 1, width: 1, count: n }, { a: counts, index, out: starts });
    home.release(await sumsBefore(home, starts, 1, n + 1));
    home.release(index);
    return starts;
  },
  cpu: async (home: CpuHome, counts: Tensor) => {
    const starts = new Uint32Array(sizeOf(counts.shape) + 1);
    cpuData(counts).forEach((count, i) => {
      starts[i + 1] = starts[i] + count;
    });
    return home.wrap([starts.length], starts);
  },
  compare: (got, want) => entrywise(got, want, 0, 'start'),
});

/** Row b of the result is the sum of the rows of a (count x n) whose key is b, in their order. */
export async function scatterAdd(a: Tensor, keys: Tensor, buckets: number): Promise<Tensor> {
  return a.home.scope(async () => {
    const { order, starts } = await countingSort(keys, buckets);
    return sumSegments(a, order, starts);
  });
}

/** Row b of the result is the sum of the rows order[starts[b]] .. order[starts[b + 1] - 1] of a. */
export const sumSegments = defineOperation({
  name: 'sumSegments',
  gpu: async (home: GpuHome, a: Tensor, order: Tensor, starts: Tensor) => {
    const [buckets, width] = [sizeOf(starts.shape) - 1, colsOf(a)];
    const out = home.empty([buckets, width]);
    const job = { buckets, width, count: rowsOf(a) };
    if (buckets * width > 0) await segmentKernel.run(home, job, { a, order, starts, out });
    return out;
  },
  cpu: async (home: CpuHome, a: Tensor, order: Tensor, starts: Tensor) =>
    home.wrap(...segments(a, order, starts, (x) => x)),
  /** A sum of t terms in order: |error| <= (t - 1) u sum |terms| (Higham 2002, 4.2). */
  compare: (got, want, a: Tensor, order: Tensor, starts: Tensor) => {
    const [, sizes] = segments(a, order, starts, Math.abs);
    const at = cpuData(starts);
    const width = colsOf(a);
    return entrywise(got, want, (i) => {
      const bucket = Math.floor(i / width);
      return (at[bucket + 1] - at[bucket]) * 2 ** -24 * sizes[i] + 2 ** -126;
    });
  },
});

function segments(
  a: Tensor,
  order: Tensor,
  starts: Tensor,
  of: (x: number) => number,
): [number[], Float64Array] {
  const [buckets, width] = [sizeOf(starts.shape) - 1, colsOf(a)];
  const [data, rows, at] = [cpuData(a), cpuData(order), cpuData(starts)];
  const out = new Float64Array(buckets * width);
  for (let bucket = 0; bucket < buckets; bucket++) {
    for (let j = at[bucket]; j < at[bucket + 1]; j++) {
      for (let c = 0; c < width; c++) out[bucket * width + c] += of(data[rows[j] * width + c]);
    }
  }
  return [[buckets, width], out];
}

const CHUNK = 256;

/** The indices (u32) of the entries of the mask that are not zero, in order. Its length is read back. */
export const keptBy = defineOperation({
  name: 'keptBy',
  gpu: async (home: GpuHome, mask: Tensor) => {
    const size = sizeOf(mask.shape);
    if (size === 0) return home.empty([0], 'u32');
    const chunks = Math.ceil(size / CHUNK);
    const bits = mask.dtype === 'u32' ? 0xffffffff : 0x7fffffff;
    const job = { size, chunk: CHUNK, chunks, bits };
    const tally = home.empty([chunks], 'u32');
    await compactCount.run(home, job, { mask, tally });
    const totals = await sumsBefore(home, tally, 1, chunks);
    const [count] = await home.read(totals);
    const kept = home.empty([count], 'u32');
    if (count > 0) await compactWrite.run(home, job, { mask, offsets: tally, kept });
    for (const used of [tally, totals]) home.release(used);
    return kept;
  },
  cpu: async (home: CpuHome, mask: Tensor) => {
    const kept: number[] = [];
    cpuData(mask).forEach((value, i) => {
      if (value !== 0) kept.push(i);
    });
    return home.wrap([kept.length], Uint32Array.from(kept));
  },
  compare: (got, want) => entrywise(got, want, 0, 'kept index'),
});

/** The rows of a (m x n) whose mask (m) is not zero, in order. */
export async function compactRows(a: Tensor, mask: Tensor): Promise<Tensor> {
  if (sizeOf(mask.shape) !== rowsOf(a)) {
    throw new UserError(
      `compactRows: a mask of ${shapeText(mask)} for ${shapeText(a)}; it needs ${rowsOf(a)} entries`,
    );
  }
  return a.home.scope(async () => gatherRows(a, await keptBy(mask)));
}

/**
 * A random permutation of 0 .. n - 1 as u32: the stable argsort of n uniforms of the stream, equal to the CPU's
 * bit for bit, for it sorts the 24 bits that the uniforms are made of.
 */
export const randomPermutation = defineOperation<
  [home: Home, n: number, seed: number, stream: number, start?: number],
  Tensor
>({
  name: 'randomPermutation',
  gpu: async (home: GpuHome, _home, n, seed, stream, start = 0) => {
    const keys = home.empty([n], 'u32');
    if (n === 0) return keys;
    await permutationKernel.run(home, { seed, stream, start, count: n }, { keys });
    const order = await argsort(keys, { bits: 24 });
    home.release(keys);
    return order;
  },
  cpu: async (home: CpuHome, _home, n, seed, stream, start = 0) =>
    home.wrap([n], permutation(seed, stream, n, start)),
  compare: (got, want) => entrywise(got, want, 0, 'permuted index'),
});
