/**
 * Numbers for people, the same on the page, in tables and on the command line. Nothing depends on the
 * locale: a decimal point, an ASCII minus, no thousands separators but in counts. What has no number is an
 * en dash, an infinity is ∞.
 */

type Maybe = number | null | undefined;

/** What stands in place of a number that is none; undefined where there is one. */
function special(x: Maybe): string | undefined {
  if (x === null || x === undefined) return '–';
  if (Number.isNaN(x)) return 'NaN';
  if (x === Infinity) return '∞';
  if (x === -Infinity) return '-∞';
  return undefined;
}

/**
 * `digits` significant digits, trailing zeros dropped: 0.5, 12.35, 1.2e-5. Integers below 10^5 are shown
 * whole; below 10^-3 and from 10^5 on the form is scientific.
 */
export function formatNumber(x: Maybe, digits = 4): string {
  const word = special(x);
  if (word !== undefined || typeof x !== 'number') return word ?? '–';
  if (x === 0) return '0';
  if (Number.isInteger(x) && Math.abs(x) < 1e5) return String(x);
  const rounded = Number(x.toPrecision(digits)); // first, so that 99999.99 is not shown as 100000
  const magnitude = Math.abs(rounded);
  if (magnitude >= 1e-3 && magnitude < 1e5) return String(rounded);
  const [mantissa, exponent] = rounded.toExponential().split('e');
  return `${mantissa}e${Number(exponent)}`;
}

/** A time in ms with a unit that suits it: 850 ns, 12.3 µs, 4.56 ms, 1.23 s, 2 min 5 s. */
export function formatMs(ms: Maybe): string {
  const word = special(ms);
  if (word !== undefined || typeof ms !== 'number') return word ?? '–';
  if (Math.abs(ms) >= 59_950) {
    const seconds = Math.round(ms / 1000);
    return `${Math.trunc(seconds / 60)} min ${Math.abs(seconds % 60)} s`;
  }
  return scaled(ms, 1000, 1e-6, ['ns', 'µs', 'ms', 's']);
}

/** A size in bytes in binary units: 512 B, 1.5 KiB, 24 MiB. */
export function formatBytes(bytes: Maybe): string {
  return special(bytes) ?? scaled(bytes ?? 0, 1024, 1, ['B', 'KiB', 'MiB', 'GiB', 'TiB']);
}

/**
 * A rate given in billions a second, as metrics hold it: formatRate(1234, 'FLOP/s') is 1.23 TFLOP/s,
 * formatRate(0.5, 'B/s') is 500 MB/s.
 */
export function formatRate(billions: Maybe, unit: 'FLOP/s' | 'B/s'): string {
  const prefixes = ['', 'k', 'M', 'G', 'T', 'P'].map((prefix) => prefix + unit);
  return special(billions) ?? scaled(billions ?? 0, 1000, 1e-9, prefixes);
}

/** A count: whole and grouped below a million (12 345, with thin spaces), then 1.23 M, 4.5 G. */
export function formatCount(count: Maybe): string {
  const word = special(count);
  if (word !== undefined || typeof count !== 'number') return word ?? '–';
  if (Math.abs(count) >= 1e6) return scaled(count, 1000, 1, ['', 'k', 'M', 'G', 'T', 'P']);
  const [whole, fraction] = String(Number(count.toFixed(2))).split('.');
  const grouped =
    whole.length > 4 + (count < 0 ? 1 : 0) ? whole.replace(/\B(?=(\d{3})+$)/g, '\u2009') : whole;
  return fraction ? `${grouped}.${fraction}` : grouped;
}

/** x in the largest of the units, each `base` times the one before, in which it is at least 1; 3 digits. */
function scaled(x: number, base: number, smallest: number, units: readonly string[]): string {
  if (x === 0) return `0 ${units[smallest === 1 ? 0 : Math.round(-Math.log(smallest) / Math.log(base))]}`;
  let value = x / smallest;
  let unit = 0;
  // Compared after rounding: 999.9 is 1000 in three digits and so belongs to the next unit.
  while (unit < units.length - 1 && Math.abs(threeDigits(value)) >= base) {
    value /= base;
    unit++;
  }
  return `${formatNumber(threeDigits(value))} ${units[unit]}`.trimEnd();
}

function threeDigits(x: number): number {
  return Math.abs(x) >= 100 ? Math.round(x) : Number(x.toPrecision(3));
}
