/** What must hold of the products: the card's list, one comparison a claim. */
import { KERNELS } from '../../../testbeds/matmul';
import type { Claim } from '../../method';

const exactKernels = KERNELS.filter((kernel) => kernel !== 'f16');
const worst = (key: string, of: readonly string[]) => (m: Readonly<Record<string, number>>) =>
  Math.max(...of.map((kernel) => m[`${key}.${kernel}`]));
const whole = { data: 'integer', m: 96, n: 80, k: 512 };
/** Long sums of positive numbers. */
export const long = { m: 32, n: 32, k: 8192, data: 'uniform', splits: 16 };

export const matmulClaims: Claim[] = [
  {
    item: 1,
    text: 'Every float32 kernel is within 1e-6 of the float64 product',
    at: {},
    value: worst('error', exactKernels),
    relation: '<=',
    bound: 1e-6,
  },
  {
    item: 1,
    text: 'Every float32 kernel stays below a tenth of its rounding bound',
    at: {},
    value: worst('bound.ratio', exactKernels),
    relation: '<=',
    bound: 0.1,
  },
  {
    item: 2,
    text: 'On integers all six kernels are exact',
    at: whole,
    value: worst('error', KERNELS),
    relation: '=',
    bound: 0,
  },
  {
    item: 3,
    text: 'Storing float16 costs at least 1.5e-4',
    at: {},
    value: (m) => m['error.f16'],
    relation: '>=',
    bound: 1.5e-4,
  },
  {
    item: 3,
    text: 'Storing float16 costs at most 5e-4',
    at: {},
    value: (m) => m['error.f16'],
    relation: '<=',
    bound: 5e-4,
  },
  {
    item: 3,
    text: 'Float16 storage stays within its bound',
    at: {},
    value: (m) => m['bound.ratio.f16'],
    relation: '<=',
    bound: 1,
  },
  {
    item: 3,
    text: 'Rounding of storage is 100 times that of sums',
    at: {},
    value: (m) => m['error.f16'],
    relation: '>=',
    bound: (m) => 100 * m['error.naive'],
  },
  {
    item: 4,
    text: 'Slices of k at least halve the error of long sums',
    at: long,
    value: (m) => m['error.splitk'],
    relation: '<=',
    bound: (m) => 0.5 * m['error.naive'],
    gpuOnly: true,
  },
  {
    item: 4,
    text: 'Lanes at least halve the error of long sums',
    at: long,
    value: (m) => m['error.subgroup'],
    relation: '<=',
    bound: (m) => 0.5 * m['error.naive'],
    gpuOnly: true,
  },
  {
    item: 4,
    text: 'One long sum stays below a fifth of its bound',
    at: long,
    value: (m) => m['bound.ratio.naive'],
    relation: '<=',
    bound: 0.2,
    gpuOnly: true,
  },
  {
    item: 5,
    text: 'No kernel is faster than the measured peak',
    value: worst('share', KERNELS),
    relation: '<=',
    bound: 1.05,
    advisory: true,
  },
  {
    item: 5,
    text: 'Every kernel takes time',
    value: (m) => Math.min(...KERNELS.map((kernel) => m[`ms.${kernel}`])),
    relation: '>=',
    bound: Number.MIN_VALUE,
    advisory: true,
  },
];
