/**
 * Synthetic click data: values of categorical fields drawn by a Zipf law, clicks from a latent-factor model
 * (a factorization machine's pair term). Drawn in float64, streams 0 to 5 as the card numbers them.
 */
import { exp, log } from '../../../math/fdlibm';
import { normals, uniforms } from '../../../math/threefry';

export interface ClickShape {
  seed: number;
  fields: number;
  vocab: number;
  latent: number;
  zipf: number;
  signal: number;
}

/** `rows` samples: table rows (field * vocab + value), rows x fields, the true logits and the labels. */
export interface Clicks {
  rows: number;
  index: Uint32Array;
  logits: Float64Array;
  labels: Uint8Array;
}

export const sigmoid = (z: number): number => 1 / (1 + exp(-z));

/** The truth: factors (fields x vocab x latent), linear terms (fields x vocab) and the popularity law. */
export interface Truth {
  shape: ClickShape;
  factors: Float64Array;
  linear: Float64Array;
  /** Cumulative shares of the values, the same in every field. */
  cumulative: Float64Array;
}

export function drawTruth(shape: ClickShape): Truth {
  const { seed, fields, vocab, latent, zipf } = shape;
  const cumulative = new Float64Array(vocab);
  let sum = 0;
  for (let v = 0; v < vocab; v++) {
    sum += exp(-zipf * log(v + 1));
    cumulative[v] = sum;
  }
  for (let v = 0; v < vocab; v++) cumulative[v] /= sum;
  return {
    shape,
    factors: normals(seed, 0, fields * vocab * latent),
    linear: normals(seed, 1, fields * vocab),
    cumulative,
  };
}

/** The first index whose cumulative share exceeds u. */
function inverse(cumulative: Float64Array, u: number): number {
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cumulative[middle] > u) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Draws `rows` samples with values from one stream and labels from another. */
export function drawClicks(truth: Truth, rows: number, streams: readonly [number, number]): Clicks {
  const { seed, fields, vocab, latent, signal } = truth.shape;
  const u = uniforms(seed, streams[0], rows * fields);
  const coins = uniforms(seed, streams[1], rows);
  const index = new Uint32Array(rows * fields);
  const logits = new Float64Array(rows);
  const labels = new Uint8Array(rows);
  const total = new Float64Array(latent);
  const pairScale = Math.sqrt((latent * fields * (fields - 1)) / 2);
  for (let i = 0; i < rows; i++) {
    total.fill(0);
    let linear = 0;
    let squares = 0;
    for (let f = 0; f < fields; f++) {
      const row = f * vocab + inverse(truth.cumulative, u[i * fields + f]);
      index[i * fields + f] = row;
      linear += truth.linear[row];
      for (let l = 0; l < latent; l++) {
        const factor = truth.factors[row * latent + l];
        total[l] += factor;
        squares += factor * factor;
      }
    }
    let whole = 0;
    for (let l = 0; l < latent; l++) whole += total[l] * total[l];
    const pair = (whole - squares) / 2;
    logits[i] = -1 + signal * ((0.5 * linear) / Math.sqrt(fields) + pair / pairScale);
    labels[i] = coins[i] < sigmoid(logits[i]) ? 1 : 0;
  }
  return { rows, index, logits, labels };
}

/** How often each of `count` table rows occurs. */
export function occurrences(index: Uint32Array, count: number): Uint32Array {
  const seen = new Uint32Array(count);
  for (const row of index) seen[row]++;
  return seen;
}
