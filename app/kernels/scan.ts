/**
 * Scans along one dimension, any length: running sums, products, maxima and minima, inclusive or exclusive, from
 * either end, whole or by segments.
 *
 * Reduce, then scan (Merrill and Garland 2016, section 3): totals of chunks, their scan by the same means, and
 * every chunk from the scan of those before it; three passes over the data, whose count grows with log n. Linear
 * recurrences: linearscan.ts.
 */
import chunksCode from '../../shaders/scan_chunks.wgsl?raw';
import chunks4Code from '../../shaders/scan_chunks4.wgsl?raw';
import totalsCode from '../../shaders/scan_totals.wgsl?raw';
import totals4Code from '../../shaders/scan_totals4.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { shapeText, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel, splitGrid } from '../gpu/kernel';
import { UserError } from '../math/errors';
import { copyRows } from './copyrows';
import { chunkOf, type Lines, linesOf, SERIAL } from './lines';
import { defineOperation, entrywise } from './operation';
import { fitsTiles, scanTiles, tileVariant } from './scantiles';

export type ScanOp = 'sum' | 'product' | 'max' | 'min';
const OPS: Readonly<Record<ScanOp, number>> = { sum: 0, product: 1, max: 2, min: 3 };

export interface ScanOptions {
  op?: ScanOp;
  /** Default: the last. */
  axis?: number;
  /** Leave out the element itself: begins with the identity. */
  exclusive?: boolean;
  /** From the last element to the first. */
  reverse?: boolean;
  /** u32, non-zero where a segment begins: of x's shape, or one line for all. */
  segments?: Tensor;
}

const params = {
  n: 'u32',
  inner: 'u32',
  chunk: 'u32',
  chunks: 'u32',
  count: 'u32',
  reverse: 'u32',
  flag_line: 'u32',
} as const;

type Cost = Readonly<Record<'n' | 'chunks' | 'count', number>>;
const cost =
  (bytes: number) =>
  ({ n, chunks, count }: Cost) => ({
    flop: (2 * n * count) / chunks,
    bytes: (bytes * n * count) / chunks,
  });
const grid = ({ count }: Readonly<Record<'count', number>>) => splitGrid(count, 64);

const totalsKernel = defineKernel({
  name: 'scan_totals',
  code: totalsCode,
  params: { ...params, group0: 'u32' },
  buffers: { x: 'read', flags: 'read', totals: 'write', resets: 'write' },
  grid,
  cost: cost(4),
  split: 'y',
});

const chunksKernel = defineKernel({
  name: 'scan_chunks',
  code: chunksCode,
  params: { ...params, exclusive: 'u32', group0: 'u32' },
  buffers: { x: 'read', flags: 'read', before: 'read', y: 'write' },
  grid,
  cost: cost(8),
  split: 'y',
});

const totals4Kernel = defineKernel({
  name: 'scan_totals4',
  code: totals4Code,
  params: { n: 'u32', chunks: 'u32', count: 'u32', group0: 'u32' },
  buffers: { x: 'read', totals: 'write' },
  grid,
  cost: cost(4),
  split: 'y',
});

const chunks4Kernel = defineKernel({
  name: 'scan_chunks4',
  code: chunks4Code,
  params: { n: 'u32', chunks: 'u32', count: 'u32', exclusive: 'u32', group0: 'u32' },
  buffers: { x: 'read', before: 'read', y: 'write' },
  grid,
  cost: cost(8),
  split: 'y',
});

interface Level extends Lines {
  op: ScanOp;
  exclusive: boolean;
  reverse: boolean;
  /** Resets, and whether they are one line for all. */
  flags: Tensor | null;
  flagLine: boolean;
  /** A stranger's memory may begin and end anywhere: whether x may be read as vec4f. */
  quads: boolean;
}

async function scanLines(home: GpuHome, x: Tensor, y: Tensor, level: Level): Promise<void> {
  const { outer, n, inner } = level;
  const constants = { OP: OPS[level.op] };
  if (level.quads && !home.barriersAreSlow && fitsTiles(n, outer)) {
    const job = { n, lines: outer, op: OPS[level.op], exclusive: level.exclusive };
    return scanTiles(home, x, y, job, await tileVariant(home));
  }
  if (level.quads && n > SERIAL) {
    const chunks = Math.ceil(n / 256);
    const job = { n, chunks, count: outer * chunks };
    const totals = home.empty([outer, chunks]);
    await totals4Kernel.run(home, job, { x, totals }, { constants });
    const before = await scanTotals(home, totals, null, { ...level, n: chunks });
    const last = { ...job, exclusive: level.exclusive ? 1 : 0 };
    await chunks4Kernel.run(home, last, { x, before, y }, { constants });
    home.release(before);
    return;
  }
  const chunk = n <= SERIAL ? n : chunkOf(n);
  const chunks = Math.ceil(n / chunk);
  const job = {
    n,
    inner,
    chunk,
    chunks,
    count: outer * chunks * inner,
    reverse: level.reverse ? 1 : 0,
    flag_line: level.flagLine ? 1 : 0,
  };
  const flags = level.flags ?? x;
  const options = { constants: { ...constants, FLAGS: level.flags ? 1 : 0 } };
  let before: Tensor | null = null;
  if (chunks > 1) {
    const totals = home.empty([outer, chunks, inner]);
    const resets = home.empty(level.flags ? totals.shape : [1], 'u32');
    await totalsKernel.run(home, job, { x, flags, totals, resets }, options);
    before = await scanTotals(home, totals, level.flags ? resets : null, { ...level, n: chunks });
    home.release(resets);
  }
  await chunksKernel.run(
    home,
    { ...job, exclusive: level.exclusive ? 1 : 0 },
    { x, flags, before: before ?? x, y },
    options,
  );
  if (before) home.release(before);
}

/** Longer lines that are no whole number of vec4f are copied to ones that are: cheaper than reading them singly. */
const PADDED = 4096;

async function scanPadded(home: GpuHome, x: Tensor, y: Tensor, level: Level): Promise<void> {
  const { outer, n } = level;
  const wide = 4 * Math.ceil(n / 4);
  const [from, to] = [home.empty([outer, wide]), home.empty([outer, wide])];
  await copyRows.run(home, { cols: wide, cols_in: n, count: outer * wide }, { a: x, b: from });
  await scanLines(home, from, to, { ...level, n: wide, quads: true });
  await copyRows.run(home, { cols: n, cols_in: wide, count: outer * n }, { a: to, b: y });
  for (const t of [from, to]) home.release(t);
}

/** Inclusive scan of the totals, already in the order of the scan; gives the totals back. */
async function scanTotals(
  home: GpuHome,
  totals: Tensor,
  flags: Tensor | null,
  level: Level,
): Promise<Tensor> {
  const scanned = home.empty(totals.shape);
  const quads = level.inner === 1 && !flags && level.n % 4 === 0;
  const next = { ...level, flags, flagLine: false, exclusive: false, reverse: false, quads };
  await scanLines(home, totals, scanned, next);
  home.release(totals);
  return scanned;
}

function checkSegments(x: Tensor, segments: Tensor, n: number): void {
  const fits = sizeOf(segments.shape) === n || segments.shape.join() === x.shape.join();
  if (segments.dtype !== 'u32' || !fits) {
    throw new UserError(
      `scan: segments ${shapeText(segments)} of ${segments.dtype} must be u32, of shape ${shapeText(x)} or ${n}`,
    );
  }
}

/** The running `op` of x along an axis. */
export const scan = defineOperation({
  name: 'scan',
  gpu: async (home: GpuHome, x: Tensor, options: ScanOptions = {}) => {
    const { op = 'sum', exclusive = false, reverse = false, segments } = options;
    const lines = linesOf('scan', x, options.axis ?? -1);
    if (segments) checkSegments(x, segments, lines.n);
    const y = home.empty(x.shape);
    if (sizeOf(x.shape) === 0) return y;
    const isPlain = lines.inner === 1 && !reverse && !segments;
    const level: Level = {
      ...lines,
      op,
      exclusive,
      reverse,
      flags: segments ?? null,
      flagLine: segments !== undefined && segments.shape.join() !== x.shape.join(),
      quads: isPlain && lines.n % 4 === 0,
    };
    if (isPlain && !level.quads && lines.n > PADDED) await scanPadded(home, x, y, level);
    else await scanLines(home, x, y, level);
    return y;
  },
  cpu: async (home: CpuHome, x: Tensor, options: ScanOptions = {}) => {
    if (options.segments) checkSegments(x, options.segments, linesOf('scan', x, options.axis ?? -1).n);
    return home.wrap(x.shape, scan64(x, cpuData(x), options));
  },
  /**
   * Every number passes at most 3 roundings in its vec4f, 16 in its group and 16 groups a level (256 numbers a
   * level, or 64 in the last): |error| <= 40 levels u times the running sum of |x|. A running product of n
   * factors errs by n + 16 levels roundings, relatively. Maxima and minima are exact.
   */
  compare: (got, want, x: Tensor, options: ScanOptions = {}) => {
    const { n } = linesOf('scan', x, options.axis ?? -1);
    const levels = 1 + Math.ceil(Math.log2(Math.max(2, n)) / 4);
    const op = options.op ?? 'sum';
    if (op === 'max' || op === 'min') return entrywise(got, want, 0);
    if (op === 'product') {
      const values = cpuData(want);
      return entrywise(got, want, (i) => (n + 16 * levels) * 2 ** -24 * Math.abs(values[i]) + 1e-37);
    }
    const sums = scan64(x, Float64Array.from(cpuData(x), Math.abs), options);
    return entrywise(got, want, (i) => 40 * levels * 2 ** -24 * sums[i] + 1e-37);
  },
});

const IDENTITY: Readonly<Record<ScanOp, number>> = {
  sum: 0,
  product: 1,
  max: Number.NEGATIVE_INFINITY,
  min: Number.POSITIVE_INFINITY,
};

const COMBINE: Readonly<Record<ScanOp, (a: number, b: number) => number>> = {
  sum: (a, b) => a + b,
  product: (a, b) => a * b,
  max: Math.max,
  min: Math.min,
};

function scan64(x: Tensor, values: ArrayLike<number>, options: ScanOptions): Float64Array {
  const { op = 'sum', axis = -1, exclusive = false, reverse = false, segments } = options;
  const { outer, n, inner } = linesOf('scan', x, axis);
  const flags = segments ? cpuData(segments) : null;
  const isLine = flags !== null && flags.length === n && values.length !== n;
  const y = new Float64Array(values.length);
  const combine = COMBINE[op];
  for (let line = 0; line < outer; line++) {
    for (let column = 0; column < inner; column++) {
      let total = IDENTITY[op];
      for (let t = 0; t < n; t++) {
        const place = reverse ? n - 1 - t : t;
        const at = (p: number): number => (line * n + p) * inner + column;
        const edge = reverse ? place + 1 : place;
        if (flags && edge < n && flags[isLine ? edge : at(edge)]) total = IDENTITY[op];
        const next = combine(total, values[at(place)]);
        y[at(place)] = exclusive ? total : next;
        total = next;
      }
    }
  }
  return y;
}
