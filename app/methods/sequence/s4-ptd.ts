/** S4-PTD: perturb the HiPPO matrix, then diagonalize it, and S4's transfer function is kept at all frequencies. */
import { UserError } from '../../math/errors';
import { checkSignal } from '../../testbeds/sequence';
import { claim } from '../claim';
import { defineMethod } from '../method';
import { integer, number, seed } from '../parameters';

const PARAMETERS = {
  seed: seed(),
  state: integer({
    label: 'States N',
    min: 8,
    max: 128,
    default: 64,
    scale: 'log2',
    help: 'States of the system, a multiple of 8. Up to 32 the pseudospectrum is drawn as well.',
  }),
  eps: number({
    label: 'Perturbation eps',
    min: 1e-8,
    max: 0.1,
    default: 1e-4,
    scale: 'log10',
    help: 'Size of the random perturbation beside the matrix. Too large and the system is unstable, too small and its eigenvectors are useless.',
  }),
  draws: integer({
    label: 'Draws',
    min: 1,
    max: 10,
    default: 4,
    help: 'Random perturbations tried; the one with the best conditioned eigenvectors is kept.',
  }),
  points: integer({
    label: 'Frequencies',
    min: 10,
    max: 5000,
    default: 400,
    scale: 'log2',
    help: 'Points of the logarithmic grid; all spikes are added.',
  }),
  omega: number({
    label: 'Low frequency',
    min: 0.1,
    max: 100,
    default: 3,
    scale: 'log10',
    unit: '1/s',
    help: 'Where the weak convergence of S4D is checked.',
  }),
  spike: integer({
    label: 'Spike',
    min: 0,
    max: 62,
    default: 0,
    help: 'Which spike of S4D the cosine hits: 0 is the highest frequency.',
  }),
  amplitude: number({
    label: 'Amplitude',
    min: 0,
    max: 1,
    default: 0.1,
    help: 'Root mean square of the cosine beside that of the signal.',
  }),
  dt: number({
    label: 'Step dt',
    min: 1e-5,
    max: 0.1,
    default: 1 / 1024,
    scale: 'log10',
    unit: 's',
    help: 'Time of one step, bilinear rule.',
  }),
  signal: integer({
    label: 'Signal',
    min: 1024,
    max: 131072,
    default: 8192,
    scale: 'log2',
    unit: 'steps',
    help: 'Samples of the input.',
  }),
  smooth: number({
    label: 'Smoothness',
    min: 0,
    max: 0.999,
    default: 0.99,
    help: 'Low-pass coefficient of the generated signal.',
  }),
} as const;

export default defineMethod({
  id: 's4-ptd',
  title: 'S4-PTD: perturb, then diagonalize',
  family: 'sequence',
  testbed: 'sequence',
  summary: 'A diagonal system uniformly close to S4, where S4D has spikes that one cosine can hit.',
  papers: [
    {
      title: 'Robustifying State-space Models for Long Sequences via Approximate Diagonalization',
      authors: 'Yu, Nigmetov, Morozov, Mahoney, Erichson',
      year: 2024,
      ref: 'arXiv:2310.01698',
      url: 'https://arxiv.org/abs/2310.01698',
    },
  ],
  formulas: [
    {
      tex: 'R(s) = (s - A)^{-1} B,\\qquad R_n(s) = \\sqrt{2n+1}\\; \\frac{1}{s+1} \\prod_{j=1}^{n} \\frac{s - j + 1}{s + j + 1}',
      text: 'The response of S4 in closed form; an output C has the transfer function C R(s).',
    },
    {
      tex: 'R_D(s) = \\frac{R(s)}{1 + T(s)},\\qquad T(s) = \\prod_{k=0}^{N-1} \\frac{s - k}{s + k + 1}',
      text: 'S4D is S4 over 1 + T: near at low frequencies, wrong by up to 2N/pi where T is close to -1.',
    },
    {
      tex: 'A + E = W \\operatorname{diag}(\\mu) W^{-1},\\qquad \\lVert E \\rVert_2 = \\varepsilon \\lVert A \\rVert_2',
      text: 'A random perturbation makes the eigenvectors usable: condition number of order 1/eps.',
    },
    {
      tex: 'R_P - R = (s - A - E)^{-1} E\\, (s - A)^{-1} B,\\qquad \\lVert R_P - R \\rVert \\lesssim (2 \\ln N + 4) \\lVert E \\rVert_2',
      text: 'The deviation is of the size of the perturbation at every frequency.',
    },
    {
      tex: '\\theta = 2 \\arctan (w_k\\, \\Delta / 2)',
      text: 'The discrete frequency that hits spike w_k under the bilinear rule with step dt.',
    },
  ],
  parameters: PARAMETERS,
  metrics: {
    'sup.s4d': { label: 'Largest deviation of S4D', better: 'lower' },
    'sup.s4d.quarter': { label: 'Largest deviation of S4D, N/4 states', better: 'lower' },
    'low.s4d': { label: 'Deviation of S4D at omega', better: 'lower' },
    'low.s4d.quarter': { label: 'Deviation of S4D at omega, N/4 states', better: 'lower' },
    'sup.ptd': { label: 'Largest deviation, perturbed', better: 'lower' },
    'sup.ptd.tenth': { label: 'Largest deviation, eps/10', better: 'lower' },
    'bound.ptd': { label: 'Bound on the deviation (Yu et al.)' },
    perturbation: { label: 'Norm of E' },
    'kappa.ptd': { label: 'Condition number of W', better: 'lower' },
    'kappa.ptd.tenth': { label: 'Condition number of W, eps/10', better: 'lower' },
    'log10.eigenvectors': { label: 'Size of the eigenvectors of A, log10' },
    'error.s4d.clean': { label: 'Output of S4D, signal alone', better: 'lower' },
    'error.ptd.clean': { label: 'Output, signal alone', better: 'lower' },
    'error.s4d.spike': { label: 'Output of S4D, cosine at a spike', better: 'lower' },
    'error.ptd.spike': { label: 'Output, cosine at a spike', better: 'lower' },
    'error.s4d.off': { label: 'Output of S4D, cosine between spikes', better: 'lower' },
    'error.ptd.off': { label: 'Output, cosine between spikes', better: 'lower' },
    'pole.real': { label: 'Largest real part of the poles' },
    'identity.ratio': { label: 'Error of R_D = R / (1 + T)', better: 'lower' },
    'identity.norm': { label: 'Error of the norm of R', better: 'lower' },
    'identity.backward': { label: 'Error of W diag(mu) W^-1', better: 'lower' },
    'time.setup': { label: 'Time: eigenvectors (CPU)', unit: 'ms', better: 'lower' },
    'time.method': { label: 'Time: kernel and convolution', unit: 'ms', better: 'lower' },
  },
  claims: [
    claim(1, 'S4D converges at a fixed frequency', (m) => m['low.s4d'] / m['low.s4d.quarter'], '<=', 0.3),
    claim(1, 'but not uniformly: its spikes grow', (m) => m['sup.s4d'] / m['sup.s4d.quarter'], '>=', 3.5),
    claim(2, 'The perturbed system is near at all frequencies', (m) => m['sup.ptd'], '<=', 0.15),
    claim(2, 'two hundred times nearer than S4D', (m) => m['sup.ptd'] / m['sup.s4d'], '<=', 1 / 200),
    claim(
      2,
      'The deviation keeps its bound',
      (m) => m['sup.ptd'],
      '<=',
      (m) => m['bound.ptd'],
    ),
    claim(
      2,
      'It is linear in the perturbation (from below)',
      (m) => m['sup.ptd'] / m['sup.ptd.tenth'],
      '>=',
      8,
    ),
    claim(
      2,
      'It is linear in the perturbation (from above)',
      (m) => m['sup.ptd'] / m['sup.ptd.tenth'],
      '<=',
      13,
    ),
    claim(3, 'One cosine at a spike ruins S4D', (m) => m['error.s4d.spike'], '>=', 1),
    claim(3, 'five times worse than without', (m) => m['error.s4d.spike'] / m['error.s4d.clean'], '>=', 5),
    claim(
      3,
      'The perturbed system does not notice it',
      (m) => m['error.ptd.spike'] / m['error.ptd.clean'],
      '<=',
      1.1,
    ),
    claim(
      3,
      'Between spikes S4D does not either',
      (m) => m['error.s4d.off'] / m['error.s4d.clean'],
      '<=',
      1.1,
    ),
    claim(
      3,
      'On the clean signal it is nearer than S4D',
      (m) => m['error.ptd.clean'] / m['error.s4d.clean'],
      '<=',
      0.8,
    ),
    claim(4, 'The eigenvectors of A + E can be used', (m) => m['kappa.ptd'], '<=', 1e6),
    claim(4, 'and give A + E back', (m) => m['identity.backward'], '<=', 1e-8),
    claim(4, 'those of A cannot', (m) => m['log10.eigenvectors'], '>=', 20),
    claim(
      4,
      'A smaller perturbation is worse conditioned',
      (m) => m['kappa.ptd.tenth'] / m['kappa.ptd'],
      '>=',
      2,
    ),
    claim(4, 'The perturbed system is stable', (m) => m['pole.real'], '<=', -1e-12),
    claim(5, 'R_D = R / (1 + T) at every frequency', (m) => m['identity.ratio'], '<=', 1e-2),
    claim(5, 'The norm of R is N / sqrt(w^2 + N^2)', (m) => m['identity.norm'], '<=', 1e-3),
  ],
  presets: [
    {
      id: 'small',
      label: 'Pseudospectrum',
      notice:
        'With 24 states: the perturbed poles lie on a contour line of the pseudospectrum, far from -1 to -24.',
      values: { state: 24, eps: 1e-6 },
      data: 'testbed',
    },
    {
      id: 'tiny',
      label: 'Too small',
      notice:
        'At eps 1e-7 rounding in float32, 1e-8 times the condition number, is all that is left of the deviation.',
      values: { eps: 1e-7 },
      data: 'testbed',
    },
    {
      id: 'unstable',
      label: 'Too large',
      notice:
        'At eps 0.005 an eigenvalue has crossed the imaginary axis: the system is unstable and its output grows without end.',
      values: { eps: 0.005 },
      data: 'testbed',
      failure: true,
    },
  ],
  quick: { signal: 4096, points: 100, draws: 2 },
  accepts: ['signal'],
  effort: 'closed form',
  lineage: [
    { from: 's4d', change: 'diagonalizes a perturbed HiPPO matrix instead of dropping its low-rank part' },
  ],
  symbols: { N: 'state', '\\varepsilon': 'eps', '\\Delta': 'dt' },
  shapes: ({ state }) => [
    { symbol: 'A+E', rows: state, cols: state, frozen: true },
    { symbol: 'W', rows: state, cols: state, joint: '=' },
    { symbol: 'diag μ', rows: state, cols: state, joint: '×' },
    { symbol: 'W⁻¹', rows: state, cols: state, joint: '×' },
  ],
  cost: ({ state, points, signal }) => ({
    flop:
      10 * 8 * (points + state / 2) * state * state + 2 * signal * state * (64 + state) + 28 * state * signal,
    bytes: 4 * (4 * signal * state + 4 * points * state),
    dispatches: 300,
  }),
  factors: 'Eigenvalues, eigenvectors W and W⁻¹ B of the perturbed matrix.',
  headline: ['sup.ptd', 'sup.s4d', 'kappa.ptd'],
  shaders: ['cauchy_terms', 'legs_response', 'complex_matmul', 'vandermonde'],
  budget: ({ state }) => [
    { label: 'Numbers of the model', value: 4 * state, unit: 'count' },
    { label: 'Size of the eigenvectors of A', value: 2 ** ((4 * state) / 3), unit: '1' },
  ],
  check: ({ state, spike }, data) => {
    if (data) checkSignal(data);
    if (state % 8 !== 0) {
      const below = Math.max(8, Math.floor(state / 8) * 8);
      throw new UserError(
        `state ${state} is not a multiple of 8: choose ${below} or ${Math.ceil(state / 8) * 8}`,
      );
    }
    if (spike > state / 2 - 2) {
      throw new UserError(
        `spike ${spike} is above N/2 - 2 = ${state / 2 - 2}: choose ${state / 2 - 2} or less`,
      );
    }
  },
  steps: async () => (await import('./s4-ptd/steps')).steps,
  run: async (lab, values) => (await import('./s4-ptd/run')).run(lab, values),
});
