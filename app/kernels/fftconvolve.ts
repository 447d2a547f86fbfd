/**
 * Linear convolution of real signals by FFT: y_t = sum_s k_s u_(t-s), zeros before the beginning. Both are
 * padded to a length without prime factors above 5, transformed as half as many complex numbers, multiplied
 * bin by bin without unpacking in memory, and transformed back.
 */
import productCode from '../../shaders/spectrum_product.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { colsOf, shapeText, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import { UserError } from '../math/errors';
import { convolve } from '../math/fft';
import { copyRows } from './copyrows';
import { rowCount, transform, U } from './fft';
import { goodLength } from './fftplan';
import { defineOperation, entrywise } from './operation';
import { halfRoots } from './rfft';

const product = defineKernel({
  name: 'spectrum_product',
  code: productCode,
  params: { m: 'u32', pairs: 'u32', count: 'u32', k_rows: 'u32' },
  buffers: { u: 'read', k: 'read', w: 'read', z: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count }) => ({ flop: 60 * count, bytes: 56 * count }),
});

interface Plan {
  rows: number;
  /** Rows of u that follow one another before k begins again. */
  kernels: number;
  length: number;
  /** Real length of the transforms, even. */
  size: number;
  shape: number[];
}

function plan(u: Tensor, k: Tensor, length: number | undefined): Plan {
  const kernels = rowCount(k);
  const channels = u.shape.slice(0, -1).slice(-Math.max(0, k.shape.length - 1) || u.shape.length);
  const fits = kernels === 1 || channels.join() === k.shape.slice(0, -1).join();
  if (u.dtype !== 'f32' || k.dtype !== 'f32' || !fits) {
    throw new UserError(
      `fftConvolve: kernels ${shapeText(k)} do not fit signals ${shapeText(u)}: give one kernel, or one for every channel`,
    );
  }
  if (colsOf(u) === 0 || colsOf(k) === 0) throw new UserError('fftConvolve: a signal or kernel is empty');
  const out = length ?? colsOf(u);
  // Beyond `out` nothing is asked for, so wrapping round may reach there.
  const size = Math.max(2, goodLength(Math.max(colsOf(u), out, colsOf(u) + colsOf(k) - 1)));
  return {
    rows: rowCount(u),
    kernels,
    length: out,
    size: size + (size % 2),
    shape: [...u.shape.slice(0, -1), out],
  };
}

/** Transform of real rows, padded to `size`, as half as many complex numbers. */
async function packedSpectrum(home: GpuHome, x: Tensor, size: number): Promise<Tensor> {
  const [rows, n] = [rowCount(x), colsOf(x)];
  const m = size / 2;
  let numbers = x;
  if (n % 2 === 1) {
    // Rows of odd length do not begin at a complex number.
    numbers = home.empty([rows, n + 1]);
    await copyRows.run(home, { cols: n + 1, cols_in: n, count: rows * (n + 1) }, { a: x, b: numbers });
  }
  const into = home.empty([rows, m], 'c64');
  await transform(home, numbers, { n: m, rows, rowIn: Math.ceil(n / 2), inverse: false, scale: 1, into });
  if (numbers !== x) home.release(numbers);
  return into;
}

/**
 * y = k * u along the last dimension, cut to `length` (default: that of u, the causal part; up to
 * length(u) + length(k) - 1 for all of it). u: [.., L]; k: [L_k] for all signals, or [C, L_k] for u of
 * [.., C, L], a kernel a channel.
 */
export const fftConvolve = defineOperation({
  name: 'fft_convolve',
  gpu: async (home: GpuHome, u: Tensor, k: Tensor, length?: number) => {
    const { rows, kernels, size, shape, length: out } = plan(u, k, length);
    const y = home.empty(shape);
    if (sizeOf(shape) === 0) return y;
    const m = size / 2;
    const us = await packedSpectrum(home, u, size);
    const ks = await packedSpectrum(home, k, size);
    const z = home.empty([rows, m], 'c64');
    const pairs = Math.floor(m / 2) + 1;
    const w = halfRoots(home, size);
    await product.run(home, { m, pairs, count: rows * pairs, k_rows: kernels }, { u: us, k: ks, w, z });
    for (const t of [us, ks]) home.release(t);
    const whole = home.empty([rows, size]);
    await transform(home, z, { n: m, rows, rowIn: m, inverse: true, scale: 1 / m, into: whole });
    home.release(z);
    await copyRows.run(home, { cols: out, cols_in: size, count: rows * out }, { a: whole, b: y });
    home.release(whole);
    return y;
  },
  cpu: async (home: CpuHome, u: Tensor, k: Tensor, length?: number) => {
    const { rows, kernels, shape, length: out } = plan(u, k, length);
    const [x, h] = [cpuData(u) as Float64Array, cpuData(k) as Float64Array];
    const [n, m] = [colsOf(u), colsOf(k)];
    const y = new Float64Array(sizeOf(shape));
    for (let row = 0; row < rows; row++) {
      const own = (row % kernels) * m;
      y.set(convolve(x.subarray(row * n, (row + 1) * n), h.subarray(own, own + m), out), row * out);
      await home.checkpoint();
    }
    return home.wrap(shape, y);
  },
  /**
   * With e = 8 u log2(size) for a transform (fft.ts): the spectra err by e ||u||_2 and e ||k||_2, each is
   * multiplied by at most the 1-norm of the other, and the way back adds e ||u||_2 ||k||_1.
   */
  compare: (got, want, u: Tensor, k: Tensor, length?: number) => {
    const { size, kernels, length: out } = plan(u, k, length);
    const [x, h] = [cpuData(u), cpuData(k)];
    const [n, m] = [colsOf(u), colsOf(k)];
    const norm = (values: ArrayLike<number>, from: number, count: number): [one: number, two: number] => {
      let [one, two] = [0, 0];
      for (let i = from; i < from + count; i++) {
        one += Math.abs(values[i]);
        two += values[i] ** 2;
      }
      return [one, Math.sqrt(two)];
    };
    const e = 8 * (Math.log2(size) + 4) * U;
    const limits = Array.from({ length: rowCount(u) }, (_, row) => {
      const [u1, u2] = norm(x, row * n, n);
      const [k1, k2] = norm(h, (row % kernels) * m, m);
      return e * (2 * u2 * k1 + u1 * k2) + 1e-37;
    });
    return entrywise(got, want, (i) => limits[Math.floor(i / out)]);
  },
});
