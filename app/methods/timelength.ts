/** Time against length: measured length by length within a budget, drawn with the slopes that the times bear. */
import { ENOUGH_TICKS, tickOf } from '../gpu/quantum';
import { formatNumber } from '../math/format';
import type { LinesFigure, Mark, Role } from './figures';
import type { Lab } from './method';

export interface TimedRoute {
  key: string;
  label: string;
  role: Role;
  /** The power of the length that its work grows with at the least: what the next time is foreseen by. */
  power: number;
  /** Above this length it is not run; no limit where absent. */
  longest?: number;
  /** What the run has measured of it already: drawn, not measured again, and what its first time is foreseen by. */
  known?: { length: number; ms: number };
}

export interface TimedCurve extends Pick<TimedRoute, 'key' | 'label' | 'role'> {
  points: readonly { length: number; ms: number }[];
}

export interface TimedSweep {
  /** Rising. */
  lengths: readonly number[];
  routes: readonly TimedRoute[];
  /** What is timed at a length, by the routes' keys. It is made once a length, in a scope of its own. */
  callsAt: (length: number) => Promise<Readonly<Record<string, () => Promise<unknown>>>>;
  /** A route ends before the length whose one call is foreseen to take longer, ms. */
  patienceMs: number;
  /** No call is begun after so long, ms of wall time. */
  budgetMs: number;
  /** Progress of the run while this goes on. */
  fraction: number;
}

/** One timed call, after one to warm up, of every route at every length that its time allows. */
export async function timeLengths(lab: Lab, sweep: TimedSweep): Promise<TimedCurve[]> {
  const { lengths, routes, patienceMs, budgetMs, fraction } = sweep;
  const points = new Map(routes.map(({ key, known }) => [key, known ? [known] : []]));
  const began = performance.now();
  const isWorth = ({ key, power, longest }: TimedRoute, length: number): boolean => {
    if (length > (longest ?? Infinity)) return false;
    const before = points.get(key)?.at(-1);
    return !before || before.ms * (length / before.length) ** power <= patienceMs;
  };
  for (const length of lengths) {
    const waiting = routes.filter((route) => route.known?.length !== length && isWorth(route, length));
    await lab.home.scope(async () => {
      const calls = waiting.length > 0 ? await sweep.callsAt(length) : {};
      for (const { key, label } of waiting) {
        if (performance.now() - began > budgetMs) return;
        await lab.step(fraction, `time of ${label} at length ${length}`);
        const ms = await lab.time(`${key} ${length}`, 1, calls[key]);
        points.get(key)?.push({ length, ms });
      }
    });
  }
  return routes.map(({ key, label, role }) => ({
    key,
    label,
    role,
    points: (points.get(key) ?? []).sort((a, b) => a.length - b.length),
  }));
}

/** Most points of a slope: the longest lengths, where the work outweighs what every call costs. */
const MOST = 4;
/** They must span this: two times of twenty ticks, each known to a twentieth, then leave 0.07 of the slope open. */
const SPAN = 4;
/** Between them the time must double, and the line may miss them by a third: else it is noise, or what a call costs. */
const GROWTH = 2;
const SCATTER = 0.3;

/** The power of the length that the time grows with at its longest lengths; null where they do not bear one. */
export function slopeOf({ points }: Pick<TimedCurve, 'points'>, leastMs = 0): number | null {
  const end = points.filter(({ ms }) => ms > 0 && ms >= leastMs).slice(-MOST);
  const [first, last] = [end[0], end[end.length - 1]];
  if (end.length < 2 || last.length < SPAN * first.length || last.ms < GROWTH * first.ms) return null;
  const x = end.map(({ length }) => Math.log(length));
  const y = end.map(({ ms }) => Math.log(ms));
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  const over = x.reduce((sum, value, i) => sum + (value - mx) * (y[i] - my), 0);
  const slope = over / x.reduce((sum, value) => sum + (value - mx) ** 2, 0);
  const missed = x.map((value, i) => (y[i] - my - slope * (value - mx)) ** 2);
  return Math.sqrt(mean(missed)) <= SCATTER ? slope : null;
}

/** What the curves say: their slopes, and how far the clock can be trusted. */
export function slopesSentence(curves: readonly TimedCurve[]): string {
  const tick = tickOf(curves.flatMap(({ points }) => points.map(({ ms }) => ms)));
  const least = tick === null ? 0 : ENOUGH_TICKS * tick;
  const found = curves.flatMap((curve) => {
    const slope = slopeOf(curve, least);
    return slope === null ? [] : [`${curve.label} as n^${slope.toFixed(2)}`];
  });
  const grown =
    found.length === 0
      ? 'No curve is long and smooth enough for a slope.'
      : `At its longest lengths the time grows: ${found.join(', ')}${found.length < curves.length ? '; the others are too short, too fast or too rough for a slope' : ''}.`;
  const clock =
    tick === null
      ? ''
      : ` The clock counts in ticks of ${formatNumber(tick, 2)} ms: points below ${formatNumber(least, 2)} ms are rough, and no slope is taken from them.`;
  return grown + clock;
}

/** The figure that methods lie over one another in. `what` is timed. */
export function timeLengthFigure(
  curves: readonly TimedCurve[],
  what: string,
  marks: readonly Mark[] = [],
): LinesFigure {
  return {
    kind: 'lines',
    id: 'time-length',
    title: 'Time against length',
    summary: `${what} Each point is one call. ${slopesSentence(curves)}`,
    overlay: 'time-length',
    x: { label: 'length n', scale: 'log' },
    y: { label: 'time', unit: 'ms', scale: 'log' },
    series: curves.flatMap(({ key, label, role, points }) => {
      const there = points.filter(({ ms }) => ms > 0);
      if (there.length === 0) return [];
      return [{ key, label, role, x: there.map(({ length }) => length), y: there.map(({ ms }) => ms) }];
    }),
    marks,
  };
}
