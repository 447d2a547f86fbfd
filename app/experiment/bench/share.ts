/**
 * A benchmark result as a link (`#/bench?r=...`, readable, some 50 characters a row) or as a JSON file. Both are
 * hostile input when they come back: only known cases and finite numbers within reason are taken, sizes and
 * costs come from the catalogue, and what is left out is said.
 */
import { UserError } from '../../math/errors';
import { WRONG } from './case';
import { findCase } from './catalogue';
import type { BenchReport, BenchRow } from './report';

const LIMIT = 16_000;
const MOST_ROWS = 200;
const NAME = 80;

const digits = (x: number): string => String(Number(x.toPrecision(4)));

/** What follows `#/bench?`. */
export function encodeReport({ label, home, isFallback, peaks, rows }: BenchReport): string {
  const head = [
    '1',
    label.slice(0, NAME),
    home,
    isFallback ? 's' : 'h',
    digits(peaks.gflops),
    digits(peaks.gbps),
  ];
  const lines = rows.map(({ id, bestMs, medianMs, kernelMs, firstMs, verdict, samples }) => [
    id,
    ...[bestMs, medianMs].map(digits),
    kernelMs === null ? '' : digits(kernelMs),
    digits(firstMs),
    verdict.error.toExponential(1),
    verdict.bound.toExponential(1),
    String(samples),
  ]);
  const cell = (text: string) => encodeURIComponent(text.replace(/[~;]/g, ' ')).replace(/%20/g, '+');
  return `r=${[head, ...lines].map((cells) => cells.map(cell).join('~')).join(';')}`;
}

export interface ReadReport {
  report: BenchReport;
  /** Rows left out, and why. */
  problems: string[];
}

/**
 * The report of a link's query.
 * @throws UserError where it is none at all.
 */
export function decodeReport(query: string): ReadReport {
  if (query.length > LIMIT)
    throw new UserError(`The link has ${query.length} characters, more than ${LIMIT}.`);
  const text = /(?:^|&)r=([^&]*)/.exec(query)?.[1];
  if (text === undefined) throw new UserError('The link holds no result.');
  let table: string[][];
  try {
    table = text
      .split(';')
      .map((line) => line.split('~').map((cell) => decodeURIComponent(cell.replace(/\+/g, ' '))));
  } catch {
    throw new UserError('The link is damaged: it is not percent-encoded text.');
  }
  const [[version, label = '', home, kind, gflops, gbps], ...lines] = table;
  return readReport({
    version: Number(version),
    label,
    home,
    isFallback: kind === 's',
    peaks: { gflops: Number(gflops), gbps: Number(gbps) },
    rows: lines.map(([id, bestMs, medianMs, kernelMs, firstMs, error, bound, samples]) => ({
      id,
      bestMs: Number(bestMs),
      medianMs: Number(medianMs),
      kernelMs: kernelMs === '' || kernelMs === undefined ? null : Number(kernelMs),
      firstMs: Number(firstMs),
      verdict: { error: Number(error), bound: Number(bound) },
      samples: Number(samples),
    })),
  });
}

/**
 * The report of a JSON file.
 * @throws UserError where it is none.
 */
export function parseReport(text: string): ReadReport {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UserError('The file is not JSON.');
  }
  return readReport(value);
}

const own = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;

const within = (value: unknown, low: number, high: number): number | null =>
  typeof value === 'number' && value >= low && value <= high ? value : null;

function readReport(value: unknown): ReadReport {
  if (own(value, 'version') !== 1) throw new UserError('This is no benchmark result of version 1.');
  const peaks = own(value, 'peaks');
  const gflops = within(own(peaks, 'gflops'), 1e-6, 1e9);
  const gbps = within(own(peaks, 'gbps'), 1e-6, 1e9);
  const rows = own(value, 'rows');
  if (gflops === null || gbps === null || !Array.isArray(rows)) {
    throw new UserError('The result has no peaks or no rows.');
  }
  const label = own(value, 'label');
  const problems: string[] = [];
  const kept: BenchRow[] = [];
  for (const row of rows.slice(0, MOST_ROWS)) {
    try {
      kept.push(readRow(row));
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
    }
  }
  if (rows.length > MOST_ROWS) problems.push(`Rows after the first ${MOST_ROWS} are left out.`);
  return {
    report: {
      version: 1,
      label: typeof label === 'string' ? label.slice(0, NAME) : 'unnamed',
      home: own(value, 'home') === 'cpu' ? 'cpu' : 'gpu',
      isFallback: own(value, 'isFallback') === true,
      peaks: { gflops, gbps },
      rows: kept,
    },
    problems: problems.slice(0, 12),
  };
}

function readRow(row: unknown): BenchRow {
  const id = own(row, 'id');
  const { family, size, flop, bytes } = findCase(typeof id === 'string' ? id : '');
  const number = (key: string, from: unknown = row): number => {
    const read = within(own(from, key), 0, 1e9);
    if (read === null)
      throw new UserError(`${id}: ${key} is not a number from 0 to 1e9; the row is left out`);
    return read;
  };
  const verdict = own(row, 'verdict');
  const error = number('error', verdict);
  const bestMs = number('bestMs');
  if (bestMs === 0) throw new UserError(`${id}: a time of 0 ms; the row is left out`);
  return {
    id: String(id),
    family,
    size,
    flop,
    bytes,
    verdict: { error, bound: number('bound', verdict), measure: text(own(verdict, 'measure')) },
    isRight: error <= WRONG,
    firstMs: number('firstMs'),
    bestMs,
    medianMs: number('medianMs'),
    kernelMs: own(row, 'kernelMs') === null ? null : number('kernelMs') || null,
    samples: number('samples'),
    kernels: counts(own(row, 'kernels')),
    planned: names(own(row, 'planned')),
  };
}

const text = (value: unknown): string => (typeof value === 'string' ? value.slice(0, NAME) : '');

const names = (value: unknown): string[] => (Array.isArray(value) ? value.slice(0, 20).map(text) : []);

function counts(value: unknown): Record<string, number> {
  if (typeof value !== 'object' || value === null) return {};
  const read = Object.entries(value).slice(0, 40);
  return Object.fromEntries(read.map(([name, calls]) => [text(name), within(calls, 1, 1e6) ?? 1]));
}
