/** Sparse and quantized products, random permutations, Hadamard transforms. */
import { randomPermutation } from '../../kernels/gather';
import { walshHadamard } from '../../kernels/hadamard';
import { fusedMatmul } from '../../kernels/quantize';
import { csrMatmul, twoFourMatmul } from '../../kernels/sparse';
import { NF4 } from '../../math/nf4';
import { integers, permutation, uniforms } from '../../math/threefry';
import {
  type BenchCase,
  type BenchFamily,
  drawn,
  type Input,
  maxAbs,
  type Outputs,
  once,
  relativeError,
  type Size,
  U,
} from './case';

const words = (shape: number[], values: Uint32Array): Input => ({ shape, dtype: 'u32', values });

/** The error of sums against their largest entry, and terms u sum |terms| against the same. */
function sums(got: ArrayLike<number> | undefined, want: Float64Array, sizes: Float64Array, terms: number) {
  return {
    error: relativeError(got, want),
    bound: (terms * U * maxAbs(sizes)) / maxAbs(want),
    measure: 'largest error over largest entry',
  };
}

/** Entries of a row of A that are not zero, at random columns in order. */
function csrCase(size: Size): BenchCase {
  const { m, k, n, per } = size;
  const inputs = once(() => {
    const columns = new Uint32Array(m * per);
    const gaps = uniforms(20, 22, m * per);
    for (let i = 0; i < m * per; i++) {
      // One column in each of `per` equal stretches.
      columns[i] = Math.floor((((i % per) + gaps[i]) * k) / per);
    }
    const starts = Uint32Array.from({ length: m + 1 }, (_, i) => i * per);
    return {
      starts: words([m + 1], starts),
      columns: words([m * per], columns),
      values: drawn(23, m * per),
      b: drawn(24, k, n),
    };
  });
  return {
    id: `csr ${m}x${k}x${n}, ${per} a row`,
    family: 'csr',
    size,
    inputs,
    run: async ({ starts, columns, values, b }) => ({
      y: await csrMatmul({ rows: m, cols: k, starts, columns, values }, b),
    }),
    check: ({ y }: Outputs) => {
      const { columns, values, b } = inputs();
      const want = new Float64Array(m * n);
      const sizes = new Float64Array(m * n);
      for (let e = 0; e < m * per; e++) {
        for (let j = 0; j < n; j++) {
          const term = values.values[e] * b.values[columns.values[e] * n + j];
          want[Math.floor(e / per) * n + j] += term;
          sizes[Math.floor(e / per) * n + j] += Math.abs(term);
        }
      }
      return sums(y, want, sizes, per + 1);
    },
    flop: 2 * m * per * n,
    bytes: 8 * m * per + 4 * (k * n + m * n),
  };
}

function twoFourCase(size: Size): BenchCase {
  const { m, k, n } = size;
  const width = Math.ceil(k / 32);
  const pairs = [0x4, 0x8, 0xc, 0x9, 0xd, 0xe]; // places (0,1) (0,2) (0,3) (1,2) (1,3) (2,3), two bits each
  const inputs = once(() => {
    const drawnPairs = integers(20, 25, (m * k) / 4, 6);
    const places = new Uint32Array(m * width);
    drawnPairs.forEach((pair, group) => {
      const [row, at] = [Math.floor(group / (k / 4)), group % (k / 4)];
      places[row * width + (at >> 3)] |= pairs[pair] << (4 * (at & 7));
    });
    return { values: drawn(26, m, k / 2), places: words([m, width], places), b: drawn(27, k, n) };
  });
  return {
    id: `2:4 product ${m}x${k}x${n}`,
    family: 'twofour',
    size,
    inputs,
    run: async ({ values, places, b }) => ({
      y: await twoFourMatmul({ rows: m, cols: k, values, places }, b),
    }),
    check: ({ y }: Outputs) => {
      const { values, places, b } = inputs();
      const want = new Float64Array(m * n);
      const sizes = new Float64Array(m * n);
      for (let e = 0; e < (m * k) / 2; e++) {
        const [row, at] = [Math.floor((2 * e) / k), e % (k / 2)];
        const place = (places.values[row * width + (at >> 4)] >>> (2 * (at & 15))) & 3;
        for (let j = 0; j < n; j++) {
          const term = values.values[e] * b.values[((at >> 1) * 4 + place) * n + j];
          want[row * n + j] += term;
          sizes[row * n + j] += Math.abs(term);
        }
      }
      return sums(y, want, sizes, k / 2 + 1);
    },
    flop: m * k * n,
    bytes: 4 * ((m * k) / 2 + m * width + k * n + m * n),
  };
}

/** A few rows of X times NF4 weights in blocks of 64. */
function nf4Case(size: Size): BenchCase {
  const { m, n, k } = size;
  const inputs = once(() => ({
    x: drawn(28, m, k),
    codes: words(
      [n, k / 8],
      Uint32Array.from(uniforms(20, 29, (n * k) / 8), (u) => Math.floor(u * 2 ** 32)),
    ),
    scales: {
      shape: [n, k / 64],
      dtype: 'f32' as const,
      values: Float32Array.from(uniforms(20, 30, (n * k) / 64)),
    },
  }));
  return {
    id: `nf4 product ${m}x${k}x${n}`,
    family: 'nf4',
    size,
    inputs,
    run: async ({ x, codes, scales }) => ({
      y: await fusedMatmul(x, { scheme: 'nf4', shape: [n, k], block: 64, codes, scales }),
    }),
    check: ({ y }: Outputs) => {
      const { x, codes, scales } = inputs();
      const want = new Float64Array(m * n);
      const sizes = new Float64Array(m * n);
      for (let e = 0; e < n * k; e++) {
        const weight = NF4[(codes.values[e >> 3] >>> (4 * (e & 7))) & 15] * scales.values[e >> 6];
        for (let i = 0; i < m; i++) {
          const term = weight * x.values[i * k + (e % k)];
          want[i * n + Math.floor(e / k)] += term;
          sizes[i * n + Math.floor(e / k)] += Math.abs(term);
        }
      }
      return sums(y, want, sizes, k + 4);
    },
    flop: 2 * m * n * k,
    bytes: (n * k) / 2 + 4 * (m * k + (n * k) / 64 + m * n),
  };
}

function permutationCase(size: Size): BenchCase {
  const { n } = size;
  // A permutation has no input; the home needs a tensor to be known by.
  const inputs = once(() => ({ home: drawn(31, 1) }));
  return {
    id: `permutation 2^${Math.log2(n)}`,
    family: 'permutation',
    size,
    inputs,
    run: async (_, home) => ({ order: await randomPermutation(home, n, 20, 32) }),
    check: ({ order }: Outputs) => ({
      error: relativeError(order, permutation(20, 32, n)),
      bound: 0,
      measure: 'exact',
    }),
    flop: 0,
    bytes: 4 * 15 * n,
  };
}

function hadamardCase(size: Size): BenchCase {
  const { m, n } = size;
  const inputs = once(() => ({ a: drawn(33, m, n) }));
  return {
    id: `hadamard ${m}x${n}`,
    family: 'hadamard',
    size,
    inputs,
    run: async ({ a }) => ({ y: await walshHadamard(a) }),
    check: ({ y }: Outputs) => {
      const want = Float64Array.from(inputs().a.values);
      for (let half = 1; half < n; half *= 2) {
        for (let i = 0; i < m * n; i++) {
          if ((i & half) !== 0) continue;
          const difference = want[i] - want[i + half];
          want[i] += want[i + half];
          want[i + half] = difference;
        }
      }
      const scale = 1 / Math.sqrt(n);
      let rowSum = 0;
      for (let at = 0; at < m * n; at += n) {
        let sum = 0;
        for (let j = at; j < at + n; j++) {
          sum += Math.abs(inputs().a.values[j]);
          want[j] *= scale;
        }
        rowSum = Math.max(rowSum, sum);
      }
      return {
        error: relativeError(y, want),
        // A tree of log2 n additions and one scaling.
        bound: ((Math.log2(n) + 2) * U * rowSum * scale) / maxAbs(want),
        measure: 'largest error over largest entry',
      };
    },
    flop: m * n * Math.log2(n),
    bytes: 8 * m * n,
  };
}

export const compressed: readonly BenchFamily[] = [
  {
    id: 'permutation',
    title: 'Random permutation',
    limit: 'bytes',
    axis: 'n',
    at: permutationCase,
    standard: [{ n: 2 ** 18 }],
    large: [{ n: 2 ** 20 }],
    sweep: [12, 14, 16, 18].map((e) => ({ n: 2 ** e })),
    tiny: { n: 512 },
  },
  {
    id: 'hadamard',
    title: 'Hadamard transform of rows',
    limit: 'bytes',
    axis: 'm',
    at: hadamardCase,
    standard: [{ m: 1024, n: 1024 }],
    large: [{ m: 4096, n: 4096 }],
    sweep: [128, 256, 512, 1024].map((m) => ({ m, n: 1024 })),
    tiny: { m: 3, n: 64 },
  },
  {
    id: 'csr',
    title: 'Sparse product, compressed rows',
    limit: 'bytes',
    axis: 'm',
    at: csrCase,
    standard: [{ m: 1024, k: 1024, n: 64, per: 51 }],
    large: [{ m: 16384, k: 16384, n: 64, per: 64 }],
    sweep: [256, 512, 1024, 2048].map((m) => ({ m, k: 1024, n: 64, per: 51 })),
    tiny: { m: 7, k: 20, n: 3, per: 4 },
  },
  {
    id: 'twofour',
    title: 'Sparse product, two of every four',
    limit: 'flop',
    axis: 'm',
    at: twoFourCase,
    standard: [{ m: 512, k: 512, n: 128 }],
    large: [{ m: 2048, k: 2048, n: 512 }],
    sweep: [64, 128, 256, 512].map((m) => ({ m, k: 512, n: 128 })),
    tiny: { m: 3, k: 36, n: 5 },
  },
  {
    id: 'nf4',
    title: 'Product with NF4 weights',
    limit: 'bytes',
    axis: 'n',
    at: nf4Case,
    standard: [{ m: 4, n: 1024, k: 1024 }],
    large: [{ m: 4, n: 4096, k: 4096 }],
    sweep: [128, 256, 512, 1024].map((n) => ({ m: 4, n, k: 1024 })),
    tiny: { m: 2, n: 3, k: 64 },
  },
];
