/** RandLoRA: a full-rank update from fixed random bases, of which only diagonal scalings are trained. */
import { UserError } from '../../math/errors';
import { type Claim, defineMethod } from '../method';
import * as common from '../networkparameters';
import { integer, number, seed } from '../parameters';

const limit = (
  item: number,
  text: string,
  value: Claim['value'],
  relation: Claim['relation'],
  bound: number,
  rest: Partial<Claim> = {},
): Claim => ({ item, text, value, relation, bound, ...rest });

/** Training rows are drawn on the host and kept on the device. */
const MOST_NUMBERS = 2 ** 26;

export default defineMethod({
  id: 'randlora',
  title: 'RandLoRA',
  family: 'adapters',
  testbed: 'matrix',
  effort: 'trained',
  summary:
    'Sums fixed random low-rank products, trains only their diagonal scalings, and so reaches full rank.',
  papers: [
    {
      title: 'RandLoRA: Full-rank parameter-efficient fine-tuning of large models',
      authors: 'Albert, Zhang, Saratchandran, Rodriguez-Opazo, van den Hengel, Abbasnejad',
      year: 2025,
      ref: 'arXiv:2502.00987',
      url: 'https://arxiv.org/abs/2502.00987',
    },
  ],
  formulas: [
    {
      tex: '\\Delta W = \\sum_{j=1}^{N} B_j\\, \\mathrm{diag}(\\lambda_j)\\, A\\, \\mathrm{diag}(\\gamma_j),\\qquad N = \\lceil \\min(m, n) / r \\rceil',
      text: 'B_j and A are random and fixed; lambda and gamma are trained. The rank of the sum is full.',
    },
    {
      tex: '\\lambda_j = 1/\\sqrt{N},\\qquad \\gamma_j = 0',
      text: 'The start: the update is zero.',
    },
    {
      tex: '\\min_{\\gamma} \\frac{\\lVert \\Delta W - D \\rVert_F}{\\lVert D \\rVert_F} \\approx \\sqrt{1 - N / \\max(m, n)}',
      text: 'Each column of the update lies in a random N-dimensional space: the best error does not depend on the spectrum.',
    },
    {
      tex: '\\lVert \\Delta W_{\\mathrm{LoRA}} - D \\rVert_F \\ge \\Bigl(\\sum_{i > q} \\sigma_i^2 \\Bigr)^{1/2}',
      text: 'LoRA of rank q cannot pass the Eckart-Young error, which depends on the spectrum alone.',
    },
  ],
  symbols: { r: 'rank', m: 'm', n: 'n', '\\alpha': 'alpha' },
  lineage: [
    { from: 'lora', change: 'trains diagonal scalings of fixed random bases in place of the factors' },
    { from: 'VeRA', change: 'sums as many bases as full rank needs' },
  ],
  parameters: {
    rank: integer({
      label: 'Rank r of a basis',
      min: 1,
      max: 128,
      default: 2,
      scale: 'log2',
      help: 'Smaller means more bases and more trained numbers.',
    }),
    alpha: number({
      label: 'Decay of the change',
      min: 0,
      max: 3,
      default: 0,
      help: 'Singular values of the wanted change fall as (i + 1)^-alpha; 0 is flat. The two methods cross near 0.3.',
    }),
    m: integer({
      label: 'Outputs m',
      min: 8,
      max: 2048,
      default: 128,
      scale: 'log2',
      help: 'Rows of the change.',
    }),
    n: integer({ label: 'Inputs n', min: 8, max: 2048, default: 128, scale: 'log2', help: 'Its columns.' }),
    seed: seed(),
    steps: common.steps(),
    batch: common.batch({
      help: 'Rows per step: consecutive slices of one permutation of the training rows.',
    }),
    train: integer({
      label: 'Training rows',
      min: 128,
      max: 65536,
      default: 2048,
      scale: 'log2',
      help: 'Standard normal inputs.',
    }),
    lrRand: number({
      label: 'Learning rate of RandLoRA',
      min: 1e-5,
      max: 1,
      default: 0.02,
      scale: 'log10',
      help: 'Of Adam on lambda and gamma.',
    }),
    lr: common.learningRate({ default: 0.004, label: 'Learning rate of LoRA' }),
  },
  metrics: {
    'error.randlora': { label: 'Error of RandLoRA', better: 'lower' },
    'error.lora': { label: 'Error of LoRA', better: 'lower' },
    'error.svd': { label: "LoRA's floor (Eckart-Young)", better: 'lower' },
    'error.floor': { label: "RandLoRA's floor, lambda fixed", better: 'lower' },
    'error.expected': { label: 'Its expected value', better: 'lower' },
    'params.randlora': { label: 'Trained numbers, RandLoRA', unit: 'count', better: 'lower' },
    'params.lora': { label: 'Trained numbers, LoRA', unit: 'count', better: 'lower' },
    'rank.lora': { label: 'Matched rank of LoRA', unit: 'count' },
    bases: { label: 'Bases N', unit: 'count' },
    'updateRank.randlora': { label: 'Rank of the update, RandLoRA', unit: 'count' },
    'updateRank.lora': { label: 'Rank of the update, LoRA', unit: 'count' },
  },
  factors: 'The fixed random bases B and A, and the trained lambda and gamma.',
  headline: ['error.randlora', 'error.lora', 'updateRank.randlora'],
  claims: [
    limit(1, 'A flat change: a tenth below LoRA', (m) => m['error.randlora'] / m['error.lora'], '<=', 0.9),
    limit(
      1,
      'with as many trained numbers, within 3 %',
      (m) => Math.abs(m['params.randlora'] / m['params.lora'] - 1),
      '<=',
      0.03,
    ),
    limit(2, 'The update has nearly full rank', (m) => m['updateRank.randlora'], '>=', 120, {
      fullSizeOnly: true,
    }),
    limit(2, 'That of LoRA has at most its own', (m) => m['updateRank.lora'] - m['rank.lora'], '<=', 0),
    limit(
      3,
      'The floor is where random subspaces put it',
      (m) => Math.abs(m['error.floor'] - m['error.expected']),
      '<=',
      0.02,
    ),
    limit(3, 'Training reaches the floor', (m) => m['error.randlora'] / m['error.floor'], '<=', 1.02),
    limit(4, 'LoRA keeps above Eckart-Young', (m) => m['error.lora'] - m['error.svd'], '>=', -1e-3),
    limit(
      5,
      'A steep change: LoRA has at most half the error',
      (m) => m['error.lora'] / m['error.randlora'],
      '<=',
      0.5,
      { at: { alpha: 1 } },
    ),
  ],
  presets: [
    {
      id: 'flat',
      label: 'A flat change',
      notice: 'Every direction counts: full rank beats low rank at the same count.',
      values: { alpha: 0 },
    },
    {
      id: 'crossing',
      label: 'Where they cross',
      notice: 'At alpha 0.3 the spectrum is just steep enough that both end alike.',
      values: { alpha: 0.3 },
    },
    {
      id: 'steep',
      label: 'A steep change',
      notice: 'Few directions carry most of the change, and LoRA finds them; RandLoRA cannot.',
      values: { alpha: 1 },
      failure: true,
    },
  ],
  quick: { m: 96, n: 96, steps: 80, batch: 96, train: 1024, lrRand: 0.06, lr: 0.012 },
  accepts: [],
  shaders: ['randlora_stack', 'randlora_gradient', 'gemm', 'axpby', 'adam', 'sum_squares'],
  shapes: ({ rank, m, n }) => {
    const [big, small] = [Math.max(m, n), Math.min(m, n)];
    const width = rank * Math.ceil(small / rank);
    return [
      { symbol: 'B', rows: big, cols: width, frozen: true },
      { symbol: 'diag(λ) A diag(γ)', rows: width, cols: small, joint: '×' },
    ];
  },
  budget: ({ rank, m, n }) => {
    const small = Math.min(m, n);
    const numbers = Math.ceil(small / rank) * (rank + small);
    return [
      { label: 'Trained numbers', value: numbers, unit: 'count' },
      { label: 'Share of the change', value: numbers / (m * n), unit: '1' },
      { label: 'Optimizer state (float32)', value: 8 * numbers, unit: 'B' },
    ];
  },
  cost: ({ m, n, rank, steps, batch, train }) => {
    const [big, small] = [Math.max(m, n), Math.min(m, n)];
    const width = rank * Math.ceil(small / rank);
    return {
      flop: 4 * steps * (4 * big * small * width + 2 * n * n * batch + 4 * m * n * n),
      bytes: 4 * (train * n + big * width + 8 * m * n),
      dispatches: 4 * 14 * steps,
    };
  },
  check: ({ train, n }) => {
    if (train * n > MOST_NUMBERS) {
      throw new UserError(
        `${train} training rows of length ${n} are ${train * n} numbers, above ${MOST_NUMBERS}: choose ${Math.floor(MOST_NUMBERS / n)} rows or fewer`,
      );
    }
  },
  steps: async () => (await import('./randlora/steps')).steps,
  run: async (lab, values) => (await import('./randlora/run')).runRandlora(lab, values),
});
