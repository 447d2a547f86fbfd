/** Dense products, copies and factorizations. */

import { cholesky } from '../../kernels/cholesky';
import {
  complexAbs,
  complexAdd,
  complexDivide,
  complexExp,
  complexMultiply,
  complexMultiplyConj,
  complexOf,
  complexScale,
  complexSubtract,
  conjugate,
  imagPart,
  realPart,
} from '../../kernels/complex';
import { complexCholesky, complexQr, complexTriangularSolve } from '../../kernels/complexfactors';
import { complexMatmul } from '../../kernels/complexmatmul';
import { jacobiEigh } from '../../kernels/eigh';
import { axpby, scaleColumns, scaleRows } from '../../kernels/elementwise';
import { gemmVariant } from '../../kernels/gemm_variants';
import { timesUpper, upperGram } from '../../kernels/gram';
import { toHalf, toSingle } from '../../kernels/half';
import { hermitianEigen } from '../../kernels/hermitian';
import { householderQr } from '../../kernels/householder';
import { jacobiRows } from '../../kernels/jacobi';
import { matmul } from '../../kernels/matmul';
import { columnDots, norms, sumsOfSquares } from '../../kernels/reduce';
import { sketchSparse, sketchSrht } from '../../kernels/sketch';
import { columns } from '../../kernels/slice';
import { sparseMatrix } from '../../kernels/sparsesketch';
import { spectralNorms } from '../../kernels/spectral';
import { srhtMatrix } from '../../kernels/srht';
import { transpose } from '../../kernels/transpose';
import { triangularSolve } from '../../kernels/triangular';
import type { BoundFamily } from './bounds';

/** A dozen sizes: one, primes, powers of two and their neighbours. */
export const SIZES = [1, 2, 3, 5, 8, 13, 16, 17, 31, 32, 33, 47];

const product: BoundFamily = {
  title: 'products and copies',
  operations: [
    'matmul',
    'gemm_variant',
    'toHalf',
    'toSingle',
    'transpose',
    'copy',
    'axpby',
    'scaleRows',
    'scaleColumns',
    'gram',
    'timesUpper',
    'columnDots',
    'sumsOfSquares',
    'norms',
    'spectralNorms',
  ],
  sizes: SIZES,
  async run(home, n, draw) {
    const [m, k] = [2 * n + 1, 3 * n];
    const [a, b] = [draw.normal([m, k]), draw.normal([k, n])];
    await matmul(a, b);
    await matmul(a, b, { storage: { b: 'f16' } });
    await matmul(draw.normal([2, k, m]), draw.normal([2, n, k]), { transposeA: true, transposeB: true });
    await matmul(draw.normal([3, 40 * n]), draw.normal([40 * n, 3]), { slices: 5 });
    const strides = { m, n, k, count: 1, aRow: k, aCol: 1, bRow: n, bCol: 1, splits: Math.min(3, k) };
    for (const variant of ['naive', 'subgroup', 'splitk'] as const) {
      await gemmVariant(home, variant, strides, a, b);
    }
    await toSingle(await toHalf(a));
    await transpose(a);
    await columns(a, 0, n);
    await axpby(1.5, a, -0.3, draw.normal([m, k]));
    await scaleRows(a, draw.normal([m]));
    await scaleColumns(a, draw.normal([k]));
    await upperGram(draw.normal([m, n]));
    await timesUpper(draw.normal([m, n]), (await householderQr(draw.normal([m, n]))).r);
    await columnDots(a, draw.normal([m, k]));
    await sumsOfSquares(a, home.tensor([1]));
    await norms(draw.normal([2, m, k]));
    await spectralNorms(draw.normal([2, m, n]), 4);
  },
};

const complex: BoundFamily = {
  title: 'complex arithmetic',
  operations: [
    'complex_of',
    'complex_real',
    'complex_imaginary',
    'complex_absolute',
    'complex_scale',
    'complex_conjugate',
    'complex_exponential',
    'complex_multiply',
    'complex_multiply_conjugate',
    'complex_divide',
    'complex_add',
    'complex_subtract',
    'complex_matmul',
  ],
  sizes: SIZES,
  async run(_home, n, draw) {
    const [a, b] = [draw.normal([n, n + 1], 'c64'), draw.normal([n, n + 1], 'c64')];
    await complexOf(draw.normal([n, 3]), draw.normal([n, 3]));
    for (const op of [realPart, imagPart, complexAbs]) await op(a);
    for (const op of [complexScale, conjugate, complexExp]) await op(a, [0.3, -1.2]);
    for (const op of [complexMultiply, complexMultiplyConj, complexDivide, complexAdd, complexSubtract])
      await op(a, b);
    await complexMatmul(a, b, { adjointB: true });
    await complexMatmul(a, b, { adjointA: true });
  },
};

const factors: BoundFamily = {
  title: 'factorizations and sketches',
  operations: [
    'householderQr',
    'cholesky',
    'triangularSolve',
    'jacobi',
    'eigh',
    'sparse_matrix',
    'sparse_sketch',
    'srht_pad',
    'srht_pick',
    'srht_matrix',
  ],
  sizes: [1, 2, 3, 4, 5, 7, 8, 11, 13, 16, 17, 24],
  async run(home, n, draw) {
    const { r } = await householderQr(draw.normal([2 * n + 3, n]));
    await triangularSolve(r, draw.normal([n, 5]));
    await triangularSolve(r, draw.normal([3, n]), { side: 'right', transpose: true });
    const x = draw.normal([3 * n + 2, n]);
    await cholesky(await upperGram(x), { invert: true });
    await jacobiRows(draw.normal([n, n + 2]));
    await jacobiEigh(draw.normal([n, n]));
    const wide = draw.normal([7, 9 * n]);
    const l = Math.min(8 * n, n + 3);
    await sketchSparse(wide, l, 3, [1, 2]);
    await sketchSrht(wide, l, 3, [1, 2]);
    await sparseMatrix(home, 9 * n, l, 3, [1, 2]);
    await srhtMatrix(home, 9 * n, l, 3, [1, 2]);
  },
};

const complexFactors: BoundFamily = {
  title: 'factorizations of complex matrices',
  operations: ['complexQr', 'complexCholesky', 'complexTriangularSolve', 'hermitianEigen'],
  sizes: [1, 2, 3, 4, 5, 7, 8, 11, 13, 16, 17, 24],
  async run(_home, n, draw) {
    const x = draw.normal([2 * n + 3, n], 'c64');
    const { r } = await complexQr(x);
    await complexTriangularSolve(r, draw.normal([n, 5], 'c64'));
    await complexTriangularSolve(r, draw.normal([2, n, 3], 'c64'), { adjoint: true });
    const g = await complexMatmul(x, x, { adjointA: true });
    await complexCholesky(g);
    await hermitianEigen(g);
    await hermitianEigen(draw.normal([2, n, n], 'c64'));
  },
};

export const dense: readonly BoundFamily[] = [product, complex, factors, complexFactors];
