/**
 * Axis domains, ticks and their labels. Ticks are the same numbers that the labels say: nothing is rounded
 * on the way to the picture.
 */
import { formatNumber } from '../../math/format';
import type { Scale } from '../../methods/figures';

export type Domain = readonly [number, number];

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** The integer as superscript digits: -12 is ⁻¹². */
export function superscript(exponent: number): string {
  const digits = [...String(Math.abs(exponent))].map((digit) => SUPERSCRIPTS[Number(digit)]).join('');
  return exponent < 0 ? `⁻${digits}` : digits;
}

/**
 * The range an axis shows for these values; on a log axis only what is above 0 counts. Linear ranges of
 * amounts start at 0 where the data comes near it, log ranges get a margin so that the extremes do not lie on
 * the frame. `tight` keeps the exact extremes (an index axis). Without any usable value: 0..1, or 1..10 on log.
 */
export function domainOf(values: Iterable<number>, scale: Scale, tight = false): Domain {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value) || (scale === 'log' && value <= 0)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return scale === 'log' ? [1, 10] : [0, 1];
  if (low === high) return widened(low, scale);
  if (tight) return [low, high];
  if (scale === 'log') {
    const margin = (high / low) ** 0.04;
    return [low / margin, high * margin];
  }
  if (low > 0 && low < 0.4 * high) low = 0;
  if (high < 0 && high > 0.4 * low) high = 0;
  const step = niceStep(high - low, 5);
  return [Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step];
}

function widened(value: number, scale: Scale): Domain {
  if (scale === 'log') return [value / 2, value * 2];
  if (value === 0) return [0, 1];
  const room = Math.abs(value) / 2;
  return [value - room, value + room];
}

/** 1, 2 or 5 times a power of ten, so that about `count` of them make `span`. */
export function niceStep(span: number, count: number): number {
  const raw = span / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(raw));
  const lead = raw / power;
  return (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10) * power;
}

/**
 * About `count` ticks within the domain, ascending: round numbers, or powers of ten (with 2 and 5 between few).
 * `whole`: the axis counts, so there is nothing at 2.5; a part without any whole number has ticks all the same.
 */
export function ticksOf(domain: Domain, scale: Scale, count: number, whole = false): number[] {
  const ticks = scale === 'log' ? logTicks(domain, count, whole) : linearTicks(domain, count, whole);
  return whole && ticks.length === 0 ? ticksOf(domain, scale, count) : ticks;
}

function linearTicks([low, high]: Domain, count: number, whole: boolean): number[] {
  const nice = niceStep(high - low, count);
  const step = whole ? Math.max(1, nice) : nice;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  // Through a decimal string, so that 3 * 0.1 is the tick 0.3 and not 0.30000000000000004.
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

function logTicks([low, high]: Domain, count: number, whole: boolean): number[] {
  const first = Math.floor(Math.log10(low) + 1e-9);
  const last = Math.ceil(Math.log10(high) - 1e-9);
  const within = (tick: number) =>
    tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9) && (!whole || tick >= 1);
  const powers = Array.from({ length: last - first + 1 }, (_, i) => power10(first + i));
  const decades = powers.filter(within);
  if (decades.length > count) {
    const every = Math.ceil(decades.length / count);
    // Counted from 10^0, so that neighbouring charts skip the same powers.
    return decades.filter((tick) => Math.round(Math.log10(tick)) % every === 0);
  }
  const between = (leads: readonly number[]) =>
    powers.flatMap((power) => leads.map((lead) => Number((lead * power).toPrecision(3)))).filter(within);
  const halves = between([1, 2, 5]);
  if (decades.length >= 3 || halves.length > count + 1) return decades.length >= 2 ? decades : halves;
  return halves.length >= 2 ? halves : linearTicks([low, high], count, whole);
}

/** 10^n without the error of repeated multiplication, so that 1e-7 is the double nearest to it. */
const power10 = (exponent: number): number => Number(`1e${exponent}`);

/** Labels for the ticks of one axis, in one manner for all of them. */
export function labelsOf(ticks: readonly number[], scale: Scale): string[] {
  const magnitudes = ticks.filter((tick) => tick !== 0).map(Math.abs);
  const plain = magnitudes.every((size) => size >= 0.9e-2 && size < 1e5);
  const powersOnly = scale === 'log' && magnitudes.every((size) => isPowerOfTen(size));
  return ticks.map((tick) => {
    if (plain) return formatNumber(tick, 6);
    return powersOnly ? `10${superscript(Math.round(Math.log10(tick)))}` : scientific(tick);
  });
}

const isPowerOfTen = (size: number) => Math.abs(Math.log10(size) - Math.round(Math.log10(size))) < 1e-9;

/** 2.5e-4 as 2.5×10⁻⁴; numbers of ordinary size as formatNumber writes them. */
export function scientific(value: number, digits = 4): string {
  const text = formatNumber(value, digits);
  const [mantissa, exponent] = text.split('e');
  if (exponent === undefined) {
    if (!Number.isFinite(value) || Math.abs(value) < 1e5) return text;
    const [lead, power] = Number(value.toPrecision(digits)).toExponential().split('e');
    return `${lead}×10${superscript(Number(power))}`;
  }
  return `${mantissa}×10${superscript(Number(exponent))}`;
}

/** Whether an axis counts: all of its values are whole numbers. */
export function isCounting(values: Iterable<number>): boolean {
  let any = false;
  for (const value of values) {
    if (Number.isFinite(value)) {
      if (!Number.isInteger(value)) return false;
      any = true;
    }
  }
  return any;
}
