/**
 * Householder QR, for any condition and rank: panels of 32 columns, each applied to the rest as I - V T V^T
 * (Schreiber, Van Loan 1989), so that the work is in matrix products. T is not formed: T^-1 is the upper
 * triangle of V^T V with half its diagonal (Puglisi 1992), and a triangular solve applies it.
 */
import lanesCode from '../../shaders/householder_lanes.wgsl?raw';
import workgroupCode from '../../shaders/householder_workgroup.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { batchOf, colsOf, rowsOf, shapeText, type Tensor } from '../gpu/home';
import { defineKernel } from '../gpu/kernel';
import { UserError } from '../math/errors';
import { frobenius, identity, matmul as matmul64, subtract } from '../math/linalg';
import { qr as qr64 } from '../math/qr';
import { matmul } from './matmul';
import { type Deviation, defineOperation } from './operation';
import { concatRows, rows } from './slice';
import { type Team, teamOf } from './teams';
import { transpose } from './transpose';
import { itemOf, triangularSolve } from './triangular';

/** Columns of a panel; the kernel keeps their signs in an array of this length. */
const PANEL = 32;

const kernelOf = (name: string, code: string) =>
  defineKernel({
    name,
    code,
    params: { m: 'u32', n: 'u32', first: 'u32', width: 'u32', batch: 'u32', group0: 'u32' },
    buffers: { x: 'write', v: 'write', e: 'write', r: 'write', signs: 'write' },
    grid: ({ batch }) => [1, batch],
    cost: ({ m, width, batch }) => ({ flop: 2 * batch * m * width ** 2, bytes: 16 * batch * m * width }),
    split: 'y',
  });

const kernels = {
  lanes: kernelOf('householder_lanes', lanesCode),
  workgroup: kernelOf('householder_workgroup', workgroupCode),
};

interface Panel {
  vt: Tensor;
  e: Tensor;
  /** T^-1 in its upper triangle, but for the factor on the diagonal. */
  inverse: Tensor;
}

/** X (I - V T V^T), or with T^T for `adjoint` false; X is overwritten. */
async function applyPanel(x: Tensor, { vt, inverse }: Panel, adjoint: boolean): Promise<Tensor> {
  const along = await matmul(x, vt, { transposeB: true });
  const turned = await triangularSolve(inverse, along, {
    side: 'right',
    transpose: !adjoint,
    diagonal: 0.5,
  });
  return matmul(turned, vt, { into: x, alpha: -1, beta: 1 });
}

async function factor(home: GpuHome, a: Tensor, team: Team): Promise<{ q: Tensor; r: Tensor }> {
  const [m, n] = [rowsOf(a), colsOf(a)];
  const lead = a.shape.slice(0, -2);
  const batch = batchOf(a);
  return home.scope(async () => {
    const r = home.tensor([...lead, n, n]);
    const signs = home.tensor([batch, n]);
    const panels: Panel[] = [];
    let x = await transpose(a);
    for (let first = 0; first < n; first += PANEL) {
      const width = Math.min(PANEL, n - first);
      const vt = home.empty([...lead, width, m]);
      const e = home.empty([...lead, width, m]);
      await kernels[team].run(home, { m, n, first, width, batch }, { x, v: vt, e, r, signs });
      // In short sums: what |v|^2 errs, relatively, each reflection is off orthogonal.
      const slices = Math.min(32, Math.ceil(m / 64));
      const panel = { vt, e, inverse: await matmul(vt, vt, { transposeB: true, slices }) };
      panels.push(panel);
      if (first + width < n) x = await applyPanel(await rows(x, width, n - first), panel, true);
    }
    let qt: Tensor | null = null;
    for (const panel of panels.reverse()) {
      qt = await applyPanel(qt ? await concatRows([panel.e, qt]) : panel.e, panel, false);
    }
    return { q: qt ? await transpose(qt) : home.tensor(a.shape), r };
  });
}

/**
 * A = Q R with Q (m x n) orthonormal to rounding and R upper triangular with a diagonal that is not negative,
 * for m >= n. Batches of matrices with at most 32 columns at once. Where a pivot is zero the column of Q is an
 * arbitrary orthonormal one. Work 4 m n^2 flop. Squares of entries must not overflow or vanish in float32.
 * @throws UserError where A has more columns than rows, or a batch is too wide.
 */
export const householderQr = defineOperation({
  name: 'householderQr',
  gpu: async (home: GpuHome, a: Tensor, options: { team?: Team } = {}) => {
    checkShape(a);
    return factor(home, a, options.team ?? teamOf(home));
  },
  cpu: async (home: CpuHome, a: Tensor, _options: { team?: Team } = {}) => {
    checkShape(a);
    const n = colsOf(a);
    const q = home.tensor(a.shape);
    const r = home.tensor([...a.shape.slice(0, -2), n, n]);
    for (let i = 0; i < batchOf(a); i++) {
      const found = qr64(itemOf(a, i));
      cpuData(q).set(found.q.data, i * found.q.data.length);
      cpuData(r).set(found.r.data, i * n * n);
      await home.checkpoint();
    }
    return { q, r };
  },
  /**
   * |A - Q R|_F <= sqrt(n) gamma_(c m n) |A|_F and the same for Q^T Q - I (Higham 2002, theorem 19.4 and
   * 19.13); sums by teams are shorter than m, so m + 10 n stands for c m n.
   */
  compare: (got, _want, a: Tensor, _options: { team?: Team } = {}) => {
    let worst: Deviation = { ratio: 0, what: '' };
    const see = (ratio: number, what: string): void => {
      if (!(ratio <= worst.ratio)) worst = { ratio, what };
    };
    for (let i = 0; i < batchOf(a); i++) {
      const [whole, q, r] = [itemOf(a, i), itemOf(got.q, i), itemOf(got.r, i)];
      const bound = Math.sqrt(q.cols) * (q.rows + 10 * q.cols) * 2 ** -24;
      const loss = frobenius(subtract(matmul64(q, q, { transposeA: true }), identity(q.cols)));
      see(loss / bound, `|Q^T Q - I| is ${loss}`);
      const rest = frobenius(subtract(matmul64(q, r), whole));
      see(rest / (bound * frobenius(whole) + 1e-37), `|Q R - A| is ${rest}`);
      const below = r.data.some((x, at) => (at % r.cols < Math.floor(at / r.cols) ? x !== 0 : false));
      see(below ? Number.POSITIVE_INFINITY : 0, 'R has entries below its diagonal');
    }
    return worst;
  },
});

function checkShape(a: Tensor): void {
  if (rowsOf(a) < colsOf(a)) {
    throw new UserError(`qr: ${shapeText(a)} has more columns than rows: factor the transpose`);
  }
  if (batchOf(a) > 1 && colsOf(a) > PANEL) {
    throw new UserError(`qr: matrices of a batch have at most ${PANEL} columns, not ${colsOf(a)}`);
  }
}
