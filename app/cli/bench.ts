/** `bench`: our operations on this machine's adapter, checked against float64, as shares of measured peaks. */
import { CASE_SETS, type CaseSet, casesOf } from '../experiment/bench/catalogue';
import { type BenchReport, runBench, shareOf, slopes } from '../experiment/bench/report';
import { toJson } from '../experiment/report';
import { isUserError } from '../math/errors';
import { formatMs, formatRate } from '../math/format';
import { type Io, UsageError } from './io';
import { openPlace } from './place';
import { aligned } from './table';
import { variantsCommand } from './variants';

export interface BenchFlags {
  only?: string;
  set?: string;
  samples?: string;
  home?: string;
  json?: boolean;
  variants?: boolean;
  anyway?: boolean;
}

export async function benchCommand(flags: BenchFlags, io: Io): Promise<number> {
  const { home: wanted, set } = flags;
  if (wanted !== undefined && wanted !== 'gpu' && wanted !== 'cpu') {
    throw new UsageError(`--home "${wanted}" is unknown: choose gpu or cpu`);
  }
  if (set !== undefined && !isSet(set)) {
    throw new UsageError(`--set "${set}" is unknown: choose ${CASE_SETS.join(', ')}`);
  }
  const samples = Number(flags.samples ?? 5);
  if (!Number.isInteger(samples) || samples < 1) {
    throw new UsageError(`--samples "${flags.samples}" is not a whole number from 1 up`);
  }
  if (flags.variants) return variantsCommand(flags, flags.samples === undefined ? 9 : samples, io);
  const place = await openPlace(wanted);
  try {
    const { home, gpu, adapter } = place;
    const slow = home.kind === 'cpu' || adapter?.isFallback === true;
    const cases = chosen(set ?? (slow ? 'standard' : 'large'), flags.only);
    const report = await runBench(home, cases, {
      gpu,
      samples,
      onProgress: (done, of, what) => {
        if (io.isTerminal) void io.err(`\r\x1b[2K${done} of ${of}: ${what}`);
      },
    });
    if (io.isTerminal) await io.err('\r\x1b[2K');
    await io.out(flags.json ? `${toJson(report)}\n` : benchText(report));
    return report.rows.every(({ isRight }) => isRight) ? 0 : 1;
  } finally {
    place.close();
  }
}

/** A case that there is not is a wrong call. */
function chosen(set: CaseSet, only: string | undefined) {
  try {
    return casesOf(set, only).filter(({ run }) => run !== null);
  } catch (error) {
    throw isUserError(error) ? new UsageError(error.message) : error;
  }
}

const isSet = (text: string): text is CaseSet => CASE_SETS.some((name) => name === text);

function benchText(report: BenchReport): string {
  const { label, peaks, rows } = report;
  const head = [
    'operation',
    'best',
    'median',
    'kernels',
    'rate',
    'share',
    'error',
    'bound',
    'first',
    'ran',
    '',
  ];
  const lines = rows.map((row) => {
    const { share, of, gflops, gbps } = shareOf(row, peaks);
    return [
      row.id,
      row.isRight ? formatMs(row.bestMs) : 'WRONG',
      formatMs(row.medianMs),
      row.kernelMs === null ? '–' : formatMs(row.kernelMs),
      of === 'fma' ? formatRate(gflops, 'FLOP/s') : formatRate(gbps, 'B/s'),
      `${(100 * share).toFixed(0)} % ${of}`,
      row.verdict.error.toExponential(1),
      row.verdict.bound.toExponential(1),
      formatMs(row.firstMs),
      ran(row.kernels),
      row.planned.length > 0 ? `on a GPU: ${row.planned.join(', ')}` : '',
    ];
  });
  const grown = slopes(rows).map(
    ({ family, axis, slope }) => `${family} grows as ${axis}^${slope.toFixed(2)}`,
  );
  return `${[
    `${label}: multiply-adds ${formatRate(peaks.gflops, 'FLOP/s')}, copies ${formatRate(peaks.gbps, 'B/s')}`,
    '',
    ...aligned([head, ...lines]),
    ...(grown.length > 0 ? ['', ...grown] : []),
  ].join('\n')}\n`;
}

function ran(kernels: Readonly<Record<string, number>>): string {
  const names = Object.entries(kernels).map(([name, calls]) => (calls > 1 ? `${calls} ${name}` : name));
  return names.length > 4 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
}
