/** Cases that only the table of variants has: operations that the benchmark does not list by themselves. */
import { cholesky } from '../../kernels/cholesky';
import { histogram } from '../../kernels/histogram';
import { linearScan } from '../../kernels/linearscan';
import { reduceRows } from '../../kernels/reduction';
import { matmul as matmul64, matrix, transpose as transpose64 } from '../../math/linalg';
import { integers, uniforms } from '../../math/threefry';
import { type BenchCase, drawn, maxAbs, type Outputs, once, relativeError, type Size, U } from './case';

/** Sums of the rows of x, m x n. */
export function rowSumCase(size: Size): BenchCase {
  const { m, n } = size;
  const inputs = once(() => ({ x: drawn(60, m, n) }));
  return {
    id: `sums of rows ${m}x${n}`,
    family: 'rowsum',
    size,
    inputs,
    run: async ({ x }) => ({ y: await reduceRows(x, 'sum') }),
    check: ({ y }: Outputs) => {
      const { values } = inputs().x;
      const want = new Float64Array(m);
      const sizes = new Float64Array(m);
      values.forEach((value, i) => {
        want[Math.floor(i / n)] += value;
        sizes[Math.floor(i / n)] += Math.abs(value);
      });
      return {
        error: relativeError(y, want),
        // gamma_n of the sum of absolute values, whatever the order (Higham 2002, 4.2).
        bound: (n * U * maxAbs(sizes)) / maxAbs(want),
        measure: 'largest error over largest entry',
      };
    },
    flop: m * n,
    bytes: 4 * m * (n + 1),
  };
}

export const BINS = 256;

/** Counts of n whole numbers below 256. */
export function histogramCase(size: Size): BenchCase {
  const { n } = size;
  const inputs = once(() => ({
    x: { shape: [n], dtype: 'u32' as const, values: Uint32Array.from(integers(20, 61, n, BINS)) },
  }));
  return {
    id: `histogram 2^${Math.log2(n)}`,
    family: 'histogram',
    size,
    inputs,
    run: async ({ x }) => ({ counts: await histogram(x, BINS) }),
    check: ({ counts }: Outputs) => {
      const want = new Uint32Array(BINS);
      for (const value of inputs().x.values) want[value]++;
      return { error: relativeError(counts, want), bound: 0, measure: 'exact' };
    },
    flop: 0,
    bytes: 4 * (n + BINS),
  };
}

/** R of G = R^T R for `batch` matrices I + X^T X / n. */
export function choleskyCase(size: Size): BenchCase {
  const { batch, n } = size;
  const inputs = once(() => {
    const { values } = drawn(62, batch, n, n);
    const g = new Float32Array(batch * n * n);
    for (let item = 0; item < batch; item++) {
      const x = matrix(n, n, Float64Array.from(values.subarray(item * n * n, (item + 1) * n * n)));
      const gram = matmul64(transpose64(x), x).data;
      for (let i = 0; i < n * n; i++) g[item * n * n + i] = gram[i] / n + (i % (n + 1) === 0 ? 1 : 0);
    }
    return { g: { shape: [batch, n, n], dtype: 'f32' as const, values: g } };
  });
  return {
    id: `cholesky ${batch}x${n}`,
    family: 'cholesky',
    size,
    inputs,
    run: async ({ g }) => ({ r: (await cholesky(g)).r }),
    check: ({ r }: Outputs) => {
      const g = inputs().g.values;
      if (r?.length !== g.length)
        return { error: Number.POSITIVE_INFINITY, bound: 0, measure: '|R^T R - G| / |G|' };
      let [off, whole, factor] = [0, 0, 0];
      for (let item = 0; item < batch; item++) {
        const at = item * n * n;
        const upper = matrix(
          n,
          n,
          Float64Array.from({ length: n * n }, (_, i) => r[at + i]),
        );
        const product = matmul64(transpose64(upper), upper).data;
        for (let i = 0; i < n * n; i++) {
          off += (product[i] - g[at + i]) ** 2;
          whole += g[at + i] ** 2;
          factor += upper.data[i] ** 2;
        }
      }
      const error = Math.sqrt(off / whole);
      return {
        error: Number.isNaN(error) ? Number.POSITIVE_INFINITY : error,
        // |R^T R - G| <= gamma_(n + 1) |R^T||R| (Higham 2002, 10.3), in Frobenius norms.
        bound: ((n + 1) * U * factor) / Math.sqrt(whole),
        measure: '|R^T R - G| / |G|',
      };
    },
    flop: (batch * n ** 3) / 3,
    bytes: 8 * batch * n * n,
  };
}

/** States of h_t = a_t h_(t-1) + b_t along the rows of L x lanes. */
export function recurrenceCase(size: Size): BenchCase {
  const { steps, lanes } = size;
  const inputs = once(() => ({
    a: {
      shape: [steps, lanes],
      dtype: 'f32' as const,
      values: Float32Array.from(uniforms(20, 63, steps * lanes), (u) => 0.5 + u / 2),
    },
    b: drawn(64, steps, lanes),
  }));
  return {
    id: `recurrence ${steps}x${lanes}`,
    family: 'recurrence',
    size,
    inputs,
    run: async ({ a, b }) => ({ h: await linearScan(a, b, { axis: 0 }) }),
    check: ({ h }: Outputs) => {
      const { a, b } = inputs();
      const [want, sizes] = [new Float64Array(steps * lanes), new Float64Array(steps * lanes)];
      for (let i = 0; i < want.length; i++) {
        const before = i - lanes;
        want[i] = (before < 0 ? 0 : a.values[i] * want[before]) + b.values[i];
        sizes[i] = (before < 0 ? 0 : Math.abs(a.values[i]) * sizes[before]) + Math.abs(b.values[i]);
      }
      return {
        error: relativeError(h, want),
        // Trees: three roundings a combination, 6 log2 L of them on the way to a state (scanforms.ts). In order: 6 u a
        // step, damped as the state is; 1 / (1 - mean a) = 4 steps remain of it.
        bound: ((18 * Math.log2(steps) + 28) * U * maxAbs(sizes)) / maxAbs(want),
        measure: 'largest error over largest entry',
      };
    },
    flop: 2 * steps * lanes,
    bytes: 12 * steps * lanes,
  };
}
