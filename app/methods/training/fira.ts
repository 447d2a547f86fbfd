/** Fira: Adam's state in a subspace of the gradient, and the rest of the gradient scaled as Adam scaled that part. */
import { defineMethod, type Metric } from '../method';
import { integer, integersOf, list, number, seed } from '../parameters';
import { claims } from './fira/claims';
import { stateNumbers, weightNumbers } from './fira/counts';

const lower = (label: string, unit = 'relative'): Metric => ({ label, unit, better: 'lower' });

export default defineMethod({
  id: 'fira',
  title: 'Fira',
  family: 'training',
  testbed: 'pretrain',
  effort: 'trained',
  summary: 'Keeps Adam’s state in a low-rank subspace, yet moves the weights in all directions.',
  papers: [
    {
      title: 'Fira: Can We Achieve Full-rank Training of LLMs Under Low-rank Constraint?',
      authors: 'Chen, Feng, Li, Lai, Yue, Yuan, Wang',
      year: 2024,
      ref: 'arXiv:2410.01623',
      url: 'https://arxiv.org/abs/2410.01623',
    },
    {
      title: 'GaLore: Memory-Efficient LLM Training by Gradient Low-Rank Projection',
      authors: 'Zhao, Zhang, Chen, Wang, Anandkumar, Tian',
      year: 2024,
      ref: 'arXiv:2403.03507',
      url: 'https://arxiv.org/abs/2403.03507',
    },
  ],
  formulas: [
    {
      tex: 'R = G Q,\\qquad Q = V_r(G)\\;\\text{ every } T \\text{ steps}',
      text: 'The gradient in the span of its leading singular vectors (on the left where the weight is wide).',
    },
    {
      tex: 'M \\leftarrow \\beta_1 M + (1 - \\beta_1) R,\\quad V \\leftarrow \\beta_2 V + (1 - \\beta_2) R \\circ R,\\quad N = \\frac{M}{\\sqrt V + \\epsilon}',
      text: 'Adam on the small matrix: this is all the state there is (GaLore stops here).',
    },
    {
      tex: '\\varphi_i = \\frac{\\lVert N_i \\rVert}{\\lVert R_i \\rVert + 10^{-8}},\\qquad S_i = \\varphi_i\\,(G - R Q^{\\top})_i',
      text: 'The rest of the gradient, line by line scaled as Adam scaled the part it saw.',
    },
    {
      tex: 'S \\leftarrow S \\Big/ \\frac{\\max(\\lVert S \\rVert_F / p,\\; g)}{g}',
      text: 'The limiter: the norm of S grows at most by g from one step to the next (p is the norm before).',
    },
    {
      tex: 'W \\leftarrow W - \\eta\\, \\frac{\\sqrt{1 - \\beta_2^t}}{1 - \\beta_1^t}\\,(a\\, N Q^{\\top} + S)',
      text: 'Both parts move the weight; the bias correction multiplies the whole.',
    },
  ],
  symbols: { r: 'rank', T: 'gap', g: 'limiter', '\\eta': 'lr', a: 'scale' },
  lineage: [
    { from: 'GaLore', change: 'uses the rest of the gradient too, scaled as Adam scaled the low-rank part' },
  ],
  parameters: {
    seed: seed(),
    rank: integer({
      label: 'Rank r',
      min: 1,
      max: 512,
      default: 4,
      scale: 'log2',
      help: 'Of the projected gradient; at most the smaller side of each layer.',
    }),
    steps: integer({
      label: 'Steps',
      min: 10,
      max: 5000,
      default: 100,
      scale: 'log2',
      help: 'Training steps of all runs.',
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
      max: 0.1,
      default: 0.005,
      scale: 'log10',
      help: 'Of all four runs.',
    }),
    gap: integer({
      label: 'Steps between projections',
      min: 1,
      max: 1000,
      default: 50,
      scale: 'log2',
      help: 'A new subspace is taken from the gradient this often; the moments are kept.',
    }),
    scale: number({
      label: 'Factor of the low-rank part',
      min: 0.05,
      max: 2,
      default: 1,
      help: 'GaLore’s alpha: the published runs use 0.25 at a learning rate of 0.01.',
    }),
    limiter: number({
      label: 'Growth bound g',
      min: 1,
      max: 2,
      default: 1.01,
      help: 'The scaled rest may grow by this factor from one step to the next; 1 forbids any growth.',
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
    'loss.start': { label: 'Loss before training', unit: 'relative' },
    'loss.full': lower('Loss: Adam'),
    'loss.galore': lower('Loss: GaLore'),
    'loss.fira': lower('Loss: Fira'),
    'loss.nolimit': lower('Loss: Fira without limiter'),
    'gap.closed': { label: 'Share of GaLore’s gap to Adam that is closed', better: 'higher' },
    'growth.fira': { label: 'Largest growth of the scaled rest', better: 'lower' },
    'growth.nolimit': { label: 'The same without limiter' },
    'similarity.scaling': { label: 'Cosine of the scaling with that of Adam', better: 'higher' },
    'state.full': { label: 'Numbers in the moments: Adam', unit: 'count' },
    'state.galore': { label: 'Numbers in the moments: GaLore', unit: 'count', better: 'lower' },
    'state.fira': { label: 'Numbers in the moments: Fira', unit: 'count', better: 'lower' },
  },
  factors: 'The trained weight and the last projection Q of every layer.',
  headline: ['loss.fira', 'loss.galore', 'loss.full'],
  claims,
  presets: [
    {
      id: 'paper',
      label: 'Rank 4',
      notice:
        'With the same state as GaLore the loss falls much further, though not as far as with full Adam.',
      values: {},
    },
    {
      id: 'one',
      label: 'Rank 1',
      notice:
        'One direction for the state: the scaling of a whole line hangs on one number, and the limiter is busy.',
      values: { rank: 1 },
      failure: true,
    },
    {
      id: 'full',
      label: 'Full rank',
      notice:
        'Nothing is left outside the subspace: Fira and GaLore coincide, and both differ from Adam by a rotation.',
      values: { rank: 128, steps: 40 },
    },
  ],
  quick: { steps: 40, batch: 64, widths: '32-64-64-16', gap: 20 },
  accepts: [],
  shaders: [
    'adam_direction',
    'line_ratio',
    'scale_remainder',
    'limit_growth',
    'apply_scaled',
    'record_cosine',
    'gemm',
  ],
  shapes: ({ rank }) => {
    const r = Math.min(rank, 128);
    return [
      { symbol: 'G', rows: 128, cols: 128 },
      { symbol: 'R', rows: 128, cols: r, joint: '→' },
      { symbol: 'Q^T', rows: r, cols: 128, joint: '×', frozen: true },
      { symbol: 'rest', rows: 128, cols: 128, joint: '+' },
    ];
  },
  budget: (v) => {
    const widths = integersOf(v.widths);
    return [
      { label: 'Numbers in the moments', value: stateNumbers(widths, v.rank), unit: 'count' },
      { label: 'Of full Adam', value: stateNumbers(widths, v.rank) / (2 * weightNumbers(widths)), unit: '1' },
    ];
  },
  cost: (v) => {
    const full = weightNumbers(integersOf(v.widths));
    return {
      flop: 4 * (6 * full * v.batch * v.steps + 25 * 2 * 1024 * full) + 3 * v.steps * 8 * full * v.rank,
      bytes: 4 * (4096 * 96 * 2 + 60 * full),
      dispatches: 4 * (14 * v.steps + 300) + 90 * v.steps,
    };
  },
  steps: async () => (await import('./fira/steps')).steps,
  run: async (lab, values) => (await import('./fira/run')).run(lab, values),
});
