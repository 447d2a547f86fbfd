/** SLTrain: every weight as a low-rank product plus a sparse matrix on a fixed random support, from scratch. */
import { UserError } from '../../math/errors';
import { defineMethod, type Metric } from '../method';
import { integer, integersOf, list, number, seed } from '../parameters';
import { claims } from './sltrain/claims';
import { countsOf } from './sltrain/counts';

const lower = (label: string, unit = 'relative'): Metric => ({ label, unit, better: 'lower' });

export default defineMethod({
  id: 'sltrain',
  title: 'SLTrain',
  family: 'training',
  testbed: 'pretrain',
  effort: 'trained',
  summary:
    'Trains each weight as a low-rank product plus a few entries at fixed random places: full rank for little.',
  papers: [
    {
      title: 'SLTrain: a sparse plus low-rank approach for parameter and memory efficient pretraining',
      authors: 'Han, Li, Huang, Hong, Takeda, Jawanpuria, Mishra',
      year: 2024,
      ref: 'arXiv:2406.02214',
      url: 'https://arxiv.org/abs/2406.02214',
    },
  ],
  formulas: [
    {
      tex: 'W = c\\,B A + S,\\qquad S_{ij} = 0 \\text{ off } \\Omega,\\quad |\\Omega| = \\lfloor \\delta m n \\rfloor',
      text: 'B is m × r, A is r × n; the support is drawn once and never moves. Only its values are trained.',
    },
    {
      tex: '\\frac{\\partial L}{\\partial B} = c\\,G A^{\\top},\\quad \\frac{\\partial L}{\\partial A} = c\\,B^{\\top} G,\\quad \\frac{\\partial L}{\\partial v_i} = G_{\\Omega_i},\\qquad G = \\frac{\\partial L}{\\partial W}',
      text: 'The gradients of the factors and, gathered at the support, of the sparse values.',
    },
    {
      tex: '\\operatorname{rank}(W) = \\min(m, n)',
      text: 'With probability one, as soon as the support touches every row and column.',
    },
  ],
  symbols: { r: 'rank', c: 'scaling', '\\delta': 'density' },
  lineage: [
    { from: 'full', change: 'keeps a low-rank product and a sparse matrix in place of the weight' },
    { from: 'LoRA', change: 'trains from scratch, and adds a fixed random support to the product' },
  ],
  parameters: {
    seed: seed(),
    rank: integer({
      label: 'Rank r',
      min: 1,
      max: 512,
      default: 4,
      scale: 'log2',
      help: 'Of the low-rank part; at most the smaller side of each layer.',
    }),
    density: number({
      label: 'Density of the support',
      min: 0,
      max: 1,
      default: 0.1,
      help: 'Share of the entries that the sparse part may use. At 0 the start is a zero network.',
    }),
    scaling: number({
      label: 'Factor of B A',
      min: 0.1,
      max: 32,
      default: 2,
      scale: 'log10',
      help: 'The paper’s alpha / r.',
    }),
    steps: integer({
      label: 'Steps',
      min: 10,
      max: 5000,
      default: 100,
      scale: 'log2',
      help: 'Steps of Adam.',
    }),
    batch: integer({
      label: 'Batch',
      min: 16,
      max: 1024,
      default: 128,
      scale: 'log2',
      help: 'Rows per step.',
    }),
    lr: number({
      label: 'Learning rate',
      min: 1e-4,
      max: 0.05,
      default: 0.01,
      scale: 'log10',
      help: 'Of all five runs.',
    }),
    alpha: number({
      label: 'Decay of the teacher',
      min: 0,
      max: 2,
      default: 0.5,
      help: 'Singular values of the teacher’s weights fall as (i + 1)^-alpha.',
    }),
    widths: list({
      label: 'Layer widths',
      min: 16,
      max: 2048,
      atLeast: 2,
      atMost: 4,
      default: '64-128-128-32',
      help: 'Inputs, hidden widths, outputs.',
    }),
  },
  metrics: {
    'loss.full': lower('Loss: full training'),
    'loss.sltrain': lower('Loss: SLTrain'),
    'loss.lowrank': lower('Loss: low rank, as many numbers'),
    'loss.lowrankSame': lower('Loss: low rank, same rank'),
    'loss.sparse': lower('Loss: sparse alone, as many numbers'),
    'params.full': { label: 'Trained numbers: full', unit: 'count' },
    'params.sltrain': lower('Trained numbers: SLTrain', 'count'),
    'params.lowrank': { label: 'Trained numbers: low rank', unit: 'count' },
    'params.sparse': { label: 'Trained numbers: sparse', unit: 'count' },
    'rank.lowrank': { label: 'Rank of the low-rank run', unit: 'count' },
    'rank.numerical': { label: 'Numerical rank of W_2: SLTrain', unit: 'count', better: 'higher' },
    'rank.numericalLow': { label: 'Numerical rank of W_2: low rank', unit: 'count' },
  },
  factors: 'B and A, and the places and values of the sparse part of every layer, W = c B A + S.',
  headline: ['loss.sltrain', 'loss.lowrank', 'params.sltrain'],
  claims,
  presets: [
    {
      id: 'paper',
      label: 'A tenth of the entries',
      notice: 'As many numbers as rank 9, a lower loss, and a weight of full rank.',
      values: {},
    },
    {
      id: 'crossing',
      label: 'Where it stops paying',
      notice:
        'At rank 16 a plain low-rank weight of the same size is as good: the sparse part no longer pays.',
      values: { rank: 16 },
      failure: true,
    },
    {
      id: 'steep',
      label: 'A steep teacher',
      notice: 'When the teacher’s spectra fall fast, low rank alone comes close.',
      values: { alpha: 1 },
    },
  ],
  quick: { steps: 40, batch: 64, lr: 0.015 },
  accepts: [],
  shaders: ['gemm', 'support_add', 'support_gather', 'gelu_forward', 'gelu_backward', 'adam'],
  shapes: ({ rank }) => [
    { symbol: 'W', rows: 128, cols: 128 },
    { symbol: 'B', rows: 128, cols: Math.min(rank, 128), joint: '=' },
    { symbol: 'A', rows: Math.min(rank, 128), cols: 128, joint: '×' },
    { symbol: 'S', rows: 128, cols: 128, joint: '+' },
  ],
  budget: (v) => {
    const { full, sltrain, lowrank, lowrankRank } = countsOf(integersOf(v.widths), v.rank, v.density);
    return [
      { label: 'Trained numbers', value: sltrain, unit: 'count' },
      { label: 'Share of full training', value: sltrain / full, unit: '1' },
      { label: `Low rank with as many (rank ${lowrankRank})`, value: lowrank, unit: 'count' },
      { label: 'Optimizer state (float32)', value: 8 * sltrain, unit: 'B' },
    ];
  },
  cost: (v) => {
    const { full } = countsOf(integersOf(v.widths), v.rank, v.density);
    return {
      flop: 5 * (6 * full * v.batch * v.steps + 25 * 2 * 1024 * full),
      bytes: 4 * (4096 * 96 * 2 + 40 * full),
      dispatches: 5 * (22 * v.steps + 300),
    };
  },
  check: ({ density, rank, widths }) => {
    const { supports, ranks } = countsOf(integersOf(widths), rank, density);
    if (supports.every((k) => k === 0) && ranks.every((r) => r === 0)) {
      throw new UserError('density 0 with rank 0 leaves nothing to train: raise either');
    }
  },
  steps: async () => (await import('./sltrain/steps')).steps,
  run: async (lab, values) => (await import('./sltrain/run')).run(lab, values),
});
