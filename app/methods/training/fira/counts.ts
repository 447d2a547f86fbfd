/** Numbers in weights and optimizer states, known before the run. */

const sum = (widths: readonly number[], value: (m: number, n: number) => number): number =>
  widths.slice(1).reduce((total, m, l) => total + value(m, widths[l]), 0);

export const weightNumbers = (widths: readonly number[]): number => sum(widths, (m, n) => m * n);

/** Two moments of the projected gradient: r x the longer side of every layer. */
export const stateNumbers = (widths: readonly number[], rank: number): number =>
  sum(widths, (m, n) => 2 * Math.min(rank, m, n) * Math.max(m, n));
