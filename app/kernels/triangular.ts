/** Systems with a triangular matrix. The l x l factor is small: it is solved in float64 on the host. */
import { rowsOf, type Tensor } from '../gpu/home';
import { solveTriangular as solve64 } from '../math/cholesky';
import { matrix } from '../math/linalg';

/** T^-1 B for upper triangular T (l x l) and B (l x n). */
export async function solveTriangular(t: Tensor, b: Tensor): Promise<Tensor> {
  const { home } = t;
  const l = rowsOf(t);
  const factor = matrix(l, l, Float64Array.from(await home.read(t)));
  const right = matrix(l, b.shape.at(-1) ?? 1, Float64Array.from(await home.read(b)));
  return home.tensor(b.shape, solve64(factor, right).data);
}
