/**
 * SVD of a small matrix by one-sided Jacobi on the transposed l x l factor of its QR: the columns of R^T are
 * graded as the singular values are, so that small ones settle in fewer sweeps than those of R. The rotations
 * run in the home of A, in float32 on the GPU; the QR before them and the sorting after them on the host.
 */
import code from '../../shaders/jacobi_round.wgsl?raw';
import { GpuHome } from '../gpu/gpuhome';
import { colsOf, rowsOf, type Tensor } from '../gpu/home';
import { defineKernel } from '../gpu/kernel';
import { type JacobiSvd, oneSidedJacobi, sorted } from '../math/jacobi';
import { identity, type Matrix, matmul as matmul64, matrix, transpose } from '../math/linalg';
import { qr } from '../math/qr';
import { singularValues as singularValues64 } from '../math/svd';

export interface JacobiOptions {
  /** Sweeps at most; 20 unless given. */
  maxSweeps?: number;
}

const round = defineKernel({
  name: 'jacobi_round',
  code,
  params: { n: 'u32', m: 'u32', seats: 'u32', turn: 'u32', tolerance: 'f32' },
  buffers: { b: 'write', v: 'write', turned: 'write' },
  grid: ({ seats }) => [Math.ceil(seats / 128)],
  cost: ({ n, m }) => ({ flop: (n / 2) * (12 * m + 6 * n), bytes: 4 * (n * m * 3 + n * n * 2) }),
});

/** Tighter than the usual 1e-6: the loss of orthogonality adds up to about n times it. Float32 dots allow it. */
const TOLERANCE = 4e-7;

/** Jacobi on the columns of a square matrix in float32 on the device; counted rotations are read once a sweep. */
async function rotate(home: GpuHome, columns: Matrix, maxSweeps: number): Promise<JacobiSvd> {
  return home.scope(async () => {
    const { rows: m, cols: n } = columns;
    const seats = n + (n % 2);
    const b = home.tensor([n, m], transpose(columns).data);
    const v = home.tensor([n, n], identity(n).data);
    let sweeps = 0;
    for (let isTurning = n > 1; isTurning && sweeps < maxSweeps; ) {
      const turned = home.tensor([seats / 2]);
      for (let turn = 0; turn < seats - 1; turn++) {
        await round.run(home, { n, m, seats, turn, tolerance: TOLERANCE }, { b, v, turned });
      }
      isTurning = (await home.read(turned)).some((count) => count > 0);
      home.release(turned);
      sweeps++;
    }
    const bt = matrix(n, m, Float64Array.from(await home.read(b)));
    const vt = matrix(n, n, Float64Array.from(await home.read(v)));
    return { ...sorted(bt, vt), sweeps };
  });
}

const onHost = async (a: Tensor): Promise<Matrix> =>
  matrix(rowsOf(a), colsOf(a), Float64Array.from(await a.home.read(a)));

/** A = u diag(s) v^T: u m x k, s k, v n x k, k = min(m, n), largest first. */
export async function jacobiSvd(
  a: Tensor,
  options: JacobiOptions = {},
): Promise<{ u: Tensor; s: Tensor; v: Tensor; sweeps: number }> {
  const { home } = a;
  const whole = await onHost(a);
  const wide = whole.rows < whole.cols;
  const { q, r } = qr(wide ? transpose(whole) : whole);
  // R^T = right S core^T, so R = core S right^T.
  const {
    u: right,
    s,
    v: core,
    sweeps,
  } = await (home instanceof GpuHome
    ? rotate(home, transpose(r), options.maxSweeps ?? 20)
    : oneSidedJacobi(transpose(r), options));
  const left = matmul64(q, core);
  const [um, vm] = wide ? [right, left] : [left, right];
  return {
    u: home.tensor([um.rows, um.cols], um.data),
    s: home.tensor([s.length], s),
    v: home.tensor([vm.rows, vm.cols], vm.data),
    sweeps,
  };
}

/**
 * The min(m, n) singular values of A, largest first, in float64 on the host from the values of A itself
 * (never from A^T A, which loses half the digits).
 */
export async function singularValues(a: Tensor): Promise<Float64Array> {
  return singularValues64(await onHost(a));
}
