/**
 * The linear recurrence h_t = a_t h_(t-1) + b_t, h_(-1) = 0, along one dimension: real or complex, any length,
 * from either end. Steps combine associatively, first (a1, b1), then (a2, b2): (a1 a2, a2 b1 + b2), so chunks
 * run side by side and only their ends wait for one another (Blelloch 1990). a_t = 0 begins a new segment.
 */
import complexChunksCode from '../../shaders/complex_linear_chunks.wgsl?raw';
import complexTotalsCode from '../../shaders/complex_linear_totals.wgsl?raw';
import chunksCode from '../../shaders/linear_chunks.wgsl?raw';
import totalsCode from '../../shaders/linear_totals.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { partsOf, shapeText, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel, splitGrid } from '../gpu/kernel';
import { UserError } from '../math/errors';
import { chunkOf, type Lines, linesOf, SERIAL } from './lines';
import { defineOperation, entrywise } from './operation';

export interface LinearScanOptions {
  /** Default: the last. */
  axis?: number;
  /** From the last element to the first: h_t = a_t h_(t+1) + b_t. */
  reverse?: boolean;
  /** Steps that one invocation runs; default by length. 1 chunk a line is the step-by-step form. */
  chunk?: number;
}

const params = {
  n: 'u32',
  inner: 'u32',
  chunk: 'u32',
  chunks: 'u32',
  count: 'u32',
  reverse: 'u32',
  group0: 'u32',
} as const;

type Cost = Readonly<Record<'n' | 'chunks' | 'count', number>>;
const cost =
  (flop: number, bytes: number) =>
  ({ n, chunks, count }: Cost) => ({
    flop: (flop * n * count) / chunks,
    bytes: (bytes * n * count) / chunks,
  });
const grid = ({ count }: Readonly<Record<'count', number>>) => splitGrid(count, 64);

const totalsOf = (name: string, code: string, flop: number, bytes: number) =>
  defineKernel({
    name,
    code,
    params,
    buffers: { a: 'read', b: 'read', product: 'write', state: 'write' },
    grid,
    cost: cost(flop, bytes),
    split: 'y',
  });

const chunksOf = (name: string, code: string, flop: number, bytes: number) =>
  defineKernel({
    name,
    code,
    params,
    buffers: { a: 'read', b: 'read', before: 'read', y: 'write' },
    grid,
    cost: cost(flop, bytes),
    split: 'y',
  });

const KERNELS = {
  f32: {
    totals: totalsOf('linear_totals', totalsCode, 3, 8),
    chunks: chunksOf('linear_chunks', chunksCode, 2, 12),
  },
  c64: {
    totals: totalsOf('complex_linear_totals', complexTotalsCode, 14, 16),
    chunks: chunksOf('complex_linear_chunks', complexChunksCode, 8, 24),
  },
};

/** Short lines; on a software adapter also many lines, whose lanes are full: chunks would do every step twice. */
const isSerial = (home: GpuHome, { outer, n, inner }: Lines): boolean =>
  n <= SERIAL || (home.barriersAreSlow && outer * inner >= 64 && n * outer * inner <= 2 ** 21);

async function run(
  home: GpuHome,
  a: Tensor,
  b: Tensor,
  { outer, n, inner }: Lines,
  reverse: boolean,
  chosen?: number,
): Promise<Tensor> {
  const { totals, chunks: finish } = KERNELS[b.dtype === 'c64' ? 'c64' : 'f32'];
  const chunk = Math.min(n, chosen ?? (isSerial(home, { outer, n, inner }) ? n : chunkOf(n)));
  const chunks = Math.ceil(n / chunk);
  const job = { n, inner, chunk, chunks, count: outer * chunks * inner, reverse: reverse ? 1 : 0 };
  let before: Tensor | null = null;
  if (chunks > 1) {
    const shape = [outer, chunks, inner];
    const product = home.empty(shape, b.dtype);
    const state = home.empty(shape, b.dtype);
    await totals.run(home, job, { a, b, product, state });
    before = await run(home, product, state, { outer, n: chunks, inner }, false);
    for (const t of [product, state]) home.release(t);
  }
  const y = home.empty(b.shape, b.dtype);
  await finish.run(home, job, { a, b, before: before ?? b, y });
  if (before) home.release(before);
  return y;
}

function check(a: Tensor, b: Tensor, chunk?: number): void {
  if (a.shape.join() !== b.shape.join() || a.dtype !== b.dtype || b.dtype === 'u32') {
    throw new UserError(
      `linearScan: a is ${shapeText(a)} of ${a.dtype}, b ${shapeText(b)} of ${b.dtype}: both alike, f32 or c64`,
    );
  }
  if (chunk !== undefined && !(Number.isInteger(chunk) && chunk >= 1)) {
    throw new UserError(`linearScan: a chunk has ${chunk} steps; give a whole number from 1`);
  }
}

/** All h_t of h_t = a_t h_(t-1) + b_t; a and b of one shape, both f32 or both c64. */
export const linearScan = defineOperation({
  name: 'linear_scan',
  gpu: async (home: GpuHome, a: Tensor, b: Tensor, options: LinearScanOptions = {}) => {
    check(a, b, options.chunk);
    const lines = linesOf('linearScan', b, options.axis ?? -1);
    if (sizeOf(b.shape) === 0) return home.empty(b.shape, b.dtype);
    return run(home, a, b, lines, options.reverse ?? false, options.chunk);
  },
  cpu: async (home: CpuHome, a: Tensor, b: Tensor, options: LinearScanOptions = {}) => {
    check(a, b, options.chunk);
    const h = new Float64Array(cpuData(b).length);
    walk(b, options, (i, previous) => {
      step(b.dtype === 'c64', cpuData(a), cpuData(b), h, i, previous);
    });
    return home.wrap(b.shape, h, b.dtype);
  },
  /**
   * A step in float32 adds an error of at most 4 u (6 u complex) of the recurrence of absolute values H, which
   * later steps damp as they damp the state: E_t = |a_t| E_(t-1) + 6 u H_t. The product of a that carries a
   * chunk's beginning to step t has one rounding a step, within the same sum.
   */
  compare: (got, want, a: Tensor, b: Tensor, options: LinearScanOptions = {}) => {
    const parts = partsOf(b.dtype);
    const size = (values: ArrayLike<number>, i: number): number =>
      parts === 2 ? Math.hypot(values[2 * i], values[2 * i + 1]) : Math.abs(values[i]);
    const [x, y] = [cpuData(a), cpuData(b)];
    const sums = new Float64Array(y.length / parts);
    const errors = new Float64Array(y.length / parts);
    walk(b, options, (i, previous) => {
      const [h, e] = previous < 0 ? [0, 0] : [sums[previous], errors[previous]];
      sums[i] = size(x, i) * h + size(y, i);
      errors[i] = size(x, i) * e + 6 * 2 ** -24 * sums[i];
    });
    return entrywise(got, want, (i) => errors[Math.floor(i / parts)] + 1e-37, 'state');
  },
});

/** Calls `visit` for every element with the one before it in its line (-1 at the beginning), in order. */
function walk(b: Tensor, options: LinearScanOptions, visit: (i: number, previous: number) => void): void {
  const { outer, n, inner } = linesOf('linearScan', b, options.axis ?? -1);
  const stride = options.reverse ? -inner : inner;
  for (let line = 0; line < outer; line++) {
    for (let column = 0; column < inner; column++) {
      const first = (line * n + (options.reverse ? n - 1 : 0)) * inner + column;
      for (let t = 0; t < n; t++) visit(first + t * stride, t === 0 ? -1 : first + (t - 1) * stride);
    }
  }
}

function step(
  isComplex: boolean,
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  h: Float64Array,
  i: number,
  previous: number,
): void {
  if (!isComplex) {
    h[i] = a[i] * (previous < 0 ? 0 : h[previous]) + b[i];
    return;
  }
  const [re, im] = previous < 0 ? [0, 0] : [h[2 * previous], h[2 * previous + 1]];
  h[2 * i] = a[2 * i] * re - a[2 * i + 1] * im + b[2 * i];
  h[2 * i + 1] = a[2 * i] * im + a[2 * i + 1] * re + b[2 * i + 1];
}
