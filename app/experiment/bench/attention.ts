/** Softmax and attention. */
import { attention } from '../../kernels/attention';
import { segmentAttention } from '../../kernels/lowrankattention';
import { softmax } from '../../kernels/softmax';
import {
  type BenchCase,
  type BenchFamily,
  drawn,
  maxAbs,
  type Outputs,
  once,
  relativeError,
  type Size,
  U,
} from './case';

/** Softmax of the rows of s (rows x cols) in float64, in place; returns the widest range of a row. */
function softmax64(s: Float64Array, cols: number): number {
  let range = 0;
  for (let at = 0; at < s.length; at += cols) {
    let most = Number.NEGATIVE_INFINITY;
    let least = Number.POSITIVE_INFINITY;
    for (let j = at; j < at + cols; j++) {
      most = Math.max(most, s[j]);
      least = Math.min(least, s[j]);
    }
    range = Math.max(range, most - least);
    let sum = 0;
    for (let j = at; j < at + cols; j++) {
      s[j] = Math.exp(s[j] - most);
      sum += s[j];
    }
    for (let j = at; j < at + cols; j++) s[j] /= sum;
  }
  return range;
}

/**
 * Relative error of a softmax entry whose arguments are exact: rounding x - max perturbs exp by |x - max| u,
 * WGSL's exp has (3 + 2 |x|) ulp = (6 + 4 |x|) u; numerator and denominator, a sum of `cols` terms, a division.
 */
const softmaxBound = (cols: number, range: number): number => (2 * (6 + 5 * range) + cols + 5) * U;

function softmaxCase(size: Size): BenchCase {
  const { m, n } = size;
  const inputs = once(() => ({ x: drawn(2, m, n) }));
  return {
    id: `softmax ${m}x${n}`,
    family: 'softmax',
    size,
    inputs,
    run: async ({ x }) => ({ y: await softmax(x) }),
    check: ({ y }: Outputs) => {
      const want = Float64Array.from(inputs().x.values);
      const range = softmax64(want, n);
      return {
        error: relativeError(y, want),
        bound: softmaxBound(n, range),
        measure: 'largest error over largest entry',
      };
    },
    flop: 5 * m * n,
    bytes: 8 * m * n,
  };
}

/** Attention in float64: queries n x d, keys and values r x d; and the widest range of a row of scores. */
function attend64(
  q: ArrayLike<number>,
  k: ArrayLike<number>,
  v: ArrayLike<number>,
  d: number,
): { out: Float64Array; range: number } {
  const [n, r] = [q.length / d, k.length / d];
  const out = new Float64Array(n * d);
  const row = new Float64Array(r);
  let range = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < r; j++) {
      let sum = 0;
      for (let t = 0; t < d; t++) sum += q[i * d + t] * k[j * d + t];
      row[j] = sum / Math.sqrt(d);
    }
    range = Math.max(range, softmax64(row, r));
    for (let j = 0; j < r; j++) for (let t = 0; t < d; t++) out[i * d + t] += row[j] * v[j * d + t];
  }
  return { out, range };
}

function attentionCase(size: Size): BenchCase {
  const { n, d } = size;
  const inputs = once(() => ({ q: drawn(3, n, d), k: drawn(4, n, d), v: drawn(5, n, d) }));
  const reference = once(() => {
    const { q, k, v } = inputs();
    return attend64(q.values, k.values, v.values, d);
  });
  return {
    id: `attention ${n}x${d}`,
    family: 'attention',
    size,
    inputs,
    run: async ({ q, k, v }) => ({ o: await attention(q, k, v) }),
    check: ({ o }: Outputs) => {
      const { out, range } = reference();
      const { q, k, v } = inputs();
      return {
        error: relativeError(o, out),
        bound: attentionBound(q.values, k.values, v.values, d, range) / maxAbs(out),
        measure: 'largest error over largest entry',
      };
    },
    flop: 4 * n * n * d + 5 * n * n,
    bytes: 16 * n * d,
  };
}

/**
 * Absolute error of an entry: the scores' (d + 2) u |q||k| / sqrt(d), in numerator and denominator, the softmax,
 * and a sum over the keys; times the largest value.
 */
function attentionBound(
  q: ArrayLike<number>,
  k: ArrayLike<number>,
  v: ArrayLike<number>,
  d: number,
  range: number,
): number {
  const keys = k.length / d;
  const scores = ((d + 2) * U * rowNorm(q, d) * rowNorm(k, d)) / Math.sqrt(d);
  return (2 * scores + softmaxBound(keys, range) + keys * U) * maxAbs(v);
}

/** Keys and values averaged over r segments of the sequence; n a multiple of r. */
function segmentCase(size: Size): BenchCase {
  const { n, d, r } = size;
  const inputs = once(() => ({ q: drawn(13, n, d), k: drawn(14, n, d), v: drawn(15, n, d) }));
  const means = (values: ArrayLike<number>): Float64Array => {
    const out = new Float64Array(r * d);
    for (let i = 0; i < n * d; i++) {
      out[Math.floor(i / d / (n / r)) * d + (i % d)] += (values[i] * r) / n;
    }
    return out;
  };
  return {
    id: `low-rank attention ${n}x${d} rank ${r}`,
    family: 'lowrank',
    size,
    inputs,
    run: async ({ q, k, v }) => ({ o: await segmentAttention(q, k, v, r, 1 / Math.sqrt(d)) }),
    check: ({ o }: Outputs) => {
      const { q, k, v } = inputs();
      const [keys, values] = [means(k.values), means(v.values)];
      const { out, range } = attend64(q.values, keys, values, d);
      // A mean of n / r normals errs by at most (n / r) u of their sum of sizes: covered by that many terms more.
      const more = ((n / r) * U * 2 * rowNorm(q.values, d) * rowNorm(k.values, d)) / Math.sqrt(d);
      const bound =
        attentionBound(q.values, keys, values, d, range) + (more + (n / r) * U) * maxAbs(v.values);
      return {
        error: relativeError(o, out),
        bound: bound / maxAbs(out),
        measure: 'largest error over largest entry',
      };
    },
    flop: 4 * n * r * d + 5 * n * r + 2 * n * d,
    bytes: 16 * n * d,
  };
}

function rowNorm(values: ArrayLike<number>, cols: number): number {
  let most = 0;
  for (let at = 0; at < values.length; at += cols) {
    let sum = 0;
    for (let j = at; j < at + cols; j++) sum += values[j] ** 2;
    most = Math.max(most, sum);
  }
  return Math.sqrt(most);
}

export const attentions: readonly BenchFamily[] = [
  {
    id: 'softmax',
    title: 'Softmax of rows',
    limit: 'bytes',
    axis: 'm',
    at: softmaxCase,
    standard: [{ m: 1024, n: 1024 }],
    large: [1024, 4096].map((n) => ({ m: n, n })),
    sweep: [128, 256, 512, 1024].map((m) => ({ m, n: 1024 })),
    tiny: { m: 5, n: 33 },
  },
  {
    id: 'attention',
    title: 'Exact attention, one head',
    limit: 'flop',
    axis: 'n',
    at: attentionCase,
    standard: [1024, 4096].map((n) => ({ n, d: 64 })),
    large: [1024, 4096].map((n) => ({ n, d: 64 })),
    sweep: [128, 256, 512, 1024].map((n) => ({ n, d: 64 })),
    tiny: { n: 19, d: 8 },
  },
  {
    id: 'lowrank',
    title: 'Attention to 32 segment means',
    limit: 'bytes',
    axis: 'n',
    at: segmentCase,
    standard: [1024, 4096].map((n) => ({ n, d: 64, r: 32 })),
    large: [4096, 16384].map((n) => ({ n, d: 64, r: 32 })),
    sweep: [512, 1024, 2048, 4096].map((n) => ({ n, d: 64, r: 32 })),
    tiny: { n: 24, d: 8, r: 4 },
  },
];
