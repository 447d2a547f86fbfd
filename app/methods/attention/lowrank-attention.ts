/**
 * Low-rank attention: four ways to replace the n x n softmax attention matrix by thin factors, over exact tiled
 * attention and over the best rank-r matrix.
 */
import { UserError } from '../../math/errors';
import { defineMethod } from '../method';
import { flag, integer, number, seed } from '../parameters';
import { lowRankClaims } from './lowrank-attention/claims';

const parameters = {
  rank: integer({
    label: 'Rank r',
    min: 2,
    max: 32768,
    default: 32,
    scale: 'log2',
    live: true,
    help: 'Rows of the projection, random features, landmarks. Errors and maps follow while it moves.',
  }),
  beta: number({
    label: 'Inverse temperature',
    min: 0,
    max: 32,
    default: 2,
    help: 'Attention is softmax(beta Q K^T): uniform at 0, peaked when it is large.',
  }),
  local: flag({
    label: 'Neighbours are alike',
    default: true,
    help: 'Tokens of one cluster stand together, as in text and pictures. Performer and linear attention do not see the order.',
  }),
  n: integer({
    label: 'Tokens n',
    min: 64,
    max: 32768,
    default: 512,
    scale: 'log2',
    help: 'Above 4096 only errors of the outputs are reported.',
  }),
  d: integer({ label: 'Width d', min: 8, max: 128, default: 32, scale: 'log2', help: 'Numbers of a token.' }),
  clusters: integer({
    label: 'Clusters',
    min: 1,
    max: 256,
    default: 16,
    scale: 'log2',
    help: 'Tokens are drawn around this many centres.',
  }),
  spread: number({
    label: 'Spread',
    min: 0,
    max: 2,
    default: 0.3,
    help: 'Noise inside a cluster, relative to the distance of the centres from zero.',
  }),
  seed: seed(),
  betaLow: number({
    label: 'Low inverse temperature',
    min: 0,
    max: 1,
    default: 0.25,
    help: 'At which the variance of the random features is measured.',
  }),
  betaHigh: number({
    label: 'High inverse temperature',
    min: 1,
    max: 16,
    default: 4,
    help: 'At which positive and trigonometric features are compared.',
  }),
  draws: integer({
    label: 'Draws',
    min: 1,
    max: 64,
    default: 8,
    help: 'Independent draws of the random features.',
  }),
  iters: integer({
    label: 'Pseudo-inverse steps',
    min: 1,
    max: 20,
    default: 6,
    help: 'Nystromformer inverts its landmark matrix by iteration; few steps regularize.',
  }),
} as const;

export default defineMethod({
  id: 'lowrank-attention',
  title: 'Low-rank attention',
  family: 'attention',
  testbed: 'attention',
  summary:
    'Linformer, Performer, Nystromformer and linear attention beside exact attention and the best rank r.',
  papers: [
    {
      title: 'Linformer: self-attention with linear complexity',
      authors: 'Wang, Li, Khabsa, Fang, Ma',
      year: 2020,
      ref: 'arXiv:2006.04768',
      url: 'https://arxiv.org/abs/2006.04768',
    },
    {
      title: 'Rethinking attention with Performers',
      authors: 'Choromanski et al.',
      year: 2021,
      ref: 'arXiv:2009.14794',
      url: 'https://arxiv.org/abs/2009.14794',
    },
    {
      title: 'Nyströmformer: a Nyström-based algorithm for approximating self-attention',
      authors: 'Xiong et al.',
      year: 2021,
      ref: 'arXiv:2102.03902',
      url: 'https://arxiv.org/abs/2102.03902',
    },
    {
      title: 'Transformers are RNNs: fast autoregressive Transformers with linear attention',
      authors: 'Katharopoulos, Vyas, Pappas, Fleuret',
      year: 2020,
      ref: 'arXiv:2006.16236',
      url: 'https://arxiv.org/abs/2006.16236',
    },
    {
      title: 'FlashAttention: fast and memory-efficient exact attention with IO-awareness',
      authors: 'Dao, Fu, Ermon, Rudra, Ré',
      year: 2022,
      ref: 'arXiv:2205.14135',
      url: 'https://arxiv.org/abs/2205.14135',
    },
  ],
  formulas: [
    {
      tex: 'A = \\mathrm{softmax}(\\beta\\, Q K^{\\top}),\\qquad O = A V',
      text: 'Exact attention, made tile by tile with a running maximum and sum: the n x n matrix is never stored.',
    },
    {
      tex: 'O = \\mathrm{softmax}\\bigl(\\beta\\, Q (E K)^{\\top}\\bigr)\\, (E V),\\qquad E \\in \\mathbb{R}^{r \\times n}',
      text: 'Linformer attends to r projected keys; here E averages r consecutive segments.',
    },
    {
      tex: '\\phi(x) = \\tfrac{1}{\\sqrt r} \\exp\\bigl(W y - \\tfrac12 \\lVert y \\rVert^2\\bigr),\\quad y = \\sqrt\\beta\\, x,\\qquad O_i = \\frac{\\phi(q_i)\\, \\phi(K)^{\\top} V}{\\phi(q_i)\\, \\phi(K)^{\\top} 1}',
      text: 'The Performer: positive random features, whose products are unbiased for exp(beta q.k). Both halves are themselves attention, the rows of W to the keys and the queries to the rows of W.',
    },
    {
      tex: '\\mathbb{E}\\,(\\widehat{E}_{ij} - E_{ij})^2 = \\tfrac1r\\, e^{2\\beta q \\cdot k} \\bigl(e^{\\beta \\lVert q + k \\rVert^2} - 1\\bigr)',
      text: 'The squared error of one entry for r independent rows; orthogonal rows have less.',
    },
    {
      tex: 'O = F\\, \\bigl(M^{+} (B V)\\bigr),\\quad F = \\mathrm{softmax}(\\beta Q \\tilde K^{\\top}),\\; M = \\mathrm{softmax}(\\beta \\tilde Q \\tilde K^{\\top}),\\; B = \\mathrm{softmax}(\\beta \\tilde Q K^{\\top})',
      text: 'Nystromformer: r landmarks, the segment means of Q and K.',
    },
    {
      tex: 'Z \\leftarrow \\tfrac14 Z \\bigl(13 I - Y (15 I - Y (7 I - Y))\\bigr),\\qquad Y = M Z',
      text: 'Its pseudo-inverse by iteration, from the scaled transpose of M.',
    },
    {
      tex: '\\phi(x) = \\mathrm{elu}(\\sqrt\\beta\\, x) + 1',
      text: 'Linear attention: another kernel, not an approximation of softmax.',
    },
  ],
  symbols: { r: 'rank', n: 'n', d: 'd', '\\beta': 'beta' },
  parameters,
  metrics: {
    'error.svd': { label: 'Output error: best rank r', better: 'lower' },
    'matrix.svd': { label: 'Matrix error: best rank r', better: 'lower' },
    'error.linformer': { label: 'Output error: Linformer', better: 'lower' },
    'matrix.linformer': { label: 'Matrix error: Linformer', better: 'lower' },
    'error.linformer.random': { label: 'Output error: Linformer, Gaussian', better: 'lower' },
    'error.linformer.full': { label: 'Output error: Linformer, r = n', better: 'lower' },
    'error.nystrom': { label: 'Output error: Nystromformer', better: 'lower' },
    'matrix.nystrom': { label: 'Matrix error: Nystromformer', better: 'lower' },
    'error.linformer.shuffled': { label: 'Output error: Linformer, shuffled', better: 'lower' },
    'error.nystrom.shuffled': { label: 'Output error: Nystromformer, shuffled', better: 'lower' },
    'error.performer': { label: 'Output error: Performer', better: 'lower' },
    'matrix.performer': { label: 'Matrix error: Performer', better: 'lower' },
    'error.performer.4r': { label: 'Output error: Performer, 4 r features', better: 'lower' },
    'error.linear': { label: 'Output error: linear attention', better: 'lower' },
    'matrix.linear': { label: 'Matrix error: linear attention', better: 'lower' },
    'error.mean': { label: 'Output error: constant output', better: 'lower' },
    'mse.orthogonal': { label: 'Squared error: orthogonal features', better: 'lower' },
    'mse.orthogonal.4r': { label: 'Squared error: 4 r orthogonal features', better: 'lower' },
    'mse.iid': { label: 'Squared error: independent features', better: 'lower' },
    'mse.trig': { label: 'Squared error: trigonometric features', better: 'lower' },
    'mse.theory': { label: 'Squared error: predicted, independent' },
    'high.positive': { label: 'Matrix error at low temperature: positive', better: 'lower' },
    'high.trig': { label: 'Matrix error at low temperature: trigonometric', better: 'lower' },
    'identity.flash': { label: 'Tiled against untiled', better: 'lower' },
    'identity.linear': { label: 'Linear time against n x n', better: 'lower' },
    'time.flash': { label: 'Time: exact, tiled', unit: 'ms', better: 'lower' },
    'time.linformer': { label: 'Time: Linformer', unit: 'ms', better: 'lower' },
    'time.performer': { label: 'Time: Performer', unit: 'ms', better: 'lower' },
    'time.nystrom': { label: 'Time: Nystromformer', unit: 'ms', better: 'lower' },
    'time.linear': { label: 'Time: linear attention', unit: 'ms', better: 'lower' },
  },
  claims: lowRankClaims,
  presets: [
    {
      id: 'local',
      label: 'Neighbours alike',
      notice: 'With local tokens 32 landmarks come within a few per cent of exact attention.',
      values: {},
    },
    {
      id: 'shuffled',
      label: 'Order lost',
      notice:
        'The same tokens shuffled: segment means are all alike, landmarks fail, the Performer does not notice.',
      values: { local: false },
      failure: true,
    },
    {
      id: 'peaked',
      label: 'Peaked attention',
      notice: 'At low temperature the features are ruled by single draws, and the spectrum falls slowly.',
      values: { beta: 12 },
      failure: true,
    },
    {
      id: 'landmarks',
      label: 'Too many landmarks',
      notice: '64 landmarks among 4 clusters make their matrix nearly singular: 20 steps amplify, 6 do not.',
      values: { rank: 64, iters: 20, clusters: 4, spread: 1, beta: 4 },
      failure: true,
    },
  ],
  quick: { n: 256, draws: 4 },
  accepts: [],
  effort: 'closed form',
  factors:
    'U, S and Vᵀ of the best approximation of the attention matrix at this rank, and the rows of the random features.',
  headline: ['error.nystrom', 'error.performer', 'matrix.svd'],
  shaders: [
    'attention',
    'attention_quad',
    'attention_workgroup',
    'attention_join',
    'feature_map',
    'feature_state',
    'feature_output',
    'segment_means',
    'softmax',
    'softmax_blocks',
  ],
  lineage: [{ from: 'Attention', change: 'replaces the n x n matrix by thin factors' }],
  shapes: ({ n, rank }) => [
    { symbol: 'A', rows: n, cols: n },
    { symbol: 'P', rows: n, cols: rank, joint: '≈' },
    { symbol: 'B', rows: rank, cols: n, joint: '×' },
  ],
  cost: ({ n, d, rank, draws }) => {
    const dense = n <= 4096 ? 1 : 0;
    const outputs = 4 * n * n * d * 4 + draws * 40 * n * rank * d;
    const matrices = dense * n * n * (draws * (18 * rank + 12) + 20 * rank + 5500);
    return {
      flop: outputs + matrices,
      bytes: 4 * (16 * n * d + dense * 8 * n * n + draws * 8 * rank * d),
      dispatches: 1500,
    };
  },
  budget: ({ n, d, rank }) => [
    { label: 'Numbers kept by exact attention (untiled)', value: n * n, unit: 'count' },
    { label: 'Numbers kept at rank r', value: rank * (n + d), unit: 'count' },
    { label: 'Exact', value: 4 * n * n * d, unit: 'flop' },
    { label: 'At rank r', value: 8 * n * rank * d, unit: 'flop' },
  ],
  check: ({ rank, n }) => {
    if (rank > n) throw new UserError(`rank ${rank} is above n = ${n}: choose ${n} or less`);
  },
  steps: async () => (await import('./lowrank-attention/steps')).steps,
  run: async (lab, values) => (await import('./lowrank-attention/run')).runLowRank(lab, values),
  preview: async (lab, values) => (await import('./lowrank-attention/preview')).previewLowRank(lab, values),
});
