/**
 * Matrix products. One operation for all layouts and batches; the kernel is chosen by adapter and shape:
 * register blocks without barriers where barriers are slow (over quads of lanes where there are subgroups), workgroup tiles elsewhere, and K cut into slices
 * (split-K) where C is small and k is long.
 */
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { batchOf, colsOf, rowsOf, shapeText, sizeOf, type Tensor } from '../gpu/home';
import { UserError } from '../math/errors';
import { matmul as matmul64 } from '../math/linalg';
import {
  checkEpilogue,
  type Epilogue,
  finishEntry,
  finishSums,
  gemmEnd,
  type ProductShape,
} from './epilogue';
import { type GemmJob, type GemmVariant, isHalf, runGemm, variantFor } from './gemm';
import { hasSubnormalHalves, toHalf, toSingle } from './half';
import { defineOperation, entrywise } from './operation';

export interface MatmulOptions {
  transposeA?: boolean;
  transposeB?: boolean;
  alpha?: number;
  /** With `into`: C = alpha op(A) op(B) + beta C. */
  beta?: number;
  into?: Tensor;
  /** Default: by adapter. */
  variant?: GemmVariant; // quadVec4 and quadTall take multiples of four only (fitsVec4)
  /** Slices of k; default: by shape. */
  slices?: number;
  /**
   * Which operands to round to float16 and store so for this product; sums stay float32. An operand that serves many
   * products is rounded once, by `toHalf`, and given as it is.
   */
  storage?: { a?: 'f16'; b?: 'f16' };
  /** What to do with the sums before they are stored: bias, activation, residual, low-rank update, ... */
  epilogue?: Epilogue;
}

interface Plan extends ProductShape {
  k: number;
}

function planOf(a: Tensor, b: Tensor, options: MatmulOptions): Plan {
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
  const plan = { m, n, k, batch, shape };
  if (options.epilogue) checkEpilogue(plan, options.epilogue, options.into);
  return plan;
}

/**
 * Slices of k, each at least 256 long, where C alone has too few tiles (64 x 16, those of the quads) to occupy the
 * device: some 32 for a few cores, 256 for a GPU.
 */
function slicesFor(home: GpuHome, { m, n, k, batch }: Plan): number {
  const tiles = Math.ceil(m / 64) * Math.ceil(n / 16) * batch;
  const enough = home.barriersAreSlow ? 32 : 256;
  return n === 1 ? 1 : Math.max(1, Math.min(32, Math.floor(enough / tiles), Math.floor(k / 256)));
}

async function onGpu(home: GpuHome, a: Tensor, b: Tensor, options: MatmulOptions): Promise<Tensor> {
  const { storage, ...rest } = options;
  if (storage?.a === 'f16' && a.dtype !== 'f16') {
    const half = await toHalf(a);
    const c = await onGpu(home, half, b, { ...rest, storage: { b: storage.b } });
    home.release(half);
    return c;
  }
  if (storage?.b === 'f16' && b.dtype !== 'f16') {
    const half = await toHalf(b);
    const c = await onGpu(home, a, half, rest);
    home.release(half);
    return c;
  }
  const plan = planOf(a, b, options);
  const { m, n, k, batch } = plan;
  const out = options.into ?? home.empty(plan.shape);
  if (sizeOf(plan.shape) === 0) return out;
  const slices = Math.min(options.slices ?? slicesFor(home, plan), Math.max(1, k));
  const [lda, ldb] = [colsOf(a), colsOf(b)];
  const { end, params } = gemmEnd(options.epilogue ?? {});
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
    k_slice: 4 * Math.ceil(k / slices / 4),
    batch,
    ...params,
    alpha: options.alpha ?? 1,
    beta: options.into ? (options.beta ?? 0) : 0,
  };
  if (a.dtype === 'f16' || b.dtype === 'f16') {
    if (home.barriersAreSlow && !options.variant && Math.min(m, n) > 8) {
      // A software adapter unpacks slowly: once, not for every 8 x 8 block. On a GPU the tiles do that.
      return home.scope(async () => {
        const [x, y] = [a.dtype === 'f16' ? await toSingle(a) : a, b.dtype === 'f16' ? await toSingle(b) : b];
        return onGpu(home, x, y, { ...rest, into: out });
      });
    }
    const variant = options.variant ?? (home.barriersAreSlow ? 'half' : 'halfWorkgroup');
    if (!isHalf(variant))
      throw new UserError(`matmul: the variant ${variant} takes no float16: leave it out`);
    await runGemm(home, variant, job, { a, b, c: out }, end);
    return out;
  }
  if (m === 1 && n > 1 && !end.bias && !end.u && !options.variant) {
    // A row times a matrix is the transposed matrix times a column.
    const turned: GemmJob = {
      ...job,
      m: n,
      n: 1,
      a_row: job.b_col,
      a_col: job.b_row,
      a_batch: job.b_batch,
      b_row: job.a_col,
      b_col: 1,
      b_batch: job.a_batch,
      slices: 1,
      k_slice: k,
    };
    await runGemm(home, variantFor(home, turned, end), turned, { a: b, b: a, c: out }, end);
    return out;
  }
  await runGemm(home, options.variant ?? variantFor(home, job, end), job, { a, b, c: out }, end);
  return out;
}

/**
 * C = alpha op(A) op(B) + beta C, batched over the leading dimensions (a 2-D operand serves the whole batch),
 * through the epilogue if there is one. Operands are float32, or float16 (see toHalf) with sums in float32. Returns C;
 * a new tensor unless `into` is given.
 * @throws UserError where the shapes do not fit.
 */
export const matmul = defineOperation({
  name: 'matmul',
  gpu: (home: GpuHome, a: Tensor, b: Tensor, options: MatmulOptions = {}) => onGpu(home, a, b, options),
  cpu: async (home: CpuHome, x: Tensor, y: Tensor, options: MatmulOptions = {}) => {
    const plan = planOf(x, y, options);
    const { m, n, k, batch } = plan;
    const [a, b] = await operands(x, y, options);
    const out = options.into ?? home.tensor(plan.shape);
    const c = cpuData(out);
    if (!(c instanceof Float64Array)) throw new Error('matmul: the product is real');
    const { alpha = 1, beta = 0, epilogue } = options;
    for (let i = 0; i < batch; i++) {
      if (m * n === 0) break;
      const product = k === 0 ? null : matmul64(item(a, i), item(b, i), options).data;
      for (let e = 0; e < m * n; e++) {
        const at = i * m * n + e;
        c[at] = alpha * (product ? product[e] : 0) + (options.into && beta !== 0 ? beta * c[at] : 0);
      }
      if (epilogue) finishSums(plan, epilogue, i, c, i * m * n);
      await home.checkpoint();
    }
    return out;
  },
  /**
   * |error| <= (k + slices + 4) u (|alpha| |A||B| + |beta C|), u = 2^-24 (Higham 2002, 3.5), entries of |A||B|
   * bounded by the product of the row and column norms (Cauchy-Schwarz); then through the epilogue. Operands are taken
   * after their rounding to float16; where one has subnormal halves, the adapter may read each of the k as zero: 2^-14
   * times the other's entries.
   */
  compare: async (got, want, x: Tensor, y: Tensor, options: MatmulOptions = {}) => {
    const plan = planOf(x, y, options);
    const { m, n, k } = plan;
    const [a, b] = await operands(x, y, options);
    const rows = lineNorms(a, options.transposeA ? 'col' : 'row');
    const cols = lineNorms(b, options.transposeB ? 'row' : 'col');
    const scale = Math.abs(options.alpha ?? 1);
    const factor = (k + 40) * 2 ** -24;
    const lostA = hasSubnormalHalves(a) ? 2 ** -14 * Math.sqrt(k) : 0;
    const lostB = hasSubnormalHalves(b) ? 2 ** -14 * Math.sqrt(k) : 0;
    const { epilogue, storage: _, ...plain } = options;
    const sums = epilogue ? await sums64(a, b, plain) : cpuData(want);
    return entrywise(got, want, (i) => {
      const entry = Math.floor(i / (m * n));
      const row = Math.floor((i % (m * n)) / n);
      const r = rows[(batchOf(a) === 1 ? 0 : entry) * m + row];
      const c = cols[(batchOf(b) === 1 ? 0 : entry) * n + (i % n)];
      const bound = scale * (factor * r * c + lostA * c + lostB * r) + 2 ** -22 * Math.abs(sums[i]) + 1e-37;
      return epilogue ? finishEntry(plan, epilogue, i, sums[i], bound).error + 1e-37 : bound;
    });
  },
});

/** The operands as they are stored for this product. */
const operands = async (a: Tensor, b: Tensor, { storage }: MatmulOptions): Promise<[Tensor, Tensor]> => [
  storage?.a === 'f16' ? await toHalf(a) : a,
  storage?.b === 'f16' ? await toHalf(b) : b,
];

/** One matrix of a batch. */
function item(t: Tensor, i: number): { rows: number; cols: number; data: Float64Array } {
  const size = rowsOf(t) * colsOf(t);
  const at = batchOf(t) === 1 ? 0 : i * size;
  const data = cpuData(t).subarray(at, at + size);
  if (!(data instanceof Float64Array)) throw new Error('matmul: operands are real');
  return { rows: rowsOf(t), cols: colsOf(t), data };
}

/** alpha op(A) op(B) + beta C in float64, before any epilogue; C is left alone. */
async function sums64(a: Tensor, b: Tensor, options: MatmulOptions): Promise<ArrayLike<number>> {
  const home = a.home;
  return home.scope(async () => {
    const into = options.into && home.tensor(options.into.shape, cpuData(options.into));
    return cpuData(await matmul(a, b, { ...options, into })).slice();
  });
}

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
