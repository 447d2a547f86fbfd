/**
 * Pieces of optimizers that keep their state in a subspace of the gradient (GaLore, Fira): Adam's direction
 * without bias correction, per-line scaling, and the norm-growth limiter, all without a read-back.
 */
import directionCode from '../../shaders/adam_direction.wgsl?raw';
import applyCode from '../../shaders/apply_scaled.wgsl?raw';
import limitCode from '../../shaders/limit_growth.wgsl?raw';
import ratioCode from '../../shaders/line_ratio.wgsl?raw';
import cosineCode from '../../shaders/record_cosine.wgsl?raw';
import scaleCode from '../../shaders/scale_remainder.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { colsOf, rowsOf, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import { type Deviation, defineOperation, entrywise } from './operation';

const UNIT = 2 ** -24;
const B1 = 0.9;
const B2 = 0.999;
const EPS = 1e-8;
/** Against division by the norm of a line, or of a step, that is zero. */
const LEAST = 1e-8;

const directionKernel = defineKernel({
  name: 'adam_direction',
  code: directionCode,
  params: { count: 'u32', b1: 'f32', rest1: 'f32', b2: 'f32', rest2: 'f32', eps: 'f32' },
  buffers: { r: 'read', moments: 'write', n: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count }) => ({ flop: 10 * count, bytes: 24 * count }),
});
const ratioKernel = defineKernel({
  name: 'line_ratio',
  code: ratioCode,
  params: { count: 'u32', length: 'u32', step: 'u32', jump: 'u32', eps: 'f32' },
  buffers: { n: 'read', r: 'read', phi: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count, length }) => ({ flop: 4 * count * length, bytes: 8 * count * length }),
});
const scaleKernel = defineKernel({
  name: 'scale_remainder',
  code: scaleCode,
  params: { rows: 'u32', cols: 'u32', by_row: 'u32' },
  buffers: { d: 'read', phi: 'read', s: 'write', squares: 'write' },
  grid: ({ rows }) => linearGrid(rows, 64),
  cost: ({ rows, cols }) => ({ flop: 3 * rows * cols, bytes: 8 * rows * cols }),
});
const limitKernel = defineKernel({
  name: 'limit_growth',
  code: limitCode,
  params: { rows: 'u32', at: 'u32', limited: 'u32', bound: 'f32' },
  buffers: { squares: 'read', norms: 'write', factor: 'write' },
  grid: () => [1],
  cost: ({ rows }) => ({ flop: rows + 8, bytes: 4 * rows + 12 }),
});
const applyKernel = defineKernel({
  name: 'apply_scaled',
  code: applyCode,
  params: { count: 'u32', rate: 'f32' },
  buffers: { s: 'read', factor: 'read', w: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count }) => ({ flop: 2 * count, bytes: 12 * count }),
});
const cosineKernel = defineKernel({
  name: 'record_cosine',
  code: cosineCode,
  params: { count: 'u32', at: 'u32' },
  buffers: { a: 'read', b: 'read', out: 'write' },
  grid: () => [1],
  cost: ({ count }) => ({ flop: 6 * count, bytes: 8 * count }),
});

const reals = (t: Tensor): Float64Array => {
  const data = cpuData(t);
  if (!(data instanceof Float64Array)) throw new Error('projected optimizer: tensors are real');
  return data;
};
const worse = (a: Deviation, b: Deviation): Deviation => (b.ratio > a.ratio ? b : a);

/** n = m / (sqrt(v) + eps) after `moments` (pairs m, v; updated in place) took in r. b1 0.9, b2 0.999, eps 1e-8. */
export const adamDirection = defineOperation({
  name: 'adamDirection',
  gpu: async (home: GpuHome, r: Tensor, moments: Tensor) => {
    const n = home.empty(r.shape);
    const params = { count: sizeOf(r.shape), b1: B1, rest1: 1 - B1, b2: B2, rest2: 1 - B2, eps: EPS };
    await directionKernel.run(home, params, { r, moments, n });
    return { n, moments };
  },
  cpu: async (home: CpuHome, r: Tensor, moments: Tensor) => {
    const out = home.tensor(r.shape);
    const [g, mv, n] = [reals(r), reals(moments), reals(out)];
    for (let i = 0; i < g.length; i++) {
      mv[2 * i] = B1 * mv[2 * i] + (1 - B1) * g[i];
      mv[2 * i + 1] = B2 * mv[2 * i + 1] + (1 - B2) * g[i] * g[i];
      n[i] = mv[2 * i] / (Math.sqrt(mv[2 * i + 1]) + EPS);
    }
    return { n: out, moments };
  },
  /** m within 4 u of its terms, v within 6 u, its root within 3 u and 9 u of a WGSL sqrt, division 2.5 ulp. */
  compare: (got, want, r: Tensor, moments: Tensor) => {
    const [g, mv] = [reals(r), reals(moments)];
    const size = (i: number): number => B1 * Math.abs(mv[2 * i]) + (1 - B1) * Math.abs(g[i]);
    const second = (i: number): number => B2 * mv[2 * i + 1] + (1 - B2) * g[i] * g[i];
    const first = entrywise(
      got.n,
      want.n,
      (i) => (22 * UNIT * size(i)) / (Math.sqrt(second(i)) + EPS) + 1e-30,
    );
    return worse(
      first,
      entrywise(
        got.moments,
        want.moments,
        (i) => 6 * UNIT * (i % 2 === 0 ? size(i >> 1) : second(i >> 1)) + 1e-37,
        'moment',
      ),
    );
  },
});

/** Where the lines of a matrix lie: rows, or columns. */
function lines(t: Tensor, byRow: boolean) {
  const [m, n] = [rowsOf(t), colsOf(t)];
  return byRow ? { count: m, length: n, step: 1, jump: n } : { count: n, length: m, step: n, jump: 1 };
}

/** phi_i = ||n_i|| / (||r_i|| + 1e-8) over rows or columns i of two matrices of one shape. */
export const lineRatio = defineOperation({
  name: 'lineRatio',
  gpu: async (home: GpuHome, n: Tensor, r: Tensor, byRow: boolean) => {
    const at = lines(n, byRow);
    const phi = home.empty([at.count]);
    await ratioKernel.run(home, { ...at, eps: LEAST }, { n, r, phi });
    return phi;
  },
  cpu: async (home: CpuHome, n: Tensor, r: Tensor, byRow: boolean) => {
    const { count, length, step, jump } = lines(n, byRow);
    const phi = home.tensor([count]);
    const [x, y, to] = [reals(n), reals(r), reals(phi)];
    for (let i = 0; i < count; i++) {
      let [above, below] = [0, 0];
      for (let t = 0; t < length; t++) {
        above += x[i * jump + t * step] ** 2;
        below += y[i * jump + t * step] ** 2;
      }
      to[i] = Math.sqrt(above) / (Math.sqrt(below) + LEAST);
    }
    return phi;
  },
  /** Sums of `length` squares: half of (length + 1) u each in the roots, 5 u a root (WGSL), 2.5 ulp, a sum. */
  compare: (got, want, n: Tensor, _r: Tensor, byRow: boolean) => {
    const { length } = lines(n, byRow);
    return entrywise(got, want, (i) => (length + 24) * UNIT * Math.abs(reals(want)[i]) + 1e-30);
  },
});

/** s = phi d line by line, and the sum of squares of every row of s. */
export const scaleRemainder = defineOperation({
  name: 'scaleRemainder',
  gpu: async (home: GpuHome, d: Tensor, phi: Tensor, byRow: boolean) => {
    const [rows, cols] = [rowsOf(d), colsOf(d)];
    const [s, squares] = [home.empty(d.shape), home.empty([rows])];
    await scaleKernel.run(home, { rows, cols, by_row: byRow ? 1 : 0 }, { d, phi, s, squares });
    return { s, squares };
  },
  cpu: async (home: CpuHome, d: Tensor, phi: Tensor, byRow: boolean) => {
    const [rows, cols] = [rowsOf(d), colsOf(d)];
    const [s, squares] = [home.tensor(d.shape), home.tensor([rows])];
    const [from, factor, to, sums] = [reals(d), reals(phi), reals(s), reals(squares)];
    for (let i = 0; i < to.length; i++) {
      const row = Math.floor(i / cols);
      to[i] = from[i] * factor[byRow ? row : i % cols];
      sums[row] += to[i] ** 2;
    }
    return { s, squares };
  },
  compare: (got, want, d: Tensor) =>
    worse(
      entrywise(got.s, want.s, (i) => 2 * UNIT * Math.abs(reals(want.s)[i]) + 1e-37),
      entrywise(
        got.squares,
        want.squares,
        (i) => (colsOf(d) + 4) * UNIT * reals(want.squares)[i] + 1e-37,
        'sum of squares',
      ),
    ),
});

export interface LimitOptions {
  /** Which step this is, from 0: its norm goes to norms[at], the one before is norms[at - 1]. */
  at: number;
  /** The norm may grow by at most this from one step to the next; null leaves it alone. */
  bound: number | null;
}

/** The factor (1 number) that the limiter gives this step; `norms` takes the norm after it, in place. */
export const limitGrowth = defineOperation({
  name: 'limitGrowth',
  gpu: async (home: GpuHome, squares: Tensor, norms: Tensor, { at, bound }: LimitOptions) => {
    const factor = home.empty([1]);
    const params = { rows: sizeOf(squares.shape), at, limited: bound === null ? 0 : 1, bound: bound ?? 1 };
    await limitKernel.run(home, params, { squares, norms, factor });
    return { factor, norms };
  },
  cpu: async (home: CpuHome, squares: Tensor, norms: Tensor, { at, bound }: LimitOptions) => {
    const factor = home.tensor([1]);
    const history = reals(norms);
    const norm = Math.sqrt(reals(squares).reduce((sum, value) => sum + value, 0));
    const f = bound === null || at === 0 ? 1 : Math.max(norm / (history[at - 1] + LEAST), bound) / bound;
    reals(factor)[0] = 1 / f;
    history[at] = norm / f;
    return { factor, norms };
  },
  compare: (got, want, squares: Tensor) => {
    const bound = (sizeOf(squares.shape) / 2 + 24) * UNIT;
    return worse(
      entrywise(got.factor, want.factor, (i) => bound * Math.abs(reals(want.factor)[i]) + 1e-30),
      entrywise(got.norms, want.norms, (i) => bound * Math.abs(reals(want.norms)[i]) + 1e-30, 'norm'),
    );
  },
});

/** w -= rate factor s, in place; returns w. */
export const applyScaled = defineOperation({
  name: 'applyScaled',
  gpu: async (home: GpuHome, w: Tensor, s: Tensor, factor: Tensor, rate: number) => {
    await applyKernel.run(home, { count: sizeOf(w.shape), rate }, { s, factor, w });
    return w;
  },
  cpu: async (_home: CpuHome, w: Tensor, s: Tensor, factor: Tensor, rate: number) => {
    const [to, from] = [reals(w), reals(s)];
    const scale = rate * reals(factor)[0];
    for (let i = 0; i < to.length; i++) to[i] -= scale * from[i];
    return w;
  },
  compare: (got, want, w: Tensor, s: Tensor, factor: Tensor, rate: number) => {
    const scale = Math.abs(rate * reals(factor)[0]);
    return entrywise(
      got,
      want,
      (i) => UNIT * (5 * scale * Math.abs(reals(s)[i]) + 2 * Math.abs(reals(w)[i])) + 1e-37,
    );
  },
});

/** out[at] = cosine of the angle between a and b, in place. */
export const recordCosine = defineOperation({
  name: 'recordCosine',
  gpu: async (home: GpuHome, out: Tensor, a: Tensor, b: Tensor, at: number) => {
    await cosineKernel.run(home, { count: sizeOf(a.shape), at }, { a, b, out });
    return out;
  },
  cpu: async (_home: CpuHome, out: Tensor, a: Tensor, b: Tensor, at: number) => {
    const [x, y] = [reals(a), reals(b)];
    let [xy, xx, yy] = [0, 0, 0];
    for (let i = 0; i < x.length; i++) {
      xy += x[i] * y[i];
      xx += x[i] ** 2;
      yy += y[i] ** 2;
    }
    reals(out)[at] = xy / (Math.sqrt(xx) * Math.sqrt(yy));
    return out;
  },
  compare: (got, want, _out: Tensor, a: Tensor) => entrywise(got, want, (sizeOf(a.shape) * 2 + 24) * UNIT),
});
