/** Softmax and attention. */
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
    run: null,
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

function attentionCase(size: Size): BenchCase {
  const { n, d } = size;
  const inputs = once(() => ({ q: drawn(3, n, d), k: drawn(4, n, d), v: drawn(5, n, d) }));
  const reference = once(() => {
    const { q, k, v } = inputs();
    const [a, b, c] = [q.values, k.values, v.values];
    const out = new Float64Array(n * d);
    const row = new Float64Array(n);
    let range = 0;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let t = 0; t < d; t++) sum += a[i * d + t] * b[j * d + t];
        row[j] = sum / Math.sqrt(d);
      }
      range = Math.max(range, softmax64(row, n));
      for (let j = 0; j < n; j++) for (let t = 0; t < d; t++) out[i * d + t] += row[j] * c[j * d + t];
    }
    return { out, range };
  });
  return {
    id: `attention ${n}x${d}`,
    family: 'attention',
    size,
    inputs,
    run: null,
    check: ({ o }: Outputs) => {
      const { out, range } = reference();
      // Scores: (d + 2) u |q||k| / sqrt(d), which enters numerator and denominator; then a sum of n terms.
      const { q, k, v } = inputs();
      const scores = ((d + 2) * U * rowNorm(q.values, d) * rowNorm(k.values, d)) / Math.sqrt(d);
      const relative = 2 * scores + softmaxBound(n, range) + n * U;
      return {
        error: relativeError(o, out),
        bound: (relative * maxAbs(v.values)) / maxAbs(out),
        measure: 'largest error over largest entry',
      };
    },
    flop: 4 * n * n * d + 5 * n * n,
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
    standard: [{ n: 1024, d: 64 }],
    large: [1024, 4096].map((n) => ({ n, d: 64 })),
    sweep: [128, 256, 512, 1024].map((n) => ({ n, d: 64 })),
    tiny: { n: 19, d: 8 },
  },
];
