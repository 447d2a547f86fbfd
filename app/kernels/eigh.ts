/**
 * Eigenvalues and eigenvectors of symmetric matrices. On the device by one-sided Jacobi on A + c I, which is
 * positive semidefinite, so that its singular vectors are eigenvectors also where A has eigenvalues of opposite
 * sign and equal size; the eigenvalues are then Rayleigh quotients with A itself.
 */
import rayleighCode from '../../shaders/rayleigh.wgsl?raw';
import shiftCode from '../../shaders/shift_diagonal.wgsl?raw';
import { CpuHome, cpuData } from '../gpu/cpuhome';
import { GpuHome } from '../gpu/gpuhome';
import { batchOf, colsOf, rowsOf, shapeText, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import { UserError } from '../math/errors';
import {
  frobenius,
  identity,
  type Matrix,
  matmul as matmul64,
  matrix,
  scaleColumns,
  subtract,
} from '../math/linalg';
import { symmetricEigen } from '../math/symmetric';
import { jacobiRows, type RotationOptions } from './jacobi';
import { matmul } from './matmul';
import { type Deviation, defineOperation } from './operation';
import { itemOf } from './triangular';

const shiftKernel = defineKernel({
  name: 'shift_diagonal',
  code: shiftCode,
  params: { n: 'u32', batch: 'u32', stage: 'u32' },
  buffers: { a: 'read', bounds: 'write', shifts: 'write', b: 'write' },
  grid: ({ n, batch }) => linearGrid(n * batch, 64),
  cost: ({ n, batch }) => ({ flop: 5 * batch * n * n, bytes: 12 * batch * n * n }),
});

const rayleighKernel = defineKernel({
  name: 'rayleigh',
  code: rayleighCode,
  params: { n: 'u32', batch: 'u32' },
  buffers: { x: 'read', y: 'read', values: 'write', v: 'write' },
  grid: ({ n, batch }) => linearGrid(n * batch, 64),
  cost: ({ n, batch }) => ({ flop: 4 * batch * n * n, bytes: 12 * batch * n * n }),
});

export interface Eigen {
  /** n values (or batch x n), smallest first. */
  values: Tensor;
  /** n x n (or a batch), orthonormal columns: A = V diag(values) V^T. */
  vectors: Tensor;
}

/** (A + A^T) / 2. */
function symmetricPart({ rows: n, data }: Matrix): Matrix {
  const at = (e: number): number => data[(e % n) * n + Math.floor(e / n)];
  return matrix(
    n,
    n,
    data.map((x, e) => (x + at(e)) / 2),
  );
}

async function onHost(a: Tensor, home: GpuHome | CpuHome): Promise<Eigen> {
  const n = rowsOf(a);
  const batch = batchOf(a);
  const data = Float64Array.from(await home.read(a));
  const values = new Float64Array(batch * n);
  const vectors = new Float64Array(batch * n * n);
  for (let i = 0; i < batch; i++) {
    const part = matrix(n, n, data.subarray(i * n * n, (i + 1) * n * n));
    const found = symmetricEigen(symmetricPart(part));
    values.set(found.values, i * n);
    vectors.set(found.vectors.data, i * n * n);
    await home.checkpoint();
  }
  const shape = [...a.shape.slice(0, -2), n];
  if (home instanceof CpuHome) {
    return { values: home.wrap(shape, values), vectors: home.wrap(a.shape, vectors) };
  }
  return { values: home.tensor(shape, values), vectors: home.tensor(a.shape, vectors) };
}

/**
 * Jacobi in the home of A (float64 QL on the CPU): n x n, or a batch with n <= 64, of which the symmetric part is
 * taken. Values are within 10 n eps |A|_F, vectors orthonormal within 10 n eps.
 */
export const jacobiEigh = defineOperation({
  name: 'eigh',
  gpu: async (home: GpuHome, a: Tensor, options: RotationOptions = {}): Promise<Eigen> => {
    checkSquare(a);
    const n = rowsOf(a);
    const batch = batchOf(a);
    return home.scope(async () => {
      const b = home.empty(a.shape);
      const bounds = home.empty([batch, n, 2]);
      const shifts = home.empty([batch]);
      for (const stage of [0, 1]) await shiftKernel.run(home, { n, batch, stage }, { a, bounds, shifts, b });
      const { vt } = await jacobiRows(b, options);
      const y = await matmul(vt, a);
      const out = { values: home.empty([...a.shape.slice(0, -2), n]), vectors: home.empty(a.shape) };
      await rayleighKernel.run(home, { n, batch }, { x: vt, y, values: out.values, v: out.vectors });
      return out;
    });
  },
  cpu: async (home: CpuHome, a: Tensor, _options: RotationOptions = {}): Promise<Eigen> => {
    checkSquare(a);
    return onHost(a, home);
  },
  /** The residual of Jacobi on A + c I, c <= |A|_F, is tolerance c a pair: 10 n eps |A|_F in all. */
  compare: (got, want, a: Tensor, _options: RotationOptions = {}) => {
    const n = rowsOf(a);
    let worst: Deviation = { ratio: 0, what: '' };
    const see = (value: number, limit: number, what: string): void => {
      if (!(value / limit <= worst.ratio))
        worst = { ratio: value / limit, what: `${what} is off by ${value}` };
    };
    for (let i = 0; i < batchOf(a); i++) {
      const [full, v] = [symmetricPart(itemOf(a, i)), itemOf(got.vectors, i)];
      const size = frobenius(full) + 1e-18;
      const values = cpuData(got.values).slice(i * n, (i + 1) * n);
      const exact = cpuData(want.values).subarray(i * n, (i + 1) * n);
      const bound = 10 * n * 2 ** -23;
      values.forEach((x, k) => {
        see(Math.abs(x - exact[k]), bound * size, `eigenvalue ${k}`);
      });
      see(frobenius(subtract(matmul64(v, v, { transposeA: true }), identity(n))), bound, 'V^T V');
      const product = matmul64(scaleColumns(v, values), v, { transposeB: true });
      see(frobenius(subtract(product, full)), bound * size, 'V diag V^T');
    }
    return worst;
  },
});

function checkSquare(a: Tensor): void {
  if (rowsOf(a) !== colsOf(a)) throw new UserError(`eigh: ${shapeText(a)} is not a square matrix`);
}

/**
 * A = V diag(values) V^T of a symmetric matrix (or a batch), smallest first. Where it is computed is chosen by
 * adapter, as for svd: Jacobi on a GPU, float64 on the CPU otherwise.
 */
export async function eigh(a: Tensor): Promise<Eigen> {
  const { home } = a;
  checkSquare(a);
  if (home instanceof GpuHome && home.barriersAreSlow) return onHost(a, home);
  return jacobiEigh(a);
}
