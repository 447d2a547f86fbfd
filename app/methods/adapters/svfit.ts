/** SVFit: a layer is adapted by re-weighting the singular directions that it already has. */
import { type Claim, defineMethod } from '../method';
import * as common from '../networkparameters';
import { choice, integer, type LooseValues, number, seed } from '../parameters';

const limit = (
  item: number,
  text: string,
  value: Claim['value'],
  relation: Claim['relation'],
  bound: number,
  at?: Claim['at'],
): Claim => ({ item, text, value, relation, bound, at });

const whole = { rank: 128 } as const;

export default defineMethod({
  id: 'svfit',
  title: 'SVFit',
  family: 'adapters',
  testbed: 'adapt',
  effort: 'trained',
  summary: 'Takes the SVD of every weight once and trains only its leading singular values.',
  papers: [
    {
      title: 'SVFit: Parameter-Efficient Fine-Tuning of Large Pre-Trained Models Using Singular Values',
      authors: 'Sun, Wei, Wu, Shi, He, Ma, Xie, Yang',
      year: 2024,
      ref: 'arXiv:2409.05926',
      url: 'https://arxiv.org/abs/2409.05926',
    },
  ],
  formulas: [
    {
      tex: 'W = U S V^{\\top},\\qquad y = W x + U_k\\, \\mathrm{diag}(d - s)\\, V_k^{\\top} x',
      text: 'The leading k singular values s become trained numbers d; everything else is frozen.',
    },
    {
      tex: '\\frac{\\partial L}{\\partial d_i} = u_i^{\\top} G v_i = \\sum_b (\\delta_b^{\\top} u_i)(x_b^{\\top} v_i)',
      text: 'The gradient needs two thin products per layer, never G itself.',
    },
    {
      tex: 'd_i^{\\star} = u_i^{\\top} W^{\\star} v_i',
      text: 'The Frobenius-nearest values to a wanted weight. What lies outside the span of u_i v_i^T cannot be reached.',
    },
  ],
  symbols: { k: 'rank' },
  lineage: [{ from: 'lora', change: 'trains singular values in place of a low-rank product' }],
  parameters: {
    rank: integer({
      label: 'Singular values k',
      min: 1,
      max: 512,
      default: 32,
      scale: 'log2',
      help: 'Leading singular values trained in a layer; a shorter side is the limit.',
    }),
    change: choice({
      label: 'Kind of change',
      options: [
        { value: 'rescale', label: 'New strengths of the old directions' },
        { value: 'lowrank', label: 'New directions of low rank' },
      ],
      default: 'rescale',
      help: 'What makes the target network different from the pretrained one.',
    }),
    loraRank: integer({
      label: 'Rank of LoRA',
      min: 1,
      max: 128,
      default: 3,
      scale: 'log2',
      help: 'Of the baseline.',
    }),
    seed: seed(),
    targetRank: { ...common.targetRank(), when: (v: LooseValues) => v.change === 'lowrank' },
    shift: common.shift(),
    alpha: common.alpha(),
    noise: common.noise(),
    lrDiag: number({
      label: 'Learning rate of d',
      min: 1e-5,
      max: 1,
      default: 0.05,
      scale: 'log10',
      help: 'Of SVFit and of the random basis.',
    }),
    lr: common.learningRate({
      default: 0.016,
      label: 'Learning rate of LoRA',
      help: 'Near its best at low ranks.',
    }),
    steps: common.steps({ default: 150 }),
    batch: common.batch(),
  },
  metrics: {
    'loss.svfit': { label: 'Loss of SVFit', better: 'lower' },
    'loss.lora': { label: 'Loss of LoRA', better: 'lower' },
    'loss.random': { label: 'Loss of the random basis', better: 'lower' },
    'loss.frozen': { label: 'Loss before training', better: 'lower' },
    'loss.init': { label: 'SVFit before the first step' },
    'params.svfit': { label: 'Trained numbers, SVFit', unit: 'count', better: 'lower' },
    'params.random': { label: 'Trained numbers, random basis', unit: 'count', better: 'lower' },
    'params.lora': { label: 'Trained numbers, LoRA', unit: 'count', better: 'lower' },
    'ratio.params': { label: 'LoRA over SVFit, trained numbers', better: 'higher' },
    energy: { label: 'Sum of the trained singular values over all', better: 'higher' },
    'error.svd': { label: 'Truncation error of the weights', better: 'lower' },
    'error.sigma': { label: 'Learned against wanted values', better: 'lower' },
  },
  factors: 'U, the trained change d - s of the singular values, and V of every layer.',
  headline: ['loss.svfit', 'loss.lora', 'ratio.params'],
  claims: [
    limit(1, 'Sixteen times fewer numbers than LoRA', (m) => m['ratio.params'], '>=', 16),
    limit(1, 'and at most four fifths of its loss', (m) => m['loss.svfit'] / m['loss.lora'], '<=', 0.8),
    limit(
      2,
      'The singular directions matter: far below a random basis',
      (m) => m['loss.svfit'] / m['loss.random'],
      '<=',
      0.6,
    ),
    limit(2, 'with as many trained numbers', (m) => m['params.svfit'] - m['params.random'], '=', 0),
    limit(
      3,
      'The network is unchanged at the start',
      (m) => Math.abs(m['loss.init'] - m['loss.frozen']) / m['loss.frozen'],
      '<=',
      1e-4,
    ),
    limit(
      4,
      'All singular values: the wanted weights lie in the family',
      (m) => m['loss.svfit'] / m['loss.frozen'],
      '<=',
      0.05,
      whole,
    ),
    limit(
      4,
      'All singular values: the whole sum is trained',
      (m) => Math.abs(m.energy - 1),
      '<=',
      1e-12,
      whole,
    ),
    limit(4, 'All singular values: nothing is cut off', (m) => m['error.svd'], '<=', 1e-5, whole),
    limit(5, 'New directions: LoRA of rank 1 is ahead', (m) => m['loss.lora'] / m['loss.svfit'], '<=', 0.8, {
      change: 'lowrank',
      loraRank: 1,
    }),
    limit(6, 'The learned values are the wanted ones', (m) => m['error.sigma'], '<=', 0.5),
  ],
  presets: [
    {
      id: 'few',
      label: 'Eight numbers a layer',
      notice: 'Already 24 numbers take away a good part of the loss.',
      values: { rank: 8 },
    },
    {
      id: 'all',
      label: 'All singular values',
      notice: 'With every direction trained the loss falls to almost nothing, with 224 numbers.',
      values: { rank: 128 },
    },
    {
      id: 'directions',
      label: 'New directions',
      notice: 'When the change has directions of its own, LoRA of rank 1 is ahead.',
      values: { change: 'lowrank', loraRank: 1 },
      failure: true,
    },
  ],
  quick: { steps: 50, batch: 32, lrDiag: 0.1, lr: 0.03 },
  accepts: [],
  shaders: ['gemm', 'column_dots', 'scale_lines', 'gelu_forward', 'gelu_backward', 'adam'],
  shapes: ({ rank }) => [
    { symbol: 'W', rows: 128, cols: 128, frozen: true },
    { symbol: 'U', rows: 128, cols: Math.min(rank, 128), joint: '+', frozen: true },
    { symbol: 'd', rows: Math.min(rank, 128), cols: 1, joint: '×' },
    { symbol: 'V', rows: Math.min(rank, 128), cols: 128, joint: '×', frozen: true },
  ],
  budget: ({ rank }) => {
    const numbers = [64, 128, 32].reduce((sum, side) => sum + Math.min(rank, side), 0);
    return [
      { label: 'Trained numbers', value: numbers, unit: 'count' },
      { label: 'Optimizer state (float32)', value: 8 * numbers, unit: 'B' },
    ];
  },
  cost: ({ steps, batch }) => ({
    flop: 8 * steps * batch * 5 * 28672 + 80 * 1024 * 2 * 28672,
    bytes: 12e6,
    dispatches: 8 * 28 * steps,
  }),
  steps: async () => (await import('./svfit/steps')).steps,
  run: async (lab, values) => (await import('./svfit/run')).runSvfit(lab, values),
});
