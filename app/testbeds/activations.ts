/** What compression methods look at: the inputs of every layer, and their second moments. */
import { colsOf, type Home, rowsOf, type Tensor } from '../gpu/home';
import { axpby } from '../kernels/elementwise';
import { matmul } from '../kernels/matmul';
import { concatRows } from '../kernels/slice';
import { svd } from '../kernels/svd';
import type { Matrix } from '../math/linalg';

/** Principal directions of the rows of a matrix. */
export interface Principal {
  /** cols x cols, orthonormal columns, the strongest first. */
  vectors: Tensor;
  /** Mean square along each direction: the eigenvalues of A^T A / rows. */
  energies: Float64Array;
}

/**
 * Eigenvectors and eigenvalues of A^T A / rows, from the SVD of A itself, so that weak directions keep their
 * digits. With fewer rows than columns the directions that no row has come last, with energy 0.
 */
export async function principal(a: Tensor): Promise<Principal> {
  const { home } = a;
  return home.scope(async () => {
    const [m, n] = [rowsOf(a), colsOf(a)];
    const tall = m >= n ? a : await concatRows([a, home.tensor([n - m, n])]);
    const { s, v } = await svd(tall);
    const energies = Float64Array.from(await home.read(s), (sigma) => (sigma * sigma) / m);
    return { vectors: v, energies };
  });
}

/** The mean row of A, 1 x cols. */
export async function meanRow(a: Tensor): Promise<Tensor> {
  const m = rowsOf(a);
  return a.home.scope(async () => matmul(a.home.tensor([1, m], new Float64Array(m).fill(1 / m)), a));
}

/** A - 1 mean, for a mean of 1 x cols. */
export async function centred(a: Tensor, mean: Tensor): Promise<Tensor> {
  const { home } = a;
  return home.scope(async () => {
    const ones = home.tensor([rowsOf(a), 1], new Float64Array(rowsOf(a)).fill(1));
    return axpby(1, a, -1, await matmul(ones, mean));
  });
}

/** Rows from..to - 1 of a matrix of the host, in this home. */
export const upload = (home: Home, a: Matrix, from = 0, to = a.rows): Tensor =>
  home.tensor([to - from, a.cols], a.data.subarray(from * a.cols, to * a.cols));
