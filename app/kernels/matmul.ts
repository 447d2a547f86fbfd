/**
 * Matrix products. One operation for all layouts and batches; the kernel is chosen by adapter and shape:
 * register blocks without barriers where barriers are slow (over quads of lanes where there are subgroups), workgroup tiles elsewhere, and K cut into slices
 * (split-K) where C is small and k is long.
 */
import gemmCode from '../../shaders/gemm.wgsl?raw';
import gemmQuadCode from '../../shaders/gemm_quad.wgsl?raw';
import gemmWorkgroupCode from '../../shaders/gemm_workgroup.wgsl?raw';
import sumSlicesCode from '../../shaders/sum_slices.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { batchOf, colsOf, rowsOf, shapeText, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import { UserError } from '../math/errors';
import { matmul as matmul64 } from '../math/linalg';
import { defineOperation, entrywise } from './operation';

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
  alpha: 'f32',
  beta: 'f32',
  group0: 'u32',
} as const;

const gemmOf = (name: string, code: string, tileRows: number, tileCols: number) =>
  defineKernel({
    name,
    code,
    params,
    buffers: { a: 'read', b: 'read', c: 'write' },
    grid: ({ m, n, slices, batch }) => [Math.ceil(n / tileCols), Math.ceil(m / tileRows), batch * slices],
    cost: ({ m, n, k, batch }) => ({
      flop: 2 * m * n * k * batch,
      bytes: 4 * batch * (m * k + k * n + m * n),
    }),
    split: 'y',
  });

const gemms = {
  register: gemmOf('gemm', gemmCode, 32, 64),
  quad: gemmOf('gemm_quad', gemmQuadCode, 64, 16),
  workgroup: gemmOf('gemm_workgroup', gemmWorkgroupCode, 64, 64),
};

const sumSlices = defineKernel({
  name: 'sum_slices',
  code: sumSlicesCode,
  params: { size: 'u32', slices: 'u32', count: 'u32', alpha: 'f32', beta: 'f32' },
  buffers: { part: 'read', c: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count, slices }) => ({ flop: count * slices, bytes: 4 * count * (slices + 1) }),
});

export interface MatmulOptions {
  transposeA?: boolean;
  transposeB?: boolean;
  alpha?: number;
  /** With `into`: C = alpha op(A) op(B) + beta C. */
  beta?: number;
  into?: Tensor;
  /** Default: by adapter. */
  variant?: keyof typeof gemms;
  /** Slices of k; default: by shape. */
  slices?: number;
}

interface Plan {
  m: number;
  n: number;
  k: number;
  batch: number;
  shape: number[];
}

function plan(a: Tensor, b: Tensor, options: MatmulOptions): Plan {
  const [m, k] = options.transposeA ? [colsOf(a), rowsOf(a)] : [rowsOf(a), colsOf(a)];
  const [inner, n] = options.transposeB ? [colsOf(b), rowsOf(b)] : [rowsOf(b), colsOf(b)];
  const batch = Math.max(batchOf(a), batchOf(b));
  const fits = (t: Tensor): boolean => batchOf(t) === batch || batchOf(t) === 1;
  if (k !== inner || !fits(a) || !fits(b)) {
    const name = (t: Tensor, flipped?: boolean): string => `${shapeText(t)}${flipped ? ' (transposed)' : ''}`;
    throw new UserError(
      `matmul: cannot multiply ${name(a, options.transposeA)} by ${name(b, options.transposeB)}: ` +
        `the inner sizes are ${k} and ${inner}`,
    );
  }
  const lead = batchOf(a) === batch ? a.shape.slice(0, -2) : b.shape.slice(0, -2);
  const shape = [...lead, m, n];
  if (options.into && options.into.shape.join() !== shape.join()) {
    throw new UserError(`matmul: the product is ${shape.join(' x ')}, not ${shapeText(options.into)}`);
  }
  return { m, n, k, batch, shape };
}

/** Enough slices to give the device some 64 tiles, each at least 256 long. */
function slicesFor({ m, n, k, batch }: Plan): number {
  const tiles = Math.ceil(m / 32) * Math.ceil(n / 64) * batch;
  return Math.max(1, Math.min(32, Math.floor(64 / tiles), Math.floor(k / 256)));
}

const defaultVariant = (home: GpuHome): keyof typeof gemms => {
  if (!home.barriersAreSlow) return 'workgroup';
  return home.device.features.has('subgroups') ? 'quad' : 'register';
};

async function onGpu(home: GpuHome, a: Tensor, b: Tensor, options: MatmulOptions): Promise<Tensor> {
  const shape = plan(a, b, options);
  const { m, n, k, batch } = shape;
  const beta = options.into ? (options.beta ?? 0) : 0;
  const alpha = options.alpha ?? 1;
  const out = options.into ?? home.empty(shape.shape);
  if (sizeOf(shape.shape) === 0) return out;
  const variant = options.variant ?? defaultVariant(home);
  const slices = Math.min(options.slices ?? slicesFor(shape), Math.max(1, k));
  const [lda, ldb] = [colsOf(a), colsOf(b)];
  const job = {
    m,
    n,
    k,
    a_row: options.transposeA ? 1 : lda,
    a_col: options.transposeA ? lda : 1,
    b_row: options.transposeB ? 1 : ldb,
    b_col: options.transposeB ? ldb : 1,
    a_batch: batchOf(a) === 1 ? 0 : rowsOf(a) * lda,
    b_batch: batchOf(b) === 1 ? 0 : rowsOf(b) * ldb,
    slices,
    k_slice: Math.ceil(k / slices),
    batch,
    alpha: slices > 1 ? 1 : alpha,
    beta: slices > 1 ? 0 : beta,
  };
  const target = slices > 1 ? home.empty([batch * slices, m, n]) : out;
  await gemms[variant].run(home, job, { a, b, c: target });
  if (slices > 1) {
    await sumSlices.run(
      home,
      { size: m * n, slices, count: batch * m * n, alpha, beta },
      { part: target, c: out },
    );
    home.release(target);
  }
  return out;
}

/**
 * C = alpha op(A) op(B) + beta C, batched over the leading dimensions (a 2-D operand serves the whole batch).
 * Returns C; a new tensor unless `into` is given.
 * @throws UserError where the shapes do not fit.
 */
export const matmul = defineOperation({
  name: 'matmul',
  gpu: (home: GpuHome, a: Tensor, b: Tensor, options: MatmulOptions = {}) => onGpu(home, a, b, options),
  cpu: async (home: CpuHome, a: Tensor, b: Tensor, options: MatmulOptions = {}) => {
    const { m, n, k, batch, shape } = plan(a, b, options);
    const out = options.into ?? home.tensor(shape);
    const c = cpuData(out);
    const slice = (t: Tensor, i: number) => {
      const size = rowsOf(t) * colsOf(t);
      const at = batchOf(t) === 1 ? 0 : i * size;
      const data = cpuData(t).subarray(at, at + size);
      if (!(data instanceof Float64Array)) throw new Error('matmul: operands are real');
      return { rows: rowsOf(t), cols: colsOf(t), data };
    };
    const { alpha = 1, beta = 0 } = options;
    for (let i = 0; i < batch; i++) {
      if (m * n === 0) break;
      const product = k === 0 ? null : matmul64(slice(a, i), slice(b, i), options).data;
      for (let e = 0; e < m * n; e++) {
        const at = i * m * n + e;
        c[at] = alpha * (product ? product[e] : 0) + (options.into && beta !== 0 ? beta * c[at] : 0);
      }
      await home.checkpoint();
    }
    return out;
  },
  /** |error| <= (k + slices + 4) u (|alpha| |A||B| + |beta C|), u = 2^-24 (Higham 2002, 3.5), entries of |A||B|
   * bounded by the product of the row and column norms (Cauchy-Schwarz). */
  compare: (got, want, a: Tensor, b: Tensor, options: MatmulOptions = {}) => {
    const { m, n, k } = plan(a, b, options);
    const rows = lineNorms(a, options.transposeA ? 'col' : 'row');
    const cols = lineNorms(b, options.transposeB ? 'row' : 'col');
    const factor = (k + 40) * 2 ** -24 * Math.abs(options.alpha ?? 1);
    const values = cpuData(want);
    return entrywise(got, want, (i) => {
      const item = Math.floor(i / (m * n));
      const row = Math.floor((i % (m * n)) / n);
      const x = rows[(batchOf(a) === 1 ? 0 : item) * m + row];
      const y = cols[(batchOf(b) === 1 ? 0 : item) * n + (i % n)];
      return factor * x * y + 2 ** -22 * Math.abs(values[i]) + 1e-37;
    });
  },
});

/** Euclidean norms of the rows or columns of every matrix of a batch. */
function lineNorms(t: Tensor, line: 'row' | 'col'): Float64Array {
  const [m, n] = [rowsOf(t), colsOf(t)];
  const per = line === 'row' ? m : n;
  const out = new Float64Array(batchOf(t) * per);
  const data = cpuData(t);
  for (let i = 0; i < data.length; i++) {
    const item = Math.floor(i / (m * n));
    const within = i % (m * n);
    out[item * per + (line === 'row' ? Math.floor(within / n) : within % n)] += data[i] ** 2;
  }
  return out.map(Math.sqrt);
}
