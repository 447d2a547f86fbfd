/** Linear systems with a general square matrix, in float64. */
import { axpy } from './gemm';
import { type Matrix, matrix } from './linalg';

/**
 * X with A X = B, by elimination with partial pivoting; B has as many rows as A. The residual is within
 * about n^2 eps growth ||A|| ||X||. @throws RangeError where A is singular to working precision.
 */
export function solveLinear(a: Matrix, b: Matrix): Matrix {
  const n = a.rows;
  if (a.cols !== n || b.rows !== n) {
    throw new RangeError(`solveLinear: ${a.rows} x ${a.cols} does not fit ${b.rows} x ${b.cols}`);
  }
  const lu = a.data.slice();
  const x = b.data.slice();
  const m = b.cols;
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(lu[i * n + k]) > Math.abs(lu[pivot * n + k])) pivot = i;
    const value = lu[pivot * n + k];
    if (!(Math.abs(value) > 0 && Math.abs(value) < Infinity)) {
      throw new RangeError(`solveLinear: pivot ${k} is ${value}`);
    }
    swapRows(lu, n, k, pivot);
    swapRows(x, m, k, pivot);
    for (let i = k + 1; i < n; i++) {
      const factor = lu[i * n + k] / value;
      if (factor === 0) continue;
      axpy(-factor, lu, k * n + k, lu, i * n + k, n - k);
      axpy(-factor, x, k * m, x, i * m, m);
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) {
      const factor = lu[i * n + k];
      if (factor !== 0) axpy(-factor, x, k * m, x, i * m, m);
    }
    for (let j = i * m; j < (i + 1) * m; j++) x[j] /= lu[i * n + i];
  }
  return matrix(n, m, x);
}

function swapRows(data: Float64Array, width: number, i: number, j: number): void {
  if (i === j) return;
  const row = data.slice(i * width, (i + 1) * width);
  data.copyWithin(i * width, j * width, (j + 1) * width);
  data.set(row, j * width);
}
