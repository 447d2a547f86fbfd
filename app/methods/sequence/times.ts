/** What the curves of time against length of the state space models may take: they come last, and are no reason to wait. */

/** Powers of four: most are lengths at which the run has convolved before, so that their pipelines stand. */
export const LENGTHS = [64, 256, 1024, 4096, 16384] as const;

/** A route ends before the call that would take longer than this; no call is begun after all took so long. */
export const LIMITS = { patienceMs: 50, budgetMs: 120 } as const;
