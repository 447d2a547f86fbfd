/**
 * Dense matrix multiplication: the same arithmetic by six kernels with different data movement, against the
 * float64 product and against the measured peaks of the device (roofline).
 */
import { UserError } from '../../math/errors';
import { KERNELS } from '../../testbeds/matmul';
import { defineMethod, type Metric } from '../method';
import { choice, integer, seed } from '../parameters';
import { long, matmulClaims } from './matmul/claims';

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
    KERNELS.flatMap((v): [string, Metric][] => [
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
  claims: matmulClaims,
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
  quick: { m: 64, n: 64, repeats: 1 },
  accepts: [],
  headline: ['gflops.register', 'error.naive', 'error.f16'],
  shaders: [
    'gemm_naive',
    'gemm_tiled',
    'gemm_register',
    'gemm_subgroup',
    'gemm_lanes',
    'gemm_f16',
    'gemm_quad_vec4',
    'gemm_workgroup',
    'sum_slices',
  ],
  effort: 'closed form',
  lineage: [
    { from: 'GEMM', change: 'written six times in WGSL, with one order of work and six of data movement' },
  ],
  symbols: { m: 'm', n: 'n', k: 'k' },
  shapes: ({ m, n, k, layout }) => [
    { symbol: 'C', rows: m, cols: n },
    layout === 'tn'
      ? { symbol: 'A^T', rows: m, cols: k, joint: '=' }
      : { symbol: 'A', rows: m, cols: k, joint: '=' },
    { symbol: layout === 'nt' ? 'B^T' : 'B', rows: k, cols: n, joint: '×' },
  ],
  /** Six kernels, one warm-up and the timed runs each, and as much again at most for the curves. */
  cost: ({ m, n, k, count, splits, repeats }) => ({
    flop: 2 * m * n * k * count * (6 * (1 + repeats) + 12) + 1e8,
    bytes: 4 * count * (m * k + k * n + m * n * (1 + Math.min(splits, k))) + 2 ** 25,
    dispatches: 7 * (1 + repeats) + 100,
  }),
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

  steps: async () => (await import('./matmul/steps')).steps,
  run: async (lab, values) => (await import('./matmul/run')).runMatmul(lab, values),
});
