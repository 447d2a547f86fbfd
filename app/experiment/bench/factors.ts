/** Factorizations: QR, SVD, truncated SVD. */
import { orthonormalize } from '../../kernels/qr';
import { jacobiSvd, svd } from '../../kernels/svd';
import { truncatedSvd } from '../../kernels/truncated';
import { compose, frobenius, matmul as matmul64, matrix, subtract, transpose } from '../../math/linalg';
import { qr as qr64 } from '../../math/qr';
import { singularValues } from '../../math/svd';
import { normals } from '../../math/threefry';
import {
  type BenchCase,
  type BenchFamily,
  drawn,
  type Outputs,
  once,
  relativeError,
  type Size,
  U,
} from './case';

const asMatrix = (rows: number, cols: number, values: ArrayLike<number> | undefined) =>
  values !== undefined && values.length === rows * cols
    ? matrix(rows, cols, Float64Array.from(values))
    : matrix(rows, cols, new Float64Array(rows * cols).fill(Number.NaN));

const orInfinity = (x: number): number => (Number.isNaN(x) ? Number.POSITIVE_INFINITY : x);

function qrCase(size: Size): BenchCase {
  const { m, n } = size;
  const inputs = once(() => ({ a: drawn(9, m, n) }));
  return {
    id: `qr ${m}x${n}`,
    family: 'qr',
    size,
    inputs,
    run: async ({ a }) => {
      const { q, r } = await orthonormalize(a);
      return { q, r };
    },
    check: (outputs: Outputs) => {
      const a = asMatrix(m, n, inputs().a.values);
      const q = asMatrix(m, n, outputs.q);
      const r = asMatrix(n, n, outputs.r);
      const residual = frobenius(subtract(a, matmul64(q, r))) / frobenius(a);
      const gram = matmul64(transpose(q), q);
      for (let i = 0; i < n; i++) gram.data[i * (n + 1)] -= 1;
      // Householder's bounds hold with a modest constant (Higham 2002, 19.4): ten times n u for both.
      return {
        error: orInfinity(Math.max(residual, frobenius(gram) / Math.sqrt(n))),
        bound: 10 * n * U,
        measure: 'larger of |A - QR| / |A| and |Q^T Q - I| / sqrt n',
      };
    },
    flop: 4 * m * n * n,
    bytes: 4 * (2 * m * n + n * n),
  };
}

/** Ours by the automatic choice of home, or by Jacobi in the home of A. */
function svdCase(size: Size, family: 'svd' | 'jacobi'): BenchCase {
  const { n } = size;
  const inputs = once(() => ({ a: drawn(10, n, n) }));
  const exact = once(() => singularValues(asMatrix(n, n, inputs().a.values)));
  return {
    id: `${family} ${n}`,
    family,
    size,
    inputs,
    // The home chosen for this adapter: Jacobi on a GPU, float64 on the CPU where the adapter is that CPU.
    run: async ({ a }) => {
      const { u, s, v } = await (family === 'svd' ? svd : jacobiSvd)(a);
      return { u, s, v };
    },
    check: (outputs: Outputs) => {
      const a = asMatrix(n, n, inputs().a.values);
      const values = relativeError(outputs.s, exact());
      const product = compose(asMatrix(n, n, outputs.u), outputs.s ?? [], asMatrix(n, n, outputs.v));
      const residual = frobenius(subtract(a, product)) / frobenius(a);
      return {
        error: orInfinity(Math.max(values, residual)),
        // LAPACK's test ratio: ten times n eps, of the largest singular value and of the norm.
        bound: 10 * n * 2 * U,
        measure: 'larger of |s - s*| / s1 and |A - U S V^T| / |A|',
      };
    },
    // Golub and Van Loan 2013, 8.6.3: R-SVD with both factors.
    flop: 22 * n ** 3,
    bytes: 4 * (3 * n * n + n),
  };
}

const OVERSAMPLE = 16;

/** A m x n with sigma_j = 0.9^j of numerical rank 64, and its rank-k approximation. */
function truncatedCase(size: Size): BenchCase {
  const { m, n, rank } = size;
  const inner = Math.min(64, m, n);
  const made = once(() => {
    const x = qr64(matrix(m, inner, normals(20, 11, m * inner))).q;
    const y = qr64(matrix(n, inner, normals(20, 12, n * inner))).q;
    const sigma = Float64Array.from({ length: inner }, (_, j) => 0.9 ** j);
    return { values: Float32Array.from(compose(x, sigma, y).data), sigma };
  });
  const inputs = once(() => ({ a: { shape: [m, n], dtype: 'f32' as const, values: made().values } }));
  return {
    id: `truncated svd ${m}x${n} rank ${rank}`,
    family: 'tsvd',
    size,
    inputs,
    run: async ({ a }) => ({ ...(await truncatedSvd(a, rank, { oversample: OVERSAMPLE, seed: 21 })) }),
    check: (outputs: Outputs) => {
      const { sigma } = made();
      const a = asMatrix(m, n, inputs().a.values);
      const product = compose(asMatrix(m, rank, outputs.u), outputs.s ?? [], asMatrix(n, rank, outputs.v));
      const residual = frobenius(subtract(a, product));
      const best = Math.sqrt(sigma.slice(rank).reduce((sum, s) => sum + s * s, 0));
      const values = relativeError(outputs.s, sigma.slice(0, rank));
      // Halko, Martinsson, Tropp 2011, 10.5: below a factor of 1 + rank / (oversample - 1) even without power
      // iterations; one iteration brings it within a few per cent. The last singular values share that error.
      return {
        error: orInfinity(Math.max(values, residual / (best || 1) - 1)),
        bound: WITHIN,
        measure: 'larger of |s - s*| / s1 and |A - A_k| over the best, less 1',
      };
    },
    flop: 2 * m * n * (rank + OVERSAMPLE) * 4,
    bytes: 4 * m * n * 4,
  };
}

const WITHIN = 0.01;

export const factors: readonly BenchFamily[] = [
  {
    id: 'qr',
    title: 'QR of a tall matrix',
    limit: 'bytes',
    axis: 'm',
    at: qrCase,
    standard: [{ m: 1024, n: 64 }],
    large: [
      { m: 1024, n: 64 },
      { m: 16384, n: 64 },
    ],
    sweep: [256, 512, 1024, 2048].map((m) => ({ m, n: 64 })),
    tiny: { m: 33, n: 5 },
  },
  {
    id: 'svd',
    title: 'Singular value decomposition',
    limit: 'flop',
    axis: 'n',
    at: (size) => svdCase(size, 'svd'),
    standard: [{ n: 64 }, { n: 256 }],
    large: [{ n: 64 }, { n: 256 }],
    sweep: [32, 64, 128, 256].map((n) => ({ n })),
    tiny: { n: 9 },
  },
  {
    id: 'jacobi',
    title: 'SVD by Jacobi on the device',
    limit: 'flop',
    axis: 'n',
    at: (size) => svdCase(size, 'jacobi'),
    standard: [{ n: 64 }],
    large: [{ n: 64 }, { n: 256 }, { n: 512 }],
    sweep: [16, 32, 64, 128].map((n) => ({ n })),
    tiny: { n: 9 },
  },
  {
    id: 'tsvd',
    title: 'Truncated SVD',
    limit: 'bytes',
    axis: 'm',
    at: truncatedCase,
    standard: [{ m: 1024, n: 512, rank: 32 }],
    large: [
      { m: 1024, n: 512, rank: 32 },
      { m: 4096, n: 2048, rank: 32 },
    ],
    sweep: [256, 512, 1024, 2048].map((m) => ({ m, n: 512, rank: 32 })),
    tiny: { m: 70, n: 66, rank: 8 },
  },
];
