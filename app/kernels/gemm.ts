/** The kernels behind `matmul`: one set of parameters and buffers, several trades of loads for lanes. */
import gemmCode from '../../shaders/gemm.wgsl?raw';
import gemmHalfCode from '../../shaders/gemm_half.wgsl?raw';
import gemmHalfWorkgroupCode from '../../shaders/gemm_half_workgroup.wgsl?raw';
import gemmQuadCode from '../../shaders/gemm_quad.wgsl?raw';
import gemmQuadTallCode from '../../shaders/gemm_quad_tall.wgsl?raw';
import gemmQuadVec4Code from '../../shaders/gemm_quad_vec4.wgsl?raw';
import gemmWorkgroupCode from '../../shaders/gemm_workgroup.wgsl?raw';
import gemvCode from '../../shaders/gemv.wgsl?raw';
import gemvRowsCode from '../../shaders/gemv_rows.wgsl?raw';
import sumSlicesCode from '../../shaders/sum_slices.wgsl?raw';
import type { GpuHome } from '../gpu/gpuhome';
import type { Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import { chosen, defineTunable } from '../gpu/tuner';
import { ACTIVATIONS, type Activation } from '../math/activations';

/** shaders/lib/gemm_params.wgsl says what they mean. */
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
  slices: 'u32',
  k_slice: 'u32',
  batch: 'u32',
  rank: 'u32',
  u_batch: 'u32',
  v_row: 'u32',
  v_col: 'u32',
  v_batch: 'u32',
  alpha: 'f32',
  beta: 'f32',
  gamma: 'f32',
  group0: 'u32',
} as const;

const buffers = {
  a: 'read',
  b: 'read',
  c: 'write',
  bias: 'read',
  other: 'read',
  u: 'read',
  v: 'read',
  saved: 'write',
} as const;

export type GemmJob = Omit<Record<keyof typeof params, number>, 'group0'>;

const flags = { ACTIVATION: 0, BIAS: 0, RESIDUAL: 0, SLOPE: 0, LOW_RANK: 0, SAVE: 0 };

type Sizes = Readonly<Record<'m' | 'n' | 'k' | 'batch' | 'rank', number>>;
const cost = ({ m, n, k, batch, rank }: Sizes) => ({
  flop: 2 * m * n * (k + rank) * batch,
  bytes: 4 * batch * (m * k + k * n + m * n + (m + n) * rank),
});

const gemm = (name: string, code: string, tileRows: number, tileCols: number, more = {}) =>
  defineKernel({
    name,
    code,
    params,
    buffers,
    constants: { ...flags, ...more },
    // EDGE may be another than the default: then the tile grows or shrinks with it.
    grid: ({ m, n, slices, batch }, { EDGE }) => {
      const scale = 'EDGE' in more ? EDGE / Number(more.EDGE) : 1;
      return [Math.ceil(n / (scale * tileCols)), Math.ceil(m / (scale * tileRows)), batch * slices];
    },
    cost,
    split: 'y',
    halves: 'HALF_A' in more ? ['a', 'b', 'bias', 'other', 'u', 'v'] : [],
  });

const kernels = {
  register: gemm('gemm', gemmCode, 32, 32, { EDGE: 4 }),
  quad: gemm('gemm_quad', gemmQuadCode, 64, 16),
  quadVec4: gemm('gemm_quad_vec4', gemmQuadVec4Code, 64, 16, { TRANSPOSE_A: 0, TRANSPOSE_B: 0 }),
  quadTall: gemm('gemm_quad_tall', gemmQuadTallCode, 32, 16, { TRANSPOSE_A: 0, TRANSPOSE_B: 0 }),
  workgroup: gemm('gemm_workgroup', gemmWorkgroupCode, 64, 64, { EDGE: 16 }),
  workgroupSmall: gemm('gemm_workgroup', gemmWorkgroupCode, 32, 32, { EDGE: 8 }),
  vector: gemm('gemv', gemvCode, 16, 1),
  vectorRows: gemm('gemv_rows', gemvRowsCode, 16, 1),
  half: gemm('gemm_half', gemmHalfCode, 32, 32, { HALF_A: 0, HALF_B: 0 }),
  halfWorkgroup: gemm('gemm_half_workgroup', gemmHalfWorkgroupCode, 32, 32, {
    EDGE: 8,
    HALF_A: 0,
    HALF_B: 0,
  }),
};

const sumSlices = defineKernel({
  name: 'sum_slices',
  code: sumSlicesCode,
  params,
  buffers,
  constants: flags,
  grid: ({ m, n, batch }) => linearGrid(batch * m * n, 64),
  cost: ({ m, n, batch, slices, rank }) => ({
    flop: m * n * batch * (slices + 2 * rank),
    bytes: 4 * m * n * batch * (slices + 1),
  }),
});

export type GemmVariant = keyof typeof kernels;

/** What becomes of the product, as the kernels see it. */
export interface GemmEnd {
  activation: Activation;
  bias?: Tensor;
  /** Added at the end; or, with `slope`, where the activation's slope is taken. */
  other?: Tensor;
  slope: boolean;
  u?: Tensor;
  v?: Tensor;
  saved?: Tensor;
}

/** A product of nothing, to be overridden. */
export const PLAIN: GemmJob = {
  m: 0,
  n: 0,
  k: 0,
  a_row: 0,
  a_col: 0,
  b_row: 0,
  b_col: 0,
  a_batch: 0,
  b_batch: 0,
  slices: 1,
  k_slice: 0,
  batch: 1,
  rank: 0,
  u_batch: 0,
  v_row: 0,
  v_col: 0,
  v_batch: 0,
  alpha: 1,
  beta: 0,
  gamma: 0,
};
const NOTHING: GemmEnd = { activation: 'identity', slope: false };
const isPlain = ({ activation, bias, other, u, saved }: GemmEnd): boolean =>
  activation === 'identity' && !bias && !other && !u && !saved;

/** Every buffer is bound to something: what is not used to `a` for reading, to one word for writing. */
async function run(
  home: GpuHome,
  kernel: (typeof kernels)[GemmVariant] | typeof sumSlices,
  job: GemmJob,
  { a, b, c }: Readonly<Record<'a' | 'b' | 'c', Tensor>>,
  end: GemmEnd,
  constants: Readonly<Record<string, number>> = {},
): Promise<void> {
  const { bias = a, other = a, u = a, v = a, saved } = end;
  const spare = saved ?? home.empty([1]);
  await kernel.run(
    home,
    job,
    { a, b, c, bias, other, u, v, saved: spare },
    {
      constants: {
        ACTIVATION: ACTIVATIONS.indexOf(end.activation),
        BIAS: Number(!!end.bias),
        RESIDUAL: Number(!!end.other && !end.slope),
        SLOPE: Number(end.slope),
        LOW_RANK: Number(!!end.u),
        SAVE: Number(!!saved),
        ...constants,
      },
    },
  );
  if (!saved) home.release(spare);
}

/**
 * Whether the kernels that load four entries at once can take this product: every row that they read or write
 * begins at a multiple of four. V must be stored rank x n.
 */
export const fitsVec4 = ({ m, n, k, a_col, k_slice, slices, rank, v_col }: GemmJob): boolean =>
  n % 4 === 0 &&
  k % 4 === 0 &&
  (a_col === 1 || m % 4 === 0) &&
  (slices === 1 || k_slice % 4 === 0) &&
  (rank === 0 || v_col === 1);

/** GPUs on which 64 x 64 tiles pay; on others (integrated, mobile, unknown) 32 x 32 is the portable choice. */
const LARGE_TILES = ['nvidia', 'amd', 'apple'];

/**
 * Kernels for this adapter and product, the default first. Without barriers on software adapters and subgroups of
 * four; elsewhere workgroup tiles, large ones only where C has enough of them to occupy a GPU.
 */
export function variantsFor(home: GpuHome, job: GemmJob, end: GemmEnd = NOTHING): GemmVariant[] {
  const { m, n, batch, slices } = job;
  const subgroups = home.device.features.has('subgroups');
  if (n === 1 && slices === 1) {
    if (home.barriersAreSlow || !subgroups || job.a_col !== 1) return ['vector'];
    return ['vectorRows', 'vector'];
  }
  const quads: GemmVariant[] = subgroups ? (fitsVec4(job) ? ['quadVec4', 'quad'] : ['quad']) : [];
  if (home.barriersAreSlow) {
    // Slow to compile: not for a small product, nor once more for every ending.
    const tall = quads.includes('quadVec4') && isPlain(end) && m >= 64 && m * n * batch * slices >= 2 ** 15;
    return [...quads.slice(0, 1), ...(tall ? (['quadTall'] as const) : []), ...quads.slice(1), 'register'];
  }
  const tiles = Math.ceil(m / 64) * Math.ceil(n / 64) * batch * slices;
  const large = Math.min(m, n) > 32 && tiles >= 32 && LARGE_TILES.includes(home.adapter.vendor);
  const tiled: GemmVariant[] = large ? ['workgroup', 'workgroupSmall'] : ['workgroupSmall', 'workgroup'];
  return [...tiled, ...quads.slice(0, 1), 'register'];
}

const isVariant = (name: string): name is GemmVariant => name in kernels;

/** Whether a kernel takes operands in float16. */
export const isHalf = (variant: GemmVariant): boolean => variant === 'half' || variant === 'halfWorkgroup';

/** The fastest that is known: measured on this adapter, else the default. */
export function variantFor(home: GpuHome, job: GemmJob, end: GemmEnd = NOTHING): GemmVariant {
  const { m, n, k, batch, slices } = job;
  const candidates = variantsFor(home, job, end);
  const sizes = { m, n, k, batch, slices, aCols: Number(job.a_col === 1), bCols: Number(job.b_col === 1) };
  const name = chosen(home, { op: 'matmul', sizes, candidates });
  return isVariant(name) ? name : candidates[0];
}

/** aCols, bCols: 1 where the operand is stored as it is used, else it is stored transposed. */
defineTunable('matmul', async (home, { m, n, k, batch, slices, aCols, bCols }, candidate) => {
  const [a, b, c] = [home.tensor([batch, m, k]), home.tensor([batch, k, n]), home.tensor([batch, m, n])];
  const job: GemmJob = {
    ...PLAIN,
    m,
    n,
    k,
    batch,
    slices,
    k_slice: Math.ceil(k / slices),
    a_row: aCols ? k : 1,
    a_col: aCols ? 1 : m,
    b_row: bCols ? n : 1,
    b_col: bCols ? 1 : k,
    a_batch: m * k,
    b_batch: k * n,
  };
  return () => runGemm(home, isVariant(candidate) ? candidate : 'register', job, { a, b, c });
});

/** One product by one kernel, or in slices of k that a second one adds. */
export async function runGemm(
  home: GpuHome,
  variant: GemmVariant,
  job: GemmJob,
  tensors: Readonly<Record<'a' | 'b' | 'c', Tensor>>,
  end: GemmEnd = NOTHING,
): Promise<void> {
  const { m, n, batch, slices } = job;
  const kernel = kernels[variant];
  const layout: Record<string, number> = {};
  if ('TRANSPOSE_A' in (kernel.spec.constants ?? {})) {
    layout.TRANSPOSE_A = Number(job.a_col !== 1);
    layout.TRANSPOSE_B = Number(job.b_col !== 1);
  }
  if (isHalf(variant)) {
    layout.HALF_A = Number(tensors.a.dtype === 'f16');
    layout.HALF_B = Number(tensors.b.dtype === 'f16');
  }
  if (slices === 1) return run(home, kernel, job, tensors, end, layout);
  const part = home.empty([batch * slices, m, n]);
  const plain = { ...job, alpha: 1, beta: 0, rank: 0 };
  await run(home, kernel, plain, { ...tensors, c: part }, NOTHING, layout);
  await addSlices(home, job, part, tensors.c, end);
  home.release(part);
}

/** Adds the slices, batch x slices x m x n, in order: C = alpha (sum) + ... */
export const addSlices = (
  home: GpuHome,
  job: Partial<GemmJob> & Pick<GemmJob, 'm' | 'n' | 'batch' | 'slices'>,
  part: Tensor,
  c: Tensor,
  end = NOTHING,
) => run(home, sumSlices, { ...PLAIN, ...job }, { a: part, b: part, c }, end);
