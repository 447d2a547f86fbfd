/** Linear systems with a square matrix, by factorizations that do not need to know its condition. */
import { colsOf, rowsOf, shapeText, type Tensor } from '../gpu/home';
import { UserError } from '../math/errors';
import { cholesky } from './cholesky';
import { assertComplex, complexOf, imagPart, realPart } from './complex';
import { complexQr, complexTriangularSolve, MOST_COMPLEX } from './complexfactors';
import { complexMatmul } from './complexmatmul';
import { axpby } from './elementwise';
import { householderQr } from './householder';
import { matmul } from './matmul';
import { concatColumns, concatRows, rows } from './slice';
import { triangularSolve } from './triangular';

function check(name: string, a: Tensor, b: Tensor): void {
  if (rowsOf(a) !== colsOf(a) || rowsOf(b) !== rowsOf(a)) {
    throw new UserError(`${name}: a ${shapeText(a)} matrix does not fit ${shapeText(b)} right sides`);
  }
}

/**
 * X with A X = B, A n x n and B n x c (or batches, n <= 32), by Householder QR: backward stable without pivots,
 * for twice the work of LU. A singular A gives infinities or NaN.
 * @throws UserError where the shapes do not fit.
 */
export async function solve(a: Tensor, b: Tensor): Promise<Tensor> {
  check('solve', a, b);
  return a.home.scope(async () => {
    const { q, r } = await householderQr(a);
    return triangularSolve(r, await matmul(q, b, { transposeA: true }));
  });
}

/**
 * X with G X = B for symmetric positive definite G (n x n, of which the upper triangle is read; or batches,
 * n <= 64), by Cholesky, and the status of that: see CholeskyFactor. After a breakdown X holds infinities or NaN.
 * @throws UserError where the shapes do not fit.
 */
export async function solvePositive(g: Tensor, b: Tensor): Promise<{ x: Tensor; status: Tensor }> {
  check('solvePositive', g, b);
  return g.home.scope(async () => {
    const { r, status } = await cholesky(g);
    const x = await triangularSolve(r, await triangularSolve(r, b, { transpose: true }));
    return { x, status };
  });
}

/**
 * X with A X = B for complex A (n x n) and B (n x c), by Householder QR as `solve` does. Above the order that is
 * factored at once, as the real system [[Re A, -Im A], [Im A, Re A]] of twice the size, which has the singular values
 * of A, each twice: as stable, for twice the work.
 * @throws UserError where the shapes do not fit.
 */
export async function complexSolve(a: Tensor, b: Tensor): Promise<Tensor> {
  assertComplex('complexSolve', a, b);
  check('complexSolve', a, b);
  if (rowsOf(a) <= MOST_COMPLEX) {
    return a.home.scope(async () => {
      const { q, r } = await complexQr(a);
      return complexTriangularSolve(r, await complexMatmul(q, b, { adjointA: true }));
    });
  }
  return a.home.scope(async () => {
    const [re, im] = [await realPart(a), await imagPart(a)];
    const minus = await axpby(-1, im, 0, im);
    const whole = await concatRows([await concatColumns([re, minus]), await concatColumns([im, re])]);
    const x = await solve(whole, await concatRows([await realPart(b), await imagPart(b)]));
    const n = rowsOf(a);
    return complexOf(await rows(x, 0, n), await rows(x, n, 2 * n));
  });
}
