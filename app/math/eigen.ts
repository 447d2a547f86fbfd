/**
 * Eigenvalues and eigenvectors in float64: of any real square matrix (Hessenberg form and shifted QR, from
 * ml-matrix), and of a real skew-symmetric one, where everything stays real and orthogonal.
 */
import { EigenvalueDecomposition, Matrix as Independent } from 'ml-matrix';
import { type Complex, type ComplexMatrix, complexMatrix } from './complex';
import { identity, type Matrix, matmul, matrix, norm } from './linalg';
import { svd } from './svd';

export interface Eigen {
  values: Complex;
  /** Unit columns, in the order of the values. */
  vectors: ComplexMatrix;
}

/**
 * A = W diag(mu) W^-1 of a real matrix; complex values come in conjugate pairs. Backward stable: A W - W diag(mu)
 * is within about 10 n eps ||A||; how well W is conditioned is the matrix's own affair.
 */
export function eigen(a: Matrix): Eigen {
  const n = a.rows;
  if (a.cols !== n || n === 0) throw new RangeError(`eigen: ${a.rows} x ${a.cols} is not square`);
  if (!a.data.every(Number.isFinite)) throw new RangeError('eigen: an entry is not finite');
  const found = new EigenvalueDecomposition(Independent.from1DArray(n, n, a.data));
  const values = {
    re: Float64Array.from(found.realEigenvalues),
    im: Float64Array.from(found.imaginaryEigenvalues),
  };
  // A pair lies in two columns: real and imaginary part of the vector of the value with im > 0.
  const packed = found.eigenvectorMatrix;
  const vectors = complexMatrix(n, n);
  for (let j = 0; j < n; j++) {
    const second = values.im[j] < 0;
    const [real, imag] = values.im[j] === 0 ? [j, -1] : second ? [j - 1, j] : [j, j + 1];
    let scale = 0;
    for (let i = 0; i < n; i++) {
      scale = Math.hypot(scale, packed.get(i, real), imag < 0 ? 0 : packed.get(i, imag));
    }
    for (let i = 0; i < n; i++) {
      vectors.re[i * n + j] = packed.get(i, real) / scale;
      vectors.im[i * n + j] = imag < 0 ? 0 : ((second ? -1 : 1) * packed.get(i, imag)) / scale;
    }
  }
  return { values, vectors };
}

export interface SkewEigen {
  /** The values i w_k with w_k >= 0, largest first: ceil(n / 2) of them, the last zero where n is odd. */
  w: Float64Array;
  /** Their unit vectors, n x ceil(n / 2); those of -i w_k are the conjugates. The vector of w = 0 is real. */
  vectors: ComplexMatrix;
}

/**
 * S v = i w v of a real skew-symmetric S. Householder reflections make it tridiagonal, S = Q T Q^T; with
 * D = diag((-i)^k), D^* (-i T) D is real symmetric with zero diagonal, which sorted into even and odd indices
 * is [0 B; B^T 0] with B bidiagonal: w are its singular values, and the vectors follow from its singular
 * vectors. No eigenvalue iteration on a degenerate pair, and V is unitary to rounding.
 */
export function skewEigen(s: Matrix): SkewEigen {
  const n = s.rows;
  if (s.cols !== n || n === 0) throw new RangeError(`skewEigen: ${s.rows} x ${s.cols} is not square`);
  const { q, t } = tridiagonal(s);
  const half = Math.ceil(n / 2);
  const b = matrix(half, half); // padded by a zero column where n is odd
  for (let a = 0; a < half; a++) {
    if (2 * a + 1 < n) b.data[a * half + a] = t[2 * a];
    if (a > 0) b.data[a * half + a - 1] = t[2 * a - 1];
  }
  const { u, s: w, v } = svd(b);
  if (n % 2 === 1) w[half - 1] = 0;
  // D x, even rows real, odd rows imaginary; a pair shares the unit norm between u and v.
  const even = matrix(n, half);
  const odd = matrix(n, half);
  for (let j = 0; j < n; j++) {
    const row = j >> 1;
    const sign = row % 2 === 0 ? 1 : -1;
    for (let k = 0; k < half; k++) {
      const alone = n % 2 === 1 && k === half - 1;
      if (j % 2 === 0) even.data[j * half + k] = sign * u.data[row * half + k] * (alone ? 1 : Math.SQRT1_2);
      else odd.data[j * half + k] = alone ? 0 : -sign * v.data[row * half + k] * Math.SQRT1_2;
    }
  }
  const vectors = { rows: n, cols: half, re: matmul(q, even).data, im: matmul(q, odd).data };
  return { w, vectors };
}

/** S = Q T Q^T with T_{k+1,k} = t_k = -T_{k,k+1}. */
function tridiagonal(s: Matrix): { q: Matrix; t: Float64Array } {
  const n = s.rows;
  const a = s.data.slice();
  const q = identity(n);
  const t = new Float64Array(Math.max(0, n - 1));
  for (let k = 0; k + 1 < n; k++) {
    const size = n - k - 1;
    const v = new Float64Array(size);
    for (let i = 0; i < size; i++) v[i] = a[(k + 1 + i) * n + k];
    const length = norm(v);
    const alpha = v[0] > 0 ? -length : length;
    t[k] = size === 1 ? v[0] : alpha;
    if (size === 1 || length === 0) continue;
    v[0] -= alpha;
    const tau = 2 / norm(v) ** 2;
    // H S H = S + v p^T - p v^T with p = tau S v, since v^T S v = 0.
    const p = new Float64Array(size);
    for (let i = 0; i < size; i++) {
      let sum = 0;
      for (let j = 0; j < size; j++) sum += a[(k + 1 + i) * n + k + 1 + j] * v[j];
      p[i] = tau * sum;
    }
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) a[(k + 1 + i) * n + k + 1 + j] += v[i] * p[j] - p[i] * v[j];
    }
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0; j < size; j++) sum += q.data[i * n + k + 1 + j] * v[j];
      for (let j = 0; j < size; j++) q.data[i * n + k + 1 + j] -= tau * sum * v[j];
    }
  }
  return { q, t };
}
