/** Part (b) of tensor-attention: Match3 by a head written by hand, and the pairwise head beside it. */
import type { Home } from '../../../gpu/home';
import { attention } from '../../../kernels/attention';
import { tripleAttention } from '../../../kernels/triple';
import { integers } from '../../../math/threefry';

export interface MatchParameters {
  seed: number;
  sequences: number;
  tokens: number;
  modulus: number;
  freqs: number;
  sharp: number;
}

export interface MatchData {
  /** sequences x tokens. */
  tokens: Uint32Array;
  /** Whether some pair of the sequence completes the token to 0 mod p; and one such pair. */
  matching: boolean[];
  pair: (readonly [number, number] | null)[];
  /** cos and sin of the phases, (sequences tokens) x freqs. */
  cosine: Float64Array;
  sine: Float64Array;
}

export function matchData({ seed, sequences, tokens: length, modulus, freqs }: MatchParameters): MatchData {
  const tokens = integers(seed, 4, sequences * length, modulus);
  const frequencies = Uint32Array.from(integers(seed, 5, freqs, modulus - 1), (w) => w + 1);
  const pair = Array.from(tokens, (x, at) => {
    const base = Math.floor(at / length) * length;
    const places = new Map<number, number>();
    for (let l = length - 1; l >= 0; l--) places.set(tokens[base + l], l);
    for (let j = 0; j < length; j++) {
      const l = places.get((2 * modulus - x - tokens[base + j]) % modulus);
      if (l !== undefined) return [j, l] as const;
    }
    return null;
  });
  // Reduced mod p in whole numbers: the phase itself stays below 2 pi.
  const phase = (e: number) =>
    (2 * Math.PI * ((frequencies[e % freqs] * tokens[Math.floor(e / freqs)]) % modulus)) / modulus;
  const size = { length: sequences * length * freqs };
  return {
    tokens,
    matching: pair.map((found) => found !== null),
    pair,
    cosine: Float64Array.from(size, (_, e) => Math.cos(phase(e))),
    sine: Float64Array.from(size, (_, e) => Math.sin(phase(e))),
  };
}

/** Columns side by side from blocks of F columns each. */
function blocks(rows: number, freqs: number, parts: readonly [Float64Array, number][]): Float64Array {
  const width = parts.length * freqs;
  const out = new Float64Array(rows * width);
  parts.forEach(([values, sign], b) => {
    for (let i = 0; i < rows; i++) {
      for (let f = 0; f < freqs; f++) out[i * width + b * freqs + f] = sign * values[i * freqs + f];
    }
  });
  return out;
}

/** (q_i . Y_i) / F of the triple head: the mean normalized score under the softmax, about 1 exactly at a match. */
export async function tripleReadout(home: Home, p: MatchParameters, { cosine: c, sine: s }: MatchData) {
  const rows = p.sequences * p.tokens;
  const shape = [p.sequences, p.tokens, 4 * p.freqs];
  const q = blocks(rows, p.freqs, [
    [c, 1],
    [c, -1],
    [s, -1],
    [s, -1],
  ]);
  return home.scope(async () => {
    const k1 = home.tensor(
      shape,
      blocks(rows, p.freqs, [
        [c, 1],
        [s, 1],
        [c, 1],
        [s, 1],
      ]),
    );
    const k2 = home.tensor(
      shape,
      blocks(rows, p.freqs, [
        [c, 1],
        [s, 1],
        [s, 1],
        [c, 1],
      ]),
    );
    const input = { q: home.tensor(shape, q), k1, k2, v1: k1, v2: k2 };
    const y = await home.read(await tripleAttention(input, p.sharp / p.freqs));
    return readout(q, y, rows, p.freqs);
  });
}

/** The same of the pairwise head. */
export async function pairReadout(home: Home, p: MatchParameters, { cosine: c, sine: s }: MatchData) {
  const rows = p.sequences * p.tokens;
  const shape = [p.sequences, p.tokens, 2 * p.freqs];
  const q = blocks(rows, p.freqs, [
    [c, 1],
    [s, -1],
  ]);
  return home.scope(async () => {
    const k = home.tensor(
      shape,
      blocks(rows, p.freqs, [
        [c, 1],
        [s, 1],
      ]),
    );
    const y = await home.read(await attention(home.tensor(shape, q), k, k, { scale: p.sharp / p.freqs }));
    return readout(q, y, rows, p.freqs);
  });
}

function readout(q: Float64Array, y: ArrayLike<number>, rows: number, freqs: number): Float64Array {
  const width = q.length / rows;
  return Float64Array.from({ length: rows }, (_, i) => {
    let sum = 0;
    for (let c = i * width; c < (i + 1) * width; c++) sum += Math.fround(q[c]) * y[c];
    return sum / freqs;
  });
}

/** Share of tokens on the right side of a threshold. */
export function accuracy(values: Float64Array, matching: readonly boolean[], threshold: number): number {
  let right = 0;
  values.forEach((value, i) => {
    if (value > threshold === matching[i]) right++;
  });
  return right / values.length;
}

/** The best single threshold, matching above it or below it. */
export function bestAccuracy(values: Float64Array, matching: readonly boolean[]): number {
  const order = Array.from(values.keys()).sort((a, b) => values[a] - values[b]);
  const total = matching.filter(Boolean).length;
  // Above the threshold counts as matching: begin with all of them above.
  let right = total;
  let best = Math.max(right, values.length - right);
  order.forEach((at, i) => {
    right += matching[at] ? -1 : 1;
    // Equal values cannot be parted.
    const next = order[i + 1];
    if (next === undefined || values[next] > values[at]) best = Math.max(best, right, values.length - right);
  });
  return best / values.length;
}

/** Smallest value of matching tokens minus largest of the others; null where one kind is missing. */
export function gap(values: Float64Array, matching: readonly boolean[]): number | null {
  let [low, high] = [Infinity, -Infinity];
  values.forEach((value, i) => {
    if (matching[i]) low = Math.min(low, value);
    else high = Math.max(high, value);
  });
  return Number.isFinite(low) && Number.isFinite(high) ? low - high : null;
}

/** The n x n weights of one query of the triple head, float64: for the picture. */
export function queryWeights(p: MatchParameters, { cosine, sine }: MatchData, at: number): Float32Array {
  const { tokens: n, freqs } = p;
  const base = Math.floor(at / n) * n;
  const scores = new Float64Array(n * n);
  let most = -Infinity;
  for (let j = 0; j < n; j++) {
    for (let l = 0; l < n; l++) {
      let score = 0;
      for (let f = 0; f < freqs; f++) {
        const [a, b, c] = [at, base + j, base + l].map((i) =>
          Math.atan2(sine[i * freqs + f], cosine[i * freqs + f]),
        );
        score += Math.cos(a + b + c);
      }
      scores[j * n + l] = (p.sharp / freqs) * score;
      most = Math.max(most, scores[j * n + l]);
    }
  }
  let sum = 0;
  for (const score of scores) sum += Math.exp(score - most);
  return Float32Array.from(scores, (score) => Math.exp(score - most) / sum);
}
