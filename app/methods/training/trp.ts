/** Trained rank pruning: weights are cut to low rank again and again while the network trains. */
import { defineMethod, type Metric } from '../method';
import { integer, number, seed } from '../parameters';
import { claims } from './trp/claims';
import { fullParameters } from './trp/shapes';

const lower = (label: string, unit = 'relative'): Metric => ({ label, unit, better: 'lower' });
const count = (label: string): Metric => ({ label, unit: 'count', better: 'lower' });

export default defineMethod({
  id: 'trp',
  title: 'Trained Rank Pruning',
  family: 'training',
  testbed: 'pretrain',
  effort: 'trained',
  summary:
    'Cuts every weight to low rank again and again while it trains, so that the last cut costs almost nothing.',
  papers: [
    {
      title: 'Trained Rank Pruning for Efficient Deep Neural Networks',
      authors: 'Xu, Li, Zhang, Wen, Wang, Qi, Chen, Lin, Xiong',
      year: 2018,
      ref: 'arXiv:1812.02402',
      url: 'https://arxiv.org/abs/1812.02402',
    },
    {
      title: 'TRP: Trained Rank Pruning for Efficient Deep Neural Networks',
      authors: 'Xu, Li, Zhang, Wen, Wang, Qi, Chen, Lin, Xiong',
      year: 2020,
      ref: 'arXiv:2004.14566',
      url: 'https://arxiv.org/abs/2004.14566',
    },
  ],
  formulas: [
    {
      tex: 'W = U S V^{\\top},\\qquad k = \\min\\Bigl\\{k : \\sum_{i<k} s_i^2 \\ge e \\sum_i s_i^2\\Bigr\\},\\qquad W \\leftarrow U_k S_k V_k^{\\top}',
      text: 'Every few steps each weight is cut to the fewest singular values that hold a share e of the energy.',
    },
    {
      tex: 'N = U_k V_k^{\\top} \\in \\partial \\lVert W \\rVert_*',
      text: 'A sub-gradient of the nuclear norm at the truncated weight, kept until the next truncation.',
    },
    {
      tex: 'W \\leftarrow W - \\eta\\,\\mathrm{Adam}(G) - \\eta\\,\\lambda\\, N',
      text: 'It is applied outside Adam’s normalization, so it lowers each kept singular value by about eta lambda a step.',
    },
  ],
  symbols: { e: 'energy', '\\eta': 'lr', '\\lambda': 'nuclear' },
  lineage: [
    { from: 'full', change: 'truncates every weight and pulls its singular values down while it trains' },
  ],
  parameters: {
    seed: seed(),
    steps: integer({
      label: 'Steps',
      min: 20,
      max: 5000,
      default: 200,
      scale: 'log2',
      help: 'Steps of Adam.',
    }),
    batch: integer({
      label: 'Batch',
      min: 16,
      max: 1024,
      default: 96,
      scale: 'log2',
      help: 'Rows per step.',
    }),
    lr: number({
      label: 'Learning rate',
      min: 1e-5,
      max: 1e-1,
      default: 5e-3,
      scale: 'log10',
      help: 'Of Adam, in all runs.',
    }),
    energy: number({
      label: 'Energy kept',
      min: 0.5,
      max: 1,
      default: 0.98,
      help: 'Share of the squared singular values that a truncation keeps; 1 never truncates.',
    }),
    period: integer({
      label: 'Steps between truncations',
      min: 1,
      max: 500,
      default: 20,
      scale: 'log2',
      help: 'At 1 the weights are cut and the sub-gradient renewed at every step.',
    }),
    nuclear: number({
      label: 'Nuclear weight',
      min: 0,
      max: 20,
      default: 1.5,
      help: 'Strength of the pull on the singular values.',
    }),
    decay: number({
      label: 'Weight decay of the baseline',
      min: 0,
      max: 20,
      default: 1.25,
      help: 'Decoupled; it shrinks all singular values alike.',
    }),
    alpha: number({
      label: 'Decay of the teacher',
      min: 0,
      max: 3,
      default: 1,
      help: 'Singular values of the teacher’s weights fall as (i + 1)^-alpha.',
    }),
    targetRank: integer({
      label: 'Rank of the change',
      min: 1,
      max: 32,
      default: 8,
      help: 'Of the change that makes the teacher from the testbed’s network.',
    }),
    shift: number({
      label: 'Size of the change',
      min: 0,
      max: 4,
      default: 0.5,
      help: 'Frobenius norm of the change over that of the weight.',
    }),
    width: integer({
      label: 'Hidden width',
      min: 32,
      max: 1024,
      default: 128,
      scale: 'log2',
      help: 'Of the two hidden layers.',
    }),
  },
  metrics: {
    'loss.full': lower('Loss: plain training'),
    'loss.svd': lower('Loss: plain, cut to the same ranks'),
    'loss.svd_energy': lower('Loss: plain, cut by the energy rule'),
    'loss.decay': lower('Loss: weight decay'),
    'loss.decay_svd': lower('Loss: weight decay, cut to the same ranks'),
    'loss.before': lower('Loss: TRP before the last cut'),
    'loss.trp': lower('Loss: TRP'),
    'rank.1': count('Final rank of layer 1'),
    'rank.2': count('Final rank of layer 2'),
    'rank.3': count('Final rank of layer 3'),
    'rank.total': count('Sum of the final ranks'),
    'rank.svd_energy': count('Sum of ranks, energy rule on plain training'),
    'rank.decay': count('Sum of ranks, energy rule on weight decay'),
    'params.full': { label: 'Numbers: dense', unit: 'count' },
    'params.trp': count('Numbers: TRP’s factors'),
    ratio: { label: 'Times smaller', better: 'higher' },
    'nuclear.full': { label: 'Nuclear norms: plain training' },
    'nuclear.trp': { label: 'Nuclear norms: TRP before the last cut', better: 'lower' },
    'rank.total.plain': { label: 'Sum of the final ranks without the nuclear term', unit: 'count' },
    'nuclear.trp.plain': { label: 'Nuclear norms of TRP without the nuclear term' },
    'loss.trp.plain': { label: 'Loss: TRP without the nuclear term', unit: 'relative' },
    'loss.svd.plain': { label: 'Loss: plain, cut to the ranks without the nuclear term', unit: 'relative' },
  },
  factors: 'The factors of every layer after the last truncation, W ≈ B A.',
  headline: ['loss.trp', 'loss.svd', 'ratio'],
  claims,
  presets: [
    {
      id: 'paper',
      label: 'Cut while training',
      notice:
        'At equal ranks the network that was cut all along has about half the loss of one that is cut at the end.',
      values: {},
    },
    {
      id: 'plain',
      label: 'Truncation alone',
      notice: 'Without the nuclear term it still works, but the ranks stay almost twice as high.',
      values: { nuclear: 0 },
    },
    {
      id: 'strong',
      label: 'Too strong a pull',
      notice: 'The nuclear term wins over the loss: ranks collapse, and the network learns little.',
      values: { nuclear: 12 },
      failure: true,
    },
  ],
  quick: { steps: 60, batch: 64, lr: 0.01, width: 64, period: 10 },
  accepts: [],
  shaders: ['gemm', 'gelu_forward', 'gelu_backward', 'adam', 'axpby'],
  shapes: ({ width }) => [
    { symbol: 'W', rows: width, cols: width },
    { symbol: 'U S', rows: width, cols: Math.round(width / 6), joint: '≈' },
    { symbol: 'V^T', rows: Math.round(width / 6), cols: width, joint: '×' },
  ],
  budget: (v) => [{ label: 'Numbers: dense', value: fullParameters(v), unit: 'count' }],
  cost: (v) => {
    const full = fullParameters(v);
    const cuts = 2 * Math.ceil(v.steps / v.period) + 12;
    return {
      flop: 4 * (6 * full * v.batch * v.steps + 25 * 2048 * full) + cuts * 120 * v.width ** 3,
      bytes: 4 * (4096 * 96 * 2 + 60 * full),
      dispatches: 4 * (17 * v.steps + 300) + cuts * 400,
    };
  },
  steps: async () => (await import('./trp/steps')).steps,
  run: async (lab, values) => (await import('./trp/run')).run(lab, values),
});
