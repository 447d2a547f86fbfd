/** How finely the GPU's clock counts here: browsers coarsen timestamps, and a sum of few ticks is a rough one. */
import type { Timing } from '../gpu/home';

/** ns, coarsest first: what browsers and drivers are known to round to. */
const KNOWN = [100_000, 65_536, 1000, 80, 40];

/** The coarsest known tick, ms, that every GPU time is a multiple of; null where none is or there are too few times. */
export function quantumOf(timings: readonly Timing[]): number | null {
  const times = timings
    .filter(({ clock, ms }) => clock === 'gpu' && ms !== null && ms > 0)
    .map(({ ms }) => ms ?? 0);
  if (times.length < 4) return null;
  const tick = KNOWN.find((ns) =>
    times.every((ms) => {
      const ticks = (ms * 1e6) / ns;
      return Math.abs(ticks - Math.round(ticks)) < 1e-3;
    }),
  );
  return tick === undefined ? null : tick / 1e6;
}

/** Fewer ticks than this say little: the rule is to repeat until there are twenty. */
export const ENOUGH_TICKS = 20;
