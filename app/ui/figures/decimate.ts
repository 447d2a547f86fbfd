/**
 * Fewer points for the picture; the full data stays for the table, the read-out and the export. A chart of
 * 160 points a series redraws in the time of a few frames, and no screen shows more of a curve.
 */
import type { Scale } from '../../methods/figures';

export const MAX_POINTS = 160;

/**
 * Indices of the points to draw, ascending, at most `limit`, the first and the last among them.
 * On a log x axis they are spaced evenly in log x; else every bucket of x order keeps its lowest and its
 * highest y, so that no spike is lost. x must ascend; where it does not, order of the points stands for it.
 */
export function decimate(
  x: readonly number[],
  y: readonly number[],
  scale: Scale,
  limit = MAX_POINTS,
): number[] {
  const n = Math.min(x.length, y.length);
  if (n <= limit) return Array.from({ length: n }, (_, i) => i);
  return scale === 'log' ? logSpaced(x, n, limit) : extremes(y, n, limit);
}

function logSpaced(x: readonly number[], n: number, limit: number): number[] {
  let start = 0;
  while (start < n - 1 && !(x[start] > 0)) start++;
  const low = Math.log(x[start]);
  const step = (Math.log(x[n - 1]) - low) / (limit - 1);
  if (!(step > 0)) return extremes(x, n, limit);
  const kept: number[] = [];
  let next = low;
  for (let i = start; i < n - 1 && kept.length < limit - 1; i++) {
    const at = Math.log(x[i]);
    if (at < next - 1e-12) continue;
    kept.push(i);
    next = Math.max(next + step, at);
  }
  kept.push(n - 1);
  return kept;
}

function extremes(y: readonly number[], n: number, limit: number): number[] {
  const buckets = Math.floor((limit - 2) / 2);
  const kept = [0];
  for (let b = 0; b < buckets; b++) {
    const from = 1 + Math.floor((b * (n - 2)) / buckets);
    const to = 1 + Math.floor(((b + 1) * (n - 2)) / buckets);
    let low = from;
    let high = from;
    for (let i = from + 1; i < to; i++) {
      // A point that is no number is kept: a gap in the data must stay a gap in the picture.
      if (Number.isNaN(y[i]) || y[i] < y[low]) low = i;
      if (y[i] > y[high]) high = i;
    }
    kept.push(Math.min(low, high));
    if (low !== high) kept.push(Math.max(low, high));
  }
  kept.push(n - 1);
  return kept;
}

/** How many points a log axis cannot show: values at or below 0 on it. */
export function hiddenOnLog(values: Iterable<number>): number {
  let count = 0;
  for (const value of values) if (value <= 0) count++;
  return count;
}
