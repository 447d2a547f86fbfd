/** The matrix testbed: one matrix, drawn with a prescribed spectrum or given by the person. */
import type { PictureData } from '../data/source';
import type { Home, Tensor } from '../gpu/home';
import { matrix, norm } from '../math/linalg';
import { type SpectrumKind, testMatrix } from '../math/spectra';
import { singularValues } from '../math/svd';

export interface MatrixBed {
  a: Tensor;
  /** The same numbers on the host, rounded to float32. */
  values: Float32Array;
  rows: number;
  cols: number;
  /** Frobenius norm, float64. */
  norm: number;
  /** Smallest and largest entry. */
  range: [number, number];
  /** True singular values where they are known without work: those of the recipe. */
  sigma: Float64Array | null;
}

export interface MatrixRecipe {
  seed: number;
  m: number;
  n: number;
  spectrum: SpectrumKind;
  rate: number;
  alpha: number;
  noise: number;
  stepRank: number;
}

/** The person's matrix, or the recipe's: U diag(s) V^T with U, V from streams 0 and 1. */
export async function matrixBed(
  home: Home,
  data: PictureData | null,
  recipe: MatrixRecipe,
): Promise<MatrixBed> {
  if (data) return bed(home, data.rows, data.cols, Float32Array.from(data.values), null);
  const { seed, m, n, spectrum: kind, ...shape } = recipe;
  const { a, sigma } = testMatrix(seed, { m, n, kind, ...shape });
  return bed(home, m, n, Float32Array.from(a.data), sigma);
}

function bed(
  home: Home,
  rows: number,
  cols: number,
  values: Float32Array,
  sigma: Float64Array | null,
): MatrixBed {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return {
    a: home.tensor([rows, cols], values),
    values,
    rows,
    cols,
    norm: norm(values),
    range: [low, high],
    sigma,
  };
}

/** Up to here an exact spectrum takes seconds at most; above, the bounds alone are shown. */
export const EXACT_LIMIT = 1024;

/** All singular values in float64, or null where min(m, n) is above the limit. */
export function exactSpectrum({ rows, cols, values, sigma }: MatrixBed): Float64Array | null {
  if (sigma) return sigma;
  if (Math.min(rows, cols) > EXACT_LIMIT) return null;
  return singularValues(matrix(rows, cols, Float64Array.from(values)));
}

/** tau_k = (sum over j > k of sigma_j^2)^(1/2), from the small end. */
export function tailNorm(sigma: Float64Array, k: number): number {
  return norm(sigma.subarray(Math.min(k, sigma.length)));
}

/** Peak signal-to-noise ratio in dB of a residual with this Frobenius norm over `count` entries. */
export function psnr(residualNorm: number, count: number, peak: number): number {
  return residualNorm === 0
    ? Number.POSITIVE_INFINITY
    : 20 * Math.log10((peak * Math.sqrt(count)) / residualNorm);
}
