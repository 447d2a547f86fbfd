/** Results as text for other programs: JSON and CSV (RFC 4180, full precision, a point for the decimals). */
import type { Timing } from '../gpu/home';
import type { Figure, Planes, Series } from '../methods/figures';
import type { Method } from '../methods/method';
import type { RunResult } from './protocol';

/** Time and speed of one kernel over a whole run; null where the clock gave nothing usable. */
export interface KernelTiming {
  kernel: string;
  calls: number;
  ms: number | null;
  gflops: number | null;
  gbps: number | null;
  clock: 'gpu' | 'wall';
}

/** Timings with the stages of the run added up, the longest first. */
export function byKernel(timings: readonly Timing[]): KernelTiming[] {
  const sums = new Map<string, Timing>();
  for (const timing of timings) {
    const sum = sums.get(timing.kernel);
    if (!sum) {
      sums.set(timing.kernel, { ...timing });
      continue;
    }
    sum.calls += timing.calls;
    sum.flop += timing.flop;
    sum.bytes += timing.bytes;
    sum.ms = sum.ms === null || timing.ms === null ? null : sum.ms + timing.ms;
    if (timing.clock === 'wall') sum.clock = 'wall';
  }
  const rate = (work: number, ms: number | null) =>
    ms === null || ms <= 0 || work <= 0 ? null : work / ms / 1e6;
  return [...sums.values()]
    .map(({ kernel, calls, ms, flop, bytes, clock }) => {
      return { kernel, calls, ms, gflops: rate(flop, ms), gbps: rate(bytes, ms), clock };
    })
    .sort((a, b) => (b.ms ?? -1) - (a.ms ?? -1));
}

/** What `lab run --json` prints, still with typed arrays. */
export function runReport(result: RunResult) {
  const { method, values, adapter, home, metrics, reasons, claims, timings, figures, notes, wallMs } = result;
  return {
    method,
    parameters: values,
    adapter,
    home,
    metrics,
    reasons,
    claims,
    timings: byKernel(timings),
    figures,
    notes,
    wallMs,
  };
}

/** JSON with typed arrays as plain arrays. What is not finite becomes null, as JSON has no word for it. */
export function toJson(value: unknown, indent?: number): string {
  const plain = (_key: string, item: unknown) => {
    if (!ArrayBuffer.isView(item) || item instanceof DataView) return item;
    return Array.from(item as Float32Array | Float64Array | Uint32Array);
  };
  return JSON.stringify(value, plain, indent);
}

/** The metrics of a result: key, label, value, unit. */
export function metricsCsv(method: Method, result: RunResult): string {
  const rows = Object.entries(result.metrics).map(([key, value]) => {
    const metric = method.metrics[key];
    return [key, metric?.label ?? key, value, metric?.unit ?? ''];
  });
  return csv([['metric', 'label', 'value', 'unit'], ...rows]);
}

/** The numbers of a figure, one header line and one line a point, entry or pixel. */
export function figureCsv(figure: Figure): string {
  switch (figure.kind) {
    case 'spectrum':
      return csv([['index', ...figure.series.map(({ label }) => label)], ...spectrumRows(figure.series)]);
    case 'lines':
      return csv([['series', withUnit(figure.x), withUnit(figure.y)], ...seriesRows(figure.series)]);
    case 'scatter': {
      const points = figure.points.map(({ label, x, y }) => [label, x, y]);
      return csv([
        ['series', withUnit(figure.x), withUnit(figure.y)],
        ...points,
        ...seriesRows(figure.lines ?? []),
      ]);
    }
    case 'bars':
      return csv([['label', withUnit(figure.y)], ...figure.bars.map(({ label, value }) => [label, value])]);
    case 'heatmap':
      return csv(matrixRows(figure.values, figure.rows, figure.cols));
    case 'image':
      return csv([
        ['picture', 'channel', 'row', 'column', 'value'],
        ...pictureRows('original', figure.original),
        ...pictureRows(figure.approximationLabel, figure.approximation),
      ]);
    case 'table':
      return csv([
        figure.columns.map(({ label, unit }) => withUnit({ label, unit })),
        ...figure.rows.map((row) => figure.columns.map(({ key }) => row[key] ?? null)),
      ]);
    default:
      return figure satisfies never;
  }
}

type Cell = string | number | null;

function spectrumRows(series: readonly { values: readonly number[] }[]): Cell[][] {
  const length = series.reduce((longest, { values }) => Math.max(longest, values.length), 0);
  return Array.from({ length }, (_, j) => [j + 1, ...series.map(({ values }) => values[j] ?? null)]);
}

const seriesRows = (series: readonly Series[]): Cell[][] =>
  series.flatMap(({ label, x, y }) => x.map((at, i) => [label, at, y[i] ?? null]));

const matrixRows = (values: Float32Array, rows: number, cols: number): Cell[][] =>
  Array.from({ length: rows }, (_, i) => Array.from(values.subarray(i * cols, (i + 1) * cols)));

function pictureRows(name: string, { rows, cols, planes }: Planes): Cell[][] {
  const channels = planes.length === 1 ? ['grey'] : ['red', 'green', 'blue'];
  return planes.flatMap((plane, channel) =>
    Array.from({ length: rows * cols }, (_, i) => [
      name,
      channels[channel] ?? String(channel),
      Math.floor(i / cols),
      i % cols,
      plane[i],
    ]),
  );
}

const withUnit = ({ label, unit }: { label: string; unit?: string }): string =>
  unit ? `${label} (${unit})` : label;

const csv = (rows: readonly (readonly Cell[])[]): string =>
  rows.map((row) => `${row.map(cellText).join(',')}\r\n`).join('');

function cellText(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : '';
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
