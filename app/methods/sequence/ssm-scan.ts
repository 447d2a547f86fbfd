/**
 * One linear recurrence by every route: step by step, two parallel scans, chunks, FFT convolution, and the
 * selective models (Mamba, Mamba-2) that need the scan because their decays depend on the input.
 */
import { UserError } from '../../math/errors';
import { claim } from '../claim';
import { defineMethod } from '../method';
import { integer, number, seed } from '../parameters';

const PARAMETERS = {
  seed: seed(),
  length: integer({
    label: 'Length L',
    min: 64,
    max: 65536,
    default: 1024,
    scale: 'log2',
    unit: 'steps',
    help: 'Steps of the sequence, a power of two.',
  }),
  d: integer({
    label: 'Channels d',
    min: 1,
    max: 256,
    default: 16,
    scale: 'log2',
    help: 'Channels of the input; each has its own states.',
  }),
  state: integer({
    label: 'States N',
    min: 1,
    max: 128,
    default: 16,
    scale: 'log2',
    help: 'States of a channel. Blocks of the matrix below its diagonal have this rank.',
  }),
  rank: integer({
    label: 'Rank of the step sizes',
    min: 1,
    max: 256,
    default: 2,
    scale: 'log2',
    help: 'Rank of the projection that makes the step sizes from the input, at most d.',
  }),
  heads: integer({
    label: 'Heads',
    min: 1,
    max: 256,
    default: 4,
    scale: 'log2',
    help: 'Heads of the dual form (SSD), each with one decay; they divide the channels.',
  }),
  chunk: integer({
    label: 'Chunk q',
    min: 8,
    max: 256,
    default: 64,
    scale: 'log2',
    unit: 'steps',
    help: 'Steps that one chunk runs on its own, a power of two. More make longer waits, fewer more carries.',
  }),
  dtMin: number({
    label: 'Smallest step',
    min: 1e-5,
    max: 1,
    default: 1e-3,
    scale: 'log10',
    help: 'Step sizes of the channels are drawn between this and the largest, evenly in the logarithm.',
  }),
  dtMax: number({
    label: 'Largest step',
    min: 1e-5,
    max: 1,
    default: 0.1,
    scale: 'log10',
    help: 'A large step forgets fast.',
  }),
  signal: integer({
    label: 'Samples of the recall',
    min: 512,
    max: 65536,
    default: 8192,
    scale: 'log2',
    unit: 'steps',
    help: 'Samples of the selection experiment, a power of two.',
  }),
  markRate: number({
    label: 'Share of marks',
    min: 0.001,
    max: 0.5,
    default: 0.02,
    scale: 'log10',
    help: 'How often a value is marked to be remembered.',
  }),
  sharp: number({
    label: 'Gate logit',
    min: 1,
    max: 20,
    default: 8,
    help: 'The gate opens to sigmoid(sharp) at a mark and to sigmoid(-sharp) elsewhere. Below 3 it leaks.',
  }),
  bank: integer({
    label: 'Filters of the baseline',
    min: 2,
    max: 128,
    default: 64,
    scale: 'log2',
    help: 'Features of the time-invariant bank for each of its two inputs, even.',
  }),
  ridge: number({
    label: 'Ridge',
    min: 1e-6,
    max: 10,
    default: 0.1,
    scale: 'log10',
    help: 'Regularization of the readout of the bank, beside features of unit mean square.',
  }),
} as const;

const ROUTES = {
  'error.hillis': 'Hillis-Steele scan',
  'error.blelloch': 'Blelloch scan',
  'error.chunked': 'Chunked scan',
  'error.fft': 'FFT convolution',
  'error.selective': 'Selective, Blelloch scan',
  'error.selective.chunked': 'Selective, chunked',
  'error.ssd': 'Dual form in blocks',
} as const;

const isPower = (n: number): boolean => Number.isInteger(Math.log2(n));

function checkPower(key: string, n: number): void {
  if (isPower(n)) return;
  const below = 2 ** Math.floor(Math.log2(n));
  throw new UserError(`${key} ${n} is no power of two: choose ${below} or ${2 * below}`);
}

export default defineMethod({
  id: 'ssm-scan',
  title: 'State space scans',
  family: 'sequence',
  testbed: 'sequence',
  summary:
    'One linear recurrence step by step, by parallel scans, by FFT, and as blocks of matrix products: Mamba and its dual.',
  papers: [
    {
      title: 'Prefix Sums and Their Applications',
      authors: 'Blelloch',
      year: 1990,
      ref: 'CMU-CS-90-190',
      url: 'https://www.cs.cmu.edu/~guyb/papers/Ble93.pdf',
    },
    {
      title: 'Parallelizing Linear Recurrent Neural Nets Over Sequence Length',
      authors: 'Martin, Cundy',
      year: 2018,
      ref: 'arXiv:1709.04057',
      url: 'https://arxiv.org/abs/1709.04057',
    },
    {
      title: 'Simplified State Space Layers for Sequence Modeling',
      authors: 'Smith, Warrington, Linderman',
      year: 2023,
      ref: 'arXiv:2208.04933',
      url: 'https://arxiv.org/abs/2208.04933',
    },
    {
      title: 'Mamba: Linear-Time Sequence Modeling with Selective State Spaces',
      authors: 'Gu, Dao',
      year: 2023,
      ref: 'arXiv:2312.00752',
      url: 'https://arxiv.org/abs/2312.00752',
    },
    {
      title:
        'Transformers are SSMs: Generalized Models and Efficient Algorithms Through Structured State Space Duality',
      authors: 'Dao, Gu',
      year: 2024,
      ref: 'arXiv:2405.21060',
      url: 'https://arxiv.org/abs/2405.21060',
    },
  ],
  formulas: [
    {
      tex: 'h_t = a_t\\, h_{t-1} + b_t,\\qquad (a_1, b_1) \\circ (a_2, b_2) = (a_1 a_2,\\; a_2 b_1 + b_2)',
      text: 'Steps combine associatively, so a scan finds all L states in log L dependent passes.',
    },
    {
      tex: 'K_k = \\sum_{n<N} C_n\\, \\frac{e^{\\Delta A_n} - 1}{A_n}\\, e^{k \\Delta A_n},\\qquad y = K * x',
      text: 'When the decays do not change with time the output is a convolution, by FFT.',
    },
    {
      tex: '\\Delta_t = \\mathrm{softplus}(\\beta + x_t W_1 W_2),\\qquad a_t = e^{\\Delta_t A},\\quad b_t = \\Delta_t B_t x_t,\\quad y_t = C_t^{\\top} h_t',
      text: 'Selective: step, input and output matrix follow the input through a projection of low rank. No convolution exists.',
    },
    {
      tex: 'Y = M X,\\qquad M_{ij} = \\exp\\Bigl(\\sum_{k=j+1}^{i} \\ell_k\\Bigr)\\, C_i^{\\top} B_j,\\quad i \\ge j',
      text: 'The same as a matrix: every block below the diagonal has at most rank N (semiseparable).',
    },
    {
      tex: 'Y = \\bigl(e^{c_i - c_j} \\odot C B^{\\top}\\bigr) X + e^{c_i} C_i S,\\qquad S \\leftarrow e^{c_q} S + \\sum_j e^{c_q - c_j} B_j x_j^{\\top}',
      text: 'Chunks of q steps: matrix products inside, a state of N numbers a channel between. Only differences of sums c are exponentiated.',
    },
    {
      tex: 'A = -1,\\ N = 1:\\qquad h_t = (1 - \\sigma(z_t))\\, h_{t-1} + \\sigma(z_t)\\, v_t',
      text: 'With one state the selective model is the gate of a recurrent network (Mamba, theorem 1).',
    },
  ],
  parameters: PARAMETERS,
  metrics: {
    ...Object.fromEntries(
      Object.entries(ROUTES).map(([key, label]) => [
        key,
        { label: `${label}: error`, better: 'lower' as const },
      ]),
    ),
    'error.ssd.dense': { label: 'Dual form as one matrix: error', better: 'lower' },
    'rms.lti': { label: 'Output of the time-invariant system, root mean square' },
    'rms.selective': { label: 'Output of the selective model, root mean square' },
    'rms.ssd': { label: 'Output of the dual form, root mean square' },
    'dt.mean': { label: 'Mean step size' },
    'dt.spread': { label: 'Spread of the step sizes over their mean' },
    'rank.last': { label: 'Singular value N of a block below the diagonal, over the first' },
    'rank.next': { label: 'Singular value N + 1, over the first', better: 'lower' },
    'identity.gate': { label: 'Selective model against the gate', better: 'lower' },
    'recall.selective': { label: 'Recall error, selective', better: 'lower' },
    'recall.lti': { label: 'Recall error, time-invariant bank', better: 'lower' },
    'recall.lti.product': { label: 'Recall error, bank with the product given', better: 'lower' },
    'recall.lti.best': { label: 'Recall error, best linear filter', better: 'lower' },
    'bound.lti': { label: 'Least error of any time-invariant system' },
    'steps.sequential': { label: 'Dependent passes, step by step', unit: 'passes' },
    'steps.scan': { label: 'Dependent passes, Blelloch scan', unit: 'passes', better: 'lower' },
    'steps.chunked': { label: 'Dependent passes, chunked', unit: 'passes', better: 'lower' },
    'time.sequential': { label: 'Time: step by step', unit: 'ms', better: 'lower' },
    'time.scan': { label: 'Time: Blelloch scan', unit: 'ms', better: 'lower' },
    'time.fft': { label: 'Time: FFT convolution', unit: 'ms', better: 'lower' },
    'time.selective': { label: 'Time: selective scan, chunked', unit: 'ms', better: 'lower' },
    'time.ssd': { label: 'Time: dual form in blocks', unit: 'ms', better: 'lower' },
  },
  claims: [
    ...Object.entries(ROUTES).map(([key, label]) =>
      claim(1, `${label} gives the numbers of the step-by-step form`, (m) => m[key], '<=', 1e-4),
    ),
    claim(
      1,
      'The dual form as one dense matrix gives the same numbers',
      (m) => m['error.ssd.dense'],
      '<=',
      1e-3,
    ),
    claim(
      2,
      'A block below the diagonal has rank N: the next singular value vanishes',
      (m) => m['rank.next'],
      '<=',
      1e-5,
    ),
    claim(
      2,
      'It is a cliff: the next singular value is a hundredth of the last',
      (m) => m['rank.next'],
      '<=',
      (m) => m['rank.last'] / 100,
    ),
    claim(2, 'All N ranks are used', (m) => m['rank.last'], '>=', 2e-5),
    claim(3, 'Selection recalls the marked value', (m) => m['recall.selective'], '<=', 0.01),
    claim(
      3,
      'Selection is twenty times better than any time-invariant system can be',
      (m) => m['recall.selective'],
      '<=',
      (m) => 0.05 * m['bound.lti'],
    ),
    claim(
      3,
      'The best linear filter reaches its bound, and no less',
      (m) => Math.abs(m['recall.lti.best'] - m['bound.lti']),
      '<=',
      0.2,
    ),
    claim(3, 'A time-invariant bank on values and marks fails', (m) => m['recall.lti'], '>=', 0.8),
    claim(3, 'Given the product of value and mark it still fails', (m) => m['recall.lti.product'], '>=', 0.3),
    claim(3, 'One selective state is a gated recurrence', (m) => m['identity.gate'], '<=', 1e-4),
    claim(
      4,
      'The scan waits for 3 % of the steps or fewer',
      (m) => m['steps.scan'],
      '<=',
      (m) => 0.03 * m['steps.sequential'],
    ),
  ],
  presets: [
    {
      id: 'long',
      label: 'Long and narrow',
      notice:
        'Two channels over 16384 steps: 28 dependent passes instead of 16384. A GPU gains by it; a CPU, with few lanes, feels the extra work.',
      values: { length: 16384, d: 2, heads: 1, rank: 1, state: 16 },
      data: 'testbed',
    },
    {
      id: 'few',
      label: 'Four states',
      notice:
        'The cliff of the singular values moves to 4: the rank below the diagonal is the number of states.',
      values: { state: 4 },
      data: 'testbed',
    },
    {
      id: 'leak',
      label: 'A leaking gate',
      notice:
        'At logit 2 the gate never closes: every step mixes in an eighth of the present, and recall fails.',
      values: { sharp: 2, markRate: 0.1 },
      data: 'testbed',
      failure: true,
    },
  ],
  quick: { d: 8, state: 8 },
  accepts: [],
  effort: 'closed form',
  lineage: [
    {
      from: 's4d',
      change: 'lets the decays, the input and the output follow the input, and scans instead of convolving',
    },
  ],
  symbols: { N: 'state', L: 'length', q: 'chunk' },
  shapes: ({ length, state }) => [
    {
      symbol: 'M_{\\text{block}}',
      rows: Math.min(4 * state, length / 2),
      cols: Math.min(4 * state, length / 2),
    },
    { symbol: 'C', rows: Math.min(4 * state, length / 2), cols: state, joint: '=' },
    { symbol: 'B^T', rows: state, cols: Math.min(4 * state, length / 2), joint: '×' },
  ],
  cost: ({ length, d, state, heads, chunk, signal, bank }) => ({
    flop:
      length * d * state * 60 +
      60 * d * length * Math.log2(2 * length) +
      heads * (2 * length * chunk * (state + d / heads) + 4 * length * state * (d / heads)) +
      (length <= 4096 ? 2 * length * length * (state * heads + d) : 0) +
      4 * signal * 4 * bank * bank,
    bytes: 4 * (8 * Math.min(length * d * state, 2 ** 22) + 12 * length * d) + 8 * 5 * signal * bank,
    dispatches: 500,
  }),
  factors: 'A, and B, C and Δ at every step, of the selective system.',
  headline: ['error.blelloch', 'recall.selective', 'rank.next'],
  shaders: [
    'linear_chunks',
    'scan_hillis',
    'scan_blelloch',
    'selective_outputs',
    'selective_totals',
    'selective_carry',
    'ssd_mask',
    'ssd_scale',
    'fft_radix16',
    'spectrum_product',
  ],
  budget: ({ length, d, state, chunk }) => [
    { label: 'Passes step by step', value: length, unit: 'passes' },
    { label: 'Passes of the scan', value: 2 * Math.log2(length), unit: 'passes' },
    {
      label: 'Passes in chunks',
      value: length / Math.min(chunk, length) + Math.log2(Math.min(chunk, length)),
      unit: 'passes',
    },
    { label: 'States in all', value: length * d * state, unit: 'count' },
    { label: 'Bytes if all states were kept', value: 4 * length * d * state, unit: 'B' },
  ],
  check: ({ length, d, rank, heads, chunk, dtMin, dtMax, signal, bank }) => {
    checkPower('length', length);
    checkPower('chunk', chunk);
    checkPower('signal', signal);
    if (rank > d) throw new UserError(`rank ${rank} is above the ${d} channels: choose ${d} or less`);
    if (d % heads !== 0) {
      const fitting = Array.from({ length: d }, (_, i) => i + 1).filter((n) => d % n === 0);
      const nearest = fitting.reduce((a, b) => (Math.abs(b - heads) < Math.abs(a - heads) ? b : a));
      throw new UserError(`heads ${heads} do not divide the ${d} channels: choose ${nearest}`);
    }
    if (dtMin > dtMax) throw new UserError(`dtMin ${dtMin} is above dtMax ${dtMax}: choose ${dtMax} or less`);
    if (bank % 2 !== 0) throw new UserError(`bank ${bank} is odd: choose ${bank - 1} or ${bank + 1}`);
  },
  steps: async () => (await import('./ssm-scan/steps')).steps,
  run: async (lab, values) => (await import('./ssm-scan/run')).run(lab, values),
});
