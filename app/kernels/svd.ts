/** SVD of a small matrix by one-sided Jacobi, on the l x l factor of its QR. */
import { colsOf, rowsOf, type Tensor } from '../gpu/home';
import { oneSidedJacobi } from '../math/jacobi';
import { matmul as matmul64, matrix, transpose } from '../math/linalg';
import { qr } from '../math/qr';

/** A = u diag(s) v^T: u m x k, s k, v n x k, k = min(m, n), largest first. */
export async function jacobiSvd(a: Tensor): Promise<{ u: Tensor; s: Tensor; v: Tensor; sweeps: number }> {
  const { home } = a;
  const whole = matrix(rowsOf(a), colsOf(a), Float64Array.from(await home.read(a)));
  const wide = whole.rows < whole.cols;
  const { q, r } = qr(wide ? transpose(whole) : whole);
  const { u, s, v, sweeps } = oneSidedJacobi(r);
  const left = matmul64(q, u);
  const [um, vm] = wide ? [v, left] : [left, v];
  return {
    u: home.tensor([um.rows, um.cols], um.data),
    s: home.tensor([s.length], s),
    v: home.tensor([vm.rows, vm.cols], vm.data),
    sweeps,
  };
}
