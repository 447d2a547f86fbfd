/**
 * Stable radix sort along the last dimension, from the least digit on: count the digits of every chunk, sum the
 * counts up to places, move. Floats sort by their bits: -0 before +0, every NaN last. Chunks are serial where
 * barriers are slow (8 bits a pass), tiles in workgroup memory on GPUs (4 bits). Satish, Harris, Garland 2009.
 *
 * Work per pass of n keys: two reads and one write of each key, one of each value.
 */
import countCode from '../../shaders/sort_count.wgsl?raw';
import countWorkgroupCode from '../../shaders/sort_count_workgroup.wgsl?raw';
import offsetsCode from '../../shaders/sort_offsets.wgsl?raw';
import offsetsWorkgroupCode from '../../shaders/sort_offsets_workgroup.wgsl?raw';
import scatterCode from '../../shaders/sort_scatter.wgsl?raw';
import scatterWorkgroupCode from '../../shaders/sort_scatter_workgroup.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { colsOf, shapeText, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import { UserError } from '../math/errors';
import { defineOperation, entrywise } from './operation';

const shared = {
  n: 'u32',
  rows: 'u32',
  chunk: 'u32',
  chunks: 'u32',
  shift: 'u32',
  bits: 'u32',
  read_as: 'u32',
} as const;

const countOf = (name: string, code: string, tiled: boolean) =>
  defineKernel({
    name,
    code,
    params: { ...shared, flip: 'u32' },
    buffers: { keys: 'read', tally: 'write' },
    grid: ({ rows, chunks }) => (tiled ? [chunks, rows] : linearGrid(rows * chunks, 4)),
    cost: ({ n, rows, chunks, bits }) => ({ flop: 8 * n * rows, bytes: 4 * rows * (n + chunks * 2 ** bits) }),
  });

const scatterOf = (name: string, code: string, tiled: boolean) =>
  defineKernel({
    name,
    code,
    params: { ...shared, write_as: 'u32', flip: 'u32', values_as: 'u32' },
    buffers: {
      keys: 'read',
      values: 'read',
      offsets: 'read',
      totals: 'read',
      keys_out: 'write',
      values_out: 'write',
    },
    grid: ({ rows, chunks }) => (tiled ? [chunks, rows] : linearGrid(rows * chunks, 4)),
    cost: ({ n, rows, values_as }) => ({
      flop: 16 * n * rows,
      bytes: 4 * n * rows * (2 + Math.min(2, 2 * values_as)),
    }),
  });

const offsetsOf = (name: string, code: string, tiled: boolean) =>
  defineKernel({
    name,
    code,
    params: { lines: 'u32', chunks: 'u32' },
    buffers: { tally: 'write', totals: 'write' },
    grid: ({ lines }) => (tiled ? [lines] : linearGrid(lines, 64)),
    cost: ({ lines, chunks }) => ({ flop: lines * chunks, bytes: 8 * lines * chunks }),
  });

const SERIAL = {
  bits: 8,
  count: countOf('sort_count', countCode, false),
  offsets: offsetsOf('sort_offsets', offsetsCode, false),
  scatter: scatterOf('sort_scatter', scatterCode, false),
};
const TILED = {
  bits: 4,
  count: countOf('sort_count_workgroup', countWorkgroupCode, true),
  offsets: offsetsOf('sort_offsets_workgroup', offsetsWorkgroupCode, true),
  scatter: scatterOf('sort_scatter_workgroup', scatterWorkgroupCode, true),
};
const TILE = 1024;
/** Rows are the second dimension of the tiled grids. */
const MOST_ROWS = 65535;

export type SortVariant = 'serial' | 'workgroup';

export interface SortOptions {
  descending?: boolean;
  /** Only the low `bits` of u32 keys differ: fewer passes. */
  bits?: number;
  /** Default: by adapter. */
  variant?: SortVariant;
}

/** Each line of counts (u32) to its exclusive prefix sums, in place; returns the totals, one a line. */
export async function sumsBefore(
  home: GpuHome,
  tally: Tensor,
  lines: number,
  chunks: number,
  variant: SortVariant = home.barriersAreSlow ? 'serial' : 'workgroup',
): Promise<Tensor> {
  const totals = home.empty([lines], 'u32');
  const { offsets } = variant === 'serial' ? SERIAL : TILED;
  await offsets.run(home, { lines, chunks }, { tally, totals });
  return totals;
}

const READ_KEY = 2;

/** Values that go with the keys: none, these, or the index of each key in its row. */
type Carried = Tensor | 'none' | 'index';

async function sortOnGpu(
  home: GpuHome,
  x: Tensor,
  carried: Carried,
  options: SortOptions,
): Promise<{ keys: Tensor; values: Tensor }> {
  const n = colsOf(x);
  const rows = sizeOf(x.shape) / Math.max(1, n);
  const kind = x.dtype === 'u32' ? 0 : 1;
  const flip = options.descending ? 0xffffffff : 0;
  const tiled =
    rows <= MOST_ROWS && (options.variant ?? (home.barriersAreSlow ? 'serial' : 'workgroup')) === 'workgroup';
  const { bits, count, offsets, scatter } = tiled ? TILED : SERIAL;
  const chunk = tiled ? TILE : chunkOf(n);
  const chunks = Math.ceil(n / chunk);
  const lines = rows * 2 ** bits;
  const passes = Math.max(1, Math.ceil((options.bits ?? 32) / bits));
  // What a kernel does not touch must still be bound, and not twice.
  const nothing = home.empty([1], 'u32');
  const tally = home.empty([lines, chunks], 'u32');
  const totals = home.empty([lines], 'u32');
  let keys = x;
  let values = typeof carried === 'string' ? nothing : carried;
  for (let pass = 0; pass < passes; pass++) {
    const last = pass === passes - 1;
    const job = {
      n,
      rows,
      chunk,
      chunks,
      shift: pass * bits,
      bits,
      read_as: pass === 0 ? kind : READ_KEY,
      flip,
    };
    await count.run(home, job, { keys, tally });
    await offsets.run(home, { lines, chunks }, { tally, totals });
    const to = home.empty(x.shape, last && kind === 1 ? 'f32' : 'u32');
    const valuesTo = carried === 'none' ? home.empty([1], 'u32') : home.empty(x.shape, valuesType(carried));
    const valuesAs = carried === 'none' ? 0 : carried === 'index' && pass === 0 ? 2 : 1;
    await scatter.run(
      home,
      { ...job, write_as: last ? kind : READ_KEY, values_as: valuesAs },
      { keys, values, offsets: tally, totals, keys_out: to, values_out: valuesTo },
    );
    if (pass > 0) for (const used of [keys, values]) home.release(used);
    [keys, values] = [to, valuesTo];
  }
  for (const used of [nothing, tally, totals]) home.release(used);
  return { keys, values };
}

const valuesType = (carried: Tensor | 'index') =>
  carried === 'index' || carried.dtype === 'u32' ? 'u32' : 'f32';

/** Some 256 chunks for the cores to share, none so short that its counts cost more than its keys. */
const chunkOf = (n: number): number => Math.max(512, Math.min(8192, Math.ceil(n / 256)));

/** The order of the entries of one row: stable, -0 before +0, NaN last even where descending. */
function orderOf(row: ArrayLike<number>, descending: boolean): Uint32Array {
  const order = Uint32Array.from({ length: row.length }, (_, i) => i);
  const sign = descending ? -1 : 1;
  return order.sort((i, j) => {
    const [a, b] = [row[i], row[j]];
    if (a < b) return -sign;
    if (a > b) return sign;
    if (a === b) {
      if (a !== 0) return i - j;
      return sign * (Number(Object.is(b, -0)) - Number(Object.is(a, -0))) || i - j;
    }
    return Number(Number.isNaN(a)) - Number(Number.isNaN(b)) || i - j;
  });
}

/** Rows of the CPU tensors picked by the order of the rows of x. */
function picked(home: CpuHome, x: Tensor, descending: boolean, from: Tensor | 'index'): Tensor {
  const n = colsOf(x);
  const data = cpuData(x);
  const source = from === 'index' ? null : cpuData(from);
  const out = source instanceof Float64Array ? new Float64Array(data.length) : new Uint32Array(data.length);
  for (let at = 0; at < data.length; at += n) {
    orderOf(data.subarray(at, at + n), descending).forEach((i, j) => {
      out[at + j] = source ? source[at + i] : i;
    });
  }
  return home.wrap(x.shape, out);
}

function check(name: string, x: Tensor, values?: Tensor): void {
  if (x.dtype === 'c64') throw new UserError(`${name}: complex numbers have no order`);
  if (values && values.shape.join() !== x.shape.join()) {
    throw new UserError(`${name}: ${shapeText(values)} values do not fit ${shapeText(x)} keys`);
  }
}

/** The rows of x in order; f32 or u32. A new tensor. */
export const sort = defineOperation({
  name: 'sort',
  gpu: async (home: GpuHome, x: Tensor, options: SortOptions = {}) => {
    check('sort', x);
    if (sizeOf(x.shape) === 0) return home.empty(x.shape, x.dtype);
    const { keys, values } = await sortOnGpu(home, x, 'none', options);
    home.release(values);
    return keys;
  },
  cpu: async (home: CpuHome, x: Tensor, options: SortOptions = {}) => {
    check('sort', x);
    return picked(home, x, options.descending ?? false, x);
  },
  compare: (got, want) => entrywise(got, want, 0, 'sorted entry'),
});

/** Keys in order, and the values that stood beside them. */
export const sortPairs = defineOperation({
  name: 'sortPairs',
  gpu: async (home: GpuHome, x: Tensor, values: Tensor, options: SortOptions = {}) => {
    check('sortPairs', x, values);
    if (sizeOf(x.shape) === 0)
      return { keys: home.empty(x.shape, x.dtype), values: home.empty(x.shape, values.dtype) };
    return sortOnGpu(home, x, values, options);
  },
  cpu: async (home: CpuHome, x: Tensor, values: Tensor, options: SortOptions = {}) => {
    check('sortPairs', x, values);
    const descending = options.descending ?? false;
    return { keys: picked(home, x, descending, x), values: picked(home, x, descending, values) };
  },
  compare: (got, want) => {
    const keys = entrywise(got.keys, want.keys, 0, 'sorted key');
    return keys.ratio > 0 ? keys : entrywise(got.values, want.values, 0, 'value of a sorted key');
  },
});

/** The indices (u32) that put each row of x in order. */
export const argsort = defineOperation({
  name: 'argsort',
  gpu: async (home: GpuHome, x: Tensor, options: SortOptions = {}) => {
    check('argsort', x);
    if (sizeOf(x.shape) === 0) return home.empty(x.shape, 'u32');
    const { keys, values } = await sortOnGpu(home, x, 'index', options);
    home.release(keys);
    return values;
  },
  cpu: async (home: CpuHome, x: Tensor, options: SortOptions = {}) => {
    check('argsort', x);
    return picked(home, x, options.descending ?? false, 'index');
  },
  compare: (got, want) => entrywise(got, want, 0, 'index'),
});
