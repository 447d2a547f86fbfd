/**
 * Dense matrix multiplication: the same arithmetic by six kernels with different data movement, against the
 * float64 product and against the measured peaks of the device (roofline).
 */
import { gemmVariant, halves, hasSubgroups, VARIANTS, type Variant } from '../../kernels/gemm_variants';
import { peakCopy, peakFma, peakSizes } from '../../kernels/peak';
import { UserError } from '../../math/errors';
import {
  difference,
  distance,
  gamma,
  operands,
  type ProductShape,
  reference,
  stridesOf,
  U16,
} from '../../testbeds/matmul';
import { type Claim, defineMethod, type Lab, type Metric } from '../method';
import { choice, integer, seed } from '../parameters';
import { charts, errorMap, type Row } from './matmul/figures';

const parameters = {
  seed: seed(),
  m: integer({ label: 'Rows m', help: 'Rows of C.', min: 1, max: 8192, default: 256, scale: 'log2' }),
  n: integer({ label: 'Columns n', help: 'Columns of C.', min: 1, max: 8192, default: 256, scale: 'log2' }),
  k: integer({
    label: 'Inner size k',
    help: 'Length of every sum.',
    min: 1,
    max: 32768,
    default: 512,
    scale: 'log2',
  }),
  count: integer({
    label: 'Batch',
    help: 'Independent products.',
    min: 1,
    max: 4096,
    default: 1,
    scale: 'log2',
  }),
  layout: choice({
    label: 'Layout',
    help: 'How the operands are stored; t means transposed.',
    options: [
      { value: 'nn', label: 'A B' },
      { value: 'nt', label: 'A B^T' },
      { value: 'tn', label: 'A^T B' },
    ],
    default: 'nn',
  }),
  data: choice({
    label: 'Entries',
    help: 'Integers make every kernel exact while 64 k is below 2^24.',
    options: [
      { value: 'gaussian', label: 'Standard normal' },
      { value: 'uniform', label: 'Uniform in (0, 1)' },
      { value: 'integer', label: 'Integers -8..8' },
    ],
    default: 'gaussian',
  }),
  splits: integer({
    label: 'Slices of k',
    help: 'For split-K.',
    min: 1,
    max: 256,
    default: 16,
    scale: 'log2',
  }),
  repeats: integer({ label: 'Timed runs', help: 'The median is shown.', min: 1, max: 100, default: 3 }),
} as const;

const metrics: Record<string, Metric> = {
  ...Object.fromEntries(
    VARIANTS.flatMap((v): [string, Metric][] => [
      [`error.${v}`, { label: `Error, ${v}`, better: 'lower' }],
      [`bound.ratio.${v}`, { label: `Error over its bound, ${v}`, better: 'lower' }],
      [`ms.${v}`, { label: `Time, ${v}`, unit: 'ms', better: 'lower' }],
      [`gflops.${v}`, { label: `Rate, ${v}`, unit: 'GFLOP/s', better: 'higher' }],
      [`share.${v}`, { label: `Share of the peak, ${v}`, better: 'higher' }],
    ]),
  ),
  'bound.gamma': { label: 'gamma_k' },
  'agree.max': { label: 'Largest difference between orders of summation' },
  'norm.C': { label: 'Frobenius norm of C' },
  flops: { label: 'Work of one product', unit: 'flop' },
  'peak.gflops': { label: 'Measured peak rate', unit: 'GFLOP/s' },
  'peak.gbps': { label: 'Measured memory rate', unit: 'GB/s' },
  intensity: { label: 'Intensity', unit: 'flop/B' },
  'roofline.gflops': { label: 'Roofline', unit: 'GFLOP/s' },
};

const exactKernels = VARIANTS.filter((v) => v !== 'f16');
const worst = (key: string, of: readonly Variant[]) => (m: Readonly<Record<string, number>>) =>
  Math.max(...of.map((v) => m[`${key}.${v}`]));
const whole = { data: 'integer', m: 96, n: 80, k: 512 };
const long = { m: 32, n: 32, k: 8192, data: 'uniform', splits: 16 };

const claims: Claim[] = [
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
    value: worst('error', VARIANTS),
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
  },
  {
    item: 4,
    text: 'Lanes at least halve the error of long sums',
    at: long,
    value: (m) => m['error.subgroup'],
    relation: '<=',
    bound: (m) => 0.5 * m['error.naive'],
  },
  {
    item: 4,
    text: 'One long sum stays below a fifth of its bound',
    at: long,
    value: (m) => m['bound.ratio.naive'],
    relation: '<=',
    bound: 0.2,
  },
  {
    item: 5,
    text: 'No kernel is faster than the measured peak',
    value: worst('share', VARIANTS),
    relation: '<=',
    bound: 1.05,
    advisory: true,
  },
];

/** The float64 home has no float32 rounding, so claims 3 and 4 compare nothing there. */
const CPU_NOTE =
  'On the CPU all sums are float64: the float32 kernels differ by order alone, and comparisons of their ' +
  'rounding (slices and lanes against one sum) say nothing here.';

async function peaks(lab: Lab): Promise<{ gflops: number; gbps: number }> {
  return lab.home.scope(async () => {
    const { invocations, steps, words } = peakSizes(lab.home);
    const c = lab.home.tensor([invocations]);
    const from = lab.home.tensor([words]);
    const to = lab.home.tensor([words]);
    let [flopMs, copyMs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let i = 0; i < 5; i++) {
      flopMs = Math.min(flopMs, await lab.time('peak', 1, () => peakFma(c, steps)));
      copyMs = Math.min(copyMs, await lab.time('peak', 1, () => peakCopy(from, to)));
    }
    return { gflops: (64 * steps * invocations) / flopMs / 1e6, gbps: (8 * words) / copyMs / 1e6 };
  });
}

export default defineMethod({
  id: 'matmul',
  title: 'Matrix multiplication',
  family: 'basics',
  testbed: 'matmul',
  summary: 'One product, six kernels: how fast against the peak, how far from float64.',
  papers: [
    {
      title: 'Roofline: an insightful visual performance model',
      authors: 'Williams, Waterman, Patterson',
      year: 2009,
      ref: 'doi:10.1145/1498765.1498785',
      url: 'https://doi.org/10.1145/1498765.1498785',
    },
    {
      title: 'Anatomy of high-performance matrix multiplication',
      authors: 'Goto, van de Geijn',
      year: 2008,
      ref: 'doi:10.1145/1356052.1356053',
      url: 'https://doi.org/10.1145/1356052.1356053',
    },
  ],
  formulas: [
    {
      tex: 'C_{ij} = \\sum_{t=1}^{k} A_{it} B_{tj}',
      text: 'Every kernel makes this sum; they differ in order and in data movement.',
    },
    {
      tex: '|\\hat C - C| \\le \\gamma_k |A| |B|, \\quad \\gamma_k = \\frac{k u}{1 - k u}, \\quad u = 2^{-24}',
      text: 'The rounding error of any order of summation.',
    },
    { tex: 'P = \\min(P_{peak}, I \\cdot W)', text: 'The roofline: I flop per byte, W bytes per second.' },
  ],
  parameters,
  metrics,
  claims,
  presets: [
    {
      id: 'square',
      label: 'Square 512',
      notice: 'Large tiles reuse what they load.',
      values: { m: 512, n: 512, k: 512 },
    },
    {
      id: 'tall',
      label: 'Tall',
      notice: 'A narrow C leaves tiles half empty.',
      values: { m: 4096, n: 24, k: 512 },
    },
    {
      id: 'gram',
      label: 'Gram',
      notice: 'Few entries, long sums: split-K keeps the device busy.',
      values: { m: 24, n: 24, k: 8192, layout: 'tn' },
    },
    {
      id: 'batched',
      label: 'Batch of 64',
      notice: 'Many small products in one dispatch.',
      values: { m: 64, n: 64, k: 64, count: 64 },
    },
    {
      id: 'long',
      label: 'Long positive sums',
      notice: 'One accumulator loses digits that slices keep.',
      values: long,
      failure: true,
    },
  ],
  quick: { m: 128, n: 128, repeats: 1 },
  accepts: [],
  headline: ['gflops.register', 'error.naive', 'error.f16'],
  shaders: [
    'gemm_naive',
    'gemm_tiled',
    'gemm_register',
    'gemm_subgroup',
    'gemm_lanes',
    'gemm_splitk',
    'gemm_f16',
  ],
  budget: ({ m, n, k, count }) => [
    { label: 'Work', value: 2 * m * n * k * count, unit: 'flop' },
    { label: 'Least traffic', value: 4 * count * (m * k + k * n + m * n), unit: 'B' },
  ],
  check: ({ m, n, k, count, splits }) => {
    const entries = count * Math.max(m * k, k * n, m * n * Math.min(splits, k));
    if (entries > 2 ** 28) {
      throw new UserError(
        `an operand or the slices take ${entries} entries, above 2^28: choose smaller sizes or splits`,
      );
    }
    if (count * Math.min(splits, k) > 65535) {
      throw new UserError(
        `count * splits is ${count * splits}, above 65535: choose splits ${Math.floor(65535 / count)} or less`,
      );
    }
  },

  async run(lab, values) {
    const { m, n, k, count } = values;
    const shape: ProductShape = { m, n, k, count, layout: values.layout };
    const splits = Math.min(values.splits, k);
    const job = { ...shape, ...stridesOf(shape), splits };
    const notes: string[] = [];
    if (splits < values.splits) notes.push(`k = ${k} has no more than ${k} slices: splits is ${splits}.`);
    if (lab.home.kind === 'cpu') notes.push(CPU_NOTE);
    else if (!hasSubgroups(lab.home)) notes.push('No subgroups here: that row uses 32 lanes and a tree.');

    await lab.step(0, 'float64 product');
    const { a, b } = operands(values.seed, shape, values.data);
    const want = reference(a, b, shape);
    if (want.rows.length < m) notes.push(`Errors and norm.C cover ${want.rows.length} of ${m} rows.`);
    if (want.norm === 0) notes.push('C = 0: errors are absolute.');
    await lab.step(0.2, 'peaks');
    const peak = await lab.cached('matmul peaks', () => peaks(lab));

    const flops = 2 * m * n * k * count;
    const intensity = (2 * m * n * k) / (4 * (m * k + k * n + m * n));
    const roofline = Math.min(peak.gflops, intensity * peak.gbps);
    const bound = gamma(k);
    const found: Record<string, number | null> = {
      'bound.gamma': bound,
      'norm.C': want.norm,
      flops,
      'peak.gflops': peak.gflops,
      'peak.gbps': peak.gbps,
      intensity,
      'roofline.gflops': roofline,
    };
    const rows: Row[] = [];
    const products = new Map<Variant, ArrayLike<number>>();
    let entries = new Float32Array(0);
    for (const [i, variant] of VARIANTS.entries()) {
      await lab.step(0.3 + (0.7 * i) / VARIANTS.length, variant);
      await lab.home.scope(async () => {
        const store = (x: Float32Array) =>
          variant === 'f16' ? halves(lab.home, x) : lab.home.tensor([x.length], x);
        const [x, y] = [store(a), store(b)];
        const call = () => gemmVariant(lab.home, variant, job, x, y);
        const got = await lab.home.read(await call());
        if (variant === 'naive' || variant === 'subgroup' || variant === 'splitk') products.set(variant, got);
        const { error, worst: ratio, entries: gaps } = distance(got, want, shape);
        if (variant === 'naive') entries = Float32Array.from(gaps);
        const ms = await lab.time(variant, values.repeats, call);
        const gflops = flops / ms / 1e6;
        found[`error.${variant}`] = error;
        found[`bound.ratio.${variant}`] = ratio / (variant === 'f16' ? 2 * U16 + U16 ** 2 + bound : bound);
        found[`ms.${variant}`] = ms;
        found[`gflops.${variant}`] = gflops;
        found[`share.${variant}`] = gflops / peak.gflops;
        if (gflops > 1.05 * peak.gflops)
          notes.push(`${variant} is above the peak, which was measured too low.`);
        const label = variant === 'subgroup' && !hasSubgroups(lab.home) ? '32 lanes' : variant;
        rows.push({
          key: variant,
          label,
          gflops,
          intensity: variant === 'f16' ? flops / count / (2 * (m * k + k * n) + 4 * m * n) : intensity,
          error,
        });
      });
    }
    const naive = products.get('naive') ?? [];
    const apart = (['subgroup', 'splitk'] as const).map((v) => difference(products.get(v) ?? [], naive));
    found['agree.max'] = Math.max(...apart) / (want.norm || 1);
    return {
      metrics: found,
      notes,
      figures: [...charts(rows, peak, roofline), errorMap(entries, want.rows.length, n)],
    };
  },
});
