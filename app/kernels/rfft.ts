/**
 * Fourier transforms of real numbers along the last dimension: neighbours form the complex numbers of a
 * transform of half the length, whose spectrum is then taken apart. No scale forward, 1/n inverse.
 */
import packCode from '../../shaders/rfft_pack.wgsl?raw';
import unpackCode from '../../shaders/rfft_unpack.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { colsOf, shapeText, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import { tableOf } from '../gpu/tables';
import { UserError } from '../math/errors';
import { fft as fft64, ifft as ifft64, rootOfUnity } from '../math/fft';
import { assertComplex, complexOf, realPart } from './complex';
import { normsOfRows, rowCount, rowwise, transform, transformError, U } from './fft';
import { defineOperation } from './operation';

const realKernel = (name: string, code: string) =>
  defineKernel({
    name,
    code,
    params: { bins: 'u32', m: 'u32', count: 'u32', whole: 'u32' },
    buffers: { x: 'read', w: 'read', y: 'write' },
    grid: ({ count }) => linearGrid(count, 64),
    cost: ({ count }) => ({ flop: 12 * count, bytes: 24 * count }),
  });

const unpack = realKernel('rfft_unpack', unpackCode);
const pack = realKernel('rfft_pack', packCode);

/** exp(-2 pi i k / n) for k <= n / 2. */
export function halfRoots(home: GpuHome, n: number): Tensor {
  const count = Math.floor(n / 2) + 1;
  return tableOf(home, `roots ${n}`, [count], 'c64', () =>
    Array.from({ length: count }, (_, k) => rootOfUnity(k, n)).flat(),
  );
}

/** Half spectrum X_0..X_(n/2) of real rows of length n, floor(n/2) + 1 complex numbers. */
export const rfft = defineOperation({
  name: 'rfft',
  gpu: async (home: GpuHome, x: Tensor) => {
    const [n, rows] = [colsOf(x), rowCount(x)];
    const bins = Math.floor(n / 2) + 1;
    const y = home.empty(halfShape(x), 'c64');
    if (rows === 0) return y;
    const isOdd = n % 2 === 1;
    const m = isOdd ? n : n / 2;
    const numbers = isOdd ? await complexOf(x) : x;
    const z = home.empty([rows, m], 'c64');
    await transform(home, numbers, { n: m, rows, rowIn: m, inverse: false, scale: 1, into: z });
    if (isOdd) home.release(numbers);
    const params = { bins, m, count: rows * bins, whole: isOdd ? 1 : 0 };
    await unpack.run(home, params, { x: z, w: halfRoots(home, n), y });
    home.release(z);
    return y;
  },
  cpu: async (home: CpuHome, x: Tensor) => {
    const [n, rows] = [colsOf(x), rowCount(x)];
    const bins = Math.floor(n / 2) + 1;
    const values = cpuData(x);
    const y = new Float64Array(2 * sizeOf(halfShape(x)));
    for (let row = 0; row < rows; row++) {
      const z = new Float64Array(2 * n);
      for (let t = 0; t < n; t++) z[2 * t] = values[row * n + t];
      y.set(fft64(z).subarray(0, 2 * bins), 2 * row * bins);
      await home.checkpoint();
    }
    return home.wrap(halfShape(x), y, 'c64');
  },
  /** The half transform's error, then one product and three sums: 8 u more. */
  compare: (got, want, x: Tensor) => {
    const n = colsOf(x);
    const factor = (transformError(n % 2 ? n : n / 2) + 8 * U) * Math.sqrt(n);
    return rowwise(got, want, factor, normsOfRows(cpuData(x), rowCount(x)), 'rfft');
  },
});

function halfShape(x: Tensor): number[] {
  if (x.dtype !== 'f32') throw new UserError(`rfft: ${shapeText(x)} of ${x.dtype} is not real; use fft`);
  return [...x.shape.slice(0, -1), Math.floor(colsOf(x) / 2) + 1];
}

/** Real rows of length n from their half spectra; the inverse of `rfft`. */
export const irfft = defineOperation({
  name: 'irfft',
  gpu: async (home: GpuHome, x: Tensor, n: number) => {
    const shape = realShape(x, n);
    const bins = colsOf(x);
    const rows = sizeOf(shape) / n;
    const y = home.empty(shape);
    if (rows === 0) return y;
    const isOdd = n % 2 === 1;
    const m = isOdd ? n : n / 2;
    const z = home.empty([rows, m], 'c64');
    const params = { bins, m, count: rows * m, whole: isOdd ? 1 : 0 };
    await pack.run(home, params, { x, w: halfRoots(home, n), y: z });
    const job = { n: m, rows, rowIn: m, inverse: true, scale: 1 / m };
    if (!isOdd) {
      await transform(home, z, { ...job, into: y });
      home.release(z);
      return y;
    }
    home.release(y);
    const numbers = await transform(home, z, { ...job, into: home.empty(shape, 'c64') });
    const real = await realPart(numbers);
    for (const t of [z, numbers]) home.release(t);
    return real;
  },
  cpu: async (home: CpuHome, x: Tensor, n: number) => {
    const shape = realShape(x, n);
    const bins = colsOf(x);
    const values = cpuData(x);
    const y = new Float64Array(sizeOf(shape));
    for (let row = 0; row < y.length / n; row++) {
      const z = new Float64Array(2 * n);
      for (let k = 0; k < n; k++) {
        const from = 2 * (row * bins + Math.min(k, n - k));
        const isReal = k === 0 || 2 * k === n;
        z[2 * k] = values[from];
        z[2 * k + 1] = isReal ? 0 : (2 * k < n ? 1 : -1) * values[from + 1];
      }
      const t = ifft64(z);
      for (let i = 0; i < n; i++) y[row * n + i] = t[2 * i];
      await home.checkpoint();
    }
    return home.wrap(shape, y);
  },
  compare: (got, want, x: Tensor, n: number) => {
    const factor = (Math.SQRT2 * (transformError(n % 2 ? n : n / 2) + 8 * U)) / Math.sqrt(n);
    return rowwise(got, want, factor, normsOfRows(cpuData(x), rowCount(x)), 'irfft');
  },
});

function realShape(x: Tensor, n: number): number[] {
  assertComplex('irfft', x);
  if (!Number.isInteger(n) || n < 1 || colsOf(x) !== Math.floor(n / 2) + 1) {
    throw new UserError(
      `irfft: ${n} real numbers have ${Math.floor(n / 2) + 1} bins, and ${shapeText(x)} has ${colsOf(x)} a row`,
    );
  }
  return [...x.shape.slice(0, -1), n];
}
