/** LoRA-SB: a small trained core between fixed factors of the first full fine-tuning update. */
import { type Claim, defineMethod } from '../method';
import * as common from '../networkparameters';
import { flag, integer, number, seed } from '../parameters';

const limit = (
  item: number,
  text: string,
  value: Claim['value'],
  relation: Claim['relation'],
  bound: number,
): Claim => ({ item, text, value, relation, bound });

export default defineMethod({
  id: 'lora-sb',
  title: 'LoRA-SB',
  family: 'adapters',
  testbed: 'adapt',
  effort: 'trained',
  summary: 'Trains an r x r core between fixed singular vectors of the first full fine-tuning update.',
  papers: [
    {
      title:
        'Initialization using Update Approximation is a Silver Bullet for Extremely Efficient Low-Rank Fine-Tuning',
      authors: 'Ponkshe, Singhal, Gorbunov, Tumanov, Horvath, Vepakomma',
      year: 2024,
      ref: 'arXiv:2411.19557',
      url: 'https://arxiv.org/abs/2411.19557',
    },
  ],
  formulas: [
    {
      tex: 'W_{\\mathrm{eff}} = W + B R A,\\qquad B \\in \\mathbb{R}^{m \\times r},\\; R \\in \\mathbb{R}^{r \\times r},\\; A \\in \\mathbb{R}^{r \\times n}',
      text: 'B and A are fixed, only the core R is trained: r^2 numbers a layer.',
    },
    {
      tex: 'D = -\\eta\\, \\mathrm{sign}(\\bar G) = U S V^{\\top},\\qquad B = U_r,\\; R = S_r,\\; A = V_r^{\\top}',
      text: 'The start is the best rank-r approximation of the first step that Adam would take on all weights.',
    },
    {
      tex: '\\frac{\\partial L}{\\partial R} = B^{\\top} G A^{\\top}',
      text: 'With orthonormal B and A this is the gradient of W projected onto both spaces: no correction is needed.',
    },
    {
      tex: '\\frac{\\lVert Q^{\\top} G A^{\\top} \\rVert_F^2}{\\lVert G \\rVert_F^2}',
      text: 'The share of the gradient that the core sees; Q spans the columns of B.',
    },
  ],
  symbols: { r: 'rank', '\\eta': 'lr' },
  lineage: [
    { from: 'lora', change: 'trains an r x r core between fixed factors' },
    { from: 'LoRA-XS', change: 'takes the factors from the first gradient step in place of the weight' },
  ],
  parameters: {
    rank: integer({
      label: 'Rank r',
      min: 1,
      max: 512,
      default: 12,
      scale: 'log2',
      help: 'Of the fixed factors; a layer with a shorter side uses that.',
    }),
    samples: integer({
      label: 'Rows behind the gradient',
      min: 1,
      max: 4096,
      default: 1024,
      scale: 'log2',
      help: 'Training rows whose mean gradient gives the first update.',
    }),
    sign: flag({
      label: 'Sign of the gradient',
      default: true,
      help: "Adam's first step has the sign of the gradient. Off: the gradient itself, at the same mean size.",
    }),
    full: flag({
      label: 'Also full fine-tuning',
      default: false,
      help: 'Runs full fine-tuning beside the adapters, at the same rate.',
    }),
    seed: seed(),
    targetRank: common.targetRank(),
    shift: common.shift(),
    noise: common.noise(),
    steps: common.steps({ default: 150 }),
    batch: common.batch(),
    lr: common.learningRate({ default: 0.004, help: 'Of LoRA-SB and LoRA-XS, and the size of the start.' }),
    lrLora: number({
      label: 'Learning rate of LoRA',
      min: 1e-5,
      max: 0.1,
      default: 0.016,
      scale: 'log10',
      help: 'Near its best at rank 1.',
    }),
  },
  metrics: {
    'loss.sb': { label: 'Loss of LoRA-SB', better: 'lower' },
    'loss.xs': { label: 'Loss of LoRA-XS', better: 'lower' },
    'loss.lora': { label: 'Loss of LoRA', better: 'lower' },
    'loss.full': { label: 'Loss of full fine-tuning', better: 'lower' },
    'loss.frozen': { label: 'Loss before training', better: 'lower' },
    'loss.init.sb': { label: 'LoRA-SB before the first step', better: 'lower' },
    'loss.init.xs': { label: 'LoRA-XS before the first step', better: 'lower' },
    'params.sb': { label: 'Trained numbers, LoRA-SB', unit: 'count', better: 'lower' },
    'params.xs': { label: 'Trained numbers, LoRA-XS', unit: 'count', better: 'lower' },
    'params.lora': { label: 'Trained numbers, LoRA', unit: 'count', better: 'lower' },
    'params.full': { label: 'Trained numbers, full', unit: 'count', better: 'lower' },
    'rank.lora': { label: 'Matched rank of LoRA', unit: 'count' },
    'error.init': { label: 'Error of the start against the first update', better: 'lower' },
    'error.svd': { label: 'Least possible error of the start', better: 'lower' },
    'captured.sb': { label: 'Captured gradient, LoRA-SB', better: 'higher' },
    'captured.xs': { label: 'Captured gradient, LoRA-XS', better: 'higher' },
    'captured.init.sb': { label: 'Captured at the first step, LoRA-SB', better: 'higher' },
    'captured.init.xs': { label: 'Captured at the first step, LoRA-XS', better: 'higher' },
  },
  factors: 'The fixed B and A and the trained core R of every layer, W + B R A.',
  headline: ['loss.sb', 'loss.lora', 'params.sb'],
  claims: [
    limit(1, 'Below four fifths of LoRA-XS', (m) => m['loss.sb'] / m['loss.xs'], '<=', 0.8),
    limit(1, 'with as many trained numbers', (m) => m['params.sb'] - m['params.xs'], '=', 0),
    limit(
      2,
      'Fewer numbers than LoRA of the nearest rank',
      (m) => m['params.sb'] / m['params.lora'],
      '<=',
      0.99,
    ),
    limit(2, 'and no worse than it', (m) => m['loss.sb'] / m['loss.lora'], '<=', 1.05),
    limit(3, 'Sees five times more of the gradient', (m) => m['captured.sb'] / m['captured.xs'], '>=', 5),
    limit(
      4,
      'Starts at the best approximation of the first update',
      (m) => Math.abs(m['error.init'] - m['error.svd']),
      '<=',
      1e-4,
    ),
    limit(5, 'The start is a step already taken', (m) => m['loss.init.sb'] / m['loss.frozen'], '<=', 0.9),
    limit(
      5,
      'LoRA-XS starts where the frozen network is',
      (m) => Math.abs(m['loss.init.xs'] / m['loss.frozen'] - 1),
      '<=',
      1e-3,
    ),
  ],
  presets: [
    {
      id: 'small',
      label: 'A handful of numbers',
      notice: 'With a 4 x 4 core, 48 numbers, the loss already falls well below the frozen network.',
      values: { rank: 4 },
    },
    {
      id: 'gradient',
      label: 'Without the sign',
      notice: 'The plain gradient is nearer to low rank, so the start loses less of it.',
      values: { sign: false },
    },
    {
      id: 'loud',
      label: 'A start too large',
      notice: 'The first update scales with the rate: at 0.05 the start is worse than no adapter at all.',
      values: { lr: 0.05 },
      failure: true,
    },
  ],
  quick: { steps: 40, batch: 32, samples: 256, lr: 0.006, lrLora: 0.02 },
  accepts: [],
  shaders: ['gemm', 'gelu_forward', 'gelu_backward', 'axpby', 'adam', 'sum_squares'],
  shapes: ({ rank }) => [
    { symbol: 'W', rows: 128, cols: 128, frozen: true },
    { symbol: 'B', rows: 128, cols: rank, joint: '+', frozen: true },
    { symbol: 'R', rows: rank, cols: rank, joint: '×' },
    { symbol: 'A', rows: rank, cols: 128, joint: '×', frozen: true },
  ],
  budget: ({ rank }) => {
    const numbers = [64, 128, 32].reduce((sum, side) => sum + Math.min(rank, side) ** 2, 0);
    return [
      { label: 'Trained numbers', value: numbers, unit: 'count' },
      { label: 'Optimizer state (float32)', value: 8 * numbers, unit: 'B' },
    ];
  },
  cost: ({ steps, batch, samples, full }) => ({
    flop: (16 + (full ? 1 : 0)) * steps * batch * 5 * 28672 + samples * 6 * 28672 + 100 * 1024 * 2 * 28672,
    bytes: 12e6,
    dispatches: 16 * 28 * steps,
  }),
  steps: async () => (await import('./lora-sb/steps')).steps,
  run: async (lab, values) => (await import('./lora-sb/run')).runLoraSb(lab, values),
});
