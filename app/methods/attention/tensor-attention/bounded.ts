/** Part (a) of tensor-attention: entries bounded by B, the exact form and the polynomial of low rank. */
import type { Home, Tensor } from '../../../gpu/home';
import { scaleRows } from '../../../kernels/elementwise';
import { matmul } from '../../../kernels/matmul';
import { monomials, multiply } from '../../../kernels/monomials';
import { columns, concatColumns } from '../../../kernels/slice';
import { type TripleInput, tripleAttention } from '../../../kernels/triple';
import { monomialTable } from '../../../math/multisets';
import { integers, signs, uniforms } from '../../../math/threefry';

/** Entries at B = 1: signs from clusters, magnitudes in 0.5..1; values uniform in (0, 1), one a cluster. n x d each. */
export interface BoundedData {
  n: number;
  d: number;
  q: Float64Array;
  k1: Float64Array;
  k2: Float64Array;
  v1: Float64Array;
  v2: Float64Array;
}

export function boundedData(seed: number, n: number, d: number, clusters: number): BoundedData {
  const patterns = signs(seed, 0, 3 * clusters * d);
  const labels = integers(seed, 1, 3 * n, clusters);
  const magnitudes = uniforms(seed, 2, 3 * n * d);
  const g = uniforms(seed, 3, 2 * clusters * d);
  const entries = (part: number) =>
    Float64Array.from({ length: n * d }, (_, e) => {
      const [i, c] = [Math.floor(e / d), e % d];
      const sign = patterns[(part * clusters + labels[part * n + i]) * d + c];
      return sign * (0.5 + 0.5 * magnitudes[part * n * d + e]);
    });
  const values = (part: number) =>
    Float64Array.from({ length: n * d }, (_, e) => {
      const [i, c] = [Math.floor(e / d), e % d];
      return g[(part * clusters + labels[(part + 1) * n + i]) * d + c];
    });
  return { n, d, q: entries(0), k1: entries(1), k2: entries(2), v1: values(0), v2: values(1) };
}

/** On the device, with Q, K1 and K2 times B. */
export function boundedInput(home: Home, data: BoundedData, bound: number): TripleInput {
  const { n, d } = data;
  const put = (values: Float64Array, scale: number) =>
    home.tensor(
      [n, d],
      values.map((x) => scale * x),
    );
  return {
    q: put(data.q, bound),
    k1: put(data.k1, bound),
    k2: put(data.k2, bound),
    v1: put(data.v1, 1),
    v2: put(data.v2, 1),
  };
}

/** Largest |s| over triples and over pairs at B = 1; they grow as B^3 and B^2. Work n^3 d: for n up to the limit. */
export function unitScores(
  { n, d, q, k1, k2 }: BoundedData,
  withTriples: boolean,
): { triple: number; pair: number } {
  let [triple, pair] = [0, 0];
  const gate = new Float64Array(d);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let score = 0;
      for (let c = 0; c < d; c++) {
        gate[c] = q[i * d + c] * k1[j * d + c];
        score += gate[c];
      }
      pair = Math.max(pair, Math.abs(score) / d);
      if (!withTriples) continue;
      for (let l = 0; l < n; l++) {
        let sum = 0;
        for (let c = 0; c < d; c++) sum += gate[c] * k2[l * d + c];
        triple = Math.max(triple, Math.abs(sum) / d);
      }
    }
  }
  return { triple, pair };
}

export const exact = ({ ...input }: TripleInput, d: number): Promise<Tensor> => tripleAttention(input, 1 / d);

export interface LowRank {
  y: Tensor;
  /** Smallest and largest of the n denominators: a polynomial of odd degree can reach zero. */
  least: number;
}

/**
 * Y' = [U1 ((U2^T V1) * (U3^T V2))] / [U1 ((U2^T 1) * (U3^T 1))], with the denominator as one more column of ones:
 * three products in time n r d.
 */
export async function lowRank(input: TripleInput, d: number, degree: number): Promise<LowRank> {
  const { home } = input.q;
  return home.scope(async () => outputOf(await deviceFeatures(input, d, degree), input));
}

/** U1, U2 and U3, n x r each: exp(s_ijl) ~ sum over features of U1_i U2_j U3_l. */
export async function deviceFeatures(
  { q, k1, k2 }: TripleInput,
  d: number,
  degree: number,
): Promise<[Tensor, Tensor, Tensor]> {
  const table = monomialTable(d, degree);
  return [
    await monomials(q, table, (e) => 1 / (d * e)),
    await monomials(k1, table),
    await monomials(k2, table),
  ];
}

/** Y' from its three factors. */
export async function outputOf(
  features: readonly Tensor[],
  { v1, v2 }: Pick<TripleInput, 'v1' | 'v2'>,
): Promise<LowRank> {
  const { home } = v1;
  const [n, d] = v1.shape;
  return home.scope(async () => {
    const joined = await numerator(features, v1, v2);
    const below = await home.read(await columns(joined, d, d + 1));
    let least = Infinity;
    for (const value of below) least = Math.min(least, value);
    const inverse = home.tensor(
      [n, 1],
      Array.from(below, (value) => 1 / value),
    );
    return { y: await scaleRows(await columns(joined, 0, d), inverse), least };
  });
}

/** n x (d + 1): numerators, then the denominator. */
async function numerator([u1, u2, u3]: readonly Tensor[], v1: Tensor, v2: Tensor): Promise<Tensor> {
  const n = v1.shape[0];
  const one = v1.home.tensor([n, 1], new Float64Array(n).fill(1));
  const left = await matmul(u2, await concatColumns([v1, one]), { transposeA: true });
  const right = await matmul(u3, await concatColumns([v2, one]), { transposeA: true });
  return matmul(u1, await multiply(left, right));
}

/** The three feature matrices on the host, for the identity of the kernel. */
export async function featuresOf(input: TripleInput, d: number, degree: number) {
  const { home } = input.q;
  const table = monomialTable(d, degree);
  return home.scope(async () => ({
    count: table.count,
    u1: await home.read(await monomials(input.q, table, (e) => 1 / (d * e))),
    u2: await home.read(await monomials(input.k1, table)),
    u3: await home.read(await monomials(input.k2, table)),
  }));
}

/** max |got - want| / max |want|. */
export function maxError(got: ArrayLike<number>, want: ArrayLike<number>): number {
  let [error, size] = [0, 0];
  for (let i = 0; i < want.length; i++) {
    error = Math.max(error, Math.abs(got[i] - want[i])); // NaN stays NaN
    size = Math.max(size, Math.abs(want[i]));
  }
  return error / size;
}

/** What uniform weights give: mean(V1) * mean(V2), in every row. */
export function meanOutput({ n, d, v1, v2 }: BoundedData): Float64Array {
  const mean = (values: Float64Array, c: number) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += Math.fround(values[i * d + c]);
    return sum / n;
  };
  const row = Array.from({ length: d }, (_, c) => mean(v1, c) * mean(v2, c));
  return Float64Array.from({ length: n * d }, (_, e) => row[e % d]);
}

/** Relative error of a weight for scores up to s and degree g: the integral of e^t t^g / g! over 0..s, as a series. */
export function weightError(s: number, g: number): number {
  if (s === 0) return 0;
  let logFactorial = 0;
  for (let i = 2; i <= g; i++) logFactorial += Math.log(i);
  let [sum, term] = [0, 1];
  for (let m = 0; term / (g + 1 + m) > 1e-18 * sum || m < s; m++) {
    sum += term / (g + 1 + m);
    term *= s / (m + 1);
  }
  return Math.exp((g + 1) * Math.log(s) - logFactorial + Math.log(sum));
}

/** Smallest degree with weightError <= tolerance. */
export function degreeNeeded(s: number, tolerance: number): number {
  let g = 0;
  while (weightError(s, g) > tolerance) g++;
  return g;
}
