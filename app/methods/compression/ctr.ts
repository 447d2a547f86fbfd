/**
 * Low-rank compression of a click-through-rate model: the embedding table and the layers are cut either by the
 * SVD of their weights or by the principal components of what they emit (atomic feature mimicking).
 */
import { UserError } from '../../math/errors';
import { defineMethod, type Metric } from '../method';
import { integer, number, seed } from '../parameters';
import { ctrClaims } from './ctr/claims';
import { fullParameters, lowParameters, ranksOf } from './ctr/counts';

const parameters = {
  seed: seed(),
  rank: integer({
    label: 'Rank of layers 1 and 2',
    min: 1,
    max: 2048,
    default: 6,
    scale: 'log2',
    help: 'Above the smaller side of a layer it is cut to that side.',
  }),
  rankEmb: integer({
    label: 'Rank of the table',
    min: 1,
    max: 128,
    default: 6,
    scale: 'log2',
    help: 'Columns that are left of the embedding table.',
  }),
  fields: integer({ label: 'Fields', min: 2, max: 32, default: 6, help: 'Categorical inputs of a sample.' }),
  vocab: integer({
    label: 'Values in each field',
    min: 8,
    max: 20000,
    default: 150,
    scale: 'log2',
    help: 'The table has this many rows for each field.',
  }),
  d: integer({
    label: 'Embedding width d',
    min: 4,
    max: 128,
    default: 16,
    scale: 'log2',
    help: 'Columns of the table.',
  }),
  latent: integer({
    label: 'Latent dimension',
    min: 1,
    max: 16,
    default: 2,
    help: 'Dimension of the factors that really decide the clicks.',
  }),
  zipf: number({
    label: 'Popularity exponent',
    min: 0,
    max: 3,
    default: 1.5,
    help: 'Value v of a field occurs in proportion to (v + 1)^-zipf; 0 makes all equally popular.',
  }),
  signal: number({
    label: 'Signal',
    min: 0.1,
    max: 5,
    default: 2,
    help: 'Scale of the true logit: how far clicks can be foretold at all.',
  }),
  train: integer({
    label: 'Training rows',
    min: 1024,
    max: 1_000_000,
    default: 32768,
    scale: 'log2',
    help: 'Samples that the model is trained on, and that the feature means and covariances come from.',
  }),
  evaluate: integer({
    label: 'Evaluation rows',
    min: 1024,
    max: 1_000_000,
    default: 8192,
    scale: 'log2',
    help: 'Samples that AUC and cross-entropy are measured on.',
  }),
  hidden: integer({
    label: 'Hidden width',
    min: 16,
    max: 2048,
    default: 64,
    scale: 'log2',
    help: 'Width of the first hidden layer; the second has half of it.',
  }),
  steps: integer({
    label: 'Training steps',
    min: 1,
    max: 20000,
    default: 300,
    scale: 'log2',
    help: 'Adam steps of the uncompressed model.',
  }),
  batch: integer({ label: 'Batch', min: 16, max: 8192, default: 256, scale: 'log2', help: 'Rows a step.' }),
  lr: number({
    label: 'Learning rate',
    min: 1e-5,
    max: 0.1,
    default: 3e-3,
    scale: 'log10',
    help: 'Of Adam; fine-tuning uses a tenth of it.',
  }),
  finetune: integer({
    label: 'Fine-tuning steps',
    min: 0,
    max: 1000,
    default: 0,
    help: 'Steps after compression, for the factors, their biases and layer 3; 0 leaves the compressed models as cut.',
  }),
  initE: number({
    label: 'Initial table',
    min: 1e-4,
    max: 1,
    default: 0.4,
    scale: 'log10',
    help: 'Standard deviation of the initial embeddings. What the weights hold beyond the data is what SVD wastes rank on.',
  }),
} as const;

const lower = (label: string, unit?: string): Metric => ({ label, unit, better: 'lower' });
const higher = (label: string): Metric => ({ label, better: 'higher' });

export default defineMethod({
  id: 'ctr',
  title: 'Low-rank compression for click-through rates',
  family: 'compression',
  testbed: 'compress',
  summary:
    'Cuts embedding tables and layers by the principal components of what they emit, not of their weights.',
  papers: [
    {
      title: 'Unified Low-rank Compression Framework for Click-through Rate Prediction',
      authors: 'Yu, Fu, Ding, Zhou, Wu',
      year: 2024,
      ref: 'arXiv:2405.18146',
      url: 'https://arxiv.org/abs/2405.18146',
    },
  ],
  formulas: [
    {
      tex: '\\mu = \\tfrac1N \\sum_i y_i,\\quad C = \\tfrac1N \\sum_i (y_i - \\mu)(y_i - \\mu)^{\\top},\\quad C = Q \\Lambda Q^{\\top}',
      text: 'Mean and covariance of what a layer emits on the training data, and its principal directions.',
    },
    {
      tex: 'y = W x + b \\;\\approx\\; Q_r (Q_r^{\\top} W x + Q_r^{\\top} b) + (\\mu - Q_r Q_r^{\\top} \\mu)',
      text: 'Folded into two thinner layers; the mean squared feature error is the sum of the dropped eigenvalues.',
    },
    {
      tex: 'E \\;\\approx\\; \\bigl((E - \\mu) Q_r\\bigr) Q_r^{\\top} + \\mu',
      text: 'The table, with rows counted as often as they occur: popular values decide where the rank goes.',
    },
    {
      tex: 'z = -1 + s \\Bigl(\\tfrac{1}{2\\sqrt F} \\sum_f a_f + \\tfrac{\\sum_{f<g} P_f \\cdot P_g}{\\sqrt{\\ell F (F-1)/2}}\\Bigr)',
      text: 'The true logit of the synthetic clicks: F fields, factors of dimension l, signal s.',
    },
  ],
  symbols: { r: 'rank', s: 'signal', F: 'fields', '\\ell': 'latent' },
  parameters,
  metrics: {
    'auc.bayes': higher('AUC of the true probabilities'),
    'auc.full': higher('AUC, uncompressed'),
    'auc.svd': higher('AUC, SVD'),
    'auc.afm': higher('AUC, feature mimicking'),
    'auc.svd.emb': higher('AUC, only the table, SVD'),
    'auc.afm.emb': higher('AUC, only the table, feature mimicking'),
    'auc.svd.mlp': higher('AUC, only the layers, SVD'),
    'auc.afm.mlp': higher('AUC, only the layers, feature mimicking'),
    'auc.svd.tuned': higher('AUC, SVD, fine-tuned'),
    'auc.afm.tuned': higher('AUC, feature mimicking, fine-tuned'),
    'auc.train': higher('AUC on the training rows, uncompressed'),
    'logloss.full': lower('Cross-entropy, uncompressed', 'nats'),
    'logloss.svd': lower('Cross-entropy, SVD', 'nats'),
    'logloss.afm': lower('Cross-entropy, feature mimicking', 'nats'),
    'error.svd.mlp': lower('Feature error of layer 1, SVD'),
    'error.afm.mlp': lower('Feature error of layer 1, feature mimicking'),
    'error.svd.emb': lower('Feature error of the table, SVD'),
    'error.afm.emb': lower('Feature error of the table, feature mimicking'),
    'tail.mlp': { label: 'Dropped share of the eigenvalues of layer 1' },
    'params.full': { label: 'Parameters, uncompressed', unit: 'count' },
    'params.low': { label: 'Parameters, compressed', unit: 'count', better: 'lower' },
    ratio: { label: 'Times smaller', better: 'higher' },
  },
  claims: ctrClaims,
  presets: [
    {
      id: 'paper',
      label: 'Rank 6 of 16',
      notice: 'At the same size, mimicking features keeps most of the AUC that the SVD of the weights loses.',
      values: {},
    },
    {
      id: 'tuned',
      label: 'Fine-tuned',
      notice: 'A hundred steps after the cut: the gap narrows, mimicking still starts and ends ahead.',
      values: { finetune: 100 },
    },
    {
      id: 'clean',
      label: 'Nothing to gain',
      notice:
        'With a table that starts near zero the weights hold nothing beyond the data, and the two are level.',
      values: { initE: 0.01 },
      failure: true,
    },
  ],
  quick: { train: 8192, evaluate: 4096, vocab: 64, steps: 150, hidden: 32, batch: 128 },
  accepts: [],
  factors:
    'The thinner table with its projection, and the two affine maps in place of each layer that was cut by feature mimicking.',
  headline: ['auc.afm', 'auc.svd', 'auc.full'],
  shaders: ['embedding_lookup', 'embedding_gradient', 'logistic_gradient', 'gemm'],
  effort: 'trained',
  lineage: [
    { from: 'svd', change: 'takes the principal components of the features in place of the weights' },
  ],
  shapes: ({ fields, vocab, d, rankEmb }) => {
    const r = Math.min(rankEmb, d);
    return [
      { symbol: 'E', rows: fields * vocab, cols: d, frozen: true },
      { symbol: 'E Q', rows: fields * vocab, cols: r, joint: '≈' },
      { symbol: 'Q^T', rows: r, cols: d, joint: '×' },
    ];
  },
  budget: (v) => [
    { label: 'Parameters, uncompressed', value: fullParameters(v), unit: 'count' },
    { label: 'Parameters, compressed', value: lowParameters(v), unit: 'count' },
    { label: 'Times smaller', value: fullParameters(v) / lowParameters(v), unit: '1' },
  ],
  cost: (v) => {
    const widths = v.fields * v.d * v.hidden + v.hidden * (v.hidden >> 1) + (v.hidden >> 1);
    const rows = v.steps * v.batch * 3 + v.train * 6 + v.evaluate * 24;
    return {
      flop: 2 * rows * widths,
      bytes: 4 * (v.train * (v.fields * v.d + 2 * v.hidden) + 6 * v.fields * v.vocab * v.d),
      dispatches: 24 * (v.steps + 2 * v.finetune) + 600,
    };
  },
  check: (v) => {
    if (v.hidden % 2 !== 0) {
      throw new UserError(
        `hidden ${v.hidden} is odd: the second layer has half of it, so choose an even width`,
      );
    }
    if (v.batch > v.train) {
      throw new UserError(
        `batch ${v.batch} is above the ${v.train} training rows: choose ${v.train} or less`,
      );
    }
    ranksOf(v);
  },
  steps: async () => (await import('./ctr/steps')).steps,
  run: async (lab, values) => (await import('./ctr/run')).run(lab, values),
});
