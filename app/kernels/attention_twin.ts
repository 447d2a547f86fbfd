/** Attention in float64, and how far float32 may be from it. */
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import { batchOf, colsOf, type Tensor } from '../gpu/home';
import { addProduct } from '../math/gemm';
import type { Attention, AttentionOptions, AttentionPlan } from './attention';
import { type Deviation, entrywise } from './operation';

const BLOCK = 128; // rows of the score matrix that exist at a time

const real = (t: Tensor): Float64Array => {
  const data = cpuData(t);
  if (!(data instanceof Float64Array)) throw new Error('attention: operands are real');
  return data;
};

/** What is added to the scores of each key, batch x nk. */
function addedTo(k: Tensor, { nk, d, batch, biasStep }: AttentionPlan, options: AttentionOptions) {
  const keys = real(k);
  const bias = options.bias ? real(options.bias) : null;
  return Float64Array.from({ length: batch * nk }, (_, i) => {
    let value = bias ? bias[(i + 1) * biasStep - 1] : 0;
    if (options.keyNorm) {
      const at = (batchOf(k) === 1 ? i % nk : i) * d;
      for (let c = 0; c < d; c++) value -= options.keyNorm * keys[at + c] ** 2;
    }
    return value;
  });
}

export async function attentionTwin(
  home: CpuHome,
  q: Tensor,
  k: Tensor,
  v: Tensor,
  plan: AttentionPlan,
  options: AttentionOptions,
): Promise<Attention> {
  const { nq, nk, d, dv, batch, lead, scale } = plan;
  const out = new Float64Array(batch * nq * dv);
  const stats = new Float64Array(batch * nq * 2);
  const add = addedTo(k, plan, options);
  const offset = (t: Tensor, item: number, size: number): number => (batchOf(t) === 1 ? 0 : item * size);
  const scores = new Float64Array(Math.min(nq, BLOCK) * nk);
  for (let item = 0; item < batch; item++) {
    for (let row0 = 0; row0 < nq; row0 += BLOCK) {
      const rows = Math.min(BLOCK, nq - row0);
      scores.fill(0);
      addProduct(
        rows,
        nk,
        d,
        scale,
        { data: real(q), offset: offset(q, item, nq * d) + row0 * d, rowStride: d, colStride: 1 },
        { data: real(k), offset: offset(k, item, nk * d), rowStride: 1, colStride: d },
        scores,
        0,
        nk,
      );
      for (let r = 0; r < rows; r++) {
        const seen = options.causal ? Math.min(nk, row0 + r + 1) : nk;
        const line = scores.subarray(r * nk, (r + 1) * nk);
        stats.set(
          softmaxInPlace(line, seen, add.subarray(item * nk, (item + 1) * nk)),
          2 * (item * nq + row0 + r),
        );
      }
      addProduct(
        rows,
        dv,
        nk,
        1,
        { data: scores, offset: 0, rowStride: nk, colStride: 1 },
        { data: real(v), offset: offset(v, item, nk * dv), rowStride: dv, colStride: 1 },
        out,
        (item * nq + row0) * dv,
        dv,
      );
      await home.checkpoint();
    }
  }
  return { o: home.wrap([...lead, nq, dv], out), stats: home.wrap([...lead, nq, 2], stats) };
}

/** Scores to weights; gives the largest score and the log of the sum of the exponentials. */
function softmaxInPlace(line: Float64Array, seen: number, add: Float64Array): [number, number] {
  let top = Number.NEGATIVE_INFINITY;
  for (let j = 0; j < seen; j++) {
    line[j] += add[j];
    if (line[j] > top) top = line[j];
  }
  let sum = 0;
  for (let j = 0; j < seen; j++) {
    line[j] = Math.exp(line[j] - top);
    sum += line[j];
  }
  for (let j = 0; j < seen; j++) line[j] /= sum;
  line.fill(0, seen);
  return [top, top + Math.log(sum)];
}

/**
 * First-order bound, u = 2^-24. A score is a sum of d products and two more terms: |ds| <= e with
 * e = (d + 4) u (|scale| |q_i| max_j |k_j| + max_j |added_j|) (Higham 2002, 3.5). An exponential of s - m is off
 * by a factor 1 + (6 + 5 |s - m|) u (3 + 2 |x| ulp by the WGSL specification, and the subtraction), and weighted
 * with the softmax |s - m| averages at most log nk. Sums and rescalings add a rounding for every 4 keys. So a
 * weight is off by exp(2 (e + w)) - 1 relatively, w = (6 + 5 log nk + nk / 4 + 40) u, and o by that times max |v|;
 * the log-sum-exp is off by e + w and one rounding of its own size, the largest score by e.
 */
export function deviation(
  got: Attention,
  want: Attention,
  q: Tensor,
  k: Tensor,
  v: Tensor,
  plan: AttentionPlan,
  options: AttentionOptions,
): Deviation {
  const { nq, nk, d, dv, scale } = plan;
  const longest = (t: Tensor): number => {
    const [data, n] = [real(t), colsOf(t)];
    let most = 0;
    for (let at = 0; at < data.length; at += n) {
      let sum = 0;
      for (let c = 0; c < n; c++) sum += data[at + c] ** 2;
      most = Math.max(most, sum);
    }
    return Math.sqrt(most);
  };
  const largest = (values: Float64Array): number => values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  const u = 2 ** -24;
  const added = nk === 0 ? 0 : largest(addedTo(k, plan, options));
  const e = (d + 4) * u * (Math.abs(scale) * longest(q) * longest(k) + added);
  const w = (46 + 5 * Math.log(nk) + nk / 4) * u;
  const output = entrywise(
    got.o,
    want.o,
    Math.expm1(2 * (e + w)) * largest(real(v)) + 1e-37,
    `output (${nq} x ${dv}) entry`,
  );
  const rows = real(want.stats);
  const stats = entrywise(got.stats, want.stats, (i) => e + w + 2 * u * Math.abs(rows[i]), 'stats entry');
  return output.ratio >= stats.ratio ? output : stats;
}
