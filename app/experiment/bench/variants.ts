/** How each variant of variantlist.ts is run: the benchmark's own cases, with the kernel named instead of chosen. */
import type { AdapterReport } from '../../gpu/device';
import { GpuHome } from '../../gpu/gpuhome';
import type { Home, Tensor } from '../../gpu/home';
import { attention } from '../../kernels/attention';
import { cholesky } from '../../kernels/cholesky';
import { fft, transform } from '../../kernels/fft';
import { longRadicesOf, radicesOf } from '../../kernels/fftplan';
import type { GemmVariant } from '../../kernels/gemm';
import { gemmVariant, halves, type Variant as ShownGemm } from '../../kernels/gemm_variants';
import { histogram } from '../../kernels/histogram';
import { linearScan } from '../../kernels/linearscan';
import { chunkOf } from '../../kernels/lines';
import { matmul } from '../../kernels/matmul';
import { layerNorm } from '../../kernels/norm';
import { reduceRows } from '../../kernels/reduction';
import { scan } from '../../kernels/scan';
import { blelloch, hillisSteele } from '../../kernels/scanforms';
import { scanTiles, type TileVariant } from '../../kernels/scantiles';
import { softmax } from '../../kernels/softmax';
import { sort } from '../../kernels/sort';
import { jacobiSvd } from '../../kernels/svd';
import { transpose } from '../../kernels/transpose';
import { UserError } from '../../math/errors';
import { type BenchCase, type Size, type Tensors, U } from './case';
import { families } from './catalogue';
import { AS_GPU } from './plan';
import { productCase } from './products';
import type { VariantFamily } from './variant';
import { BINS, choleskyCase, histogramCase, recurrenceCase, rowSumCase } from './variantcases';
import { VARIANT_FAMILIES } from './variantlist';

type Run = NonNullable<BenchCase['run']>;

export interface VariantRun {
  run: Run;
  /** The device is taken for this: where the choice hangs on it alone. */
  as?: Partial<AdapterReport>;
  /** Another case, where the operands are stored in another way. */
  test?: (size: Size) => BenchCase;
}

interface RunnableFamily {
  at: (size: Size) => BenchCase;
  sizes: { software: Size; hardware: Size; tiny: Size };
  runs: Readonly<Record<string, VariantRun>>;
}

const SOFTWARE: Partial<AdapterReport> = { isFallback: true };

const caseOf =
  (id: string) =>
  (size: Size): BenchCase => {
    const family = families.find((one) => one.id === id);
    if (!family) throw new Error(`no benchmark family ${id}`);
    return family.at(size);
  };

const square = (n: number): Size => ({ m: n, n, k: n });
const gemm = (variant: GemmVariant): VariantRun => ({
  run: async ({ a, b }) => ({ c: await matmul(a, b, { variant, slices: 1 }) }),
});
const jobOf = ({ m, n, k }: Size) => ({ m, n, k, count: 1, aRow: k, aCol: 1, bRow: n, bCol: 1, splits: 8 });
const sizeOfProduct = ({ a, b }: Tensors): Size => ({ m: a.shape[0], k: a.shape[1], n: b.shape[1] });
const shown = (variant: ShownGemm): VariantRun => ({
  run: async ({ a, b }, home) => {
    const size = sizeOfProduct({ a, b });
    return { c: await gemmVariant(home, variant, jobOf(size), a, b) };
  },
});

/** Rounding of the operands to float16, beside that of the sums: (2 u16 + u16^2) |A||B| more. */
const U16 = 2 ** -11;

/** Operands in float16, by the tensors that they were packed from: not within the time of a call. */
const packed = new WeakMap<Tensor, Tensor>();
async function halvesOf(home: Home, t: Tensor): Promise<Tensor> {
  const known = packed.get(t);
  if (known) return known;
  const words = halves(home, Float32Array.from(await home.read(t)));
  home.keep(words);
  packed.set(t, words);
  return words;
}

const float16: VariantRun = {
  test: (size) => {
    const test = caseOf('matmul')(size);
    const check: BenchCase['check'] = (outputs) => {
      const verdict = test.check(outputs);
      const more = (2 * U16 + U16 ** 2) / ((size.k + 4) * U);
      return { ...verdict, bound: verdict.bound * (1 + more) };
    };
    return { ...test, check };
  },
  run: async ({ a, b }, home) => {
    const job = jobOf(sizeOfProduct({ a, b }));
    return { c: await gemmVariant(home, 'f16', job, await halvesOf(home, a), await halvesOf(home, b)) };
  },
};

const tiles = (variant: TileVariant): VariantRun => ({
  run: async ({ x }, home) => {
    if (!(home instanceof GpuHome)) throw new UserError('tiles are scanned on a GPU only');
    const y = home.empty(x.shape);
    await scanTiles(home, x, y, { n: x.shape[0], lines: 1, op: 0, exclusive: false }, variant);
    return { y };
  },
});

async function jacobi(a: Tensor, team: 'lanes' | 'workgroup'): Promise<Tensors> {
  const { u, s, v } = await jacobiSvd(a, { team });
  return { u, s, v };
}

/** A transform by passes of these radices, on a device taken for one of software. */
const passes = (radices: (n: number) => number[] | null): VariantRun =>
  as(SOFTWARE, async ({ z }, home) => {
    if (!(home instanceof GpuHome)) throw new UserError('passes are made on a GPU only');
    const [n] = z.shape;
    const into = home.empty(z.shape, 'c64');
    const job = { n, rows: 1, rowIn: n, inverse: false, scale: 1, into, radices: radices(n) };
    return { z: await transform(home, z, job) };
  });

function as(report: Partial<AdapterReport>, run: Run): VariantRun {
  return { as: report, run };
}

const RUNNABLE: Readonly<Record<string, RunnableFamily>> = {
  matmul: {
    at: caseOf('matmul'),
    sizes: { software: square(256), hardware: square(1024), tiny: square(36) },
    runs: {
      naive: shown('naive'),
      tiled: shown('tiled'),
      'tiled registers': shown('register'),
      'subgroup sums': shown('subgroup'),
      'float16 storage': float16,
      'split k': {
        run: async ({ a, b }) => ({ c: await matmul(a, b, { variant: 'register', slices: 8 }) }),
      },
      registers: gemm('register'),
      quads: gemm('quad'),
      'vec4 quads': gemm('quadVec4'),
      'tall quads': gemm('quadTall'),
      'workgroup 32 x 32': gemm('workgroupSmall'),
      'workgroup 64 x 64': gemm('workgroup'),
    },
  },
  half: {
    at: caseOf('half'),
    sizes: { software: square(256), hardware: square(1024), tiny: square(33) },
    runs: {
      'unpacked first': as(SOFTWARE, async ({ a, b }) => ({ c: await matmul(a, b) })),
      registers: { run: async ({ a, b }) => ({ c: await matmul(a, b, { variant: 'half' }) }) },
      'workgroup 32 x 32': {
        run: async ({ a, b }) => ({ c: await matmul(a, b, { variant: 'halfWorkgroup' }) }),
      },
    },
  },
  gemv: {
    at: (size) => productCase('gemv', `gemv ${size.m}x${size.k}`, size),
    sizes: {
      software: { m: 1024, n: 1, k: 1024 },
      hardware: { m: 8192, n: 1, k: 8192 },
      tiny: { m: 33, n: 1, k: 17 },
    },
    runs: {
      'row an invocation': gemm('vector'),
      'row a subgroup': gemm('vectorRows'),
    },
  },
  transpose: {
    at: caseOf('transpose'),
    sizes: { software: { m: 1024, n: 1024 }, hardware: { m: 4096, n: 4096 }, tiny: { m: 36, n: 8 } },
    runs: {
      'any size': { run: async ({ a }) => ({ t: await transpose(a, { variant: 'any' }) }) },
      vec4: { run: async ({ a }) => ({ t: await transpose(a, { variant: 'vec4' }) }) },
      tile: { run: async ({ a }) => ({ t: await transpose(a, { variant: 'tile' }) }) },
    },
  },
  softmax: {
    at: caseOf('softmax'),
    sizes: { software: { m: 1024, n: 1024 }, hardware: { m: 4096, n: 4096 }, tiny: { m: 5, n: 32 } },
    runs: {
      'row an invocation': { run: async ({ x }) => ({ y: await softmax(x, { variant: 'rows' }) }) },
      'blocks of 16': { run: async ({ x }) => ({ y: await softmax(x, { variant: 'blocks' }) }) },
      'row a subgroup': { run: async ({ x }) => ({ y: await softmax(x, { variant: 'subgroup' }) }) },
    },
  },
  layernorm: {
    at: caseOf('layernorm'),
    sizes: { software: { m: 1024, n: 1024 }, hardware: { m: 4096, n: 4096 }, tiny: { m: 5, n: 33 } },
    runs: {
      'row an invocation': {
        run: async ({ x, gain, bias }) => ({ y: await layerNorm(x, { gain, bias, variant: 'rows' }) }),
      },
      'row a subgroup': {
        run: async ({ x, gain, bias }) => ({ y: await layerNorm(x, { gain, bias, variant: 'subgroup' }) }),
      },
    },
  },
  rowsum: {
    at: rowSumCase,
    sizes: { software: { m: 1024, n: 1024 }, hardware: { m: 4096, n: 4096 }, tiny: { m: 5, n: 33 } },
    runs: {
      'part an invocation': {
        run: async ({ x }) => ({ y: await reduceRows(x, 'sum', { variant: 'rows' }) }),
      },
      'row a subgroup': {
        run: async ({ x }) => ({ y: await reduceRows(x, 'sum', { variant: 'subgroup' }) }),
      },
    },
  },
  attention: {
    at: caseOf('attention'),
    sizes: { software: { n: 512, d: 64 }, hardware: { n: 2048, d: 64 }, tiny: { n: 19, d: 8 } },
    runs: {
      rows: { run: async ({ q, k, v }) => ({ o: await attention(q, k, v, { variant: 'rows' }) }) },
      quads: { run: async ({ q, k, v }) => ({ o: await attention(q, k, v, { variant: 'quad' }) }) },
      'workgroup tiles': {
        run: async ({ q, k, v }) => ({ o: await attention(q, k, v, { variant: 'workgroup' }) }),
      },
    },
  },
  cumsum: {
    at: caseOf('cumsum'),
    sizes: { software: { n: 2 ** 20 }, hardware: { n: 2 ** 24 }, tiny: { n: 8192 } },
    runs: {
      chunks: as(SOFTWARE, async ({ x }) => ({ y: await scan(x) })),
      'workgroup tiles': tiles('workgroup'),
      'subgroup tiles': tiles('subgroup'),
      'single pass': tiles('lookback'),
    },
  },
  recurrence: {
    at: recurrenceCase,
    sizes: {
      software: { steps: 1024, lanes: 128 },
      hardware: { steps: 4096, lanes: 512 },
      tiny: { steps: 64, lanes: 3 },
    },
    runs: {
      chunks: {
        run: async ({ a, b }) => ({ h: await linearScan(a, b, { axis: 0, chunk: chunkOf(a.shape[0]) }) }),
      },
      'step by step': {
        run: async ({ a, b }) => ({ h: await linearScan(a, b, { axis: 0, chunk: a.shape[0] }) }),
      },
      'Hillis-Steele': { run: async ({ a, b }) => ({ h: await hillisSteele({ a, b }) }) },
      Blelloch: { run: async ({ a, b }) => ({ h: await blelloch({ a, b }) }) },
    },
  },
  fft: {
    at: caseOf('fft'),
    sizes: { software: { n: 2 ** 16 }, hardware: { n: 2 ** 20 }, tiny: { n: 4096 } },
    runs: {
      'radix 64': passes(longRadicesOf),
      'radix 16': passes(radicesOf),
      workgroup: as(AS_GPU, async ({ z }) => ({ z: await fft(z) })),
    },
  },
  sort: {
    at: caseOf('sort'),
    sizes: { software: { n: 2 ** 18 }, hardware: { n: 2 ** 22 }, tiny: { n: 256 } },
    runs: {
      'serial chunks': { run: async ({ x }) => ({ y: await sort(x, { variant: 'serial' }) }) },
      'workgroup tiles': { run: async ({ x }) => ({ y: await sort(x, { variant: 'workgroup' }) }) },
    },
  },
  histogram: {
    at: histogramCase,
    sizes: {
      software: { n: 2 ** 20 },
      hardware: { n: 2 ** 24 },
      tiny: { n: 512 },
    },
    runs: {
      'atomics in memory': {
        run: async ({ x }) => ({ counts: await histogram(x, BINS, { variant: 'plain' }) }),
      },
      'workgroup counts': {
        run: async ({ x }) => ({ counts: await histogram(x, BINS, { variant: 'workgroup' }) }),
      },
    },
  },
  cholesky: {
    at: choleskyCase,
    sizes: { software: { batch: 16, n: 64 }, hardware: { batch: 256, n: 64 }, tiny: { batch: 2, n: 9 } },
    runs: {
      'four lanes': { run: async ({ g }) => ({ r: (await cholesky(g, { team: 'lanes' })).r }) },
      workgroup: { run: async ({ g }) => ({ r: (await cholesky(g, { team: 'workgroup' })).r }) },
    },
  },
  jacobi: {
    at: caseOf('jacobi'),
    sizes: { software: { n: 64 }, hardware: { n: 64 }, tiny: { n: 9 } },
    runs: {
      'four lanes': { run: async ({ a }) => jacobi(a, 'lanes') },
      workgroup: { run: async ({ a }) => jacobi(a, 'workgroup') },
    },
  },
};

export interface Runnable {
  family: VariantFamily;
  test: BenchCase;
  runs: Readonly<Record<string, VariantRun>>;
  size: Size;
}

/** An operation with its case at one of its sizes. @throws UserError where there is none of this name. */
export function runnable(id: string, at: keyof RunnableFamily['sizes']): Runnable {
  const family = VARIANT_FAMILIES.find((one) => one.id === id);
  if (!family) {
    const names = VARIANT_FAMILIES.map((one) => one.id).join(', ');
    throw new UserError(`no operation with variants is called "${id.slice(0, 60)}": choose among ${names}`);
  }
  const { at: make, runs, sizes } = RUNNABLE[id];
  return { family, test: make(sizes[at]), runs, size: sizes[at] };
}
