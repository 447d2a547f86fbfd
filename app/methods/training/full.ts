/** Full fine-tuning: every weight is trained. What every adapter is measured against. */
import { type Claim, defineMethod } from '../method';
import * as common from '../networkparameters';
import { seed } from '../parameters';

/** A reference loss of the testbed (float64, seed 0), and how far other seeds may be from it. */
const reference = (key: string, name: string, value: number, share: number): Claim[] =>
  (['<=', '>='] as const).map((relation) => ({
    item: 1,
    text: `${name} ends at most ${100 * share} % ${relation === '<=' ? 'above' : 'below'} the reference ${value}`,
    value: (m) => m[key] / value,
    relation,
    bound: relation === '<=' ? 1 + share : 1 - share,
    fullSizeOnly: true,
  }));

export default defineMethod({
  id: 'full',
  title: 'Full fine-tuning',
  family: 'training',
  testbed: 'adapt',
  effort: 'trained',
  summary: 'Trains every weight of the pretrained network by Adam: the measure of all adapters.',
  papers: [
    {
      title: 'Adam: A Method for Stochastic Optimization',
      authors: 'Kingma, Ba',
      year: 2015,
      ref: 'arXiv:1412.6980',
      url: 'https://arxiv.org/abs/1412.6980',
    },
  ],
  formulas: [
    {
      tex: 'm \\leftarrow \\beta_1 m + (1 - \\beta_1)\\, g,\\qquad v \\leftarrow \\beta_2 v + (1 - \\beta_2)\\, g^2',
      text: 'Adam keeps running means of the gradient g and of its square: two numbers a weight.',
    },
    {
      tex: '\\theta \\leftarrow \\theta - \\eta\\, \\frac{m / (1 - \\beta_1^t)}{\\sqrt{v / (1 - \\beta_2^t)} + \\epsilon}',
      text: 'The step of every weight is about the learning rate eta, whatever the size of its gradient.',
    },
  ],
  symbols: { '\\eta': 'lr' },
  lineage: [{ from: 'Adam', change: 'applied to every weight of a pretrained network' }],
  parameters: {
    seed: seed(),
    targetRank: common.targetRank(),
    shift: common.shift(),
    alpha: common.alpha(),
    correlation: common.correlation(),
    noise: common.noise(),
    steps: common.steps(),
    batch: common.batch(),
    lr: common.learningRate(),
  },
  metrics: {
    'loss.full': { label: 'Loss after training', better: 'lower' },
    'loss.frozen': { label: 'Loss before training', better: 'lower' },
    'params.full': { label: 'Trained numbers', unit: 'count', better: 'lower' },
  },
  factors: 'The fine-tuned weight of every layer.',
  headline: ['loss.full', 'loss.frozen', 'params.full'],
  claims: [
    ...reference('loss.frozen', 'The frozen network', 0.5, 0.15),
    ...reference('loss.full', 'Full fine-tuning', 0.027, 0.2),
    {
      item: 2,
      text: 'At most a tenth of the loss is left',
      value: (m) => m['loss.full'] / m['loss.frozen'],
      relation: '<=',
      bound: 0.1,
      fullSizeOnly: true,
    },
    {
      item: 2,
      text: 'At most three tenths of the loss are left',
      value: (m) => m['loss.full'] / m['loss.frozen'],
      relation: '<=',
      bound: 0.3,
    },
    {
      item: 3,
      text: 'Every one of the 28672 weights is trained',
      value: (m) => m['params.full'],
      relation: '=',
      bound: 28672,
    },
  ],
  presets: [
    {
      id: 'spectrum',
      label: 'Rank of what it learns',
      notice:
        'The change has rank 8, yet what full fine-tuning adds has a long tail of small singular values.',
      values: { targetRank: 8, steps: 600 },
    },
    {
      id: 'noisy',
      label: 'Noisy labels',
      notice:
        'With noise as large as the signal the loss falls, then rises again: all weights fit the noise.',
      values: { noise: 1, steps: 600 },
      failure: true,
    },
  ],
  quick: { steps: 60, batch: 64, lr: 0.006 },
  accepts: [],
  shaders: ['gemm', 'gelu_forward', 'gelu_backward', 'axpby', 'adam', 'sum_squares'],
  shapes: () => [{ symbol: 'W', rows: 128, cols: 128 }],
  budget: () => [
    { label: 'Trained numbers', value: 28672, unit: 'count' },
    { label: 'Optimizer state (float32)', value: 8 * 28672, unit: 'B' },
  ],
  cost: ({ steps, batch }) => ({
    flop: 6 * 28672 * steps * batch + 25 * 1024 * 2 * 28672,
    bytes: 8e6,
    dispatches: 14 * steps + 200,
  }),
  steps: async () => (await import('./full/steps')).steps,
  run: async (lab, values) => (await import('./full/run')).runFull(lab, values),
});
