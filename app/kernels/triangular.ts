/** Systems with a triangular matrix, on either side of the unknown, in batches. */
import code from '../../shaders/triangular_solve.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { batchOf, colsOf, rowsOf, shapeText, type Tensor } from '../gpu/home';
import { defineKernel } from '../gpu/kernel';
import { solveTriangular as solve64 } from '../math/cholesky';
import { UserError } from '../math/errors';
import { identity, type Matrix, matrix, transpose as transpose64 } from '../math/linalg';
import { type Deviation, defineOperation } from './operation';

const LINES = 4 * 32; // right sides a workgroup

const kernel = defineKernel({
  name: 'triangular_solve',
  code,
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
    diagonal: 'f32',
    group0: 'u32',
  },
  buffers: { t: 'read', b: 'read', x: 'write' },
  grid: ({ lines, batch }) => [1, Math.ceil(lines / LINES), batch],
  cost: ({ n, lines, batch }) => ({
    flop: n * n * lines * batch,
    bytes: 4 * batch * ((n * n) / 2 + 2 * n * lines),
  }),
  split: 'y',
});

export interface TriangularOptions {
  /** 'left' (the default): op(T) X = B; 'right': X op(T) = B. */
  side?: 'left' | 'right';
  /** Which triangle of T is read; upper unless said. */
  upper?: boolean;
  /** op transposes. */
  transpose?: boolean;
  /** The diagonal of T counts this many times; once unless said. */
  diagonal?: number;
}

function plan(t: Tensor, b: Tensor, { side = 'left', upper = true, transpose = false }: TriangularOptions) {
  const n = rowsOf(t);
  const unknowns = side === 'left' ? rowsOf(b) : colsOf(b);
  const batch = batchOf(b);
  if (colsOf(t) !== n || unknowns !== n || (batchOf(t) !== batch && batchOf(t) !== 1)) {
    throw new UserError(
      `solveTriangular: a ${shapeText(t)} triangle does not fit ${shapeText(b)} right sides`,
    );
  }
  const cols = colsOf(b);
  // X op(T) = B is op(T)^T X^T = B^T.
  const flip = transpose !== (side === 'right');
  const backward = upper !== flip;
  const [row, col] = flip ? [1, n] : [n, 1];
  const [step, line] = side === 'left' ? [cols, 1] : [1, cols];
  const turn = backward ? -1 : 1;
  return {
    n,
    lines: side === 'left' ? cols : rowsOf(b),
    batch,
    t_first: backward ? n * n - 1 : 0,
    t_row: turn * row,
    t_col: turn * col,
    t_batch: batchOf(t) === 1 ? 0 : n * n,
    x_first: backward ? (n - 1) * step : 0,
    x_step: turn * step,
    x_line: line,
    x_batch: rowsOf(b) * cols,
  };
}

/**
 * X with op(T) X = B or X op(T) = B, for triangular T (n x n, one for all of a batch or one each); the other
 * triangle is not read. A zero on the diagonal gives infinities or NaN.
 * @throws UserError where the shapes do not fit.
 */
export const triangularSolve = defineOperation({
  name: 'triangularSolve',
  gpu: async (home: GpuHome, t: Tensor, b: Tensor, options: TriangularOptions = {}) => {
    const job = plan(t, b, options);
    const x = home.empty(b.shape);
    if (job.n * job.lines * job.batch > 0) {
      await kernel.run(home, { ...job, diagonal: options.diagonal ?? 1 }, { t, b, x });
    }
    return x;
  },
  cpu: async (home: CpuHome, t: Tensor, b: Tensor, options: TriangularOptions = {}) => {
    const { batch } = plan(t, b, options);
    const out = home.tensor(b.shape);
    for (let i = 0; i < batch; i++) {
      const right = itemOf(b, i);
      const solved =
        options.side === 'right'
          ? transpose64(
              solve64(scaled(itemOf(t, i), options), transpose64(right), {
                ...options,
                transpose: !options.transpose,
              }),
            )
          : solve64(scaled(itemOf(t, i), options), right, options);
      cpuData(out).set(solved.data, i * solved.data.length);
      await home.checkpoint();
    }
    return out;
  },
  /** Forward substitution is backward stable: |op(T) x - b| <= gamma_n |op(T)||x| (Higham 2002, theorem 8.5). */
  compare: (got, want, t: Tensor, b: Tensor, options: TriangularOptions = {}) => {
    const { batch, n } = plan(t, b, options);
    let worst: Deviation = { ratio: 0, what: '' };
    for (let i = 0; i < batch; i++) {
      if (itemOf(want, i).data.some((value) => !Number.isFinite(value))) continue;
      const side = options.side === 'right';
      const x = side ? transpose64(itemOf(got, i)) : itemOf(got, i);
      const right = side ? transpose64(itemOf(b, i)) : itemOf(b, i);
      const of = scaled(itemOf(t, i), options);
      const l = (options.transpose ?? false) !== side ? transpose64(of) : of;
      const upper = (options.upper ?? true) !== ((options.transpose ?? false) !== side);
      for (let row = 0; row < n; row++) {
        const [from, to] = upper ? [row, n] : [0, row + 1];
        for (let c = 0; c < x.cols; c++) {
          let rest = -right.data[row * x.cols + c];
          let size = 0;
          for (let k = from; k < to; k++) {
            const term = l.data[row * n + k] * x.data[k * x.cols + c];
            rest += term;
            size += Math.abs(term);
          }
          const ratio = Math.abs(rest) / ((n + 4) * 2 ** -24 * size + 1e-37);
          if (!(ratio <= worst.ratio)) {
            worst = { ratio, what: `equation ${row} of right side ${c} is off by ${rest}` };
          }
        }
      }
    }
    return worst;
  },
});

function scaled(t: Matrix, { diagonal = 1 }: TriangularOptions): Matrix {
  if (diagonal === 1) return t;
  return matrix(
    t.rows,
    t.cols,
    t.data.map((x, i) => (i % (t.cols + 1) === 0 ? diagonal * x : x)),
  );
}

/** Matrix i of a batch in the CPU home; the only one serves every i. */
export function itemOf(t: Tensor, i: number): Matrix {
  const [m, n] = [rowsOf(t), colsOf(t)];
  const at = batchOf(t) === 1 ? 0 : i * m * n;
  return matrix(m, n, Float64Array.from(cpuData(t).subarray(at, at + m * n)));
}

/** T^-1 of a triangular matrix (n x n or a batch), with zeros in the other triangle. */
export async function triangularInverse(
  t: Tensor,
  options: Pick<TriangularOptions, 'upper'> = {},
): Promise<Tensor> {
  const n = rowsOf(t);
  return t.home.scope(async () => {
    const one = identity(n).data;
    const count = batchOf(t);
    const ones = new Float64Array(count * n * n);
    for (let i = 0; i < count; i++) ones.set(one, i * n * n);
    return triangularSolve(t, t.home.tensor([...t.shape.slice(0, -2), n, n], ones), options);
  });
}

/** X (n x c) with op(T) X = B. */
export const solveTriangular = (
  t: Tensor,
  b: Tensor,
  options: { upper?: boolean; transpose?: boolean } = {},
): Promise<Tensor> => triangularSolve(t, b, options);
