/**
 * Six ways to make the same matrix product, for measuring: one row of the matmul page each. The product that
 * other methods use is matmul.ts. Every variant takes op(A), op(B) by strides, a batch in z, and any size.
 */
import f16Code from '../../shaders/gemm_f16.wgsl?raw';
import lanesCode from '../../shaders/gemm_lanes.wgsl?raw';
import naiveCode from '../../shaders/gemm_naive.wgsl?raw';
import registerCode from '../../shaders/gemm_register.wgsl?raw';
import subgroupCode from '../../shaders/gemm_subgroup.wgsl?raw';
import tiledCode from '../../shaders/gemm_tiled.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import type { Home, Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import { encodeFloat16, fromFloat16, roundToFloat16 } from '../math/float16';
import { PLAIN, runGemm, variantFor } from './gemm';
import { defineOperation, entrywise } from './operation';

export const VARIANTS = ['naive', 'tiled', 'register', 'subgroup', 'splitk', 'f16'] as const;
export type Variant = (typeof VARIANTS)[number];

/** The sizes of a product and the strides (in entries) of op(A), m x k, and op(B), k x n. */
export interface VariantJob {
  m: number;
  n: number;
  k: number;
  count: number;
  aRow: number;
  aCol: number;
  bRow: number;
  bCol: number;
  /** Slices of k for splitk, at most k. */
  splits: number;
}

const params = {
  m: 'u32',
  n: 'u32',
  k: 'u32',
  a_row: 'u32',
  a_col: 'u32',
  b_row: 'u32',
  b_col: 'u32',
  a_batch: 'u32',
  b_batch: 'u32',
  batch: 'u32',
} as const;
const buffers = { a: 'read', b: 'read', c: 'write' } as const;

const cost =
  (operandBytes: number) =>
  ({ m, n, k, batch }: Readonly<Record<'m' | 'n' | 'k' | 'batch', number>>) => ({
    flop: 2 * m * n * k * batch,
    bytes: batch * (operandBytes * (m * k + k * n) + 4 * m * n),
  });

/** Square tiles of C, `each` entries an invocation along a side of a workgroup of EDGE (or TILE). */
const tiles = (name: string, code: string, constants: Record<string, number>, each: number, bytes = 4) =>
  defineKernel({
    name,
    code,
    params: { ...params, group0: 'u32' },
    buffers,
    constants,
    grid: ({ m, n, batch }, { EDGE, TILE }) => {
      const tile = each * (EDGE ?? TILE);
      return [Math.ceil(n / tile), Math.ceil(m / tile), batch];
    },
    cost: cost(bytes),
    split: 'y',
  });

const lanes = (name: string, code: string, edge: number, blocks: number) =>
  defineKernel({
    name,
    code,
    params: { ...params, group0: 'u32' },
    buffers,
    grid: ({ m, n, batch }) => [...linearGrid(Math.ceil(m / edge) * Math.ceil(n / edge), blocks), batch],
    cost: cost(4),
    split: 'y',
  });

const kernels = {
  naive: tiles('gemm_naive', naiveCode, { EDGE: 16 }, 1),
  tiled: tiles('gemm_tiled', tiledCode, { TILE: 16 }, 1),
  register: tiles('gemm_register', registerCode, { EDGE: 16, DEPTH: 16 }, 4),
  f16: tiles('gemm_f16', f16Code, { EDGE: 8 }, 4, 2),
  subgroup: lanes('gemm_subgroup', subgroupCode, 4, 32),
  lanes: lanes('gemm_lanes', lanesCode, 1, 2),
};

/** Whether the subgroup row runs on real subgroups here, or on 32 lanes and a tree in workgroup memory. */
export const hasSubgroups = (home: Home): boolean =>
  'device' in home && (home.device as GPUDevice).features.has('subgroups') && !withoutSubgroups.has(home);

const withoutSubgroups = new WeakSet<Home>();

/** For the tests: lets the subgroup row of this home run on 32 lanes and a tree, as on devices without. */
export const forgoSubgroups = (home: Home): void => void withoutSubgroups.add(home);

/**
 * The values as float16, to nearest with ties to even: packed two to a word on the GPU, rounded float64 on the CPU.
 */
export function halves(home: Home, values: Float32Array): Tensor {
  if (home.kind === 'cpu') return home.tensor([values.length], values.map(roundToFloat16));
  const words = new Uint32Array(Math.ceil(values.length / 2));
  encodeFloat16(values).forEach((bits, i) => {
    words[i >> 1] |= bits << (16 * (i & 1));
  });
  return home.tensor([words.length], words, 'u32');
}

/**
 * C = op(A) op(B), count x m x n, by the named kernel. For f16 the operands come from `halves`.
 * The twin follows the order of summation in float64.
 */
export const gemmVariant = defineOperation({
  name: 'gemm_variant',
  gpu: async (
    home: GpuHome,
    _home: Home,
    variant: Variant,
    job: VariantJob,
    a: Tensor,
    b: Tensor,
  ): Promise<Tensor> => {
    const { m, n, k, count, splits } = job;
    const c = home.empty([count, m, n]);
    const values = {
      m,
      n,
      k,
      a_row: job.aRow,
      a_col: job.aCol,
      b_row: job.bRow,
      b_col: job.bCol,
      a_batch: m * k,
      b_batch: k * n,
      batch: count,
    };
    if (variant !== 'splitk') {
      const name = variant === 'subgroup' && !hasSubgroups(home) ? 'lanes' : variant;
      await kernels[name].run(home, values, { a, b, c });
      return c;
    }
    // Each slice by the kernel that `matmul` would take: the slices are the point here, not their products.
    const slices = { ...PLAIN, ...values, slices: splits, k_slice: Math.ceil(k / splits) };
    await runGemm(home, variantFor(home, slices), slices, { a, b, c });
    return c;
  },
  cpu: async (
    home: CpuHome,
    _home: Home,
    variant: Variant,
    job: VariantJob,
    a: Tensor,
    b: Tensor,
  ): Promise<Tensor> => variantTwin(home, variant, job, a, b),
  /** |error| <= gamma_(k + splits) |A||B|; |A||B| from a twin of the absolute values. */
  compare: async (got, want, _home: Home, variant: Variant, job: VariantJob, a: Tensor, b: Tensor) => {
    const home = want.home as CpuHome;
    // Packed halves are twice as many numbers as words.
    const [x, y] = [a, b].map((t) => {
      const values = operandValues(t).map(Math.abs);
      return home.wrap([values.length], values);
    });
    const absolute = cpuData(await variantTwin(home, variant === 'f16' ? 'naive' : variant, job, x, y));
    const factor = (job.k + job.splits + 4) * 2 ** -24;
    return entrywise(got, want, (i) => factor * absolute[i] + 1e-37, variant);
  },
});

/** The numbers of an operand: as they are, or unpacked from halves. */
function operandValues(t: Tensor): Float64Array {
  const data = cpuData(t);
  if (data instanceof Float64Array) return data;
  return Float64Array.from({ length: 2 * data.length }, (_, i) =>
    fromFloat16((data[i >> 1] >>> (16 * (i & 1))) & 0xffff),
  );
}

/** Float64, in the order of the kernel: whole, in `splits` slices, or in 32 lanes. */
async function variantTwin(
  home: CpuHome,
  variant: Variant,
  { m, n, k, count, splits, aRow, aCol, bRow, bCol }: VariantJob,
  a: Tensor,
  b: Tensor,
): Promise<Tensor> {
  const x = operandValues(a);
  const y = operandValues(b);
  const c = new Float64Array(count * m * n);
  const parts = variant === 'splitk' ? splits : variant === 'subgroup' ? 32 : 1;
  const slice = Math.ceil(k / splits);
  const sums = new Float64Array(parts);
  for (let e = 0; e < c.length; e++) {
    const item = Math.floor(e / (m * n));
    const atA = item * m * k + (Math.floor(e / n) % m) * aRow;
    const atB = item * k * n + (e % n) * bCol;
    sums.fill(0);
    for (let t = 0; t < k; t++) {
      const part = parts === 1 ? 0 : variant === 'splitk' ? Math.floor(t / slice) : t & 31;
      sums[part] += x[atA + t * aCol] * y[atB + t * bRow];
    }
    for (let p = 0; p < parts; p++) c[e] += sums[p];
    if (e % n === 0) await home.checkpoint();
  }
  return home.wrap([count, m, n], c);
}
