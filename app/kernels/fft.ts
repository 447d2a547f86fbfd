/**
 * Fast Fourier transforms of complex numbers along the last dimension, batched over all others, any length. No
 * scale forward, 1/n inverse, as in NumPy. Real numbers: rfft.ts.
 *
 * Lengths with prime factors 2, 3, 5 run as passes of a Stockham transform of radix 16 and what is left (2^16:
 * four dispatches), or of radix 64 (three) where that is measured to be faster: it takes long to compile. Where
 * barriers are cheap several passes join in workgroup memory (fftworkgroup.ts). Other lengths go through
 * Bluestein's chirp.
 */
import chirpCode from '../../shaders/fft_chirp.wgsl?raw';
import radix16Code from '../../shaders/fft_radix16.wgsl?raw';
import radix64Code from '../../shaders/fft_radix64.wgsl?raw';
import smallCode from '../../shaders/fft_small.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { colsOf, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid, splitGrid } from '../gpu/kernel';
import { tableOf } from '../gpu/tables';
import { chosen, defineTunable } from '../gpu/tuner';
import { chirpOf, fft as fft64, ifft as ifft64 } from '../math/fft';
import { assertComplex, complexMultiply } from './complex';
import { chirpGain, longRadicesOf, type Pass, planOf, radicesOf } from './fftplan';
import { fitsWorkgroup, workgroupTransform } from './fftworkgroup';
import { type Deviation, defineOperation, entrywise } from './operation';

export const U = 2 ** -24;

const passParams = {
  n: 'u32',
  columns: 'u32',
  count: 'u32',
  done: 'u32',
  table: 'u32',
  row_in: 'u32',
  sign: 'f32',
  scale_re: 'f32',
  scale_im: 'f32',
  group0: 'u32',
} as const;

const passOf = (name: string, code: string, width = 64) =>
  defineKernel({
    name,
    code,
    params: passParams,
    buffers: { x: 'read', w: 'read', y: 'write' },
    grid: ({ count }) => splitGrid(count, width),
    cost: ({ n, columns, count }) => {
      const numbers = (count / columns) * n;
      return { flop: 5 * numbers * Math.log2(n / columns), bytes: 16 * numbers };
    },
    split: 'y',
  });

const radix16 = passOf('fft_radix16', radix16Code);
const radix64 = passOf('fft_radix64', radix64Code, 16);
const small = passOf('fft_small', smallCode);

const chirpKernel = defineKernel({
  name: 'fft_chirp',
  code: chirpCode,
  params: { n: 'u32', row_in: 'u32', count: 'u32', sign: 'f32', scale_re: 'f32', scale_im: 'f32' },
  buffers: { x: 'read', w: 'read', y: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count }) => ({ flop: 8 * count, bytes: 24 * count }),
});

/** One batch of transforms on the GPU. */
export interface Transform {
  n: number;
  rows: number;
  /** Complex numbers that the input has a row; zeros follow up to n. */
  rowIn: number;
  inverse: boolean;
  scale: number;
  /** Where the n numbers of every row go: 8 n rows bytes of any type. */
  into: Tensor;
  /** Of the passes; default: by adapter and length. */
  radices?: readonly number[] | null;
}

/** Runs a transform on the buffer of `x`, whatever its type: real pairs serve as complex numbers. */
export async function transform(home: GpuHome, x: Tensor, job: Transform): Promise<Tensor> {
  const { n, rows, rowIn, scale, into } = job;
  if (n === 1) {
    // One number is its own transform.
    const one = tableOf(home, 'one', [1], 'c64', () => [1, 0]);
    const params = { n, row_in: rowIn, count: rows, sign: 1, scale_re: scale, scale_im: scale };
    await chirpKernel.run(home, params, { x, w: one, y: into });
    return into;
  }
  if (!home.barriersAreSlow && fitsWorkgroup(n, rows)) return workgroupTransform(home, x, job);
  if (!radicesOf(n)) return bluestein(home, x, job);
  return runPasses(home, x, { ...job, radices: job.radices ?? radicesFor(home, n, rows) });
}

/** One candidate, or two where radix 64 saves a pass. */
function radicesFor(home: GpuHome, n: number, rows: number): number[] | null {
  const long = longRadicesOf(n);
  const candidates = long ? ['radix16', 'radix64'] : ['radix16'];
  return chosen(home, { op: 'fft', sizes: { n, rows }, candidates }) === 'radix64' ? long : radicesOf(n);
}

defineTunable('fft', async (home, { n, rows }, candidate) => {
  const x = home.tensor([rows, n], new Float64Array(2 * rows * n), 'c64');
  const into = home.empty([rows, n], 'c64');
  const radices = candidate === 'radix64' ? longRadicesOf(n) : radicesOf(n);
  const job = { n, rows, rowIn: n, inverse: false, scale: 1, into, radices };
  return () => home.scope(async () => void (await runPasses(home, x, job)));
});

async function runPasses(home: GpuHome, x: Tensor, job: Transform): Promise<Tensor> {
  const { n, rows, into, radices } = job;
  const { passes, table, entries } = planOf(n, radices);
  const w = tableOf(home, `fft ${n} ${radices}`, [entries], 'c64', table);
  let origin = x;
  for (const pass of passes) {
    const isLast = pass.done * pass.radix === n;
    const to = isLast ? into : home.empty([rows, n], 'c64');
    await runPass(home, pass, job, { x: origin, w, y: to });
    if (origin !== x) home.release(origin);
    origin = to;
  }
  return into;
}

function runPass(
  home: GpuHome,
  { radix, done, table }: Pass,
  { n, rows, rowIn, inverse, scale }: Transform,
  buffers: { x: Tensor; w: Tensor; y: Tensor },
): Promise<void> {
  const factor = done * radix === n ? scale : 1;
  const row_in = done === 1 ? rowIn : n;
  const params = {
    n,
    columns: n / radix,
    count: (n / radix) * rows,
    done,
    table,
    row_in,
    sign: inverse && done === 1 ? -1 : 1,
    scale_re: factor,
    scale_im: inverse && done * radix === n ? -factor : factor,
  };
  const constants = { PAD: row_in < n ? 1 : 0 };
  if (radix === 16) return radix16.run(home, params, buffers, { constants });
  if (radix === 64) return radix64.run(home, params, buffers, { constants });
  const label = `fft_radix${radix}`;
  return small.run(home, params, buffers, { constants: { ...constants, RADIX: radix }, label });
}

/** X_k = chirp_k sum_t (x_t chirp_t) conj(chirp_(k-t)), the sum by transforms of a power of two. */
async function bluestein(home: GpuHome, x: Tensor, job: Transform): Promise<Tensor> {
  const { n, rows, rowIn, inverse, scale, into } = job;
  if (rowIn !== n) throw new Error(`fft: rows of ${rowIn} are not padded to ${n}`);
  const { size } = chirpOf(n);
  const chirp = tableOf(home, `chirp ${n}`, [n], 'c64', () => chirpOf(n).chirp);
  const spectrum = tableOf(home, `chirp spectrum ${n}`, [size], 'c64', () => chirpOf(n).spectrum);
  const turned = home.empty([rows, n], 'c64');
  const side = { n, count: rows * n };
  const sign = inverse ? -1 : 1;
  await chirpKernel.run(
    home,
    { ...side, row_in: n, sign, scale_re: 1, scale_im: 1 },
    { x, w: chirp, y: turned },
  );
  const padded = home.empty([rows, size], 'c64');
  const long = { n: size, rows, rowIn: n, inverse: false, scale: 1, into: padded };
  await transform(home, turned, long);
  home.release(turned);
  const product = await complexMultiply(padded, spectrum);
  await transform(home, product, { ...long, rowIn: size, inverse: true, scale: 1 / size });
  home.release(product);
  const last = { ...side, row_in: size, sign: 1, scale_re: scale, scale_im: sign * scale };
  await chirpKernel.run(home, last, { x: padded, w: chirp, y: into });
  home.release(padded);
  return into;
}

/**
 * Normwise error of a transform over the norm of its result. A pass of radix r does log2(r) additions and at
 * most 3 products a number: 8 u for every factor of two (Higham 2002, theorem 24.2, with twiddles good to u/2).
 * Bluestein's does two such of length `size` and multiplies by numbers as large as `gain`.
 */
export function transformError(n: number): number {
  if (n <= 1) return 2 * U;
  if (radicesOf(n)) return 8 * (Math.log2(n) + 1) * U;
  return (8 * (2 * Math.log2(chirpOf(n).size) + 4) * U * chirpGain(n)) / Math.sqrt(n);
}

/** Entries of a row err by no more than the whole row: factor(row) times the norm of that row of `scaleBy`. */
export function rowwise(
  got: Tensor,
  want: Tensor,
  factor: number,
  rowNorms: Float64Array,
  what: string,
): Deviation {
  const parts = cpuData(want).length / Math.max(1, rowNorms.length);
  return entrywise(got, want, (i) => factor * rowNorms[Math.floor(i / parts)] + 1e-37, what);
}

/** 2-norm of every row. */
export function normsOfRows(values: ArrayLike<number>, rows: number): Float64Array {
  const parts = values.length / Math.max(1, rows);
  const sums = new Float64Array(rows);
  for (let i = 0; i < values.length; i++) sums[Math.floor(i / parts)] += values[i] ** 2;
  return sums.map(Math.sqrt);
}

/** Rows in all: the product of the dimensions before the last. */
export const rowCount = (t: Tensor): number => (colsOf(t) === 0 ? 0 : sizeOf(t.shape) / colsOf(t));

function complexTransform(inverse: boolean) {
  const name = inverse ? 'ifft' : 'fft';
  return defineOperation({
    name,
    gpu: async (home: GpuHome, x: Tensor) => {
      assertComplex(name, x);
      const [n, rows] = [colsOf(x), rowCount(x)];
      const into = home.empty(x.shape, 'c64');
      if (rows === 0) return into;
      return transform(home, x, { n, rows, rowIn: n, inverse, scale: inverse ? 1 / n : 1, into });
    },
    cpu: async (home: CpuHome, x: Tensor) => {
      assertComplex(name, x);
      const values = cpuData(x) as Float64Array;
      const parts = 2 * colsOf(x);
      const y = new Float64Array(values.length);
      for (let at = 0; at < y.length; at += parts) {
        y.set((inverse ? ifft64 : fft64)(values.subarray(at, at + parts)), at);
        await home.checkpoint();
      }
      return home.wrap(x.shape, y, 'c64');
    },
    compare: (got, want, x: Tensor) =>
      rowwise(got, want, transformError(colsOf(x)), normsOfRows(cpuData(want), rowCount(want)), name),
  });
}

/** X_k = sum_t x_t exp(-2 pi i t k / n) along the last dimension of a c64 tensor. */
export const fft = complexTransform(false);
/** x_t = (1/n) sum_k X_k exp(2 pi i t k / n) along the last dimension of a c64 tensor. */
export const ifft = complexTransform(true);
