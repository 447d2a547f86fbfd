/**
 * Matrices in 4 or 8 bits an entry: symmetric whole numbers by row or by block, and NF4 blocks (Dettmers et al.
 * 2023, QLoRA), with the scales themselves quantized if wanted. Blocks lie along rows; codes are packed from the
 * low bits of a word up, every row in words of its own.
 */
import dequantizeCode from '../../shaders/dequantize.wgsl?raw';
import codesCode from '../../shaders/quantize_codes.wgsl?raw';
import scalesCode from '../../shaders/quantize_scales.wgsl?raw';
import matmulCode from '../../shaders/quantized_matmul.wgsl?raw';
import tiledCode from '../../shaders/quantized_tiled.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import { GpuHome } from '../gpu/gpuhome';
import { colsOf, shapeText, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import { UserError } from '../math/errors';
import { roundHalfEven } from '../math/integers';
import { NF4 } from '../math/nf4';
import { axpby } from './elementwise';
import { matmul } from './matmul';
import { defineOperation, entrywise } from './operation';

export type Scheme = 'int8' | 'int4' | 'nf4';

/** bits an entry, the largest code (the unit of the scale), and the scheme's number in the shaders. */
const SCHEMES: Readonly<Record<Scheme, { bits: number; most: number; number: number }>> = {
  int8: { bits: 8, most: 127, number: 0 },
  int4: { bits: 4, most: 7, number: 0 },
  nf4: { bits: 4, most: 1, number: 1 },
};

export interface Quantized {
  scheme: Scheme;
  shape: readonly number[];
  /** Entries of a row that share a scale. */
  block: number;
  /** rows x words, u32. */
  codes: Tensor;
  /** rows x blocks. */
  scales: Tensor;
}

interface Layout {
  rows: number;
  cols: number;
  block: number;
  blocks: number;
  words: number;
  bits: number;
  scheme: number;
}

const layoutParams = {
  rows: 'u32',
  cols: 'u32',
  block: 'u32',
  blocks: 'u32',
  words: 'u32',
  bits: 'u32',
  scheme: 'u32',
} as const;

const scalesKernel = defineKernel({
  name: 'quantize_scales',
  code: scalesCode,
  params: { rows: 'u32', cols: 'u32', block: 'u32', blocks: 'u32', most: 'f32' },
  buffers: { x: 'read', scales: 'write' },
  grid: ({ rows, blocks }) => linearGrid(rows * blocks, 64),
  cost: ({ rows, cols, blocks }) => ({ flop: rows * cols, bytes: 4 * rows * (cols + blocks) }),
});
const codesKernel = defineKernel({
  name: 'quantize_codes',
  code: codesCode,
  params: layoutParams,
  buffers: { x: 'read', scales: 'read', codes: 'write' },
  grid: ({ rows, words }) => linearGrid(rows * words, 64),
  cost: ({ rows, cols, words }) => ({ flop: 4 * rows * cols, bytes: 4 * rows * (cols + words) }),
});
const dequantizeKernel = defineKernel({
  name: 'dequantize',
  code: dequantizeCode,
  params: layoutParams,
  buffers: { codes: 'read', scales: 'read', x: 'write' },
  grid: ({ rows, words }) => linearGrid(rows * words, 64),
  cost: ({ rows, cols, words }) => ({ flop: rows * cols, bytes: 4 * rows * (cols + words) }),
});
const productParams = {
  m: 'u32',
  n: 'u32',
  k: 'u32',
  block: 'u32',
  blocks: 'u32',
  words: 'u32',
  bits: 'u32',
  scheme: 'u32',
} as const;
const productBuffers = { x: 'read', codes: 'read', scales: 'read', y: 'write' } as const;
const productCost = ({ m, n, k, words }: Readonly<Record<'m' | 'n' | 'k' | 'words', number>>) => ({
  flop: 2 * m * n * k,
  bytes: 4 * (m * k + n * words + m * n),
});
const productKernels = {
  rows: defineKernel({
    name: 'quantized_matmul',
    code: matmulCode,
    params: productParams,
    buffers: productBuffers,
    grid: ({ m, n }) => linearGrid(n * Math.ceil(m / 4), 64),
    cost: productCost,
  }),
  tiled: defineKernel({
    name: 'quantized_tiled',
    code: tiledCode,
    params: { ...productParams, group0: 'u32' },
    buffers: productBuffers,
    grid: ({ m, n }) => [Math.ceil(n / 32), Math.ceil(m / 32)],
    cost: productCost,
    split: 'y',
  }),
};

function layoutOf(shape: readonly number[], scheme: Scheme, block: number): Layout {
  const cols = shape.at(-1) ?? 1;
  if (!Number.isInteger(block) || block < 1) {
    throw new UserError(`quantize: blocks of ${block} entries; choose a whole number from 1 up`);
  }
  const { bits, number } = SCHEMES[scheme];
  return {
    rows: sizeOf(shape) / Math.max(1, cols),
    cols,
    block,
    blocks: Math.ceil(cols / block),
    words: Math.ceil((cols * bits) / 32),
    bits,
    scheme: number,
  };
}

/** The code of y = x / scale as the shader gives it, in float64. */
function codeOf(y: number, scheme: Scheme): number {
  if (scheme === 'nf4') {
    let code = 0;
    while (code < 15 && y > Math.fround(0.5 * (NF4[code] + NF4[code + 1]))) code++;
    return code;
  }
  const { most, bits } = SCHEMES[scheme];
  return Math.max(-most, Math.min(most, roundHalfEven(y))) & (2 ** bits - 1);
}

function levelOf(word: number, i: number, scheme: Scheme): number {
  const { bits } = SCHEMES[scheme];
  const code = (word >>> (bits * i)) & (2 ** bits - 1);
  if (scheme === 'nf4') return NF4[code];
  return code >= 2 ** (bits - 1) ? code - 2 ** bits : code;
}

export interface QuantizeOptions {
  scheme: Scheme;
  /** Default: the whole row, for nf4 64. */
  block?: number;
}

const blockOf = (x: Tensor, { scheme, block }: QuantizeOptions): number =>
  block ?? (scheme === 'nf4' ? 64 : Math.max(1, colsOf(x)));

/** Codes and scales of every row of x. The answer is at most half a step from x, the step scale times a level's width. */
export const quantize = defineOperation({
  name: 'quantize',
  gpu: async (home: GpuHome, x: Tensor, options: QuantizeOptions): Promise<Quantized> => {
    const { scheme } = options;
    const layout = layoutOf(x.shape, scheme, blockOf(x, options));
    const { rows, cols, block, blocks, words } = layout;
    const scales = home.empty([rows, blocks]);
    const codes = home.empty([rows, words], 'u32');
    if (rows * cols > 0) {
      await scalesKernel.run(home, { rows, cols, block, blocks, most: SCHEMES[scheme].most }, { x, scales });
      await codesKernel.run(home, { ...layout }, { x, scales, codes });
    }
    return { scheme, shape: x.shape, block, codes, scales };
  },
  cpu: async (home: CpuHome, x: Tensor, options: QuantizeOptions): Promise<Quantized> => {
    const { scheme } = options;
    const { rows, cols, block, blocks, words, bits } = layoutOf(x.shape, scheme, blockOf(x, options));
    const data = cpuData(x);
    const scales = new Float64Array(rows * blocks);
    const codes = new Uint32Array(rows * words);
    const per = 32 / bits;
    for (let row = 0; row < rows; row++) {
      for (let j = 0; j < cols; j++) {
        const at = row * blocks + Math.floor(j / block);
        scales[at] = Math.max(scales[at], Math.abs(data[row * cols + j]));
      }
      // As the shader stores them: codes are in units of the rounded scale.
      for (let b = 0; b < blocks; b++)
        scales[row * blocks + b] = Math.fround(scales[row * blocks + b] / SCHEMES[scheme].most);
      for (let j = 0; j < cols; j++) {
        const scale = scales[row * blocks + Math.floor(j / block)];
        const code = codeOf(scale > 0 ? data[row * cols + j] / scale : 0, scheme);
        codes[row * words + Math.floor(j / per)] |= code << (bits * (j % per));
      }
    }
    return {
      scheme,
      shape: x.shape,
      block,
      codes: home.wrap([rows, words], codes),
      scales: home.wrap([rows, blocks], scales),
    };
  },
  /** Scales to 2.5 ulp; a code may be its neighbour's where x / scale is within that of the step's edge. */
  compare: (got, want, x: Tensor) => {
    const scales = entrywise(
      got.scales,
      want.scales,
      (i) => 6 * 2 ** -24 * cpuData(want.scales)[i] + 2 ** -126,
      'scale',
    );
    if (scales.ratio > 1) return scales;
    const { scheme, block } = want;
    const { cols, blocks, words, bits } = layoutOf(x.shape, scheme, block);
    const per = 32 / bits;
    const data = cpuData(x);
    const [mine, theirs, by] = [cpuData(got.codes), cpuData(want.codes), cpuData(want.scales)];
    for (let i = 0; i < data.length; i++) {
      const [row, j] = [Math.floor(i / cols), i % cols];
      const word = row * words + Math.floor(j / per);
      const [a, b] = [levelOf(mine[word], j % per, scheme), levelOf(theirs[word], j % per, scheme)];
      if (a === b) continue;
      const y = data[i] / by[row * blocks + Math.floor(j / block)];
      const slack = 12 * 2 ** -24 * Math.max(1, Math.abs(y));
      if (Math.abs(Math.abs(y - a) - Math.abs(y - b)) > 2 * slack) {
        return { ratio: Number.POSITIVE_INFINITY, what: `entry ${i} is level ${a}, float64 says ${b}` };
      }
    }
    return scales;
  },
});

/** The matrix of codes and scales: one rounding an entry. */
export const dequantize = defineOperation({
  name: 'dequantize',
  gpu: async (home: GpuHome, { scheme, shape, block, codes, scales }: Quantized) => {
    const layout = layoutOf(shape, scheme, block);
    const x = home.empty(shape);
    if (layout.rows * layout.cols > 0) await dequantizeKernel.run(home, { ...layout }, { codes, scales, x });
    return x;
  },
  cpu: async (home: CpuHome, quantized: Quantized) => home.wrap(quantized.shape, dequantized(quantized)),
  compare: (got, want) => {
    const values = cpuData(want);
    return entrywise(got, want, (i) => 2 ** -24 * Math.abs(values[i]) + 2 ** -126);
  },
});

function dequantized({ scheme, shape, block, codes, scales }: Quantized): Float64Array {
  const { rows, cols, blocks, words, bits } = layoutOf(shape, scheme, block);
  const per = 32 / bits;
  const [packed, by] = [cpuData(codes), cpuData(scales)];
  return Float64Array.from({ length: rows * cols }, (_, i) => {
    const [row, j] = [Math.floor(i / cols), i % cols];
    return (
      levelOf(packed[row * words + Math.floor(j / per)], j % per, scheme) *
      by[row * blocks + Math.floor(j / block)]
    );
  });
}

/** The scales of a quantized matrix, quantized themselves: their mean, and int8 blocks of what is left. */
export interface DoublyQuantized extends Omit<Quantized, 'scales'> {
  mean: number;
  /** 1 x (number of scales). */
  scales: Quantized;
}

/** Scales to 8 bits in blocks (QLoRA, section 3): 32 / 64 bits an entry become 8 / 64 + 32 / (64 * 256). One read-back. */
export async function doubleQuantize(quantized: Quantized, block = 256): Promise<DoublyQuantized> {
  const { scales } = quantized;
  const { home } = scales;
  return home.scope(async () => {
    const values = await home.read(scales);
    let sum = 0;
    for (const value of values) sum += value;
    const mean = Math.fround(sum / Math.max(1, values.length));
    const line = home.tensor(
      [1, values.length],
      Float32Array.from(values, (value) => value - mean),
    );
    return { ...quantized, mean, scales: await quantize(line, { scheme: 'int8', block }) };
  });
}

/** Back to scales in float32. */
export async function singleQuantized(doubly: DoublyQuantized): Promise<Quantized> {
  const { home } = doubly.codes;
  const { mean, scales, ...rest } = doubly;
  return home.scope(async () => {
    const line = await dequantize(scales);
    const count = sizeOf(line.shape);
    const means = home.tensor([1, count], new Float32Array(count).fill(mean));
    const { rows, blocks } = layoutOf(rest.shape, rest.scheme, rest.block);
    const sum = await axpby(1, line, 1, means);
    return { ...rest, scales: home.reshape(sum, [rows, blocks]) };
  });
}

/**
 * Rows of X up to which weights are dequantized for every four of them. Above, on GPUs a tile at a time in workgroup
 * memory; where barriers are slow once, and the product is a matmul.
 */
const FEW_ROWS = 16;

/** Y = X W^T, X m x k, W n x k quantized by blocks of its rows. */
export async function quantizedMatmul(x: Tensor, w: Quantized): Promise<Tensor> {
  const per = 32 / SCHEMES[w.scheme].bits;
  const whole = w.block % per === 0 || w.block >= colsOf(x);
  if (sizeOf(x.shape) / Math.max(1, colsOf(x)) <= FEW_ROWS && whole) return fusedMatmul(x, w, 'rows');
  if (x.home instanceof GpuHome && !x.home.barriersAreSlow) return fusedMatmul(x, w, 'tiled');
  return x.home.scope(async () => matmul(x, await dequantize(w), { transposeB: true }));
}

/** The same without W in float: four rows of X at a time (a block is whole words), or in tiles. */
export const fusedMatmul = defineOperation({
  name: 'quantizedMatmul',
  gpu: async (home: GpuHome, x: Tensor, w: Quantized, variant: keyof typeof productKernels = 'rows') => {
    const { m, n, k } = productOf(x, w);
    const { block, blocks, words, bits, scheme } = layoutOf(w.shape, w.scheme, w.block);
    const y = home.empty([m, n]);
    const job = { m, n, k, block, blocks, words, bits, scheme };
    if (m * n > 0) await productKernels[variant].run(home, job, { x, codes: w.codes, scales: w.scales, y });
    return y;
  },
  cpu: async (home: CpuHome, x: Tensor, w: Quantized, _variant?: keyof typeof productKernels) => {
    const { m, n } = productOf(x, w);
    return home.wrap([m, n], productTwin(cpuData(x), dequantized(w), m, n));
  },
  compare: (got, want, x: Tensor, w: Quantized, _variant?: keyof typeof productKernels) => {
    const { m, n, k } = productOf(x, w);
    const sizes = productTwin(cpuData(x).map(Math.abs), dequantized(w).map(Math.abs), m, n);
    return entrywise(got, want, (i) => (k + 4) * 2 ** -24 * sizes[i] + 1e-37);
  },
});

function productOf(x: Tensor, w: Quantized): { m: number; n: number; k: number } {
  const [n, k] = [sizeOf(w.shape) / Math.max(1, w.shape.at(-1) ?? 1), w.shape.at(-1) ?? 1];
  if (colsOf(x) !== k) {
    throw new UserError(
      `quantizedMatmul: ${shapeText(x)} does not fit weights of ${w.shape.join(' x ')}: ${k} columns needed`,
    );
  }
  return { m: sizeOf(x.shape) / Math.max(1, k), n, k };
}

function productTwin(x: ArrayLike<number>, w: ArrayLike<number>, m: number, n: number): Float64Array {
  const k = x.length / Math.max(1, m);
  return Float64Array.from({ length: m * n }, (_, e) => {
    let sum = 0;
    for (let t = 0; t < k; t++) sum += x[Math.floor(e / n) * k + t] * w[(e % n) * k + t];
    return sum;
  });
}
