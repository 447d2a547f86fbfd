/**
 * Cholesky factorization of symmetric positive definite matrices. Breakdown is a result that stays on the device, for the caller to read when it needs to know.
 */
import lanesCode from '../../shaders/cholesky_lanes.wgsl?raw';
import workgroupCode from '../../shaders/cholesky_workgroup.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { batchOf, colsOf, type Home, rowsOf, shapeText, type Tensor } from '../gpu/home';
import { defineKernel } from '../gpu/kernel';
import { cholesky as cholesky64, invertTriangular } from '../math/cholesky';
import { UserError } from '../math/errors';
import { matmul as matmul64, matrix } from '../math/linalg';
import { singularValues } from '../math/svd';
import { matmul } from './matmul';
import { type Deviation, defineOperation } from './operation';
import { columns, concatColumns, concatRows, rows } from './slice';
import { type Team, teamOf } from './teams';
import { triangularSolve } from './triangular';

/** Unit roundoff of float32. */
const U = 2 ** -24;

const params = {
  n: 'u32',
  slices: 'u32',
  status_row: 'u32',
  shift: 'f32',
  lift: 'f32',
  invert: 'u32',
  batch: 'u32',
  group0: 'u32',
} as const;

const kernelOf = (name: string, code: string) =>
  defineKernel({
    name,
    code,
    params,
    buffers: { g: 'read', r: 'write', inverse: 'write', status: 'write' },
    grid: ({ batch }) => [1, batch],
    cost: ({ n, batch, slices, invert }) => ({
      flop: ((1 + invert) * batch * n ** 3) / 3,
      bytes: 4 * batch * n * n * (slices + 1 + invert),
    }),
    split: 'y',
  });

const kernels = {
  lanes: kernelOf('cholesky_lanes', lanesCode),
  workgroup: kernelOf('cholesky_workgroup', workgroupCode),
};

/** Begins to compile the kernel that this home would use. */
export const prepareCholesky = (home: GpuHome): void => kernels[teamOf(home)].prepare(home);

/** Order up to which one kernel factors a matrix; larger ones go by blocks of this size. */
const LIMIT: Readonly<Record<Team, number>> = { lanes: 512, workgroup: 64 };

/** Whether one dispatch factors matrices of this size; otherwise there is no inverse. */
export const isOneDispatch = (home: Home, n: number, team?: Team): boolean =>
  home.kind === 'cpu' || n <= LIMIT[team ?? teamOf(home as GpuHome)];

export interface CholeskyOptions {
  /** G + (shift trace(G) + lift) I is factored; 0 unless given. */
  shift?: number;
  lift?: number;
  /** Whether R^-1 is wanted too. */
  invert?: boolean;
  /** G is given as this many parts to be added, in the dimension before its last two. */
  parts?: number;
  /** Where the status is written, from this row on; a tensor of its own unless given. */
  status?: Tensor;
  row?: number;
  team?: Team;
}

export interface CholeskyFactor {
  /** Upper triangular, G = R^T R; zero from the row of a failed pivot on. */
  r: Tensor;
  /** R^-1, if asked for. */
  inverse?: Tensor;
  /**
   * Rows of 3, one a matrix (one a diagonal block of a matrix above 64): 1 + the first pivot that is not
   * positive and finite or 0, |G - I|_F, the smallest pivot.
   */
  status: Tensor;
}

interface Job {
  n: number;
  batch: number;
  parts: number;
  lead: readonly number[];
}

function jobOf(g: Tensor, { parts }: CholeskyOptions): Job {
  const n = rowsOf(g);
  const lead = parts === undefined ? g.shape.slice(0, -2) : g.shape.slice(0, -3);
  const count = parts ?? 1;
  if (colsOf(g) !== n || batchOf(g) % count !== 0) {
    throw new UserError(`cholesky: ${shapeText(g)} is not a square matrix`);
  }
  return { n, batch: batchOf(g) / count, parts: count, lead };
}

/** One dispatch: matrices up to the kernel's limit. */
const factor = defineOperation({
  name: 'cholesky',
  gpu: async (home: GpuHome, g: Tensor, options: CholeskyOptions): Promise<CholeskyFactor> => {
    const { n, batch, parts, lead } = jobOf(g, options);
    const team = options.team ?? teamOf(home);
    const r = home.empty([...lead, n, n]);
    const status = options.status ?? home.empty([batch, 3]);
    const { shift = 0, lift = 0, row = 0 } = options;
    const invert = options.invert ? 1 : 0;
    const job = { n, slices: parts, status_row: row, shift, lift, invert, batch };
    const inverse = home.empty(invert || team === 'workgroup' ? r.shape : [1]);
    await kernels[team].run(home, job, { g, r, inverse, status });
    if (invert) return { r, inverse, status };
    home.release(inverse);
    return { r, status };
  },
  cpu: async (home: CpuHome, g: Tensor, options: CholeskyOptions): Promise<CholeskyFactor> => {
    const { n, batch, parts, lead } = jobOf(g, options);
    const r = home.tensor([...lead, n, n]);
    const inverse = home.tensor(r.shape);
    const status = options.status ?? home.tensor([batch, 3]);
    const data = cpuData(g);
    for (let item = 0; item < batch; item++) {
      const sum = matrix(n, n);
      for (let part = 0; part < parts; part++) {
        const at = (item * parts + part) * n * n;
        for (let i = 0; i < n; i++) {
          for (let j = i; j < n; j++) sum.data[i * n + j] += data[at + i * n + j];
        }
      }
      let departure = 0;
      let trace = 0;
      for (let i = 0; i < n; i++) {
        trace += sum.data[i * n + i];
        for (let j = i; j < n; j++) {
          departure += (i === j ? 1 : 2) * (sum.data[i * n + j] - (i === j ? 1 : 0)) ** 2;
        }
      }
      const { shift = 0, lift = 0 } = options;
      for (let i = 0; i < n; i++) sum.data[i * n + i] += shift * trace + lift;
      const found = cholesky64(sum);
      cpuData(r).set(found.r.data, item * n * n);
      if (found.ok) cpuData(inverse).set(invertTriangular(found.r).data, item * n * n);
      const failed = found.ok ? 0 : 1 + firstZero(found.r.data, n);
      cpuData(status).set([failed, Math.sqrt(departure), found.minPivot], 3 * ((options.row ?? 0) + item));
    }
    return options.invert ? { r, inverse, status } : { r, status };
  },
  compare: (got, want, g: Tensor, options: CholeskyOptions) => {
    const { n, batch, parts } = jobOf(g, options);
    let worst: Deviation = { ratio: 0, what: '' };
    for (let item = 0; item < batch; item++) {
      const full = itemSum(g, item, parts, n, options);
      const found = compareOne(got, want, full, item, (options.row ?? 0) + item, n + parts);
      if (!(found.ratio <= worst.ratio)) worst = found;
    }
    return worst;
  },
});

const firstZero = (r: Float64Array, n: number): number => {
  let k = 0;
  while (k < n && r[k * (n + 1)] !== 0) k++;
  return k;
};

/** The full symmetric matrix that is factored. */
function itemSum(g: Tensor, item: number, parts: number, n: number, options: CholeskyOptions) {
  const data = cpuData(g);
  const sum = matrix(n, n);
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) {
      for (let part = 0; part < parts; part++) {
        sum.data[i * n + j] += data[(item * parts + part) * n * n + i * n + j];
      }
      sum.data[j * n + i] = sum.data[i * n + j];
    }
  }
  let trace = 0;
  for (let i = 0; i < n; i++) trace += sum.data[i * n + i];
  const { shift = 0, lift = 0 } = options;
  for (let i = 0; i < n; i++) sum.data[i * n + i] += shift * trace + lift;
  return sum;
}

/**
 * |R^T R - G| <= gamma_(terms + 1) |R^T||R|, at most that times sqrt(g_ii g_jj) (Higham 2002, theorem 10.3;
 * Demmel 1989). A breakdown is right where the smallest eigenvalue of D^-1 G D^-1, D^2 = diag(G), is below
 * n gamma_(n+1) (Higham 2002, theorem 10.7).
 */
function compareOne(
  got: CholeskyFactor,
  want: CholeskyFactor,
  g: ReturnType<typeof matrix>,
  item: number,
  row: number,
  terms: number,
): Deviation {
  const n = g.rows;
  const gamma = (terms + 4) * U;
  const [broke, departure] = cpuData(got.status).subarray(3 * row, 3 * row + 2);
  const [brokeToo, departureToo] = cpuData(want.status).subarray(3 * row, 3 * row + 2);
  if (broke > 0) {
    if (brokeToo > 0) return { ratio: 0, what: '' };
    const root = (i: number): number => Math.sqrt(g.data[i * (n + 1)]);
    const scaled = matrix(
      n,
      n,
      g.data.map((x, e) => x / (root(Math.floor(e / n)) * root(e % n))),
    );
    const least = singularValues(scaled).at(-1) ?? 0;
    return { ratio: least / (n * gamma), what: `pivot ${broke - 1} failed at eigenvalue ${least}` };
  }
  const r = matrix(n, n, Float64Array.from(cpuData(got.r).subarray(item * n * n, (item + 1) * n * n)));
  const product = matmul64(r, r, { transposeA: true }).data;
  let worst: Deviation = {
    ratio: Math.abs(departure - departureToo) / (gamma * n * (departureToo + Math.sqrt(n)) + 1e-37),
    what: `|G - I| is ${departure}, float64 says ${departureToo}`,
  };
  for (let e = 0; e < n * n; e++) {
    const size = Math.sqrt(g.data[Math.floor(e / n) * (n + 1)] * g.data[(e % n) * (n + 1)]);
    const ratio = Math.abs(product[e] - g.data[e]) / (2 * gamma * size + 1e-37);
    if (!(ratio <= worst.ratio)) {
      worst = { ratio, what: `entry ${e} of R^T R is ${product[e]}, not ${g.data[e]}` };
    }
  }
  return worst;
}

/**
 * G = R^T R for symmetric G (n x n, of which the upper triangle is read, or a batch). Above the limit of the
 * kernel by blocks, for one matrix: factor the corner, solve for the rest of its rows, update what is below.
 * @throws UserError where G is not square.
 */
export async function cholesky(g: Tensor, options: CholeskyOptions = {}): Promise<CholeskyFactor> {
  const { home } = g;
  const { n, batch, parts } = jobOf(g, options);
  const width = home.kind === 'cpu' ? n : LIMIT[options.team ?? teamOf(home as GpuHome)];
  if (n <= width) return factor(g, options);
  if (batch * parts !== 1 || options.status) {
    throw new UserError(`cholesky: matrices of a batch have at most ${width} rows, not ${n}`);
  }
  return home.scope(async () => {
    const { shift = 0 } = options;
    const lift = (options.lift ?? 0) + (shift > 0 ? shift * (await traceOf(g)) : 0);
    const rowBlocks: Tensor[] = [];
    const statuses: Tensor[] = [];
    let rest = g;
    for (let at = 0; at < n; at += width) {
      const w = Math.min(width, n - at);
      const top = await rows(rest, 0, w);
      const corner = await factor(await columns(top, 0, w), { lift, team: options.team });
      statuses.push(corner.status);
      const parts = at > 0 ? [home.tensor([w, at]), corner.r] : [corner.r];
      if (at + w < n) {
        const side = await triangularSolve(corner.r, await columns(top, w, n - at), { transpose: true });
        const below = await columns(await rows(rest, w, n - at), w, n - at);
        rest = await matmul(side, side, { transposeA: true, alpha: -1, beta: 1, into: below });
        parts.push(side);
      }
      rowBlocks.push(await concatColumns(parts));
    }
    return { r: await concatRows(rowBlocks), status: await concatRows(statuses) };
  });
}

async function traceOf(g: Tensor): Promise<number> {
  const values = await g.home.read(g);
  const n = rowsOf(g);
  let trace = 0;
  for (let i = 0; i < n; i++) trace += values[i * (n + 1)];
  return trace;
}

/**
 * What the rows of a status say of one matrix: pivots that failed, |G - I|_F (of its diagonal blocks, after
 * elimination, where there are several) and the smallest pivot.
 */
export function judge(status: ArrayLike<number>): { ok: boolean; departure: number; minPivot: number } {
  let ok = true;
  let square = 0;
  let minPivot = Number.POSITIVE_INFINITY;
  for (let at = 0; at < status.length; at += 3) {
    ok &&= status[at] === 0;
    square += status[at + 1] ** 2;
    minPivot = Math.min(minPivot, status[at + 2]);
  }
  return { ok, departure: Math.sqrt(square), minPivot };
}
