/** Products and transposes. */

import { matmul } from '../../kernels/matmul';
import { transpose } from '../../kernels/transpose';
import { roundToFloat16 } from '../../math/float16';
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
  type Verdict,
} from './case';

/** Above this many multiply-adds the check takes every row against a spread of columns. */
const WHOLE_CHECK = 2 ** 25;

/** The same numbers in float16. */
const halved = ({ shape, values }: Input): Input => ({
  shape,
  dtype: 'f16',
  values: Float32Array.from(values, roundToFloat16),
});

export function productCase(
  family: string,
  id: string,
  size: Size,
  store = (b: Input): Input => b,
): BenchCase {
  const { m, n, k, batch = 1 } = size;
  const lead = batch > 1 ? [batch] : [];
  const inputs = once(() => ({ a: drawn(0, ...lead, m, k), b: store(drawn(1, ...lead, k, n)) }));
  return {
    id,
    family,
    size,
    inputs,
    run: async ({ a, b }) => ({ c: await matmul(a, b) }),
    check: ({ c }) => checkProduct(c, inputs(), { m, n, k, batch }),
    flop: 2 * batch * m * n * k,
    bytes: 4 * batch * (m * k + m * n) + (store === halved ? 2 : 4) * batch * k * n,
  };
}

/** |error| <= (k + 4) u |A||B| (Higham 2002, 3.5), |A||B| bounded by norms of rows and columns. */
function checkProduct(
  c: ArrayLike<number> | undefined,
  { a, b }: { a: Input; b: Input },
  { m, n, k, batch }: { m: number; n: number; k: number; batch: number },
): Verdict {
  const step = Math.max(1, Math.ceil((batch * m * n * k) / WHOLE_CHECK));
  const got: number[] = [];
  const want: number[] = [];
  for (let item = 0; item < batch; item++) {
    for (let i = 0; i < m; i++) {
      // The offset turns with the row, so that every column is met.
      for (let j = i % Math.min(step, n); j < n; j += step) {
        let sum = 0;
        const atA = (item * m + i) * k;
        for (let t = 0; t < k; t++) sum += a.values[atA + t] * b.values[(item * k + t) * n + j];
        want.push(sum);
        got.push(c === undefined ? Number.NaN : c[(item * m + i) * n + j]);
      }
    }
  }
  const rows = longest(a.values, batch * m, k, 1);
  const cols = longest(b.values, batch * k, n, 0);
  const whole = c === undefined || c.length === batch * m * n;
  return {
    error: whole ? relativeError(got, want) : Number.POSITIVE_INFINITY,
    bound: ((k + 4) * U * rows * cols) / maxAbs(want),
    measure: 'largest error over largest entry',
  };
}

/** The largest norm of a row (along 1), or an upper bound for that of a column (along 0), of stacked matrices. */
function longest(values: ArrayLike<number>, rows: number, cols: number, along: 0 | 1): number {
  const sums = new Float64Array(along === 1 ? rows : cols);
  for (let i = 0; i < rows * cols; i++) sums[along === 1 ? Math.floor(i / cols) : i % cols] += values[i] ** 2;
  return Math.sqrt(maxAbs(sums));
}

const square = (n: number): Size => ({ m: n, n, k: n });

export const products: readonly BenchFamily[] = [
  {
    id: 'matmul',
    title: 'Matrix product',
    limit: 'flop',
    axis: 'n',
    at: (size) => productCase('matmul', `matmul ${size.n}`, size),
    standard: [256, 512, 1024].map(square),
    large: [256, 512, 1024, 2048, 4096].map(square),
    sweep: [64, 128, 256, 512].map(square),
    tiny: square(33),
  },
  {
    id: 'tall',
    title: 'Tall and skinny product',
    limit: 'bytes',
    axis: 'm',
    at: (size) => productCase('tall', `tall ${size.m}x${size.k}x${size.n}`, size),
    standard: [{ m: 4096, k: 256, n: 32 }],
    large: [
      { m: 4096, k: 256, n: 32 },
      { m: 65536, k: 256, n: 32 },
    ],
    sweep: [512, 1024, 2048, 4096].map((m) => ({ m, k: 256, n: 32 })),
    tiny: { m: 65, k: 17, n: 5 },
  },
  {
    id: 'batched',
    title: 'Batched product',
    limit: 'flop',
    axis: 'batch',
    at: (size) => productCase('batched', `batched ${size.batch}x${size.n}`, size),
    standard: [{ batch: 16, ...square(128) }],
    large: [
      { batch: 16, ...square(128) },
      { batch: 256, ...square(128) },
    ],
    sweep: [2, 4, 8, 16].map((batch) => ({ batch, ...square(128) })),
    tiny: { batch: 3, ...square(9) },
  },
  {
    id: 'half',
    title: 'Product with B in float16',
    limit: 'flop',
    axis: 'n',
    at: (size) => productCase('half', `half ${size.n}`, size, halved),
    standard: [square(256), square(512)],
    large: [256, 512, 1024, 2048, 4096].map(square),
    sweep: [64, 128, 256, 512].map(square),
    tiny: square(33),
  },
  {
    id: 'transpose',
    title: 'Transpose',
    limit: 'bytes',
    axis: 'm',
    at: (size) => transposeCase(size),
    standard: [
      { m: 1024, n: 1024 },
      { m: 2048, n: 1024 },
    ],
    large: [1024, 4096].map((n) => ({ m: n, n })),
    sweep: [256, 512, 1024, 2048].map((m) => ({ m, n: 1024 })),
    tiny: { m: 33, n: 7 },
  },
];

function transposeCase(size: Size): BenchCase {
  const { m, n } = size;
  const inputs = once(() => ({ a: drawn(0, m, n) }));
  return {
    id: `transpose ${m}x${n}`,
    family: 'transpose',
    size,
    inputs,
    run: async ({ a }) => ({ t: await transpose(a) }),
    check: ({ t }: Outputs) => {
      const { values } = inputs().a;
      const want = new Float32Array(m * n);
      for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) want[j * m + i] = values[i * n + j];
      return { error: relativeError(t, want), bound: 0, measure: 'exact' };
    },
    flop: 0,
    bytes: 8 * m * n,
  };
}
