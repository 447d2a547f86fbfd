/** When the gradient of LoRA in attention can be computed in nearly linear time, and when it cannot. */
import { UserError } from '../../math/errors';
import { monomialCount } from '../../math/multisets';
import { claim } from '../claim';
import { defineMethod } from '../method';
import { integer, number, seed } from '../parameters';

const FEATURE_LIMIT = 20000;
const ENTRY_LIMIT = 2 ** 26;

type Numbers = Readonly<Record<string, number>>;

/** n from the two counts of work, at the default width 6: 12 n^2 d over 2 n F d (4 d + 7). */
const tokens = (m: Numbers): number => ((m['flops.exact'] / m['flops.lowrank']) * m.features * 31) / 6;

const long = { at: { n: 2048 }, fullSizeOnly: true };

const PARAMETERS = {
  seed: seed(),
  n: integer({
    label: 'Tokens n',
    min: 16,
    max: 65536,
    default: 512,
    scale: 'log2',
    help: 'Sequence length. Above 4096 the dense gradient is left out, and all errors with it.',
  }),
  d: integer({ label: 'Width d', min: 2, max: 16, default: 6, help: 'Columns of queries, keys and values.' }),
  rank: integer({ label: 'Rank r', min: 1, max: 16, default: 2, help: 'Of the adapters, at most d.' }),
  degree: integer({
    label: 'Degree g',
    min: 1,
    max: 8,
    default: 3,
    help: 'Of the polynomial in place of the exponential: binom(d + g, g) features.',
  }),
  norm: number({
    label: 'Norm tau',
    min: 0.05,
    max: 3,
    default: 0.4,
    help: 'Size of the scores: max |S| = tau^2 ln n. 1 is the threshold of the theorem.',
  }),
  tolerance: number({
    label: 'Tolerance',
    min: 1e-4,
    max: 0.5,
    default: 0.01,
    scale: 'log10',
    help: 'Error of the gradient for which the needed degree is searched.',
  }),
  scale: number({
    label: 'Scale s',
    min: 0,
    max: 10,
    default: 1,
    help: 'Of the adapters: W = W* + (s/r) B A.',
  }),
} as const;

export default defineMethod({
  id: 'lora-limits',
  title: 'Limits of LoRA gradients',
  family: 'attention',
  testbed: 'attention',
  summary:
    'The LoRA gradient in attention is nearly linear in the length while scores are small; past a norm the gain is gone.',
  papers: [
    {
      title: 'Computational Limits of Low-Rank Adaptation (LoRA) for Transformer-Based Models',
      authors: 'Hu, Su, Kuo, Song, Liu',
      year: 2024,
      ref: 'arXiv:2406.03136',
      url: 'https://arxiv.org/abs/2406.03136',
    },
  ],
  formulas: [
    {
      tex: 'S = Q K^{\\top},\\quad f = \\operatorname{softmax}(S),\\quad o = f V,\\quad E = o - Y,\\qquad W_i = W_i^{*} + \\tfrac{s}{r} B_i A_i',
      text: 'One head with adapters of rank r on queries, keys and values, and the squared loss of its output.',
    },
    {
      tex: 'p = f * (E V^{\\top}) - \\operatorname{diag}(\\rho) f,\\quad \\rho_i = \\langle E_i, o_i \\rangle,\\qquad \\frac{\\partial \\ell}{\\partial W_Q} = c\\, X^{\\top} p K,\\quad \\frac{\\partial \\ell}{\\partial A_Q} = \\tfrac{s}{r} B_Q^{\\top} \\frac{\\partial \\ell}{\\partial W_Q}',
      text: 'The dense gradient holds n x n arrays.',
    },
    {
      tex: 'f \\approx U W^{\\top},\\quad W = \\varphi_g(K),\\quad U = \\operatorname{diag}\\bigl(\\varphi_g(Q) W^{\\top} 1\\bigr)^{-1} \\varphi_g(Q),\\qquad F = \\binom{d+g}{g}',
      text: 'Monomial features of degree g stand in for the exponential: factors n x F.',
    },
    {
      tex: 'f * (E V^{\\top}) \\approx (U \\otimes E)(W \\otimes V)^{\\top}',
      text: 'Row-wise Kronecker products carry the entry-wise product: nothing of size n x n is ever formed.',
    },
    {
      tex: '\\max |S| = \\tau^2 \\ln n',
      text: 'Below norm tau about 1 a nearly linear algorithm exists; above it none faster than n^(2 - o(1)), under SETH.',
    },
  ],
  parameters: PARAMETERS,
  metrics: {
    'loss.exact': { label: 'Loss, dense' },
    'loss.lowrank': { label: 'Loss, chain' },
    'error.q': { label: 'Error of dl/dW_Q', better: 'lower' },
    'error.k': { label: 'Error of dl/dW_K', better: 'lower' },
    'error.v': { label: 'Error of dl/dW_V', better: 'lower' },
    'error.grad': { label: 'Error of the LoRA gradient', better: 'lower' },
    'error.chain': { label: 'Chain against the dense polynomial', better: 'lower' },
    'error.at.0.2': { label: 'Error at norm 0.2' },
    'error.at.0.6': { label: 'Error at norm 0.6' },
    'error.at.0.8': { label: 'Error at norm 0.8' },
    'error.at.1': { label: 'Error at norm 1' },
    features: { label: 'Features F', unit: 'count' },
    'degree.needed': { label: 'Degree needed', unit: 'count' },
    'features.needed': { label: 'Features needed', unit: 'count' },
    'degree.threshold': { label: 'Degree needed at norm 1', unit: 'count' },
    'features.threshold': { label: 'Features needed at norm 1', unit: 'count' },
    'flops.exact': { label: 'Work, dense', unit: 'flop' },
    'flops.lowrank': { label: 'Work, chain', unit: 'flop', better: 'lower' },
    'score.max': { label: 'Largest score' },
    'time.exact': { label: 'Time: dense', unit: 'ms', better: 'lower' },
    'time.lowrank': { label: 'Time: chain', unit: 'ms', better: 'lower' },
  },
  claims: [
    claim(1, 'Below the threshold few features give the gradient', (m) => m['error.grad'], '<=', 0.002),
    claim(2, 'The chain is the dense polynomial', (m) => m['error.chain'], '<=', 1e-3),
    claim(
      3,
      'Below the threshold half as many features as tokens suffice',
      (m) => m['features.needed'] / tokens(m),
      '<=',
      0.5,
    ),
    claim(
      3,
      'At the threshold more features than tokens are needed',
      (m) => m['features.threshold'] / tokens(m),
      '>=',
      1,
    ),
    claim(
      4,
      'The error grows with the norm: 0.2 to 0.4',
      (m) => m['error.at.0.2'] / m['error.grad'],
      '<=',
      1,
    ),
    claim(4, 'to 0.6', (m) => m['error.grad'] / m['error.at.0.6'], '<=', 1),
    claim(4, 'to 0.8', (m) => m['error.at.0.6'] / m['error.at.0.8'], '<=', 1),
    claim(4, 'to 1', (m) => m['error.at.0.8'] / m['error.at.1'], '<=', 1),
    claim(4, 'twenty times at the threshold', (m) => m['error.at.1'] / m['error.grad'], '>=', 20),
    claim(5, 'The chain is less work', (m) => m['flops.lowrank'] / m['flops.exact'], '<=', 1, {
      fullSizeOnly: true,
    }),
    claim(5, 'At 2048 tokens the same degree still suffices', (m) => m['error.grad'], '<=', 0.002, long),
    claim(
      5,
      'with a twentieth of the tokens as features',
      (m) => m['features.needed'],
      '<=',
      2048 / 20,
      long,
    ),
    claim(5, 'at a quarter of the work', (m) => m['flops.lowrank'] / m['flops.exact'], '<=', 0.25, long),
  ],
  presets: [
    {
      id: 'long',
      label: 'Longer sequences',
      notice: 'At 2048 tokens the same 84 features do, for a quarter of the work: linear against quadratic.',
      values: { n: 2048 },
    },
    {
      id: 'finer',
      label: 'Higher degree',
      notice: 'Degree 5 has 462 features, nearly as many as tokens: exact to 1e-5, but no longer cheaper.',
      values: { degree: 5 },
    },
    {
      id: 'threshold',
      label: 'At the threshold',
      notice: 'At norm 1 degree 3 is off by far, and the degree that suffices has more features than tokens.',
      values: { norm: 1 },
      failure: true,
    },
  ],
  quick: { n: 256 },
  accepts: [],
  effort: 'closed form',
  lineage: [{ from: 'lora', change: 'asks how fast the gradient of LoRA inside attention can be computed' }],
  symbols: { n: 'n', d: 'd', r: 'rank', g: 'degree', '\\tau': 'norm', s: 'scale' },
  shapes: ({ n, d, degree }) => {
    const features = monomialCount(d, degree);
    return [
      { symbol: 'f', rows: n, cols: n },
      { symbol: 'U', rows: n, cols: features, joint: '≈' },
      { symbol: 'Wᵀ', rows: features, cols: n, joint: '×' },
    ];
  },
  cost: ({ n, d, degree }) => {
    const features = monomialCount(d, degree);
    const dense = n <= 4096 ? 30 * (12 * n * n * d + 30 * n * n) : 2 * n * n * d;
    return {
      flop: dense + 70 * 30 * Math.min(n, 512) ** 2 * 4 + 6 * n * features * d * (4 * d + 7),
      bytes: 4 * ((n <= 4096 ? 4 * n * n : 0) + 3 * n * features + n * d * d),
      dispatches: 2000,
    };
  },
  factors: 'U and W of the attention matrix, f ≈ U Wᵀ.',
  headline: ['error.grad', 'features.needed', 'features.threshold'],
  shaders: ['monomials', 'row_kronecker', 'entry_product', 'taylor_exp', 'gemm'],
  budget: ({ n, d, degree }) => {
    const features = monomialCount(d, degree);
    return [
      { label: 'Features', value: features, unit: 'count' },
      { label: 'flop, chain', value: 2 * n * features * d * (4 * d + 7), unit: 'flop' },
      { label: 'flop, dense', value: 12 * n * n * d, unit: 'flop' },
      { label: 'Bytes of U and W', value: 8 * n * features, unit: 'B' },
    ];
  },
  check: ({ n, d, rank, degree }) => {
    if (rank > d) throw new UserError(`rank ${rank} is above the width ${d}: choose ${d} or less`);
    const features = monomialCount(d, degree);
    if (features > FEATURE_LIMIT) {
      throw new UserError(
        `degree ${degree} at width ${d} has ${features} features, above ${FEATURE_LIMIT}: lower the degree or the width`,
      );
    }
    if (n * features > ENTRY_LIMIT) {
      throw new UserError(
        `${n} tokens by ${features} features are ${n * features} numbers, above ${ENTRY_LIMIT}: choose n of ${Math.floor(ENTRY_LIMIT / features)} or less, or a lower degree`,
      );
    }
  },
  steps: async () => (await import('./lora-limits/steps')).steps,
  run: async (lab, values) => (await import('./lora-limits/run')).run(lab, values),
});
