/** Systems with a triangular matrix. The l x l factor is small: it is solved in float64 on the host. */
import { colsOf, rowsOf, shapeText, type Tensor } from '../gpu/home';
import { solveTriangular as solve64 } from '../math/cholesky';
import { UserError } from '../math/errors';
import { matrix } from '../math/linalg';

/**
 * X (l x n) with op(T) X = B for triangular T (l x l) and B (l x n). `upper` (the default) says which triangle
 * of T is read, and `transpose` that op transposes it. A zero on the diagonal gives infinities or NaN.
 * @throws UserError where the shapes do not fit.
 */
export async function solveTriangular(
  t: Tensor,
  b: Tensor,
  options: { upper?: boolean; transpose?: boolean } = {},
): Promise<Tensor> {
  const { home } = t;
  const l = rowsOf(t);
  if (colsOf(t) !== l || rowsOf(b) !== l) {
    throw new UserError(
      `solveTriangular: a ${shapeText(t)} triangle does not fit ${shapeText(b)} right sides`,
    );
  }
  const factor = matrix(l, l, Float64Array.from(await home.read(t)));
  const right = matrix(l, colsOf(b), Float64Array.from(await home.read(b)));
  return home.tensor(b.shape, solve64(factor, right, options).data);
}
