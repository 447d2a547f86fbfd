/**
 * Where a number stands on its slider, and what the next step from it is. A position runs over
 * 0..STEPS in whole numbers; linear integers of a short range use themselves as positions instead.
 */
import type { NumberParameter } from '../methods/parameters';

export const STEPS = 1000;

type Range = Pick<NumberParameter, 'kind' | 'min' | 'max' | 'scale'>;

/** A log scale that starts at zero is drawn as log(1 + x) for integers; other numbers need min > 0. */
const shift = (p: Range): number => (p.min > 0 ? 0 : p.kind === 'integer' ? 1 - p.min : Number.NaN);
const isLog = (p: Range): boolean => p.scale !== 'linear' && Number.isFinite(shift(p));

/** Slider position of a value, 0..STEPS, clamped to the range. */
export function positionOf(value: number, p: Range): number {
  const { min, max } = p;
  if (max <= min) return 0;
  const x = Math.min(max, Math.max(min, value));
  if (!isLog(p)) return Math.round((STEPS * (x - min)) / (max - min));
  const s = shift(p);
  return Math.round((STEPS * Math.log((x + s) / (min + s))) / Math.log((max + s) / (min + s)));
}

/** The value at a slider position: whole for integers, three significant digits for other numbers. */
export function valueAt(position: number, p: Range): number {
  const { min, max } = p;
  const t = Math.min(1, Math.max(0, position / STEPS));
  if (t === 0) return min;
  if (t === 1) return max;
  const s = shift(p);
  const x = isLog(p) ? (min + s) * ((max + s) / (min + s)) ** t - s : min + t * (max - min);
  return fit(x, p);
}

/**
 * The next value in a direction: one for integers, a hundredth of the range for other linear numbers, an
 * eighth of an octave for other log scales. `large` is the page key: a doubling on log scales, else a tenth.
 */
export function stepFrom(value: number, direction: 1 | -1, large: boolean, p: Range): number {
  const span = p.max - p.min;
  if (isLog(p)) {
    if (large) return moved(value, direction > 0 ? Math.max(value * 2, value + 1) : value / 2, direction, p);
    if (p.kind !== 'integer') return fit(value * 2 ** (direction / 8), p);
  }
  const step =
    p.kind === 'integer' ? (large ? Math.max(1, Math.round(span / 10)) : 1) : span / (large ? 10 : 100);
  return fit(value + direction * step, p);
}

/** A step on the integers that rounding must not swallow. */
function moved(from: number, to: number, direction: 1 | -1, p: Range): number {
  const next = fit(to, p);
  return p.kind === 'integer' && next === from ? fit(from + direction, p) : next;
}

function fit(x: number, p: Range): number {
  const near = p.kind === 'integer' ? Math.round(x) : Number(x.toPrecision(3));
  return Math.min(p.max, Math.max(p.min, near));
}
