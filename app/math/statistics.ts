/**
 * Summaries of measured numbers. Order statistics rather than moments where timings are concerned: one slow
 * run must not move the figure. An empty list has no summary: every function gives NaN for it, and NaN
 * wherever an entry is NaN.
 */

/** Arithmetic mean. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/** The p-quantile, 0 <= p <= 1, linear between order statistics (type 7 of Hyndman and Fan, as NumPy). */
export function quantile(values: ArrayLike<number>, p: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`quantile: p = ${p} is not in 0..1`);
  const sorted = Float64Array.from(values).sort(); // NaN comes last
  if (sorted.length === 0 || Number.isNaN(sorted[sorted.length - 1])) return NaN;
  const position = p * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below];
  const fraction = position - below;
  if (fraction === 0) return low; // also keeps 0 * Infinity out
  const high = sorted[below + 1];
  return low === high ? low : low + fraction * (high - low);
}

/** The middle value, or the mean of the two in the middle. */
export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5);
}

/**
 * Robust spread: 1.4826 times the median distance from the median. For normal data it estimates the
 * standard deviation; up to half of the values may be outliers.
 */
export function spread(values: ArrayLike<number>): number {
  const middle = median(values);
  return 1.4826 * median(Float64Array.from(values, (x) => Math.abs(x - middle)));
}
