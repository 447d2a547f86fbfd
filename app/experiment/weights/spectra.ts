/** What the singular values of a weight matrix say of it: how much rank it needs, and how heavy its tail is. */
import type { Home } from '../../gpu/home';
import { truncatedSvd } from '../../kernels/truncated';
import { matrix, norm } from '../../math/linalg';
import { singularValues } from '../../math/svd';

/** Energies whose rank is told. */
export const ENERGIES = [0.9, 0.95, 0.99] as const;

export interface Spectrum {
  /** Largest first: all of them, or the leading ones. */
  sigma: number[];
  /** Whether `sigma` is complete and float64; otherwise a randomized SVD found the leading values. */
  exact: boolean;
  /** Smallest rank with this share of the squared Frobenius norm; null where the leading values do not reach it. */
  energyRanks: (number | null)[];
  /** ||A||_F^2 / sigma_1^2 */
  stableRank: number;
  /** exp of the entropy of sigma / sum sigma (Roy and Vetterli 2007); null where values are missing. */
  effectiveRank: number | null;
  /** Exponent of a power law fitted to the tail of sigma^2 (Clauset, Shalizi, Newman 2009; Martin and Mahoney 2021). */
  alpha: number | null;
}

/** The smaller side up to which all singular values are found. */
export const EXACT_SIDE = 1024;
const LEADING = 128;

/** The spectrum of a rows x cols matrix, row-major. `home` is used above EXACT_SIDE. */
export async function spectrumOf(
  home: Home,
  rows: number,
  cols: number,
  values: Float32Array | Float64Array,
): Promise<Spectrum> {
  const least = Math.min(rows, cols);
  const total = norm(values) ** 2;
  if (least <= EXACT_SIDE) {
    return summarize(singularValues(matrix(rows, cols, values)), total, true);
  }
  const sigma = await home.scope(async () => {
    const a = home.tensor([rows, cols], values);
    const { s } = await truncatedSvd(a, Math.min(LEADING, least), { oversample: 32, power: 2 });
    return Float64Array.from(await home.read(s));
  });
  return summarize(sigma, total, false);
}

/** The same from singular values that are known; `total` is the squared Frobenius norm. */
export function summarize(sigma: ArrayLike<number>, total: number, exact: boolean): Spectrum {
  const values = Array.from(sigma);
  const largest = values[0] ?? 0;
  const energyRanks = ENERGIES.map((share) => {
    let sum = 0;
    const rank = values.findIndex((s) => {
      sum += s * s;
      return sum >= share * total * (1 - 1e-12);
    });
    return total === 0 ? 0 : rank < 0 ? null : rank + 1;
  });
  return {
    sigma: values,
    exact,
    energyRanks,
    stableRank: largest > 0 ? total / largest ** 2 : 0,
    effectiveRank: exact ? effectiveRank(values) : null,
    alpha: powerLawExponent(values.map((s) => s * s)),
  };
}

function effectiveRank(sigma: readonly number[]): number {
  const sum = sigma.reduce((total, s) => total + s, 0);
  if (sum === 0) return 0;
  let entropy = 0;
  for (const s of sigma) if (s > 0) entropy -= (s / sum) * Math.log(s / sum);
  return Math.exp(entropy);
}

const LEAST_TAIL = 10;

/**
 * Exponent alpha of p(x) ~ x^-alpha above some x_min: maximum likelihood for every x_min among the values, the one
 * kept whose distribution is nearest to the data (Kolmogorov-Smirnov). Null with fewer than 10 values in every
 * tail. `values` falls.
 */
export function powerLawExponent(values: readonly number[]): number | null {
  const positive = values.filter((x) => x > 1e-12 * values[0]);
  let best: { distance: number; alpha: number } | null = null;
  let logs = 0;
  for (let n = 1; n <= positive.length; n++) {
    const least = positive[n - 1];
    logs += Math.log(least);
    const mean = logs / n - Math.log(least);
    if (n < LEAST_TAIL || !(mean > 0)) continue;
    const alpha = 1 + 1 / mean;
    let distance = 0;
    for (let i = 0; i < n; i++) {
      // The i + 1 largest lie at or above positive[i].
      const above = (positive[i] / least) ** (1 - alpha);
      distance = Math.max(distance, Math.abs(above - (i + 1) / n), Math.abs(above - i / n));
    }
    if (best === null || distance < best.distance) best = { distance, alpha };
  }
  return best?.alpha ?? null;
}
