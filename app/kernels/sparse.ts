/** Sparse matrices: compressed rows (CSR), and 2:4, where two of every four entries of a row are kept. */
import countCode from '../../shaders/csr_count.wgsl?raw';
import csrDenseCode from '../../shaders/csr_dense.wgsl?raw';
import fillCode from '../../shaders/csr_fill.wgsl?raw';
import csrMatmulCode from '../../shaders/csr_matmul.wgsl?raw';
import csrTiledCode from '../../shaders/csr_tiled.wgsl?raw';
import twoFourDenseCode from '../../shaders/two_four_dense.wgsl?raw';
import twoFourMatmulCode from '../../shaders/two_four_matmul.wgsl?raw';
import packCode from '../../shaders/two_four_pack.wgsl?raw';
import twoFourTiledCode from '../../shaders/two_four_tiled.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { colsOf, rowsOf, shapeText, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import { UserError } from '../math/errors';
import { startsOf } from './gather';
import { type Deviation, defineOperation, entrywise } from './operation';

/** An m x n matrix by rows: row i has the entries starts[i] to starts[i + 1] - 1. */
export interface Csr {
  rows: number;
  cols: number;
  /** rows + 1, u32 */
  starts: Tensor;
  /** u32 */
  columns: Tensor;
  values: Tensor;
}

/** An m x k matrix of which every four entries of a row keep two; k a multiple of 4. */
export interface TwoFour {
  rows: number;
  cols: number;
  /** rows x k / 2 */
  values: Tensor;
  /** rows x ceil(k / 32), u32: two bits a kept entry, its place among its four, from the low bits up. */
  places: Tensor;
}

const size = { m: 'u32', n: 'u32' } as const;
const countKernel = defineKernel({
  name: 'csr_count',
  code: countCode,
  params: size,
  buffers: { a: 'read', counts: 'write' },
  grid: ({ m }) => linearGrid(m, 64),
  cost: ({ m, n }) => ({ flop: m * n, bytes: 4 * m * n }),
});
const fillKernel = defineKernel({
  name: 'csr_fill',
  code: fillCode,
  params: size,
  buffers: { a: 'read', starts: 'read', columns: 'write', values: 'write' },
  grid: ({ m }) => linearGrid(m, 64),
  cost: ({ m, n }) => ({ flop: m * n, bytes: 8 * m * n }),
});
const csrDenseKernel = defineKernel({
  name: 'csr_dense',
  code: csrDenseCode,
  params: size,
  buffers: { starts: 'read', columns: 'read', values: 'read', a: 'write' },
  grid: ({ m }) => linearGrid(m, 64),
  cost: ({ m, n }) => ({ flop: 0, bytes: 8 * m * n }),
});
const csrMatmulKernel = (
  name: string,
  code: string,
  grid: (m: number, n: number) => [number, number, number?],
) =>
  defineKernel({
    name,
    code,
    params: { ...size, entries: 'u32' },
    buffers: { starts: 'read', columns: 'read', values: 'read', b: 'read', y: 'write' },
    grid: ({ m, n }) => grid(m, n),
    cost: ({ m, n, entries }) => ({ flop: 2 * entries * n, bytes: 8 * entries + 4 * (entries * n + m * n) }),
  });
const csrKernels = {
  rows: csrMatmulKernel('csr_matmul', csrMatmulCode, (m, n) => linearGrid(m * Math.ceil(n / 4), 64)),
  tiled: csrMatmulKernel('csr_tiled', csrTiledCode, (m, n) => [...linearGrid(m, 4), Math.ceil(n / 64)]),
};

const packed = { m: 'u32', k: 'u32', words: 'u32' } as const;
const packKernel = defineKernel({
  name: 'two_four_pack',
  code: packCode,
  params: packed,
  buffers: { a: 'read', values: 'write', places: 'write' },
  grid: ({ m, words }) => linearGrid(m * words, 64),
  cost: ({ m, k }) => ({ flop: 4 * m * k, bytes: 6 * m * k }),
});
const twoFourDenseKernel = defineKernel({
  name: 'two_four_dense',
  code: twoFourDenseCode,
  params: packed,
  buffers: { values: 'read', places: 'read', a: 'write' },
  grid: ({ m, k }) => linearGrid((m * k) / 4, 64),
  cost: ({ m, k }) => ({ flop: 0, bytes: 6 * m * k }),
});
const twoFourMatmulKernel = (name: string, code: string, grid: (m: number, n: number) => [number, number]) =>
  defineKernel({
    name,
    code,
    params: { ...packed, n: 'u32' },
    buffers: { values: 'read', places: 'read', b: 'read', y: 'write' },
    grid: ({ m, n }) => grid(m, n),
    cost: ({ m, k, n }) => ({ flop: m * k * n, bytes: 4 * ((m * k) / 2 + k * n + m * n) }),
  });
const twoFourKernels = {
  rows: twoFourMatmulKernel('two_four_matmul', twoFourMatmulCode, (m, n) =>
    linearGrid(m * Math.ceil(n / 4), 64),
  ),
  tiled: twoFourMatmulKernel('two_four_tiled', twoFourTiledCode, (m, n) => [
    Math.ceil(n / 64),
    Math.ceil(m / 32),
  ]),
};

export interface SparseProductOptions {
  /** Rows without barriers, or tiles in workgroup memory. Default: by adapter. */
  variant?: 'rows' | 'tiled';
}

const variantOf = (home: GpuHome, { variant }: SparseProductOptions): 'rows' | 'tiled' =>
  variant ?? (home.barriersAreSlow ? 'rows' : 'tiled');

/** The entries of a that are not zero. Their number is read back. */
export const toCsr = defineOperation({
  name: 'toCsr',
  gpu: async (home: GpuHome, a: Tensor): Promise<Csr> => {
    const [m, n] = [rowsOf(a), colsOf(a)];
    const counts = home.empty([m], 'u32');
    await countKernel.run(home, { m, n }, { a, counts });
    const starts = await startsOf(counts);
    const total = (await home.read(starts))[m];
    const columns = home.empty([total], 'u32');
    const values = home.empty([total]);
    if (total > 0) await fillKernel.run(home, { m, n }, { a, starts, columns, values });
    home.release(counts);
    return { rows: m, cols: n, starts, columns, values };
  },
  cpu: async (home: CpuHome, a: Tensor): Promise<Csr> => {
    const [m, n] = [rowsOf(a), colsOf(a)];
    const data = cpuData(a);
    const starts = new Uint32Array(m + 1);
    const columns: number[] = [];
    const values: number[] = [];
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        if (data[i * n + j] === 0) continue;
        columns.push(j);
        values.push(data[i * n + j]);
      }
      starts[i + 1] = columns.length;
    }
    return {
      rows: m,
      cols: n,
      starts: home.wrap([m + 1], starts),
      columns: home.wrap([columns.length], Uint32Array.from(columns)),
      values: home.wrap([values.length], Float64Array.from(values)),
    };
  },
  compare: (got, want) =>
    worst(
      entrywise(got.starts, want.starts, 0, 'start'),
      entrywise(got.columns, want.columns, 0, 'column'),
      entrywise(got.values, want.values, 0, 'value'),
    ),
});

const worst = (...all: Deviation[]): Deviation => all.reduce((a, b) => (b.ratio > a.ratio ? b : a));

/** The matrix written out. */
export const csrDense = defineOperation({
  name: 'csrDense',
  gpu: async (home: GpuHome, { rows, cols, starts, columns, values }: Csr) => {
    const a = home.empty([rows, cols]);
    if (rows * cols > 0) await csrDenseKernel.run(home, { m: rows, n: cols }, { starts, columns, values, a });
    return a;
  },
  cpu: async (home: CpuHome, csr: Csr) => home.wrap([csr.rows, csr.cols], writtenOut(csr)),
  compare: (got, want) => entrywise(got, want, 0, 'entry'),
});

function writtenOut({ rows, cols, starts, columns, values }: Csr): Float64Array {
  const out = new Float64Array(rows * cols);
  const [at, column, value] = [cpuData(starts), cpuData(columns), cpuData(values)];
  for (let i = 0; i < rows; i++) {
    for (let e = at[i]; e < at[i + 1]; e++) out[i * cols + column[e]] += value[e];
  }
  return out;
}

/** A B, A m x k sparse and B k x n. @throws UserError where they do not fit. */
export const csrMatmul = defineOperation({
  name: 'csrMatmul',
  gpu: async (home: GpuHome, a: Csr, b: Tensor, options: SparseProductOptions = {}) => {
    checkProduct('csrMatmul', a, b);
    const [m, n] = [a.rows, colsOf(b)];
    const y = home.empty([m, n]);
    const { starts, columns, values } = a;
    const job = { m, n, entries: values.shape[0] };
    if (m * n > 0)
      await csrKernels[variantOf(home, options)].run(home, job, { starts, columns, values, b, y });
    return y;
  },
  cpu: async (home: CpuHome, a: Csr, b: Tensor, _options: SparseProductOptions = {}) => {
    checkProduct('csrMatmul', a, b);
    return home.wrap(
      [a.rows, colsOf(b)],
      csrProduct(a, cpuData(b), colsOf(b), (x) => x),
    );
  },
  /** A sum of as many terms as the row has entries, in order: that many u of the sum of sizes (Higham 2002, 3.1). */
  compare: (got, want, a: Csr, b: Tensor, _options: SparseProductOptions = {}) => {
    const n = colsOf(b);
    const sizes = csrProduct(a, cpuData(b), n, Math.abs);
    const at = cpuData(a.starts);
    return entrywise(got, want, (i) => {
      const row = Math.floor(i / n);
      return (at[row + 1] - at[row] + 1) * 2 ** -24 * sizes[i] + 1e-37;
    });
  },
});

function csrProduct(
  { rows, starts, columns, values }: Csr,
  b: ArrayLike<number>,
  n: number,
  of: (x: number) => number,
): Float64Array {
  const out = new Float64Array(rows * n);
  const [at, column, value] = [cpuData(starts), cpuData(columns), cpuData(values)];
  for (let i = 0; i < rows; i++) {
    for (let e = at[i]; e < at[i + 1]; e++) {
      for (let j = 0; j < n; j++) out[i * n + j] += of(value[e] * b[column[e] * n + j]);
    }
  }
  return out;
}

function checkProduct(name: string, a: { rows: number; cols: number }, b: Tensor): void {
  if (a.cols !== rowsOf(b)) {
    throw new UserError(`${name}: cannot multiply ${a.rows} x ${a.cols} by ${shapeText(b)}`);
  }
}

/** Keeps the two largest of every four entries of a row, the earlier one where sizes are equal. */
export const toTwoFour = defineOperation({
  name: 'toTwoFour',
  gpu: async (home: GpuHome, a: Tensor): Promise<TwoFour> => {
    const { m, k, words } = foursOf(a);
    const values = home.empty([m, k / 2]);
    const places = home.empty([m, words], 'u32');
    if (m * k > 0) await packKernel.run(home, { m, k, words }, { a, values, places });
    return { rows: m, cols: k, values, places };
  },
  cpu: async (home: CpuHome, a: Tensor): Promise<TwoFour> => {
    const { m, k, words } = foursOf(a);
    const data = cpuData(a);
    const values = new Float64Array((m * k) / 2);
    const places = new Uint32Array(m * words);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < k; j += 4) {
        const four = data.subarray(i * k + j, i * k + j + 4);
        const kept = [0, 1, 2, 3]
          .sort((s, t) => Math.abs(four[t]) - Math.abs(four[s]) || s - t)
          .slice(0, 2)
          .sort();
        kept.forEach((place, t) => {
          values[(i * k + j) / 2 + t] = four[place];
          places[i * words + Math.floor(j / 32)] |= place << ((j % 32) + 2 * t);
        });
      }
    }
    return { rows: m, cols: k, values: home.wrap([m, k / 2], values), places: home.wrap([m, words], places) };
  },
  compare: (got, want) =>
    worst(
      entrywise(got.values, want.values, 0, 'kept value'),
      entrywise(got.places, want.places, 0, 'word of places'),
    ),
});

function foursOf(a: Tensor): { m: number; k: number; words: number } {
  const k = colsOf(a);
  if (k % 4 !== 0) {
    throw new UserError(
      `toTwoFour: the rows of ${shapeText(a)} have ${k} entries, no multiple of 4: pad with zeros`,
    );
  }
  return { m: rowsOf(a), k, words: Math.ceil(k / 32) };
}

/** The matrix written out, zeros where nothing was kept. */
export const twoFourDense = defineOperation({
  name: 'twoFourDense',
  gpu: async (home: GpuHome, { rows, cols, values, places }: TwoFour) => {
    const a = home.empty([rows, cols]);
    const job = { m: rows, k: cols, words: colsOf(places) };
    if (rows * cols > 0) await twoFourDenseKernel.run(home, job, { values, places, a });
    return a;
  },
  cpu: async (home: CpuHome, a: TwoFour) => home.wrap([a.rows, a.cols], twoFourWrittenOut(a)),
  compare: (got, want) => entrywise(got, want, 0, 'entry'),
});

function twoFourWrittenOut({ rows, cols, values, places }: TwoFour): Float64Array {
  const out = new Float64Array(rows * cols);
  const words = colsOf(places);
  const bits = cpuData(places);
  cpuData(values).forEach((value, e) => {
    const row = Math.floor((2 * e) / cols);
    const j = e - (row * cols) / 2; // among the kept of its row
    const place = (bits[row * words + Math.floor(j / 16)] >>> (2 * (j % 16))) & 3;
    out[row * cols + Math.floor(j / 2) * 4 + place] += value;
  });
  return out;
}

/** A B, A m x k 2:4 sparse and B k x n. @throws UserError where they do not fit. */
export const twoFourMatmul = defineOperation({
  name: 'twoFourMatmul',
  gpu: async (home: GpuHome, a: TwoFour, b: Tensor, options: SparseProductOptions = {}) => {
    checkProduct('twoFourMatmul', a, b);
    const [m, k, n] = [a.rows, a.cols, colsOf(b)];
    const y = home.empty([m, n]);
    const { values, places } = a;
    const job = { m, k, n, words: colsOf(places) };
    if (m * n > 0) await twoFourKernels[variantOf(home, options)].run(home, job, { values, places, b, y });
    return y;
  },
  cpu: async (home: CpuHome, a: TwoFour, b: Tensor, _options: SparseProductOptions = {}) => {
    checkProduct('twoFourMatmul', a, b);
    return home.wrap(
      [a.rows, colsOf(b)],
      denseProduct(twoFourWrittenOut(a), cpuData(b), a, colsOf(b), (x) => x),
    );
  },
  /** k / 2 terms in order. */
  compare: (got, want, a: TwoFour, b: Tensor, _options: SparseProductOptions = {}) => {
    const sizes = denseProduct(twoFourWrittenOut(a), cpuData(b), a, colsOf(b), Math.abs);
    return entrywise(got, want, (i) => (a.cols / 2 + 1) * 2 ** -24 * sizes[i] + 1e-37);
  },
});

function denseProduct(
  a: Float64Array,
  b: ArrayLike<number>,
  { rows, cols }: { rows: number; cols: number },
  n: number,
  of: (x: number) => number,
): Float64Array {
  const out = new Float64Array(rows * n);
  for (let i = 0; i < rows; i++) {
    for (let t = 0; t < cols; t++) {
      if (a[i * cols + t] === 0) continue;
      for (let j = 0; j < n; j++) out[i * n + j] += of(a[i * cols + t] * b[t * n + j]);
    }
  }
  return out;
}
