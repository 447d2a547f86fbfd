/** Softmax over the last dimension, and its logarithm. */
import rowsCode from '../../shaders/softmax.wgsl?raw';
import blocksCode from '../../shaders/softmax_blocks.wgsl?raw';
import subgroupCode from '../../shaders/softmax_subgroup.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { batchOf, colsOf, rowsOf, shapeText, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel } from '../gpu/kernel';
import { UserError } from '../math/errors';
import { defineOperation, entrywise } from './operation';
import { rowBuffers, rowVariant } from './rows';

export interface SoftmaxOptions {
  /** Of the entries before the exponential; 1 unless given. */
  scale?: number;
  /** Row i of each matrix sees columns 0..i. */
  causal?: boolean;
  /** The logarithm of the softmax; -3e38 where a causal row does not see. */
  log?: boolean;
  /** Added to the scaled entries: a number for each column (batch x n), or the stats of an attention with n rows. */
  bias?: Tensor;
  /** Default: by adapter and shape. Blocks are for rows of a multiple of 16 without mask or bias. */
  variant?: 'rows' | 'blocks' | 'subgroup';
}

const params = {
  n: 'u32',
  count: 'u32',
  rows: 'u32',
  causal: 'u32',
  log: 'u32',
  bias_step: 'u32',
  scale: 'f32',
  group0: 'u32',
} as const;

const buffers = { x: 'read', x4: 'read', bias: 'read', y: 'write', y4: 'write' } as const;
const cost = ({ n, count }: Readonly<Record<'n' | 'count', number>>) => ({
  flop: 5 * n * count,
  bytes: 8 * n * count,
});

const kernels = {
  rows: defineKernel({
    name: 'softmax',
    code: rowsCode,
    params,
    buffers,
    constants: { WIDE: 0, EDGE: 1, BIAS: 0, ROWS: 16 },
    grid: ({ count }, { ROWS }) => [1, Math.ceil(count / ROWS)],
    cost,
    split: 'y',
  }),
  subgroup: defineKernel({
    name: 'softmax_subgroup',
    code: subgroupCode,
    params,
    buffers,
    constants: { WIDE: 0, EDGE: 1, BIAS: 0 },
    grid: ({ count }) => [Math.min(4096, Math.ceil(count / 4))],
    cost,
  }),
};

const blocksKernel = defineKernel({
  name: 'softmax_blocks',
  code: blocksCode,
  params: { blocks: 'u32', count: 'u32', log: 'u32', scale: 'f32', group0: 'u32' },
  buffers: { x: 'read', y: 'write' },
  constants: { ROWS: 16 },
  grid: ({ count }, { ROWS }) => [1, Math.ceil(count / ROWS)],
  cost: ({ blocks, count }) => cost({ n: 16 * blocks, count }),
  split: 'y',
});

const LOWEST = Math.fround(-3e38);

function biasStep(x: Tensor, bias: Tensor | undefined): number {
  const step = bias ? sizeOf(bias.shape) / (batchOf(x) * colsOf(x)) : 0;
  if (![0, 1, 2].includes(step)) {
    throw new UserError(
      `softmax of ${shapeText(x)}: a bias of ${bias ? sizeOf(bias.shape) : 0} numbers for ${batchOf(x) * colsOf(x)} columns`,
    );
  }
  return step;
}

/** softmax(scale x + bias) along the last dimension, of the shape of x. */
export const softmax = defineOperation({
  name: 'softmax',
  gpu: async (home: GpuHome, x: Tensor, options: SoftmaxOptions = {}): Promise<Tensor> => {
    const step = biasStep(x, options.bias);
    const out = home.empty(x.shape);
    if (sizeOf(x.shape) === 0) return out;
    const n = colsOf(x);
    const plain = n % 16 === 0 && !options.causal && step === 0;
    const variant = options.variant ?? (plain && rowVariant(home) === 'rows' ? 'blocks' : rowVariant(home));
    if (variant === 'blocks') {
      if (!plain)
        throw new UserError(`softmax of ${shapeText(x)}: blocks need whole rows of a multiple of 16`);
      const job = { blocks: n / 16, count: sizeOf(x.shape) / n, log: options.log ? 1 : 0 };
      await blocksKernel.run(home, { ...job, scale: options.scale ?? 1 }, { x, y: out });
      return out;
    }
    const { views, constants, release } = rowBuffers(home, x, out, n, options.causal);
    await kernels[variant].run(
      home,
      {
        n,
        count: sizeOf(x.shape) / n,
        rows: rowsOf(x),
        causal: options.causal ? 1 : 0,
        log: options.log ? 1 : 0,
        bias_step: step,
        scale: options.scale ?? 1,
      },
      { ...views, bias: options.bias ?? x },
      { constants: { ...constants, BIAS: step > 0 ? 1 : 0 } },
    );
    release();
    return out;
  },
  cpu: async (home: CpuHome, x: Tensor, options: SoftmaxOptions = {}): Promise<Tensor> => {
    const step = biasStep(x, options.bias);
    const n = colsOf(x);
    const out = Float64Array.from(cpuData(x));
    const bias = options.bias ? cpuData(options.bias) : null;
    for (let row = 0; row * n < out.length; row++) {
      const item = Math.floor(row / rowsOf(x));
      const line = out.subarray(row * n, (row + 1) * n);
      const seen = options.causal ? Math.min(n, (row % rowsOf(x)) + 1) : n;
      let top = Number.NEGATIVE_INFINITY;
      for (let j = 0; j < seen; j++) {
        line[j] = (options.scale ?? 1) * line[j] + (bias ? bias[(item * n + j + 1) * step - 1] : 0);
        top = Math.max(top, line[j]);
      }
      let sum = 0;
      for (let j = 0; j < seen; j++) sum += Math.exp(line[j] - top);
      const shift = top + Math.log(sum);
      for (let j = 0; j < seen; j++) {
        line[j] = options.log ? line[j] - shift : Math.exp(line[j] - top) / sum;
      }
      line.fill(options.log ? LOWEST : 0, seen);
    }
    return home.wrap(x.shape, out);
  },
  /**
   * With T = max |scale x + bias|, u = 2^-24: t is off by 2 u T, an exponential of t - m by (6 + 5 |t - m|) u
   * relatively (3 + 2 |x| ulp by the WGSL specification and the subtraction), a sum of n in chunks of 16 by n / 16
   * + 8 roundings, rescalings included. |t - m| <= 2 T, and the same again for the sum, whose terms only weigh as
   * much as they are large. So |dy| <= y (4 T + 6 + 10 T + 6 + 5 log n + n / 16 + 16) u, and the same in absolute
   * terms for the logarithm, plus a rounding of its size, at most 2 T + log n.
   */
  compare: (got, want, x: Tensor, options: SoftmaxOptions = {}) => {
    const n = colsOf(x);
    const most = (values: ArrayLike<number>): number => Math.max(0, ...Array.from(values, Math.abs));
    let size = 0;
    const data = cpuData(x);
    for (let i = 0; i < data.length; i++) size = Math.max(size, Math.abs(data[i]));
    size = size * Math.abs(options.scale ?? 1) + (options.bias ? most(cpuData(options.bias)) : 0);
    const e = (14 * size + 28 + 5 * Math.log(n) + n / 16) * 2 ** -24;
    const values = cpuData(want);
    if (options.log) return entrywise(got, want, (i) => e + 2 ** -23 * Math.abs(values[i]));
    return entrywise(got, want, (i) => Math.expm1(e) * values[i] + 1e-37);
  },
});
