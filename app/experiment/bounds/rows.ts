/** Rows, entries and random numbers; sets of integers; sparse and quantized matrices. */
import { gelu, geluGradient } from '../../kernels/activation';
import { binary, unary, where } from '../../kernels/broadcast';
import { diagonalKernel, gatePairs, softplusRows } from '../../kernels/gate';
import {
  gatherRows,
  keptBy,
  randomPermutation,
  scatterRows,
  startsOf,
  sumSegments,
} from '../../kernels/gather';
import { pruneTwoOfFour, roundToGrid } from '../../kernels/grid';
import { walshHadamard } from '../../kernels/hadamard';
import { binIndices, histogram } from '../../kernels/histogram';
import { layerNorm, rmsNorm } from '../../kernels/norm';
import { dequantize, fusedMatmul, quantize } from '../../kernels/quantize';
import { normal, randomBits, signs, uniform } from '../../kernels/random';
import { reduceColumns, reduceRows } from '../../kernels/reduction';
import { softmax } from '../../kernels/softmax';
import { argsort, sort, sortPairs } from '../../kernels/sort';
import { csrDense, csrMatmul, toCsr, toTwoFour, twoFourDense, twoFourMatmul } from '../../kernels/sparse';
import { topK } from '../../kernels/topk';
import type { BoundFamily } from './bounds';
import { SIZES } from './dense';

const alongRows: BoundFamily = {
  title: 'rows and entries',
  operations: [
    'softmax',
    'layer_norm',
    'rms_norm',
    'reduce_rows',
    'reduce_columns',
    'top_k',
    'elementwise',
    'gelu',
    'geluGradient',
    'softplus_rows',
    'gate_pairs',
    'diagonal_kernel',
    'hadamard',
  ],
  sizes: SIZES,
  async run(_home, n, draw) {
    const [m, k] = [n + 2, 5 * n];
    const x = draw.normal([m, k]);
    const y = draw.normal([m, k]);
    await softmax(x, { scale: 3 });
    await softmax(draw.normal([n, n]), { causal: true, log: true });
    const [gain, bias] = [draw.normal([k]), draw.normal([k])];
    await layerNorm(x, { gain, bias });
    await rmsNorm(x, { gain, bias });
    for (const what of [
      'sum',
      'mean',
      'max',
      'min',
      'sumSquares',
      'logSumExp',
      'argmax',
      'argmin',
    ] as const) {
      await reduceRows(x, what);
      await reduceColumns(x, what);
    }
    await topK(x, Math.min(k, 7));
    for (const op of [
      'exp',
      'log',
      'sqrt',
      'tanh',
      'sigmoid',
      'gelu',
      'softplus',
      'silu',
      'square',
    ] as const) {
      await unary(op, op === 'log' || op === 'sqrt' ? draw.between(0.01, 9, [m, k]) : x);
    }
    for (const op of ['add', 'sub', 'mul', 'div', 'max', 'min'] as const) await binary(op, x, y);
    await binary('pow', draw.between(0.1, 4, [m, k]), draw.normal([k]));
    await where(x, y, 0);
    await gelu(x);
    await geluGradient(x, y);
    await softplusRows(x, bias);
    await gatePairs(x, y, true);
    await gatePairs(x, y, false);
    await diagonalKernel(draw.normal([3, n]), draw.between(-1, 0, [3, n]), 40);
    await walshHadamard(draw.normal([n, 2 ** Math.min(9, SIZES.indexOf(n))]));
  },
};

const random: BoundFamily = {
  title: 'random numbers',
  operations: ['random_normal', 'random_uniform', 'random_signs', 'random_bits', 'randomPermutation'],
  sizes: SIZES,
  async run(home, n) {
    await normal(home, [n, 37], 5, n, 11);
    await uniform(home, [n, 37], 5, n);
    await signs(home, [n, 37], 5, n);
    await randomBits(home, 37 * n, 5, n);
    await randomPermutation(home, 37 * n, 5, n);
  },
};

const sets: BoundFamily = {
  title: 'order, places and counts',
  operations: [
    'sort',
    'sortPairs',
    'argsort',
    'histogram',
    'binIndices',
    'gatherRows',
    'scatterRows',
    'startsOf',
    'sumSegments',
    'keptBy',
  ],
  sizes: SIZES,
  async run(home, n, draw) {
    const count = 37 * n;
    const x = draw.normal([count]);
    await sort(x);
    await sort(draw.below(2 ** 24, [count]), { descending: true });
    await sortPairs(x, draw.below(count, [count]));
    const keys = draw.below(n, [count]);
    const order = await argsort(keys);
    const starts = await startsOf(await histogram(keys, n));
    await sumSegments(draw.normal([count, 3]), order, starts);
    await binIndices(x, -2, 2, n);
    const a = draw.normal([count, 4]);
    await gatherRows(a, draw.below(count + 2, [n]));
    await gatherRows(draw.normal([count, 3]), draw.below(count, [n]));
    await scatterRows(draw.normal([n, 4]), await randomPermutation(home, n, 1, 1), a);
    await keptBy(draw.below(3, [count]));
  },
};

const coded: BoundFamily = {
  title: 'sparse and quantized matrices',
  operations: [
    'toCsr',
    'csrDense',
    'csrMatmul',
    'toTwoFour',
    'twoFourDense',
    'twoFourMatmul',
    'quantize',
    'dequantize',
    'quantizedMatmul',
    'roundToGrid',
    'pruneTwoOfFour',
  ],
  sizes: SIZES,
  async run(_home, n, draw) {
    const [m, k] = [n + 3, 4 * n];
    const a = draw.normal([m, k]);
    const mask = await softmax(a, { scale: 8 });
    const sparse = await binary('mul', a, await unary('relu', await binary('sub', mask, 0.1)));
    const rows = await toCsr(sparse);
    await csrDense(rows);
    await csrMatmul(rows, draw.normal([k, 5]));
    const pruned = await pruneTwoOfFour(a, draw.between(0.5, 2, [k]));
    const fours = await toTwoFour(pruned);
    await twoFourDense(fours);
    await twoFourMatmul(fours, draw.normal([k, 5]));
    for (const scheme of ['nf4', 'int4', 'int8'] as const) {
      const w = await quantize(a, { scheme, block: 8 });
      await dequantize(w);
      await fusedMatmul(draw.normal([3, k]), w);
    }
    await roundToGrid(a, { bits: 4, group: k });
  },
};

export const rows: readonly BoundFamily[] = [alongRows, random, sets, coded];
