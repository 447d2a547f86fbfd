/** Scans, Fourier transforms, sorting. */
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
  const inputs = once(() => ({ x: { shape: [n], values: Float32Array.from(uniforms(20, 6, n)) } }));
  return {
    id: `cumsum 2^${Math.log2(n)}`,
    family: 'cumsum',
    size,
    inputs,
    run: null,
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
  const inputs = once(() => ({ re: drawn(7, n), im: drawn(8, n) }));
  return {
    id: `fft 2^${Math.log2(n)}`,
    family: 'fft',
    size,
    inputs,
    run: null,
    check: ({ re, im }: Outputs) => {
      const want = fft64(inputs().re.values, inputs().im.values);
      return {
        error: Math.hypot(normError(re, want.re), normError(im, want.im)),
        // Higham 2002, 24.1: log2 n (mu + gamma_4 (sqrt 2 + mu)), with mu = u for a tabled twiddle: < 7 u a stage.
        bound: 7 * U * Math.log2(n),
        measure: 'norm of the error over norm',
      };
    },
    flop: 5 * n * Math.log2(n),
    bytes: 16 * n,
  };
}

/** Radix 2 in float64, with every twiddle from Math.cos and Math.sin. */
function fft64(re: ArrayLike<number>, im: ArrayLike<number>): { re: Float64Array; im: Float64Array } {
  const n = re.length;
  const x = new Float64Array(n);
  const y = new Float64Array(n);
  const bits = Math.log2(n);
  for (let i = 0; i < n; i++) {
    let j = 0;
    for (let b = 0; b < bits; b++) j |= ((i >> b) & 1) << (bits - 1 - b);
    x[j] = re[i];
    y[j] = im[i];
  }
  for (let half = 1; half < n; half *= 2) {
    for (let k = 0; k < half; k++) {
      const c = Math.cos((-Math.PI * k) / half);
      const s = Math.sin((-Math.PI * k) / half);
      for (let i = k; i < n; i += 2 * half) {
        const u = x[i + half] * c - y[i + half] * s;
        const v = x[i + half] * s + y[i + half] * c;
        x[i + half] = x[i] - u;
        y[i + half] = y[i] - v;
        x[i] += u;
        y[i] += v;
      }
    }
  }
  return { re: x, im: y };
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
];
