/** Scans, Fourier transforms, sorting. */
import { fft, transformError } from '../../kernels/fft';
import { scan } from '../../kernels/scan';
import { sort } from '../../kernels/sort';
import { fft as fft64 } from '../../math/fft';
import { uniforms } from '../../math/threefry';
import {
  type BenchCase,
  type BenchFamily,
  drawn,
  normError,
  type Outputs,
  once,
  relativeError,
  type Size,
  U,
} from './case';

function cumsumCase(size: Size): BenchCase {
  const { n } = size;
  const inputs = once(() => ({
    x: { shape: [n], dtype: 'f32' as const, values: Float32Array.from(uniforms(20, 6, n)) },
  }));
  return {
    id: `cumsum 2^${Math.log2(n)}`,
    family: 'cumsum',
    size,
    inputs,
    run: async ({ x }) => ({ y: await scan(x) }),
    check: ({ y }: Outputs) => {
      const want = new Float64Array(n);
      let sum = 0;
      inputs().x.values.forEach((value, i) => {
        sum += value;
        want[i] = sum;
      });
      return {
        error: relativeError(y, want),
        // Runs of 256 in order, then their sums in order: a chain of 256 + n / 256 additions of positive terms.
        bound: (Math.min(n, 256) + n / 256) * U,
        measure: 'largest error over largest entry',
      };
    },
    flop: n,
    bytes: 8 * n,
  };
}

function fftCase(size: Size): BenchCase {
  const { n } = size;
  const inputs = once(() => ({ z: { ...drawn(7, n, 2), shape: [n], dtype: 'c64' as const } }));
  return {
    id: `fft 2^${Math.log2(n)}`,
    family: 'fft',
    size,
    inputs,
    run: async ({ z }) => ({ z: await fft(z) }),
    check: ({ z }: Outputs) => {
      return {
        error: normError(z, fft64(Float64Array.from(inputs().z.values))),
        bound: transformError(n),
        measure: 'norm of the error over norm',
      };
    },
    flop: 5 * n * Math.log2(n),
    bytes: 16 * n,
  };
}

function sortCase(size: Size): BenchCase {
  const { n } = size;
  const inputs = once(() => ({ x: drawn(16, n) }));
  return {
    id: `sort 2^${Math.log2(n)}`,
    family: 'sort',
    size,
    inputs,
    run: async ({ x }) => ({ y: await sort(x) }),
    check: ({ y }: Outputs) => ({
      error: relativeError(y, inputs().x.values.slice().sort()),
      bound: 0,
      measure: 'exact',
    }),
    // Eight bits a pass are the fewest that workgroup memory allows: four reads of all keys twice, and four writes.
    flop: 0,
    bytes: 4 * 12 * n,
  };
}

export const sequences: readonly BenchFamily[] = [
  {
    id: 'cumsum',
    title: 'Cumulative sum',
    limit: 'bytes',
    axis: 'n',
    at: cumsumCase,
    standard: [{ n: 2 ** 20 }],
    large: [{ n: 2 ** 20 }, { n: 2 ** 24 }],
    sweep: [12, 14, 16, 18, 20].map((e) => ({ n: 2 ** e })),
    tiny: { n: 1024 },
  },
  {
    id: 'fft',
    title: 'Fourier transform, complex',
    limit: 'bytes',
    axis: 'n',
    at: fftCase,
    standard: [{ n: 2 ** 12 }, { n: 2 ** 16 }],
    large: [{ n: 2 ** 16 }, { n: 2 ** 20 }],
    sweep: [10, 12, 14, 16].map((e) => ({ n: 2 ** e })),
    tiny: { n: 64 },
  },
  {
    id: 'sort',
    title: 'Sort of float keys',
    limit: 'bytes',
    axis: 'n',
    at: sortCase,
    standard: [{ n: 2 ** 18 }],
    large: [{ n: 2 ** 20 }, { n: 2 ** 23 }],
    sweep: [12, 14, 16, 18].map((e) => ({ n: 2 ** e })),
    tiny: { n: 256 },
  },
];
