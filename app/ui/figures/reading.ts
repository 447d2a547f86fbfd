/** What curves say at a place of the x axis: the nearest x of the full data and all curves there. */
import type { Scale } from '../../methods/figures';

interface Points {
  x: readonly number[];
  y: readonly number[];
}

export interface Reading<C extends Points> {
  /** The x that is read. */
  at: number;
  values: readonly { curve: C; y: number }[];
}

/** Index of the x nearest to `to` as the axis shows it; -1 where there is none. */
export function nearest(xs: readonly number[], to: number, log: boolean): number {
  let best = -1;
  let least = Infinity;
  for (let i = 0; i < xs.length; i++) {
    const distance = log ? Math.abs(Math.log(xs[i] / to)) : Math.abs(xs[i] - to);
    if (distance < least) {
      least = distance;
      best = i;
    }
  }
  return best;
}

/** At the point nearest to `to`; null where no curve has one. */
export function reading<C extends Points>(curves: readonly C[], to: number, scale: Scale): Reading<C> | null {
  const log = scale === 'log';
  const found = curves.flatMap((curve) => {
    const i = nearest(curve.x, to, log);
    return i < 0 ? [] : [{ curve, x: curve.x[i], y: curve.y[i] }];
  });
  if (found.length === 0) return null;
  const closest = nearest(
    found.map(({ x }) => x),
    to,
    log,
  );
  const { x: at } = found[closest];
  return { at, values: found.filter(({ x }) => x === at).map(({ curve, y }) => ({ curve, y })) };
}

/** Whether `to` lies between the first and the last point of the curves: beyond, they say nothing of it. */
export function covers(curves: readonly Points[], to: number): boolean {
  let low = Infinity;
  let high = -Infinity;
  for (const { x } of curves) {
    for (const at of x) {
      if (at < low) low = at;
      if (at > high) high = at;
    }
  }
  return low <= to && to <= high;
}

/** Every x of the curves within the domain, ascending, each once: what the keyboard walks along. */
export function stopsOf(curves: readonly Points[], [low, high]: readonly [number, number]): number[] {
  const all = new Set<number>();
  for (const { x } of curves) for (const at of x) if (at >= low && at <= high) all.add(at);
  return [...all].sort((a, b) => a - b);
}
