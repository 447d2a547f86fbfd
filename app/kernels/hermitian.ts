/** Eigenvalues and vectors of Hermitian matrices, in batches, one dispatch. */
import lanesCode from '../../shaders/hermitian_lanes.wgsl?raw';
import workgroupCode from '../../shaders/hermitian_workgroup.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { batchOf, rowsOf, type Tensor } from '../gpu/home';
import { defineKernel } from '../gpu/kernel';
import {
  adjoint,
  complexDistance,
  complexIdentity,
  complexSize,
  hermitianEigen as eigen64,
  interleaved,
  multiplyComplex,
} from '../math/complexfactors';
import { checkComplex, complexItem, type TeamOption, worstOf } from './complexfactors';
import { defineOperation } from './operation';
import { type Team, teamOf } from './teams';

const TEAM: Readonly<Record<Team, number>> = { lanes: 4, workgroup: 128 };

const hermitianKernel = (name: string, code: string) =>
  defineKernel({
    name,
    code,
    params: { n: 'u32', batch: 'u32', sweeps: 'u32', tolerance: 'f32', group0: 'u32' },
    buffers: { a: 'read', b: 'write', v: 'write', own: 'write', values: 'write', vectors: 'write' },
    grid: ({ batch }) => [1, batch],
    // Eight sweeps.
    cost: ({ n, batch }) => ({ flop: 160 * batch * n ** 3, bytes: 24 * batch * n * n }),
    split: 'y',
  });

const kernels = {
  lanes: hermitianKernel('hermitian_lanes', lanesCode),
  workgroup: hermitianKernel('hermitian_workgroup', workgroupCode),
};

export interface HermitianEigen {
  /** n real values (or batch x n), smallest first. */
  values: Tensor;
  /** n x n complex (or a batch), orthonormal columns: A = V diag(values) V^H. */
  vectors: Tensor;
}

const SWEEPS = 16;

/**
 * Eigenvalues and vectors of a Hermitian matrix (n x n, n <= 128, or a batch), of which the Hermitian part is taken:
 * values within 30 n eps |A|_F, vectors orthonormal within 30 n eps, eps = 2^-23.
 * @throws UserError where A is not square, or too large.
 */
export const hermitianEigen = defineOperation({
  name: 'hermitianEigen',
  gpu: async (home: GpuHome, a: Tensor, options: TeamOption = {}): Promise<HermitianEigen> => {
    checkComplex('hermitianEigen', a, true);
    const [n, batch] = [rowsOf(a), batchOf(a)];
    const values = home.empty([...a.shape.slice(0, -2), n]);
    const vectors = home.empty(a.shape, 'c64');
    if (n * batch === 0) return { values, vectors };
    const team = options.team ?? teamOf(home);
    const [b, v] = [home.empty(a.shape, 'c64'), home.empty(a.shape, 'c64')];
    const own = home.empty([batch, TEAM[team], n]);
    const job = { n, batch, sweeps: SWEEPS, tolerance: Math.sqrt(n) * 2 ** -23 };
    await kernels[team].run(home, job, { a, b, v, own, values, vectors });
    for (const t of [b, v, own]) home.release(t);
    return { values, vectors };
  },
  cpu: async (home: CpuHome, a: Tensor, _options: TeamOption = {}): Promise<HermitianEigen> => {
    checkComplex('hermitianEigen', a, true);
    const n = rowsOf(a);
    const values = home.tensor([...a.shape.slice(0, -2), n]);
    const vectors = home.tensor(a.shape, undefined, 'c64');
    for (let i = 0; i < batchOf(a); i++) {
      const found = eigen64(complexItem(a, i));
      cpuData(values).set(found.values, i * n);
      cpuData(vectors).set(found.vectors.data, 2 * i * n * n);
      await home.checkpoint();
    }
    return { values, vectors };
  },
  /**
   * Rows of A + c I, c = 2 |A|_F, are at most 3 |A|_F long. Every rotation errs by a few u of its two rows, a row
   * meets n - 1 in a sweep, and what is left between rows is tolerance of their lengths: as for real matrices
   * (eigh.ts) 10 n eps of the rows, 30 n eps |A|_F.
   */
  compare: (got, want, a: Tensor, _options: TeamOption = {}) => {
    const { see, deviation } = worstOf();
    const n = rowsOf(a);
    const bound = 30 * n * 2 ** -23;
    for (let i = 0; i < batchOf(a); i++) {
      const of = complexItem(a, i);
      const part = of.data.map((x, e) => {
        const across = 2 * ((Math.floor(e / 2) % n) * n + Math.floor(e / 2 / n)) + (e % 2);
        return (x + (e % 2 === 0 ? 1 : -1) * of.data[across]) / 2;
      });
      const whole = interleaved(n, n, part);
      const size = bound * complexSize(whole) + 1e-37;
      const v = complexItem(got.vectors, i);
      const values = cpuData(got.values).slice(i * n, (i + 1) * n);
      values.forEach((x, k) => {
        see(Math.abs(x - cpuData(want.values)[i * n + k]), size, `eigenvalue ${k}`);
      });
      see(complexDistance(multiplyComplex(adjoint(v), v), complexIdentity(n)), bound, 'V^H V');
      const scaled = interleaved(
        n,
        n,
        v.data.map((x, e) => x * values[Math.floor(e / 2) % n]),
      );
      see(complexDistance(multiplyComplex(scaled, adjoint(v)), whole), size, 'V diag V^H');
    }
    return deviation;
  },
});
