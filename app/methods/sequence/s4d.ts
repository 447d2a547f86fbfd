/** S4D: the diagonal part of S4 alone, and how its initial poles decide what it remembers. */
import { UserError } from '../../math/errors';
import { checkSignal, samplesOf } from '../../testbeds/sequence';
import { claim } from '../claim';
import { defineMethod } from '../method';
import { integer, number, seed } from '../parameters';

const PARAMETERS = {
  seed: seed(),
  state: integer({
    label: 'States N',
    min: 8,
    max: 256,
    default: 64,
    scale: 'log2',
    help: 'Real numbers that the model remembers, as N/2 complex modes; a multiple of 8.',
  }),
  length: integer({
    label: 'Kernel length L',
    min: 64,
    max: 65536,
    default: 1024,
    scale: 'log2',
    unit: 'steps',
    help: 'Steps of the convolution kernel, at most those of the signal.',
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
  outputs: integer({
    label: 'Basis functions',
    min: 1,
    max: 8,
    default: 4,
    help: 'How many outputs are compared with those of S4, at most N/4.',
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
  imagScale: number({
    label: 'Scale of the imaginary parts',
    min: 0,
    max: 2,
    default: 0.05,
    help: 'A variant of S4D-Inv with all frequencies multiplied by this.',
  }),
} as const;

export default defineMethod({
  id: 's4d',
  title: 'S4D: diagonal state spaces',
  family: 'sequence',
  testbed: 'sequence',
  summary:
    'S4 without its low-rank part: one Vandermonde product, if the poles begin where those of HiPPO lie.',
  papers: [
    {
      title: 'On the Parameterization and Initialization of Diagonal State Space Models',
      authors: 'Gu, Gupta, Goel, Ré',
      year: 2022,
      ref: 'arXiv:2206.11893',
      url: 'https://arxiv.org/abs/2206.11893',
    },
  ],
  formulas: [
    {
      tex: "x' = \\operatorname{diag}(\\lambda)\\, x + B u,\\qquad y = 2 \\operatorname{Re}(C x)",
      text: 'N/2 complex modes, one of each conjugate pair.',
    },
    {
      tex: 'K_k = 2 \\operatorname{Re} \\sum_{i < N/2} C_i \\bar B_i \\bar A_i^{\\,k},\\qquad \\bar A = e^{\\Delta \\lambda},\\quad \\bar B = \\frac{e^{\\Delta \\lambda} - 1}{\\lambda} B',
      text: 'The kernel of L steps is a row times a Vandermonde matrix (zero-order hold with step dt).',
    },
    {
      tex: '\\text{LegS: } A + P P^{\\top} = V \\operatorname{diag}(\\lambda) V^{*},\\quad \\text{Inv: } \\lambda_n = -\\tfrac12 + i \\tfrac{N}{\\pi} \\bigl( \\tfrac{N}{2n+1} - 1 \\bigr),\\quad \\text{Lin: } -\\tfrac12 + i \\pi n,\\quad \\text{Real: } -(n+1)',
      text: 'Four initializations.',
    },
    {
      tex: 'C (s - A - P P^{\\top})^{-1} \\tfrac{B}{2} = \\frac{C (s - A)^{-1} B}{1 + T_N(s)},\\qquad |T_N(i w)| = \\frac{|w|}{\\sqrt{w^2 + N^2}}',
      text: 'At any fixed frequency the diagonal system tends to S4 with error about |w|/N.',
    },
  ],
  parameters: PARAMETERS,
  metrics: {
    'error.output': { label: 'Output against S4', better: 'lower' },
    'error.output.quarter': { label: 'Output against S4, N/4 states', better: 'lower' },
    'error.kernel': { label: 'Kernel against S4' },
    'error.kernel.quarter': { label: 'Kernel against S4, N/4 states' },
    'error.vandermonde': { label: 'Convolution against recurrence', better: 'lower' },
    'inv.top': { label: 'Largest frequency of Inv against LegS', better: 'lower' },
    'recall.s4': { label: 'Recall error, dense S4-LegS', better: 'lower' },
    'recall.legs': { label: 'Recall error, S4D-LegS', better: 'lower' },
    'recall.inv': { label: 'Recall error, S4D-Inv', better: 'lower' },
    'recall.lin': { label: 'Recall error, S4D-Lin', better: 'lower' },
    'recall.real': { label: 'Recall error, S4D-Real', better: 'lower' },
    'recall.legs.bilinear': { label: 'Recall error, S4D-LegS bilinear', better: 'lower' },
    'recall.inv.scaled': { label: 'Recall error, S4D-Inv scaled', better: 'lower' },
    'time.kernel': { label: 'Time: Vandermonde kernel', unit: 'ms', better: 'lower' },
    'time.conv': { label: 'Time: FFT convolution', unit: 'ms', better: 'lower' },
    'time.recurrence': { label: 'Time: recurrence', unit: 'ms', better: 'lower' },
  },
  claims: [
    claim(1, 'On a smooth input the diagonal system is S4', (m) => m['error.output'], '<=', 0.1),
    claim(
      1,
      'Four times the states come about four times nearer (not less)',
      (m) => m['error.output.quarter'] / m['error.output'],
      '>=',
      3,
    ),
    claim(
      1,
      'Four times the states come about four times nearer (not more)',
      (m) => m['error.output.quarter'] / m['error.output'],
      '<=',
      6.5,
    ),
    claim(1, 'The kernel itself keeps its ripple', (m) => m['error.kernel'], '>=', 0.3),
    claim(
      2,
      'S4D-LegS remembers far more than real poles',
      (m) => m['recall.legs'] / m['recall.real'],
      '<=',
      0.15,
    ),
    claim(
      2,
      'S4D-Inv remembers far more than real poles',
      (m) => m['recall.inv'] / m['recall.real'],
      '<=',
      0.15,
    ),
    claim(2, 'S4D-LegS is near dense S4', (m) => m['recall.legs'] / m['recall.s4'], '<=', 5),
    claim(2, 'S4D-Inv is near dense S4', (m) => m['recall.inv'] / m['recall.s4'], '<=', 5),
    claim(2, 'S4D-Lin remembers more than real poles', (m) => m['recall.lin'] / m['recall.real'], '<=', 0.6),
    claim(
      3,
      'Squeezed frequencies remember three times worse',
      (m) => m['recall.inv.scaled'] / m['recall.inv'],
      '>=',
      3,
    ),
    claim(
      4,
      'The discretization does not matter (from below)',
      (m) => m['recall.legs.bilinear'] / m['recall.legs'],
      '>=',
      0.85,
    ),
    claim(
      4,
      'The discretization does not matter (from above)',
      (m) => m['recall.legs.bilinear'] / m['recall.legs'],
      '<=',
      1.15,
    ),
    claim(5, 'The Vandermonde kernel is that of the recurrence', (m) => m['error.vandermonde'], '<=', 1e-3),
    claim(5, 'S4D-Inv reaches as fast as LegS', (m) => m['inv.top'], '<=', 0.05),
  ],
  presets: [
    {
      id: 'many',
      label: 'Many states',
      notice:
        'With 128 states the output is twice as near to S4 as with 64; part of the ripple is now faster than a step and averages out.',
      values: { state: 128 },
      data: 'testbed',
    },
    {
      id: 'squeezed',
      label: 'Squeezed frequencies',
      notice:
        'All frequencies of S4D-Inv at a hundredth: its modes all follow the same slow curve, and it forgets.',
      values: { imagScale: 0.01 },
      data: 'testbed',
    },
    {
      id: 'rough',
      label: 'White noise',
      notice:
        'On a rough input the ripple does not average out: the diagonal system stays away from S4, and recall fails.',
      values: { smooth: 0 },
      data: 'testbed',
      failure: true,
    },
  ],
  quick: { signal: 2048 },
  accepts: ['signal'],
  effort: 'closed form',
  lineage: [{ from: 's4', change: 'drops the low-rank part and keeps the diagonal alone' }],
  symbols: { N: 'state', L: 'length', '\\Delta': 'dt' },
  shapes: ({ state, length }) => [
    { symbol: 'K', rows: 1, cols: length },
    { symbol: 'CB', rows: 1, cols: state / 2, joint: '=' },
    { symbol: 'Aᵏ', rows: state / 2, cols: length, joint: '×' },
  ],
  cost: ({ state, length, signal }) => ({
    flop: signal * (7 * 2 * state * state + 6 * 40 * state) + 14 * state * length * 12,
    bytes: 4 * (5 * signal * state + 64 * state * state),
    dispatches: 400,
  }),
  factors: 'Λ, B and C of S4D-Inv, half of each conjugate pair.',
  headline: ['error.output', 'recall.legs', 'recall.real'],
  shaders: ['vandermonde', 'complex_linear_chunks', 'lagged', 'gemm'],
  budget: ({ state, length }) => [
    { label: 'Numbers of the model', value: 2 * state, unit: 'count' },
    { label: 'flop of the kernel', value: 4 * state * length, unit: 'flop' },
  ],
  check: ({ state, outputs, signal, maxDelay, delayStep }, data) => {
    if (data) checkSignal(data);
    if (state % 8 !== 0) {
      const below = Math.max(8, Math.floor(state / 8) * 8);
      throw new UserError(
        `state ${state} is not a multiple of 8: choose ${below} or ${Math.ceil(state / 8) * 8}`,
      );
    }
    if (outputs > state / 4) {
      throw new UserError(`outputs ${outputs} is above N/4 = ${state / 4}: choose ${state / 4} or less`);
    }
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
  steps: async () => (await import('./s4d/steps')).steps,
  run: async (lab, values) => (await import('./s4d/run')).run(lab, values),
});
