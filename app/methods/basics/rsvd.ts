/**
 * Randomized SVD and its relatives on one matrix: what each scheme's rank-k approximation costs beside the
 * best possible one. The run goes from the picture outward: first the approximation at this rank, then the
 * schemes, then what the rank does not change (spectrum, curves, adaptive rank), which is cached.
 */

import { UserError } from '../../math/errors';
import { SPECTRA } from '../../math/spectrumkinds';
import { SCHEMES, schemeLabel } from '../../testbeds/schemes';
import { defineMethod, type Metric } from '../method';
import { choice, flag, integer, number, seed } from '../parameters';
import { rsvdClaims } from './rsvd/claims';

const spectrumLabels = { exp: 'Exponential', power: 'Power law', step: 'Step', flat: 'Flat' } as const;

const parameters = {
  rank: integer({
    label: 'Rank k',
    min: 1,
    max: 512,
    default: 16,
    scale: 'log2',
    live: true,
    help: 'Number of singular triplets kept. The picture follows while it moves.',
  }),
  oversample: integer({
    label: 'Oversampling p',
    min: 0,
    max: 128,
    default: 8,
    help: 'Extra sketch columns beyond the rank; a few are enough.',
  }),
  power: integer({
    label: 'Power iterations q',
    min: 0,
    max: 8,
    default: 1,
    help: 'Each one multiplies by A and its transpose once more, and sharpens slowly decaying spectra.',
  }),
  reorth: flag({
    label: 'Orthonormalize between powers',
    default: true,
    help: 'Off, float32 loses every singular value below sigma_1 eps^(1/(2q+1)).',
  }),
  seed: seed(),
  m: integer({
    label: 'Rows m',
    min: 2,
    max: 8192,
    default: 512,
    scale: 'log2',
    help: 'Rows of the generated matrix.',
  }),
  n: integer({
    label: 'Columns n',
    min: 2,
    max: 8192,
    default: 384,
    scale: 'log2',
    help: 'Columns of the generated matrix.',
  }),
  spectrum: choice({
    label: 'Spectrum',
    options: SPECTRA.map((value) => ({ value, label: spectrumLabels[value] })),
    default: 'exp',
    help: 'How the singular values of the generated matrix fall.',
  }),
  rate: number({
    label: 'Decay rate',
    min: 0,
    max: 5,
    default: 0.05,
    help: 'Exponential spectrum: sigma_i = exp(-rate i).',
    when: (v) => v.spectrum === 'exp',
  }),
  alpha: number({
    label: 'Exponent alpha',
    min: 0,
    max: 4,
    default: 1,
    help: 'Power law: sigma_i = (i + 1)^-alpha.',
    when: (v) => v.spectrum === 'power',
  }),
  noise: number({
    label: 'Noise floor',
    min: 0,
    max: 1,
    default: 0.01,
    help: 'Step spectrum: the singular values after the ones.',
    when: (v) => v.spectrum === 'step',
  }),
  stepRank: integer({
    label: 'Step rank',
    min: 1,
    max: 8192,
    default: 8,
    scale: 'log2',
    help: 'Step spectrum: how many singular values are one.',
    when: (v) => v.spectrum === 'step',
  }),
  chunks: integer({
    label: 'Row blocks',
    min: 1,
    max: 8192,
    default: 8,
    scale: 'log2',
    help: 'The single pass sees A in this many blocks of rows, each once.',
  }),
  tol: number({
    label: 'Tolerance',
    min: 1e-3,
    max: 0.9,
    default: 0.1,
    scale: 'log10',
    help: 'Relative error at which the adaptive scheme stops. Below 1e-3 its estimate loses its digits in float32.',
  }),
  block: integer({
    label: 'Block width',
    min: 1,
    max: 64,
    default: 8,
    help: 'Columns that the adaptive scheme adds at a time.',
  }),
  cond: number({
    label: 'Condition number',
    min: 1,
    max: 1e7,
    default: 1000,
    scale: 'log10',
    help: 'Of the test matrix on which the orthonormalizations are compared.',
  }),
} as const;

const perScheme = (prefix: string, make: (label: string) => Metric): Record<string, Metric> =>
  Object.fromEntries(SCHEMES.map((scheme) => [`${prefix}.${scheme}`, make(schemeLabel[scheme])]));

export default defineMethod({
  id: 'rsvd',
  title: 'Randomized SVD',
  family: 'basics',
  testbed: 'matrix',
  summary:
    'A rank-k approximation from products with a thin random matrix, at a small part of the cost of an SVD.',
  papers: [
    {
      title: 'Finding structure with randomness',
      authors: 'Halko, Martinsson, Tropp',
      year: 2011,
      ref: 'arXiv:0909.4061',
      url: 'https://arxiv.org/abs/0909.4061',
    },
    {
      title: 'Randomized block Krylov methods for stronger and faster approximate SVD',
      authors: 'Musco, Musco',
      year: 2015,
      ref: 'arXiv:1504.05477',
      url: 'https://arxiv.org/abs/1504.05477',
    },
    {
      title: 'Practical sketching algorithms for low-rank matrix approximation',
      authors: 'Tropp, Yurtsever, Udell, Cevher',
      year: 2017,
      ref: 'arXiv:1609.00048',
      url: 'https://arxiv.org/abs/1609.00048',
    },
    {
      title: 'Efficient randomized algorithms for the fixed-precision low-rank matrix approximation',
      authors: 'Yu, Gu, Li',
      year: 2018,
      ref: 'arXiv:1606.09402',
      url: 'https://arxiv.org/abs/1606.09402',
    },
    {
      title: 'Shifted Cholesky QR for computing the QR factorization of ill-conditioned matrices',
      authors: 'Fukaya, Kannan, Nakatsukasa, Yamamoto, Yanagisawa',
      year: 2020,
      ref: 'arXiv:1809.11085',
      url: 'https://arxiv.org/abs/1809.11085',
    },
  ],
  formulas: [
    {
      tex: 'Y = A\\,\\Omega,\\quad \\Omega \\in \\mathbb{R}^{n \\times \\ell},\\quad \\ell = \\min(k + p,\\, m,\\, n)',
      text: 'A thin random matrix samples the range of A: rank k, oversampling p.',
    },
    {
      tex: 'Q = \\mathrm{orth}(Y),\\qquad Z = \\mathrm{orth}(A^{\\top} Q),\\quad Q = \\mathrm{orth}(A Z) \\quad (q \\text{ times})',
      text: 'Power iteration raises the singular values to the power 2q + 1, orthonormalized each time.',
    },
    {
      tex: 'B = Q^{\\top} A = \\tilde U S V^{\\top},\\qquad A_k \\approx (Q \\tilde U_k)\\, S_k\\, V_k^{\\top}',
      text: 'The small factor is decomposed and cut at rank k.',
    },
    {
      tex: '\\mathbb{E}\\,\\lVert A - Q Q^{\\top} A \\rVert_F \\le \\Bigl(1 + \\frac{k}{p-1}\\Bigr)^{1/2} \\Bigl(\\sum_{j>k} \\sigma_j^2\\Bigr)^{1/2}',
      text: 'The bound for a Gaussian sketch without power iterations (Halko et al., theorem 10.5).',
    },
    {
      tex: '\\lVert A \\rVert_F^2 = \\lVert Q^{\\top} A \\rVert_F^2 + \\lVert A - Q Q^{\\top} A \\rVert_F^2',
      text: 'Holds when Q is orthonormal: a check on the arithmetic.',
    },
  ],
  parameters,
  metrics: {
    'error.svd': { label: 'Best possible error', better: 'lower' },
    ...perScheme('error', (label) => ({ label: `Error: ${label}`, better: 'lower' })),
    'spec.svd': { label: 'Best possible spectral error', better: 'lower' },
    ...perScheme('spec', (label) => ({ label: `Spectral error: ${label}`, better: 'lower' })),
    ...perScheme('sigma', (label) => ({ label: `Worst singular value: ${label}`, better: 'lower' })),
    'range.rsvd0': { label: 'Error of the range, before truncation', better: 'lower' },
    'bound.hmt': { label: 'Bound on the range error (Halko et al.)' },
    'streamfull.error': { label: 'Single pass before truncation', better: 'lower' },
    'bound.stream': { label: 'Bound on the single pass (Tropp et al.)' },
    'stream.difference': { label: 'Chunked sketch against whole', better: 'lower' },
    pythagoras: { label: 'Error of the Pythagorean identity', better: 'lower' },
    'rank.tolerance': { label: 'Smallest rank within the tolerance', unit: 'count' },
    'rank.adaptive': { label: 'Rank found adaptively', unit: 'count', better: 'lower' },
    'columns.adaptive': { label: 'Columns before truncation', unit: 'count', better: 'lower' },
    'error.adaptive': { label: 'Error at the adaptive rank', better: 'lower' },
    'indicator.adaptive': { label: 'Its own estimate' },
    'ortho.cholqr': { label: 'CholeskyQR, one pass', better: 'lower' },
    'ortho.cholqr2': { label: 'CholeskyQR2', better: 'lower' },
    'ortho.householder': { label: 'Householder', better: 'lower' },
    'cholqr2.fallback': { label: 'Fallback taken (0 none, 1 shifted, 2 Householder)' },
    'jacobi.error': { label: 'Jacobi against float64', better: 'lower' },
    'jacobi.sweeps': { label: 'Jacobi sweeps', unit: 'count' },
    ...perScheme('ms', (label) => ({ label: `Time: ${label}`, unit: 'ms', better: 'lower' })),
    ...perScheme('flops', (label) => ({ label: `Work: ${label}`, unit: 'flop', better: 'lower' })),
  },
  claims: rsvdClaims,
  presets: [
    {
      id: 'picture',
      label: 'A picture',
      notice: 'Rank 24 already shows the scene; fine texture needs far more.',
      values: { rank: 24 },
      data: 'sample',
    },
    {
      id: 'slow',
      label: 'Slow decay',
      notice: 'Without power iterations the spectral error is nearly twice the best; three mend it.',
      values: { spectrum: 'power', alpha: 0.5, power: 3 },
      data: 'testbed',
    },
    {
      id: 'exact',
      label: 'Exactly low rank',
      notice: 'Rank 16 exactly: every scheme finds it to rounding.',
      values: { spectrum: 'step', noise: 0, stepRank: 16 },
      data: 'testbed',
    },
    {
      id: 'lost',
      label: 'Digits lost',
      notice: 'Powers without orthonormalization in float32: everything below sigma_1 eps^(1/7) is noise.',
      values: { rate: 0.5, power: 3, reorth: false },
      data: 'testbed',
      failure: true,
    },
  ],
  quick: { m: 160, n: 128 },
  lineage: [{ from: 'SVD', change: 'decomposes the sketch of a matrix in place of the matrix' }],
  accepts: ['matrix', 'picture'],
  effort: 'closed form',
  symbols: { k: 'rank', p: 'oversample', q: 'power' },
  shapes: ({ rank }, { m, n }) => [
    { symbol: 'A', rows: m, cols: n, frozen: true },
    { symbol: 'QU', rows: m, cols: rank, joint: '≈' },
    { symbol: 'S', rows: rank, cols: rank, joint: '×' },
    { symbol: 'Vᵀ', rows: rank, cols: n, joint: '×' },
  ],
  // Fitted within 12 % to the work that runs at 160 x 128 to 320 x 256 counted: the curves over ranks and
  // powers, the exact SVD, and the orthonormalizations, which have a size of their own.
  cost: ({ rank, oversample, power, m, n }) => ({
    flop: 1e9 + 110 * m * n * Math.min(m, n) + m * n * (rank + oversample) * (650 + 320 * power),
    bytes: 40 * m * n + 8 * (m + n) * (rank + oversample),
    dispatches: 4400 + 800 * power,
  }),
  factors: 'U, S and Vᵀ of A ≈ U diag(S) Vᵀ, at the rank of this run.',
  headline: ['error.rsvd', 'error.svd', 'ms.rsvd'],
  shaders: ['gemm_quad', 'gemm_workgroup', 'sum_slices', 'transpose_vec4', 'matvec', 'sum_squares'],
  budget: ({ rank }, { m, n }) => [
    { label: 'Parameters', value: rank * (m + n + 1), unit: 'count' },
    { label: 'Share of A', value: (rank * (m + n + 1)) / (m * n), unit: '1' },
    { label: 'Bytes (float32)', value: 4 * rank * (m + n + 1), unit: 'B' },
    { label: 'flop to multiply with a vector', value: 2 * rank * (m + n), unit: 'flop' },
  ],
  check: ({ rank, m, n, stepRank, spectrum, chunks }, data) => {
    const [rows, cols] = data ? [data.rows, data.cols] : [m, n];
    const least = Math.min(rows, cols);
    if (rank > least)
      throw new UserError(`rank ${rank} is above min(m, n) = ${least}: choose ${least} or less`);
    if (chunks > rows)
      throw new UserError(`chunks ${chunks} is above the ${rows} rows: choose ${rows} or less`);
    if (!data && spectrum === 'step' && stepRank > least) {
      throw new UserError(`stepRank ${stepRank} is above min(m, n) = ${least}: choose ${least} or less`);
    }
  },
  steps: async () => (await import('./rsvd/steps')).steps,
  run: async (lab, values) => (await import('./rsvd/run')).runRsvd(lab, values),
  preview: async (lab, values) => (await import('./rsvd/run')).previewRsvd(lab, values),
});
