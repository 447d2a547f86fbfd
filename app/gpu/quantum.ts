/** How finely the GPU's clock counts here: browsers coarsen timestamps, and a sum of few ticks is a rough one. */
import type { Timing } from './home';

/** ns, coarsest first: what browsers and drivers are known to round to. */
const KNOWN = [100_000, 65_536, 1000, 80, 40];

/** The coarsest known tick, ms, that all these times are multiples of; null where none is or there are too few. */
export function tickOf(times: readonly number[]): number | null {
  const some = times.filter((ms) => ms > 0);
  if (some.length < 4) return null;
  const tick = KNOWN.find((ns) =>
    some.every((ms) => {
      const ticks = (ms * 1e6) / ns;
      return Math.abs(ticks - Math.round(ticks)) < 1e-3;
    }),
  );
  return tick === undefined ? null : tick / 1e6;
}

/** The tick of the GPU's times among these. */
export const quantumOf = (timings: readonly Timing[]): number | null =>
  tickOf(timings.flatMap(({ clock, ms }) => (clock === 'gpu' && ms !== null ? [ms] : [])));

/** Fewer ticks than this say little: the rule is to repeat until there are twenty. */
export const ENOUGH_TICKS = 20;
