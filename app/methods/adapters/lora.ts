/** LoRA: a frozen weight and a trained low-rank change, beside full fine-tuning on the same task. */
import { type Claim, defineMethod } from '../method';
import * as common from '../networkparameters';
import { integer, number, seed } from '../parameters';

/** A reference loss of the testbed (float64, seed 0), and how far other seeds may be from it. */
const reference = (key: string, name: string, value: number, share: number, at?: Claim['at']): Claim[] =>
  (['<=', '>='] as const).map((relation) => ({
    item: 1,
    text: `${name} ends at most ${100 * share} % ${relation === '<=' ? 'above' : 'below'} the reference ${value}`,
    at,
    value: (m) => m[key] / value,
    relation,
    bound: relation === '<=' ? 1 + share : 1 - share,
    fullSizeOnly: true,
  }));

export default defineMethod({
  id: 'lora',
  title: 'LoRA',
  family: 'adapters',
  testbed: 'adapt',
  effort: 'trained',
  summary: 'Keeps the weights frozen and trains a product of two thin matrices beside each of them.',
  papers: [
    {
      title: 'LoRA: Low-Rank Adaptation of Large Language Models',
      authors: 'Hu, Shen, Wallis, Allen-Zhu, Li, Wang, Wang, Chen',
      year: 2021,
      ref: 'arXiv:2106.09685',
      url: 'https://arxiv.org/abs/2106.09685',
    },
  ],
  formulas: [
    {
      tex: 'y = W x + s\\, B A x,\\qquad B \\in \\mathbb{R}^{m \\times r},\\; A \\in \\mathbb{R}^{r \\times n}',
      text: 'W is frozen, B and A of rank r are trained; s is the scale.',
    },
    {
      tex: 'A_{ij} \\sim \\mathcal{N}(0, 1/n),\\qquad B = 0',
      text: 'The start changes nothing: the first outputs are those of the pretrained network.',
    },
    {
      tex: '\\frac{\\partial L}{\\partial B} = s\\, \\delta^{\\top} (x A^{\\top}),\\qquad \\frac{\\partial L}{\\partial A} = s\\, (\\delta B)^{\\top} x',
      text: 'With the gradient delta of the layer output, the m by n gradient of W is never formed.',
    },
  ],
  symbols: { r: 'rank', s: 'scale' },
  lineage: [{ from: 'full', change: 'trains a product of rank r beside every frozen weight' }],
  parameters: {
    rank: integer({
      label: 'Rank r',
      min: 1,
      max: 128,
      default: 8,
      scale: 'log2',
      help: 'Of the trained change in every layer.',
    }),
    scale: number({
      label: 'Scale s',
      min: 0.1,
      max: 32,
      default: 1,
      scale: 'log2',
      help: 'Factor of B A; the paper writes it as alpha / r.',
    }),
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
    'loss.lora': { label: 'Loss of LoRA', better: 'lower' },
    'loss.full': { label: 'Loss of full fine-tuning', better: 'lower' },
    'loss.frozen': { label: 'Loss before training', better: 'lower' },
    'params.lora': { label: 'Trained numbers, LoRA', unit: 'count', better: 'lower' },
    'params.full': { label: 'Trained numbers, full', unit: 'count', better: 'lower' },
  },
  factors: 'A and B of every layer, W + s B A, under the names that PEFT gives them.',
  headline: ['loss.lora', 'loss.full', 'params.lora'],
  claims: [
    ...reference('loss.frozen', 'The frozen network', 0.5, 0.15),
    ...reference('loss.full', 'Full fine-tuning', 0.027, 0.2),
    ...reference('loss.lora', 'LoRA of rank 2', 0.217, 0.25, { rank: 2 }),
    ...reference('loss.lora', 'LoRA of rank 4', 0.138, 0.2, { rank: 4 }),
    ...reference('loss.lora', 'LoRA of rank 8', 0.076, 0.15),
    ...reference('loss.lora', 'LoRA of rank 16', 0.029, 0.25, { rank: 16 }),
    {
      item: 2,
      text: 'LoRA learns most of the change: at most half of the loss is left',
      value: (m) => m['loss.lora'] / m['loss.frozen'],
      relation: '<=',
      bound: 0.5,
    },
    {
      item: 2,
      text: 'Full fine-tuning ends lower: it trains every number',
      value: (m) => m['loss.full'] / m['loss.lora'],
      relation: '<=',
      bound: 0.8,
    },
    {
      item: 3,
      text: 'LoRA of rank 8 trains 8 (m + n) numbers a layer, 4864',
      value: (m) => m['params.lora'],
      relation: '=',
      bound: 4864,
    },
    {
      item: 3,
      text: 'The network has 28672 weights',
      value: (m) => m['params.full'],
      relation: '=',
      bound: 28672,
    },
  ],
  presets: [
    {
      id: 'match',
      label: 'Rank of the change',
      notice: 'Rank 8 matches the change: LoRA comes within a few percent with a sixth of the numbers.',
      values: { rank: 8, steps: 600 },
    },
    {
      id: 'noisy',
      label: 'Noisy labels',
      notice: 'With noise as large as the signal the few numbers of LoRA fit less of it than all weights do.',
      values: { noise: 1, rank: 4 },
    },
    {
      id: 'full-change',
      label: 'A change of full rank',
      notice: 'A change of rank 64 does not fit into rank 2: the loss stays near that of the frozen network.',
      values: { targetRank: 64, rank: 2 },
      failure: true,
    },
  ],
  quick: { steps: 50, batch: 32, lr: 0.006 },
  accepts: [],
  shaders: ['gemm', 'gelu_forward', 'gelu_backward', 'axpby', 'adam', 'sum_squares'],
  shapes: ({ rank }) => [
    { symbol: 'W', rows: 128, cols: 128, frozen: true },
    { symbol: 'B', rows: 128, cols: rank, joint: '+' },
    { symbol: 'A', rows: rank, cols: 128, joint: '×' },
  ],
  budget: ({ rank }) => [
    { label: 'Trained numbers', value: 608 * rank, unit: 'count' },
    { label: 'Share of the weights', value: (608 * rank) / 28672, unit: '1' },
    { label: 'Optimizer state (float32)', value: 8 * 608 * rank, unit: 'B' },
  ],
  cost: ({ rank, steps, batch }) => ({
    // Forward and backward of 28672 weights without and with their own gradient, six products with A and B,
    // 50 evaluations of 1024 rows, three more ranks of 2, 4, 8, 16.
    flop: steps * batch * (5 * (4 * 28672 + 12 * 608 * rank) + 6 * 28672) + 60 * 1024 * 2 * 28672,
    bytes: 12e6,
    dispatches: 130 * steps,
  }),
  steps: async () => (await import('./lora/steps')).steps,
  run: async (lab, values) => (await import('./lora/run')).runLora(lab, values),
});
