/**
 * One-sided Jacobi: the singular value decomposition of matrices given by rows, by rotating the rows until they
 * are orthogonal. The vectors of small singular values come out as orthogonal as those of large ones.
 */
import blocksCode from '../../shaders/jacobi_blocks.wgsl?raw';
import lanesCode from '../../shaders/jacobi_lanes.wgsl?raw';
import sortCode from '../../shaders/jacobi_sort.wgsl?raw';
import workgroupCode from '../../shaders/jacobi_workgroup.wgsl?raw';
import squaresCode from '../../shaders/line_squares.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { batchOf, colsOf, rowsOf, shapeText, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import { UserError } from '../math/errors';
import { oneSidedJacobi } from '../math/jacobi';
import { frobenius, identity, matmul as matmul64, scaleColumns, subtract, transpose } from '../math/linalg';
import { type Deviation, defineOperation } from './operation';
import { copyBlock } from './slice';
import { type Team, teamOf } from './teams';
import { itemOf } from './triangular';

const params = {
  n: 'u32',
  m4: 'u32',
  v4: 'u32',
  blocks: 'u32',
  width: 'u32',
  turn: 'u32',
  sweeps: 'u32',
  tolerance: 'f32',
  batch: 'u32',
  group0: 'u32',
} as const;
const buffers = { b: 'write', v: 'write', counts: 'write' } as const;

/** A sweep at first, eight of them for a whole matrix. */
const wholeCost = ({ n, m4, v4, batch }: { n: number; m4: number; v4: number; batch: number }) => ({
  flop: 8 * batch * n * n * (24 * m4 + 12 * v4),
  bytes: 8 * batch * n * n * (24 * m4 + 16 * v4),
});

const wholeKernel = (name: string, code: string) =>
  defineKernel({
    name,
    code,
    params,
    buffers,
    grid: ({ batch }) => [1, batch],
    cost: wholeCost,
    split: 'y',
  });

const kernels = {
  lanes: wholeKernel('jacobi_lanes', lanesCode),
  workgroup: wholeKernel('jacobi_workgroup', workgroupCode),
};

const roundCost = ({ n, m4, v4, width }: { n: number; m4: number; v4: number; width: number }) => ({
  flop: n * width * (24 * m4 + 12 * v4),
  bytes: 16 * n * (m4 + v4),
});

const lanesRound = defineKernel({
  name: 'jacobi_lanes',
  code: lanesCode,
  params,
  buffers,
  grid: ({ blocks }) => [blocks / 2],
  cost: roundCost,
});

const blocksRound = defineKernel({
  name: 'jacobi_blocks',
  code: blocksCode,
  params,
  buffers,
  grid: ({ blocks }) => [blocks / 2],
  cost: roundCost,
});

const squaresKernel = defineKernel({
  name: 'line_squares',
  code: squaresCode,
  params: { rows: 'u32', m4: 'u32' },
  buffers: { x: 'read', squares: 'write' },
  grid: ({ rows }) => linearGrid(rows, 64),
  cost: ({ rows, m4 }) => ({ flop: 8 * rows * m4, bytes: 16 * rows * m4 }),
});

const sortKernel = defineKernel({
  name: 'jacobi_sort',
  code: sortCode,
  params: { n: 'u32', m: 'u32', v: 'u32', batch: 'u32' },
  buffers: {
    b: 'read',
    w: 'read',
    squares: 'read',
    counts: 'read',
    u: 'write',
    s: 'write',
    sorted: 'write',
    info: 'write',
  },
  grid: ({ n, batch }) => [n, batch],
  cost: ({ n, m, v, batch }) => ({ flop: batch * n * n, bytes: 8 * batch * n * (m + v + n) }),
});

export interface RotationOptions {
  /** Rotate where |b_i . b_j| > tolerance |b_i| |b_j|; 4e-7 unless given. */
  tolerance?: number;
  /** Sweeps at most; 20 unless given. */
  maxSweeps?: number;
  team?: Team;
}

/** B = V^T' diag(s) U^T' by rows: row i of B is sum_j vt_ji s_j ut_j. */
export interface RowSvd {
  /** n x m, orthonormal rows, zero where s is. */
  ut: Tensor;
  /** n values, largest first. */
  s: Tensor;
  /** n x n, orthonormal rows. */
  vt: Tensor;
  /** [sweeps, zeros among s], one row a matrix. */
  info: Tensor;
}

/** Tighter than the usual 1e-6: the loss of orthogonality adds up to about n times it. Float32 dots allow it. */
const TOLERANCE = 4e-7;
/** Rows up to which one dispatch takes a whole matrix. */
const WHOLE = 64;
/** Rows of a block: jacobi_blocks is built on 16; lanes have fewer dispatches with it, and enough pairs. */
const WIDTH = 16;

const quads = (n: number): number => Math.ceil(n / 4);

async function rotate(home: GpuHome, rows: Tensor, options: RotationOptions): Promise<RowSvd> {
  const [n, m] = [rowsOf(rows), colsOf(rows)];
  const batch = batchOf(rows);
  const lead = rows.shape.slice(0, -2);
  const [m4, v4] = [quads(m), quads(n)];
  const team = options.team ?? teamOf(home);
  const { tolerance = TOLERANCE, maxSweeps = 20 } = options;
  return home.scope(async () => {
    // Zeros first where rows are padded.
    const b = m % 4 === 0 ? home.empty([batch, n, m]) : home.tensor([batch, n, 4 * m4]);
    const count = batch * n * m;
    await copyBlock.run(
      home,
      { cols: m, count, n_from: m, from_at: 0, n_to: 4 * m4, to_at: 0 },
      { a: rows, b },
    );
    const ones = new Float32Array(batch * n * 4 * v4);
    for (let i = 0; i < batch * n; i++) ones[i * 4 * v4 + (i % n)] = 1;
    const v = home.tensor([batch, n, 4 * v4], ones);
    const job = { n, m4, v4, blocks: 1, width: n, turn: 0, sweeps: maxSweeps, tolerance, batch };
    let counts: Tensor;
    if (n <= WHOLE) {
      counts = home.empty([batch]);
      await kernels[team].run(home, job, { b, v, counts });
    } else {
      counts = home.tensor([1], [await rotateByBlocks(home, job, { b, v }, team)]);
    }
    const squares = home.empty([batch * n]);
    await squaresKernel.run(home, { rows: batch * n, m4 }, { x: b, squares });
    const out: RowSvd = {
      ut: home.empty(rows.shape),
      s: home.empty([...lead, n]),
      vt: home.empty([...lead, n, n]),
      info: home.empty([batch, 2]),
    };
    await sortKernel.run(
      home,
      { n, m, v: n, batch },
      { b, w: v, squares, counts, u: out.ut, s: out.s, sorted: out.vt, info: out.info },
    );
    return out;
  });
}

/** Rounds of disjoint pairs of blocks, a dispatch each; rotations are read once a sweep. Returns the sweeps. */
async function rotateByBlocks(
  home: GpuHome,
  job: Parameters<typeof wholeCost>[0] & { sweeps: number; tolerance: number; turn: number },
  { b, v }: { b: Tensor; v: Tensor },
  team: Team,
): Promise<number> {
  const blocks = 2 * Math.ceil(job.n / (2 * WIDTH));
  const kernel = team === 'lanes' ? lanesRound : blocksRound;
  const counts = home.tensor([blocks]);
  let total = 0;
  let sweeps = 0;
  while (sweeps < job.sweeps) {
    for (let turn = 0; turn < blocks - 1; turn++) {
      await kernel.run(home, { ...job, blocks, width: WIDTH, turn }, { b, v, counts });
    }
    sweeps++;
    // Nothing of this size settles in two sweeps.
    if (sweeps < 3) continue;
    let now = 0;
    for (const count of await home.read(counts)) now += count;
    if (now === total) break;
    total = now;
  }
  home.release(counts);
  return sweeps;
}

/**
 * The decomposition of a matrix given by its n rows of length m >= n (or a batch of such): at most 64 rows in one
 * dispatch, a team a matrix; more by pairs of blocks of 16 rows, for one matrix.
 * @throws UserError where there are more rows than columns, or a batch is too large.
 */
export const jacobiRows = defineOperation({
  name: 'jacobi',
  gpu: async (home: GpuHome, rows: Tensor, options: RotationOptions = {}) => {
    checkShape(rows);
    return rotate(home, rows, options);
  },
  cpu: async (home: CpuHome, rows: Tensor, options: RotationOptions = {}): Promise<RowSvd> => {
    checkShape(rows);
    const [n, m] = [rowsOf(rows), colsOf(rows)];
    const batch = batchOf(rows);
    const lead = rows.shape.slice(0, -2);
    const out: RowSvd = {
      ut: home.tensor(rows.shape),
      s: home.tensor([...lead, n]),
      vt: home.tensor([...lead, n, n]),
      info: home.tensor([batch, 2]),
    };
    for (let i = 0; i < batch; i++) {
      const found = oneSidedJacobi(transpose(itemOf(rows, i)), options);
      cpuData(out.ut).set(transpose(found.u).data, i * n * m);
      cpuData(out.s).set(found.s, i * n);
      cpuData(out.vt).set(transpose(found.v).data, i * n * n);
      cpuData(out.info).set([found.sweeps, 0], 2 * i);
      await home.checkpoint();
    }
    return out;
  },
  /**
   * Singular values within 10 n eps s_1 of float64's, V and the U of nonzero values orthonormal and the
   * product right within 10 m eps (de Rijk 1989: each sweep is orthogonal to a few eps a rotation).
   */
  compare: (got, want, rows: Tensor, _options: RotationOptions = {}) => {
    const [n, m] = [rowsOf(rows), colsOf(rows)];
    const bound = 10 * m * 2 ** -23;
    let worst: Deviation = { ratio: 0, what: '' };
    const see = (value: number, limit: number, what: string): void => {
      if (!(value / limit <= worst.ratio))
        worst = { ratio: value / limit, what: `${what} is off by ${value}` };
    };
    for (let i = 0; i < batchOf(rows); i++) {
      const [ut, vt, whole] = [itemOf(got.ut, i), itemOf(got.vt, i), itemOf(rows, i)];
      const s = cpuData(got.s).slice(i * n, (i + 1) * n);
      const exact = cpuData(want.s).subarray(i * n, (i + 1) * n);
      s.forEach((x, k) => {
        see(Math.abs(x - exact[k]), bound * exact[0] + 1e-18, `singular value ${k}`);
      });
      const gram = matmul64(ut, ut, { transposeB: true });
      for (let k = 0; k < n; k++) if (s[k] === 0) gram.data[k * (n + 1)] = 1;
      see(frobenius(subtract(gram, identity(n))), bound, 'U^T U');
      see(frobenius(subtract(matmul64(vt, vt, { transposeB: true }), identity(n))), bound, 'V^T V');
      const product = matmul64(scaleColumns(transpose(vt), s), ut);
      see(frobenius(subtract(product, whole)), bound * frobenius(whole) + 1e-18, 'U S V^T');
    }
    return worst;
  },
});

function checkShape(rows: Tensor): void {
  if (rowsOf(rows) > colsOf(rows)) {
    throw new UserError(`jacobi: ${shapeText(rows)} has more rows than columns: decompose the transpose`);
  }
  if (batchOf(rows) > 1 && rowsOf(rows) > WHOLE) {
    throw new UserError(`jacobi: matrices of a batch have at most ${WHOLE} rows, not ${rowsOf(rows)}`);
  }
}
