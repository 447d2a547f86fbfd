/**
 * S4 with HiPPO-LegS: the convolution kernel as Cauchy sums, and the memory that its states keep, beside random
 * systems of the same size.
 */
import { UserError } from '../../math/errors';
import { checkSignal, samplesOf } from '../../testbeds/sequence';
import { claim } from '../claim';
import { defineMethod } from '../method';
import { integer, number, seed } from '../parameters';

const PARAMETERS = {
  seed: seed(),
  state: integer({
    label: 'States N',
    min: 2,
    max: 256,
    default: 64,
    scale: 'log2',
    help: 'Numbers that the model remembers. Above 128 the setup on the CPU takes seconds.',
  }),
  length: integer({
    label: 'Kernel length L',
    min: 16,
    max: 65536,
    default: 1024,
    scale: 'log2',
    unit: 'steps',
    help: 'Steps of the convolution kernel. Where it is no power of two, the next one is computed and cut.',
  }),
  dt: number({
    label: 'Step dt',
    min: 1e-4,
    max: 1,
    default: 1 / 128,
    scale: 'log10',
    unit: 's',
    help: 'Time of one step; the memory reaches back about 1/dt steps.',
  }),
  signal: integer({
    label: 'Signal',
    min: 512,
    max: 65536,
    default: 4096,
    scale: 'log2',
    unit: 'steps',
    help: 'Samples of the memory test.',
  }),
  smooth: number({
    label: 'Smoothness',
    min: 0,
    max: 0.99,
    default: 0.9,
    help: 'Low-pass coefficient of the generated signal: 0 is white noise.',
  }),
  maxDelay: integer({
    label: 'Longest delay',
    min: 1,
    max: 16384,
    default: 256,
    scale: 'log2',
    unit: 'steps',
    help: 'How far back the readouts recall the input, at most a quarter of the signal.',
  }),
  delayStep: integer({
    label: 'Spacing of delays',
    min: 1,
    max: 16384,
    default: 16,
    scale: 'log2',
    unit: 'steps',
    help: 'Delays are 0, one spacing, two spacings, up to the longest.',
  }),
  ridge: number({
    label: 'Ridge',
    min: 1e-8,
    max: 1,
    default: 1e-5,
    scale: 'log10',
    help: 'Regularization of the readouts, beside states of unit mean square.',
  }),
} as const;

export default defineMethod({
  id: 's4',
  title: 'S4: structured state spaces',
  family: 'sequence',
  testbed: 'sequence',
  summary:
    'A linear system whose state is a Legendre projection of the whole past, and its kernel by Cauchy sums.',
  papers: [
    {
      title: 'Efficiently Modeling Long Sequences with Structured State Spaces',
      authors: 'Gu, Goel, Ré',
      year: 2022,
      ref: 'arXiv:2111.00396',
      url: 'https://arxiv.org/abs/2111.00396',
    },
  ],
  formulas: [
    {
      tex: "x'(t) = A x + B u,\\qquad y = C x,\\qquad A_{nk} = -\\begin{cases} \\sqrt{(2n+1)(2k+1)} & n > k \\\\ n+1 & n = k \\\\ 0 & n < k \\end{cases}",
      text: 'HiPPO-LegS with N states: the state is the projection of the past on Legendre polynomials.',
    },
    {
      tex: '\\bar A = (I - \\tfrac{\\Delta}{2} A)^{-1} (I + \\tfrac{\\Delta}{2} A),\\qquad \\bar B = \\Delta\\, (I - \\tfrac{\\Delta}{2} A)^{-1} B',
      text: 'Bilinear rule with step dt.',
    },
    {
      tex: 'y = K * u,\\qquad K_j = C \\bar A^{j} \\bar B,\\quad j < L',
      text: 'The same system as one long convolution, done by FFT.',
    },
    {
      tex: 'A = V \\Lambda V^{*} - P P^{\\top},\\qquad \\lambda = -\\tfrac12 \\pm i w',
      text: 'A cannot be diagonalized (its eigenvectors reach 2^(4N/3)), but a rank-one term away it is normal.',
    },
    {
      tex: '\\hat K(z) = \\frac{2}{1+z} \\Bigl[ k_{00} - \\frac{k_{01} k_{10}}{1 + k_{11}} \\Bigr],\\qquad k_{ab} = \\sum_i \\frac{r_i}{g(z) - \\lambda_i},\\quad g = \\frac{2}{\\Delta} \\frac{1-z}{1+z}',
      text: 'The kernel at the roots of unity: four Cauchy sums and the Woodbury identity, then an inverse FFT.',
    },
    {
      tex: 'u(T - s) \\approx \\sum_{n<N} x_n(T) \\sqrt{2n+1}\\, P_n(2 e^{-s} - 1)',
      text: 'The history, from the last state alone.',
    },
  ],
  parameters: PARAMETERS,
  metrics: {
    'norm.kernel': { label: 'Norm of the kernel' },
    'error.kernel': { label: 'Kernel by Cauchy sums', better: 'lower' },
    'error.direct': { label: 'Kernel by direct diagonalization', better: 'lower' },
    'log10.eigenvectors': { label: 'Size of the eigenvectors of A, log10' },
    'error.conv': { label: 'FFT convolution against recurrence', better: 'lower' },
    'identity.nplr': { label: 'Error of A = V diag V* - P P^T', better: 'lower' },
    'error.history': { label: 'Rebuilt history', better: 'lower' },
    'error.history.quarter': { label: 'Rebuilt history, N/4 states', better: 'lower' },
    'recall.legs': { label: 'Recall error of LegS', better: 'lower' },
    'recall.legs.quarter': { label: 'Recall error of LegS, N/4 states', better: 'lower' },
    'recall.random': { label: 'Recall error, random dense', better: 'lower' },
    'recall.skew': { label: 'Recall error, random normal', better: 'lower' },
    'flops.powers': { label: 'Work of the powers', unit: 'flop' },
    'flops.method': { label: 'Work of the Cauchy kernel', unit: 'flop', better: 'lower' },
    'time.kernel': { label: 'Time: Cauchy kernel', unit: 'ms', better: 'lower' },
    'time.powers': { label: 'Time: powers of A', unit: 'ms', better: 'lower' },
    'time.conv': { label: 'Time: FFT convolution', unit: 'ms', better: 'lower' },
    'time.recurrence': { label: 'Time: recurrence', unit: 'ms', better: 'lower' },
  },
  claims: [
    claim(1, 'The Cauchy kernel is the kernel', (m) => m['error.kernel'], '<=', 1e-3),
    claim(1, 'Convolution and recurrence give the same output', (m) => m['error.conv'], '<=', 1e-3),
    claim(1, 'A is normal minus rank one', (m) => m['identity.nplr'], '<=', 1e-5),
    claim(1, 'Diagonalizing A directly fails', (m) => m['error.direct'], '>=', 1),
    claim(
      2,
      'LegS recalls five times better than a random dense system',
      (m) => m['recall.legs'] / m['recall.random'],
      '<=',
      0.2,
    ),
    claim(2, 'LegS recalls the past', (m) => m['recall.legs'], '<=', 0.05),
    claim(
      2,
      'A quarter of the states matches the random dense system',
      (m) => m['recall.legs.quarter'] / m['recall.random'],
      '<=',
      1.2,
    ),
    claim(3, 'The last state holds the history', (m) => m['error.history'], '<=', 0.15),
    claim(
      3,
      'More states hold more of the history',
      (m) => m['error.history'] / m['error.history.quarter'],
      '<=',
      0.5,
    ),
    claim(
      3,
      'Four times the states recall four times better',
      (m) => m['recall.legs'] / m['recall.legs.quarter'],
      '<=',
      0.25,
    ),
    claim(4, 'The Cauchy kernel is the cheaper one', (m) => m['flops.method'] / m['flops.powers'], '<=', 0.2),
  ],
  presets: [
    {
      id: 'long',
      label: 'Long memory',
      notice: 'A kernel of 4096 steps from 64 states; the history is sharp near by and smooth far back.',
      values: { length: 4096, dt: 1 / 256, signal: 8192, maxDelay: 512, delayStep: 32 },
      data: 'testbed',
    },
    {
      id: 'few',
      label: 'Few states',
      notice:
        'With 16 states the direct diagonalization still works: its eigenvectors are only 10^6 in size.',
      values: { state: 16 },
      data: 'testbed',
    },
    {
      id: 'rough',
      label: 'White noise',
      notice: 'Nothing smooth to project: 64 numbers cannot hold 4096 independent ones, and recall fails.',
      values: { smooth: 0 },
      data: 'testbed',
      failure: true,
    },
  ],
  quick: { length: 256, signal: 2048 },
  accepts: ['signal'],
  effort: 'closed form',
  lineage: [{ from: 'HiPPO', change: 'computes the convolution kernel of HiPPO-LegS as Cauchy sums' }],
  symbols: { N: 'state', L: 'length', '\\Delta': 'dt' },
  shapes: ({ state }) => [
    { symbol: 'A', rows: state, cols: state, frozen: true },
    { symbol: 'VΛV*', rows: state, cols: state, joint: '=' },
    { symbol: 'P', rows: state, cols: 1, joint: '+' },
    { symbol: 'Pᵀ', rows: 1, cols: state, joint: '×' },
  ],
  cost: ({ state, length, signal }) => ({
    flop: 10 * signal * (2 * state * (64 + state) + 2 * state * state) + 12 * state * state * length,
    bytes: 4 * (3 * signal * state + 64 * signal + 64 * state * state),
    dispatches: 500,
  }),
  factors: 'Λ, P, B and C of the diagonal plus low-rank form, half of each conjugate pair.',
  headline: ['error.kernel', 'recall.legs', 'error.history'],
  shaders: ['dplr_transfer', 'dense_recurrence', 'lagged', 'legendre_series', 'gemm'],
  budget: ({ state, length }) => [
    { label: 'Numbers of the model', value: 3 * state, unit: 'count' },
    {
      label: 'flop of the kernel',
      value: 16 * state * length + 5 * length * Math.log2(length),
      unit: 'flop',
    },
    { label: 'flop by powers of A', value: 2 * state * state * length, unit: 'flop' },
    { label: 'Size of the eigenvectors of A', value: 2 ** ((4 * state) / 3), unit: '1' },
  ],
  check: ({ signal, maxDelay, delayStep }, data) => {
    if (data) checkSignal(data);
    const samples = samplesOf(signal, data);
    const most = Math.floor(samples / 4);
    if (maxDelay > most) {
      throw new UserError(
        `maxDelay ${maxDelay} is above a quarter of the ${samples} samples: choose ${most} or less`,
      );
    }
    if (delayStep > maxDelay) {
      throw new UserError(`delayStep ${delayStep} is above maxDelay ${maxDelay}: choose ${maxDelay} or less`);
    }
  },
  steps: async () => (await import('./s4/steps')).steps,
  run: async (lab, values) => (await import('./s4/run')).run(lab, values),
});
