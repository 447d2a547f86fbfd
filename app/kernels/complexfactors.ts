/**
 * Factorizations of complex matrices, for the small ones of state space models: QR, Cholesky and triangular systems,
 * each in batches, one dispatch.
 */
import choleskyLanesCode from '../../shaders/complex_cholesky_lanes.wgsl?raw';
import choleskyWorkgroupCode from '../../shaders/complex_cholesky_workgroup.wgsl?raw';
import qrLanesCode from '../../shaders/complex_qr_lanes.wgsl?raw';
import qrWorkgroupCode from '../../shaders/complex_qr_workgroup.wgsl?raw';
import solveCode from '../../shaders/complex_triangular_solve.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { batchOf, colsOf, rowsOf, shapeText, type Tensor } from '../gpu/home';
import { defineKernel } from '../gpu/kernel';
import {
  adjoint,
  complexCholesky as cholesky64,
  complexDistance,
  complexIdentity,
  complexSize,
  hermitianEigen as eigen64,
  type Interleaved,
  interleaved,
  multiplyComplex,
  complexQr as qr64,
  solveComplexTriangle,
} from '../math/complexfactors';
import { UserError } from '../math/errors';
import { assertComplex } from './complex';
import { type Deviation, defineOperation } from './operation';
import { type Team, teamOf } from './teams';

const U = 2 ** -24;
/** Order up to which one team factors a matrix: above it a dispatch would take too long to be cancelled. */
export const MOST_COMPLEX = 128;

const qrKernel = (name: string, code: string) =>
  defineKernel({
    name,
    code,
    params: { m: 'u32', n: 'u32', batch: 'u32', group0: 'u32' },
    buffers: { a: 'read', w: 'write', phases: 'write', q: 'write', r: 'write' },
    grid: ({ batch }) => [1, batch],
    cost: ({ m, n, batch }) => ({ flop: 32 * batch * m * n * n, bytes: 24 * batch * m * n }),
    split: 'y',
  });
const choleskyKernel = (name: string, code: string) =>
  defineKernel({
    name,
    code,
    params: { n: 'u32', batch: 'u32', group0: 'u32' },
    buffers: { g: 'read', r: 'write', status: 'write' },
    grid: ({ batch }) => [1, batch],
    cost: ({ n, batch }) => ({ flop: 2 * batch * n ** 3, bytes: 16 * batch * n * n }),
    split: 'y',
  });
const kernels = {
  qr: {
    lanes: qrKernel('complex_qr_lanes', qrLanesCode),
    workgroup: qrKernel('complex_qr_workgroup', qrWorkgroupCode),
  },
  cholesky: {
    lanes: choleskyKernel('complex_cholesky_lanes', choleskyLanesCode),
    workgroup: choleskyKernel('complex_cholesky_workgroup', choleskyWorkgroupCode),
  },
};

const solveKernel = defineKernel({
  name: 'complex_triangular_solve',
  code: solveCode,
  params: {
    n: 'u32',
    lines: 'u32',
    batch: 'u32',
    t_first: 'i32',
    t_row: 'i32',
    t_col: 'i32',
    t_batch: 'i32',
    x_first: 'i32',
    x_step: 'i32',
    x_line: 'i32',
    x_batch: 'i32',
    sign: 'f32',
    group0: 'u32',
  },
  buffers: { t: 'read', b: 'read', x: 'write' },
  grid: ({ lines, batch }) => [1, Math.ceil(lines / 32), batch],
  cost: ({ n, lines, batch }) => ({
    flop: 4 * n * n * lines * batch,
    bytes: 8 * batch * ((n * n) / 2 + 2 * n * lines),
  }),
  split: 'y',
});

export interface TeamOption {
  /** Default: by adapter. */
  team?: Team;
}

/** Matrix i of a batch in the CPU home; the only one serves every i. */
export function complexItem(t: Tensor, i: number): Interleaved {
  const [m, n] = [rowsOf(t), colsOf(t)];
  const at = batchOf(t) === 1 ? 0 : 2 * i * m * n;
  return interleaved(m, n, Float64Array.from(cpuData(t).subarray(at, at + 2 * m * n)));
}

export function checkComplex(name: string, a: Tensor, isSquare: boolean): void {
  assertComplex(name, a);
  const [m, n] = [rowsOf(a), colsOf(a)];
  if (isSquare ? m !== n : m < n) {
    throw new UserError(
      `${name}: ${shapeText(a)} ${isSquare ? 'is not square' : 'has more columns than rows'}`,
    );
  }
  if (n > MOST_COMPLEX) {
    throw new UserError(
      `${name}: ${shapeText(a)} has ${n} columns; at most ${MOST_COMPLEX} are factored at once. ` +
        'The real matrix [[Re A, -Im A], [Im A, Re A]] has no such limit.',
    );
  }
}

/** Collects the worst ratio. */
export function worstOf(): {
  see: (value: number, limit: number, what: string) => void;
  deviation: Deviation;
} {
  const deviation: Deviation = { ratio: 0, what: '' };
  const see = (value: number, limit: number, what: string): void => {
    const ratio = value / limit;
    if (ratio <= deviation.ratio) return;
    deviation.ratio = Number.isNaN(ratio) ? Number.POSITIVE_INFINITY : ratio;
    deviation.what = `${what} is off by ${value}`;
  };
  return { see, deviation };
}

/**
 * A = Q R of complex matrices (m x n, n <= 128, or a batch), Q^H Q = I, R upper triangular with a real diagonal that
 * is not negative, for m >= n.
 * @throws UserError where A has more columns than rows, or too many.
 */
export const complexQr = defineOperation({
  name: 'complexQr',
  gpu: async (home: GpuHome, a: Tensor, options: TeamOption = {}) => {
    checkComplex('complexQr', a, false);
    const [m, n, batch] = [rowsOf(a), colsOf(a), batchOf(a)];
    const q = home.empty(a.shape, 'c64');
    const r = home.empty([...a.shape.slice(0, -2), n, n], 'c64');
    if (n * batch === 0) return { q, r };
    const [w, phases] = [home.empty(a.shape, 'c64'), home.empty([batch, n], 'c64')];
    await kernels.qr[options.team ?? teamOf(home)].run(home, { m, n, batch }, { a, w, phases, q, r });
    for (const t of [w, phases]) home.release(t);
    return { q, r };
  },
  cpu: async (home: CpuHome, a: Tensor, _options: TeamOption = {}) => {
    checkComplex('complexQr', a, false);
    const n = colsOf(a);
    const q = home.tensor(a.shape, undefined, 'c64');
    const r = home.tensor([...a.shape.slice(0, -2), n, n], undefined, 'c64');
    for (let i = 0; i < batchOf(a); i++) {
      const found = qr64(complexItem(a, i));
      cpuData(q).set(found.q.data, i * found.q.data.length);
      cpuData(r).set(found.r.data, i * found.r.data.length);
      await home.checkpoint();
    }
    return { q, r };
  },
  /**
   * As for real reflections (householder.ts), with 2 m terms in a sum and complex products within 3 u:
   * |A - Q R|_F <= sqrt(n) (2 m + 30 n) u |A|_F, and the same for Q^H Q - I (Higham 2002, theorems 19.4 and 19.13,
   * section 3.6).
   */
  compare: (got, _want, a: Tensor, _options: TeamOption = {}) => {
    const { see, deviation } = worstOf();
    for (let i = 0; i < batchOf(a); i++) {
      const [whole, q, r] = [complexItem(a, i), complexItem(got.q, i), complexItem(got.r, i)];
      const bound = Math.sqrt(q.cols) * (2 * q.rows + 30 * q.cols) * U;
      see(complexDistance(multiplyComplex(adjoint(q), q), complexIdentity(q.cols)), bound, 'Q^H Q');
      see(complexDistance(multiplyComplex(q, r), whole), bound * complexSize(whole) + 1e-37, 'Q R');
      let below = 0;
      r.data.forEach((x, at) => {
        const [row, col] = [Math.floor(at / 2 / r.cols), Math.floor(at / 2) % r.cols];
        const isZero = col < row || (col === row && at % 2 === 1);
        if (isZero || (col === row && x < 0)) below = Math.max(below, Math.abs(x));
      });
      see(below, 1e-300, 'what is zero, or positive, in R');
    }
    return deviation;
  },
});

export interface ComplexFactor {
  /** R, upper triangular with a positive diagonal. */
  r: Tensor;
  /** batch x 2: k + 1 for the first pivot k that failed, or 0; the smallest pivot. */
  status: Tensor;
}

/**
 * G = R^H R for Hermitian positive definite G (n x n, n <= 128, of which the upper triangle is read; or a batch). A
 * breakdown is a result: see `status`.
 * @throws UserError where G is not square, or too large.
 */
export const complexCholesky = defineOperation({
  name: 'complexCholesky',
  gpu: async (home: GpuHome, g: Tensor, options: TeamOption = {}): Promise<ComplexFactor> => {
    checkComplex('complexCholesky', g, true);
    const [n, batch] = [rowsOf(g), batchOf(g)];
    const [r, status] = [home.empty(g.shape, 'c64'), home.empty([batch, 2])];
    if (n * batch > 0)
      await kernels.cholesky[options.team ?? teamOf(home)].run(home, { n, batch }, { g, r, status });
    return { r, status };
  },
  cpu: async (home: CpuHome, g: Tensor, _options: TeamOption = {}): Promise<ComplexFactor> => {
    checkComplex('complexCholesky', g, true);
    const [r, status] = [home.tensor(g.shape, undefined, 'c64'), home.tensor([batchOf(g), 2])];
    for (let i = 0; i < batchOf(g); i++) {
      const found = cholesky64(complexItem(g, i));
      cpuData(r).set(found.r.data, i * found.r.data.length);
      cpuData(status).set([found.failed, found.least], 2 * i);
      await home.checkpoint();
    }
    return { r, status };
  },
  /**
   * |R^H R - G|_ij <= gamma_(2 n + 2) (|R^H||R|)_ij <= that of sqrt(g_ii g_jj) (Higham 2002, theorem 10.3; Demmel
   * 1989). A breakdown is right where the smallest eigenvalue of D^-1 G D^-1, D^2 = diag(G), is below
   * n gamma_(2 n + 2) (theorem 10.7).
   */
  compare: (got, want, g: Tensor, _options: TeamOption = {}) => {
    const { see, deviation } = worstOf();
    const n = rowsOf(g);
    const gamma = (2 * n + 6) * U;
    for (let i = 0; i < batchOf(g); i++) {
      const whole = hermitian(complexItem(g, i));
      const root = (k: number): number => Math.sqrt(whole.data[2 * k * (n + 1)]);
      if (cpuData(got.status)[2 * i] > 0) {
        if (cpuData(want.status)[2 * i] > 0) continue;
        const scaled = whole.data.map(
          (x, e) => x / (root(Math.floor(e / 2 / n)) * root(Math.floor(e / 2) % n)),
        );
        see(eigen64(interleaved(n, n, scaled)).values[0], n * gamma, 'the pivot that failed');
        continue;
      }
      const r = complexItem(got.r, i);
      const product = multiplyComplex(adjoint(r), r).data;
      product.forEach((x, e) => {
        const size = root(Math.floor(e / 2 / n)) * root(Math.floor(e / 2) % n);
        see(Math.abs(x - whole.data[e]), 2 * gamma * size + 1e-37, `part ${e} of R^H R`);
      });
    }
    return deviation;
  },
});

/** The Hermitian matrix of this upper triangle. */
function hermitian({ rows: n, data }: Interleaved): Interleaved {
  const out = interleaved(n, n, data.slice());
  for (let i = 0; i < n; i++) {
    out.data[2 * i * (n + 1) + 1] = 0;
    for (let j = i + 1; j < n; j++) {
      out.data[2 * (j * n + i)] = data[2 * (i * n + j)];
      out.data[2 * (j * n + i) + 1] = -data[2 * (i * n + j) + 1];
    }
  }
  return out;
}

export interface ComplexTriangularOptions {
  /** Which triangle of T is read; upper unless said. */
  upper?: boolean;
  /** op(T) = T^H. */
  adjoint?: boolean;
}

function planSolve(t: Tensor, b: Tensor, { upper = true, adjoint: flip = false }: ComplexTriangularOptions) {
  assertComplex('complexTriangularSolve', t, b);
  const [n, lines, batch] = [rowsOf(t), colsOf(b), batchOf(b)];
  if (colsOf(t) !== n || rowsOf(b) !== n || (batchOf(t) !== batch && batchOf(t) !== 1)) {
    throw new UserError(
      `complexTriangularSolve: a ${shapeText(t)} triangle does not fit ${shapeText(b)} right sides`,
    );
  }
  const backward = upper !== flip;
  const turn = backward ? -1 : 1;
  return {
    n,
    lines,
    batch,
    t_first: backward ? n * n - 1 : 0,
    t_row: turn * (flip ? 1 : n),
    t_col: turn * (flip ? n : 1),
    t_batch: batchOf(t) === 1 ? 0 : n * n,
    x_first: backward ? (n - 1) * lines : 0,
    x_step: turn * lines,
    x_line: 1,
    x_batch: n * lines,
    sign: flip ? -1 : 1,
  };
}

/**
 * X with op(T) X = B for complex triangular T (n x n, one for all of a batch or one each); the other triangle is not
 * read. A zero on the diagonal gives infinities or NaN.
 * @throws UserError where the shapes do not fit.
 */
export const complexTriangularSolve = defineOperation({
  name: 'complexTriangularSolve',
  gpu: async (home: GpuHome, t: Tensor, b: Tensor, options: ComplexTriangularOptions = {}) => {
    const job = planSolve(t, b, options);
    const x = home.empty(b.shape, 'c64');
    if (job.n * job.lines * job.batch > 0) await solveKernel.run(home, job, { t, b, x });
    return x;
  },
  cpu: async (home: CpuHome, t: Tensor, b: Tensor, options: ComplexTriangularOptions = {}) => {
    const { batch } = planSolve(t, b, options);
    const x = home.tensor(b.shape, undefined, 'c64');
    for (let i = 0; i < batch; i++) {
      const { of, upper } = triangleOf(t, i, options);
      const found = solveComplexTriangle(of, complexItem(b, i), upper).data;
      cpuData(x).set(found, i * found.length);
      await home.checkpoint();
    }
    return x;
  },
  /** |op(T) x - b| <= gamma_(2 n + 12) |op(T)||x| (Higham 2002, theorem 8.5; complex division within 12 u). */
  compare: (got, want, t: Tensor, b: Tensor, options: ComplexTriangularOptions = {}) => {
    const { batch, n } = planSolve(t, b, options);
    const { see, deviation } = worstOf();
    const modulus = (a: Interleaved): Interleaved =>
      interleaved(
        a.rows,
        a.cols,
        a.data.map((_, e) => (e % 2 === 0 ? Math.hypot(a.data[e], a.data[e + 1]) : 0)),
      );
    for (let i = 0; i < batch; i++) {
      if (complexItem(want, i).data.some((value) => !Number.isFinite(value))) continue;
      const { of, upper } = triangleOf(t, i, options);
      of.data.forEach((_, e) => {
        const [row, col] = [Math.floor(e / 2 / n), Math.floor(e / 2) % n];
        if (upper ? col < row : col > row) of.data[e] = 0;
      });
      const [x, right] = [complexItem(got, i), complexItem(b, i).data];
      const sizes = multiplyComplex(modulus(of), modulus(x)).data;
      multiplyComplex(of, x).data.forEach((value, e) => {
        see(
          Math.abs(value - right[e]),
          (2 * n + 16) * U * sizes[e - (e % 2)] + 1e-37,
          `part ${e} of the equations`,
        );
      });
    }
    return deviation;
  },
});

/** op(T) and whether it is upper triangular. */
function triangleOf(t: Tensor, i: number, { upper = true, adjoint: flip = false }: ComplexTriangularOptions) {
  return { of: flip ? adjoint(complexItem(t, i)) : complexItem(t, i), upper: upper !== flip };
}
