/** Trained numbers of SLTrain and of what it is compared with, known before the run. */

export interface Counts {
  full: number;
  sltrain: number;
  /** Rank and numbers of the smallest low-rank network with at least as many numbers. */
  lowrankRank: number;
  lowrank: number;
  /** Entries in the support and rank of every layer. */
  supports: number[];
  ranks: number[];
}

export function countsOf(widths: readonly number[], rank: number, density: number): Counts {
  const shapes = widths.slice(1).map((out, l) => [out, widths[l]] as const);
  const sum = (value: (m: number, n: number, l: number) => number): number =>
    shapes.reduce((total, [m, n], l) => total + value(m, n, l), 0);
  const full = sum((m, n) => m * n);
  const ranks = shapes.map(([m, n]) => Math.min(rank, m, n));
  const supports = shapes.map(([m, n]) => Math.floor(density * m * n));
  const sltrain = sum((m, n, l) => ranks[l] * (m + n) + supports[l]);
  const lowrankRank = Math.ceil(sltrain / sum((m, n) => m + n));
  const lowrank = sum((m, n) => Math.min(lowrankRank, m, n) * (m + n));
  return { full, sltrain, lowrankRank, lowrank, supports, ranks };
}
