/** DyLoRA: one LoRA that can be cut to any smaller rank afterwards. */
import { UserError } from '../../math/errors';
import { type Claim, defineMethod } from '../method';
import * as common from '../networkparameters';
import { flag, integer, seed } from '../parameters';

const ratio = (
  item: number,
  text: string,
  over: string,
  under: string,
  bound: number,
  fullSizeOnly = false,
): Claim => ({ item, text, value: (m) => m[over] / m[under], relation: '<=', bound, fullSizeOnly });

export default defineMethod({
  id: 'dylora',
  title: 'DyLoRA',
  family: 'adapters',
  testbed: 'adapt',
  effort: 'trained',
  summary:
    'Draws a rank at every step and trains only that many columns, so that the adapter can be cut to any rank.',
  papers: [
    {
      title:
        'DyLoRA: Parameter Efficient Tuning of Pre-trained Models using Dynamic Search-Free Low-Rank Adaptation',
      authors: 'Valipour, Rezagholizadeh, Kobyzev, Ghodsi',
      year: 2022,
      ref: 'arXiv:2210.07558',
      url: 'https://arxiv.org/abs/2210.07558',
    },
  ],
  formulas: [
    {
      tex: 'W_b = W + B_{:,\\,:b}\\, A_{:b,\\,:},\\qquad b \\sim \\mathrm{Uniform}\\{1, \\dots, R\\}',
      text: 'At every step one rank b is drawn for all layers, and the network is cut to it.',
    },
    {
      tex: '\\frac{\\partial L}{\\partial B_{:,\\,:b}} = G A_{:b}^{\\top},\\qquad \\frac{\\partial L}{\\partial A_{:b}} = B_{:,\\,:b}^{\\top} G',
      text: 'Columns beyond b get no update, and their step count in Adam stands still.',
    },
    {
      tex: '\\min\\; \\frac{1}{R} \\sum_{b=1}^{R} L(W_b)',
      text: 'What is trained in expectation: an order of the columns by their use.',
    },
  ],
  symbols: { R: 'rankMax' },
  lineage: [{ from: 'lora', change: 'draws the rank of every step at random' }],
  parameters: {
    rankMax: integer({
      label: 'Largest rank R',
      min: 1,
      max: 256,
      default: 8,
      scale: 'log2',
      help: 'Of the one adapter that is trained.',
    }),
    rankAt: integer({
      label: 'Compared rank',
      min: 1,
      max: 256,
      default: 2,
      scale: 'log2',
      help: 'DyLoRA cut to it stands beside a LoRA trained for it. At most R.',
    }),
    frozen: flag({
      label: 'Train only the drawn column',
      default: false,
      help: 'On: row and column b alone are updated, the earlier ones stay. Off: all of the first b.',
    }),
    seed: seed(),
    targetRank: common.targetRank(),
    shift: common.shift(),
    noise: common.noise(),
    steps: common.steps({ default: 150 }),
    batch: common.batch(),
    lr: common.learningRate({ default: 0.004 }),
  },
  metrics: {
    'loss.frozen': { label: 'Loss before training', better: 'lower' },
    'loss.dylora.1': { label: 'DyLoRA cut to rank 1', better: 'lower' },
    'loss.dylora.at': { label: 'DyLoRA cut to the compared rank', better: 'lower' },
    'loss.dylora.max': { label: 'DyLoRA at its largest rank', better: 'lower' },
    'loss.truncated.1': { label: 'LoRA cut to rank 1', better: 'lower' },
    'loss.truncated.at': { label: 'LoRA cut to the compared rank', better: 'lower' },
    'loss.svdcut.1': { label: 'LoRA cut by SVD to rank 1', better: 'lower' },
    'loss.svdcut.at': { label: 'LoRA cut by SVD to the compared rank', better: 'lower' },
    'loss.lora.at': { label: 'LoRA trained at the compared rank', better: 'lower' },
    'loss.lora.max': { label: 'LoRA trained at the largest rank', better: 'lower' },
    'mean.dylora': { label: 'Mean over ranks, DyLoRA', better: 'lower' },
    'mean.truncated': { label: 'Mean over ranks, LoRA cut', better: 'lower' },
    'mean.svdcut': { label: 'Mean over ranks, LoRA cut by SVD', better: 'lower' },
    'params.at': { label: 'Trained numbers at the compared rank', unit: 'count' },
    'params.max': { label: 'Trained numbers at the largest rank', unit: 'count' },
  },
  factors:
    'A and B of every layer at the largest rank, under the names that PEFT gives them: their first rows and columns are the smaller ranks.',
  headline: ['loss.dylora.at', 'loss.lora.at', 'mean.dylora'],
  claims: [
    ratio(1, 'Cut to rank 1 it is ahead of LoRA cut the same way', 'loss.dylora.1', 'loss.truncated.1', 0.85),
    ratio(2, 'and on the mean over all ranks', 'mean.dylora', 'mean.truncated', 0.88),
    ratio(3, 'One run is near a run made for that rank', 'loss.dylora.at', 'loss.lora.at', 1.25),
    ratio(4, 'More rank still helps', 'loss.dylora.max', 'loss.dylora.1', 0.75),
    ratio(
      5,
      'The price: LoRA trained for the top rank is ahead there',
      'loss.lora.max',
      'loss.dylora.max',
      0.8,
    ),
    ratio(6, 'The limit: LoRA cut by SVD is ahead on the mean', 'mean.svdcut', 'mean.dylora', 0.95),
  ],
  presets: [
    {
      id: 'order',
      label: 'An order of the columns',
      notice: 'The first column of DyLoRA carries most; the columns of LoRA are all alike.',
      values: { rankMax: 16, rankAt: 4 },
    },
    {
      id: 'frozen',
      label: 'Earlier columns stay',
      notice: 'Training only the drawn column is cheaper and ends higher.',
      values: { frozen: true },
    },
    {
      id: 'long',
      label: 'More steps',
      notice: 'At 600 steps LoRA of rank 8 is far ahead at the top rank: DyLoRA does not catch up.',
      values: { steps: 600 },
      failure: true,
    },
  ],
  quick: { steps: 80, batch: 32, lr: 0.008 },
  accepts: [],
  shaders: ['gemm', 'adam_lines', 'gelu_forward', 'gelu_backward', 'axpby', 'sum_squares'],
  shapes: ({ rankMax, rankAt }) => [
    { symbol: 'W', rows: 128, cols: 128, frozen: true },
    { symbol: 'B', rows: 128, cols: rankAt, joint: '+' },
    { symbol: 'A', rows: rankAt, cols: 128, joint: '×' },
    { symbol: 'rest', rows: 128, cols: rankMax - rankAt, joint: '+' },
  ],
  budget: ({ rankMax, rankAt }) => [
    { label: 'Trained numbers, R', value: 608 * rankMax, unit: 'count' },
    { label: 'Kept numbers at the compared rank', value: 608 * rankAt, unit: 'count' },
    { label: 'Optimizer state (float32)', value: 12 * 608 * rankMax, unit: 'B' },
  ],
  cost: ({ steps, batch, rankMax }) => ({
    flop: 3 * steps * batch * 5 * 28672 + (100 + 3 * rankMax) * 1024 * 2 * 28672,
    bytes: 12e6,
    dispatches: 3 * 28 * steps,
  }),
  check: ({ rankAt, rankMax }) => {
    if (rankAt > rankMax) {
      throw new UserError(`rankAt ${rankAt} is above rankMax ${rankMax}: choose ${rankMax} or less`);
    }
  },
  steps: async () => (await import('./dylora/steps')).steps,
  run: async (lab, values) => (await import('./dylora/run')).runDylora(lab, values),
});
