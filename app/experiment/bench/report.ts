/** What a benchmark run says: rows, measured peaks, shares of them, and how time grows with size. */
import type { GpuDevice } from '../../gpu/device';
import type { Home } from '../../gpu/home';
import type { BenchCase, Size } from './case';
import { families } from './catalogue';
import { type Measured, type MeasureOptions, measureCase } from './measure';
import { higher, measurePeaks, type Peaks } from './peaks';
import { plannedOnGpu } from './plan';

export interface BenchRow extends Measured {
  /** The kernels that a GPU would run, to the first read-back; empty where this is one. */
  planned: readonly string[];
}

export interface BenchReport {
  version: 1;
  /** What computed, for people. */
  label: string;
  home: 'gpu' | 'cpu';
  isFallback: boolean;
  peaks: Peaks;
  rows: readonly BenchRow[];
}

export interface BenchOptions extends MeasureOptions {
  gpu: GpuDevice | null;
  onProgress?: (done: number, of: number, what: string) => void;
  onRow?: (row: BenchRow, peaks: Peaks) => void;
}

/** Peaks, then every case in turn. */
export async function runBench(
  home: Home,
  cases: readonly BenchCase[],
  options: BenchOptions,
): Promise<BenchReport> {
  const { gpu, onProgress, onRow, seam } = options;
  onProgress?.(0, cases.length, 'peaks of the device');
  let peaks = await measurePeaks(home, 5, seam);
  const rows: BenchRow[] = [];
  const isFallback = gpu?.report.isFallback ?? false;
  for (const test of cases) {
    onProgress?.(rows.length, cases.length, test.id);
    await seam?.();
    const measured = await measureCase(home, test, options);
    // A busy machine slows a peak too: it gets a chance beside every case, and the best of all counts.
    peaks = higher(peaks, await measurePeaks(home, 2, seam));
    const planned = gpu && isFallback ? await plannedOnGpu(gpu, test) : [];
    const row = { ...measured, planned };
    rows.push(row);
    onRow?.(row, peaks);
  }
  return { version: 1, label: home.label, home: home.kind, isFallback, peaks, rows };
}

/** The time that shares are of: in kernels alone where the device tells, else by the clock. */
export const shareMs = ({ kernelMs, bestMs }: Pick<Measured, 'kernelMs' | 'bestMs'>): number =>
  kernelMs ?? bestMs;

export interface Share {
  /** Of the peak that limits the family: 1 is all of it. */
  share: number;
  of: 'fma' | 'copy';
  gflops: number;
  gbps: number;
}

/** The least work of the operation over its time, as a share of the peak that bounds it. */
export function shareOf(row: Measured, peaks: Peaks): Share {
  const ms = shareMs(row);
  const gflops = row.flop / ms / 1e6;
  const gbps = row.bytes / ms / 1e6;
  const isFlop = families.find(({ id }) => id === row.family)?.limit === 'flop';
  return {
    share: isFlop ? gflops / peaks.gflops : gbps / peaks.gbps,
    of: isFlop ? 'fma' : 'copy',
    gflops,
    gbps,
  };
}

export interface Slope {
  family: string;
  axis: string;
  sizes: readonly number[];
  ms: readonly number[];
  /** d log(ms) / d log(size), least squares. */
  slope: number;
}

const sameBut = (axis: string, size: Size): string =>
  JSON.stringify(
    Object.entries(size).filter(([key]) => key !== axis && !(axis === 'n' && (key === 'm' || key === 'k'))),
  );

/** Families with three sizes or more that differ along their axis alone, with the fitted exponent. */
export function slopes(rows: readonly Measured[]): Slope[] {
  return families.flatMap(({ id, axis, sweep }) => {
    const series = rows
      .filter(({ family, size }) => family === id && sameBut(axis, size) === sameBut(axis, sweep[0]))
      .map((row) => ({ at: row.size[axis], ms: row.bestMs }))
      .sort((a, b) => a.at - b.at);
    if (series.length < 3) return [];
    const x = series.map(({ at }) => Math.log(at));
    const y = series.map(({ ms }) => Math.log(ms));
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const [mx, my] = [mean(x), mean(y)];
    const over = x.reduce((sum, value, i) => sum + (value - mx) * (y[i] - my), 0);
    const under = x.reduce((sum, value) => sum + (value - mx) ** 2, 0);
    return [
      {
        family: id,
        axis,
        sizes: series.map(({ at }) => at),
        ms: series.map(({ ms }) => ms),
        slope: over / under,
      },
    ];
  });
}
