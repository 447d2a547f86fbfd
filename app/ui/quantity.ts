/** A number with its unit, in the form that suits the unit. */
import { formatBytes, formatCount, formatMs, formatNumber, formatRate } from '../math/format';

/** "24 MiB" for bytes, "1.2 ms" for ms, "40 Mflop" for flop; other units follow the number, "1" is dropped. */
export function quantity(value: number | null | undefined, unit = ''): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return formatNumber(value);
  switch (unit.toLowerCase()) {
    case '':
    case '1':
    case 'relative':
      return formatNumber(value);
    case 'ms':
      return formatMs(value);
    case 'bytes':
    case 'byte':
    case 'b':
      return formatBytes(value);
    case 'flop':
    case 'flops':
      return `${formatCount(value)}${value >= 1e6 ? '' : ' '}flop`;
    case 'gflop/s':
      return formatRate(value, 'FLOP/s');
    case 'gb/s':
      return formatRate(value, 'B/s');
    case 'count':
      return formatCount(value);
    case 'parameters':
    case 'params':
    case 'numbers':
    case 'floats':
      return `${formatCount(value)} ${unit}`;
    case '%':
      return `${formatNumber(value)} %`;
    default:
      return `${formatNumber(value)} ${unit}`;
  }
}

/** "8 s", "2 min", "1.5 h". For what is only roughly known. */
export function durationText(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 1) return 'less than 1 s';
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${Number((seconds / 3600).toPrecision(2))} h`;
}
