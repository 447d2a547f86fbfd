/**
 * SVD of a small matrix by one-sided Jacobi on the transposed l x l factor of its QR: the columns of R^T are
 * graded as the singular values are, so that small ones settle in fewer sweeps than those of R. Both run in
 * float64 on the host; what comes back is rounded to the home of A.
 */
import { colsOf, rowsOf, type Tensor } from '../gpu/home';
import { oneSidedJacobi } from '../math/jacobi';
import { type Matrix, matmul as matmul64, matrix, transpose } from '../math/linalg';
import { qr } from '../math/qr';
import { singularValues as singularValues64 } from '../math/svd';

export interface JacobiOptions {
  /** Sweeps at most; 20 unless given. */
  maxSweeps?: number;
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
  const { u: right, s, v: core, sweeps } = oneSidedJacobi(transpose(r), options);
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
