/** What the curves of time against length of the state space models may take: they come last, and are no reason to wait. */

/** Powers of four: most are lengths at which the run has convolved before, so that their pipelines stand. */
export const LENGTHS = [64, 256, 1024, 4096, 16384] as const;

export interface TimeLimits {
  patienceMs: number;
  budgetMs: number;
}

/**
 * A call of at most 100 ms, and no call begun after a tenth of what the run has taken so far.
 * @param began performance.now() at the beginning of the run
 */
export const limitsOf = (began: number): TimeLimits => ({
  patienceMs: 100,
  budgetMs: Math.max(150, 0.1 * (performance.now() - began)),
});
