/** Attention over hashed pairs in float64, and how far float32 may be from it. */
import { cpuData } from '../gpu/cpuhome';
import { colsOf, rowsOf, type Tensor } from '../gpu/home';
import type { LshAttention, LshPlan } from './lsh';
import { type Deviation, entrywise } from './operation';

export interface LshOptions {
  /** Of the scores: the inverse temperature. */
  scale: number;
  /** The first rounds of the plan; all unless given. */
  rounds?: number;
  /** What is corrected: features exp(log phi - shift) of q and k (n x r), the output of attention through them, its
   * denominators (n x 1), and the sum of both shifts (n x 1). */
  features?: { q: Tensor; k: Tensor; o: Tensor; denominators: Tensor; logScale: Tensor };
}

/** Keys that query i meets, each once, in the order in which it meets them. */
function* keysOf(plan: LshPlan, rounds: number, i: number): Generator<number> {
  const { n, chunk } = plan;
  const places = cpuData(plan.plan);
  const seen = new Set<number>();
  for (let t = 0; t < rounds; t++) {
    const first = Math.floor(places[(plan.rounds + t) * n + i] / chunk) * chunk;
    for (let place = first; place < first + chunk; place++) {
      const key = places[t * n + place];
      if (!seen.has(key)) yield key;
      seen.add(key);
    }
  }
}

interface Products {
  o: Float64Array;
  sums: Float64Array;
  /** The same sums of absolute terms, on the same scale. */
  numerators: Float64Array;
  denominators: Float64Array;
}

export function lshTwin(q: Tensor, k: Tensor, v: Tensor, plan: LshPlan, options: LshOptions): Products {
  const [n, d, dv] = [rowsOf(q), colsOf(q), colsOf(v)];
  const low = options.features;
  const rounds = options.rounds ?? plan.rounds;
  const [x, y, values] = [cpuData(q), cpuData(k), cpuData(v)];
  const dot = (a: ArrayLike<number>, i: number, b: ArrayLike<number>, j: number, size: number): number => {
    let sum = 0;
    for (let c = 0; c < size; c++) sum += a[i * size + c] * b[j * size + c];
    return sum;
  };
  const out: Products = {
    o: new Float64Array(n * dv),
    sums: new Float64Array(2 * n),
    numerators: new Float64Array(n * dv),
    denominators: new Float64Array(n),
  };
  for (let i = 0; i < n; i++) {
    const keys = [...keysOf(plan, rounds, i)];
    const scores = keys.map((j) => options.scale * dot(x, i, y, j, d));
    const own = low ? cpuData(low.logScale)[i] : Number.NEGATIVE_INFINITY;
    const top = Math.max(own, ...scores);
    let sum = 0;
    if (low) {
      sum = Math.exp(own - top) * cpuData(low.denominators)[i];
      out.denominators[i] = sum;
      for (let c = 0; c < dv; c++) {
        const value = sum * cpuData(low.o)[i * dv + c];
        out.o[i * dv + c] = value;
        out.numerators[i * dv + c] = Math.abs(value);
      }
    }
    keys.forEach((j, at) => {
      const exact = Math.exp(scores[at] - top);
      const estimate = low
        ? Math.exp(own - top) * dot(cpuData(low.q), i, cpuData(low.k), j, colsOf(low.q))
        : 0;
      sum += exact - estimate;
      out.denominators[i] += exact + estimate;
      for (let c = 0; c < dv; c++) {
        out.o[i * dv + c] += (exact - estimate) * values[j * dv + c];
        out.numerators[i * dv + c] += (exact + estimate) * Math.abs(values[j * dv + c]);
      }
    });
    for (let c = 0; c < dv; c++) out.o[i * dv + c] /= Math.max(sum, 1e-30);
    out.sums[2 * i] = sum;
    out.sums[2 * i + 1] = keys.length;
  }
  return out;
}

/**
 * First order, u = 2^-24. Scores are off by e = (d + 4) u |scale| max |q| max |k|, exponentials of differences up to
 * X in size by (8 + 5 X) u, products of features by (r + 2) u, and sums of the pairs add a rounding each: all terms
 * by g = exp(2 e) - 1 + (48 + 10 X + r + pairs) u relatively. With N and D the sums of absolute terms the quotient is
 * off by g (N + |o| D) / |den|, the denominator by g D. X: scores differ by at most 2 |scale| max |q| max |k|, and the
 * features' scale by its own size more.
 */
export function deviation(
  got: LshAttention,
  want: LshAttention,
  q: Tensor,
  k: Tensor,
  v: Tensor,
  plan: LshPlan,
  options: LshOptions,
): Deviation {
  const u = 2 ** -24;
  const [d, dv] = [colsOf(q), colsOf(v)];
  const longest = (t: Tensor): number => {
    const data = cpuData(t);
    let most = 0;
    for (let at = 0; at < data.length; at += d) {
      let sum = 0;
      for (let c = 0; c < d; c++) sum += data[at + c] ** 2;
      most = Math.max(most, sum);
    }
    return Math.sqrt(most);
  };
  const size = Math.abs(options.scale) * longest(q) * longest(k);
  const own = options.features ? Math.max(...Array.from(cpuData(options.features.logScale), Math.abs)) : 0;
  const r = options.features ? colsOf(options.features.q) : 0;
  const pairs = plan.chunk * plan.rounds;
  const g = Math.expm1(2 * (d + 4) * u * size) + (48 + 10 * (2 * size + own) + r + pairs) * u;
  const { numerators, denominators } = lshTwin(q, k, v, plan, options);
  const [o, sums] = [cpuData(want.o), cpuData(want.sums)];
  const output = entrywise(got.o, want.o, (i) => {
    const row = Math.floor(i / dv);
    const den = Math.max(1e-30, Math.abs(sums[2 * row]));
    return (g * (numerators[i] + Math.abs(o[i]) * denominators[row])) / den + 1e-37;
  });
  const whole = entrywise(got.sums, want.sums, (i) => (i % 2 === 1 ? 0 : g * denominators[i / 2] + 1e-37));
  return output.ratio >= whole.ratio ? output : whole;
}
