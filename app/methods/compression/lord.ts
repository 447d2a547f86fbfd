/** LoRD: one-shot splitting of linear layers along the principal components of their outputs. */
import { UserError } from '../../math/errors';
import { defineMethod, type Metric } from '../method';
import { integer, number, seed } from '../parameters';
import { lordClaims } from './lord/claims';
import { fullParameters, keptRank, layerShapes } from './lord/shapes';

/** The deepest network that can be asked for. */
const MOST_LAYERS = 6;

const parameters = {
  seed: seed(),
  keep: number({
    label: 'Rank share',
    min: 0.01,
    max: 1,
    default: 0.3,
    help: 'Rank of every layer over its smaller side, in the comparison of SVD and LoRD.',
  }),
  tolerance: number({
    label: 'Tolerance of a layer',
    min: 1e-4,
    max: 0.5,
    default: 0.01,
    scale: 'log10',
    help: 'How much one layer alone may change the network’s output, as a share of its mean square.',
  }),
  bits: integer({
    label: 'Bits of the factors',
    min: 2,
    max: 16,
    default: 8,
    help: 'Quantization on top of the split.',
  }),
  calibration: integer({
    label: 'Calibration rows',
    min: 64,
    max: 2048,
    default: 1024,
    scale: 'log2',
    help: 'Training rows whose outputs the principal components are taken from.',
  }),
  validation: integer({
    label: 'Validation rows',
    min: 64,
    max: 2048,
    default: 512,
    scale: 'log2',
    help: 'The next training rows, on which each layer’s sensitivity is tried.',
  }),
  alpha: number({
    label: 'Weight decay exponent',
    min: 0,
    max: 3,
    default: 1,
    help: 'The singular values of the weights fall as (i + 1)^-alpha.',
  }),
  correlation: number({
    label: 'Input correlation',
    min: 0,
    max: 3,
    default: 1,
    help: 'Decay of the input spectrum; 0 is white.',
  }),
  width: integer({
    label: 'Hidden width',
    min: 32,
    max: 2048,
    default: 128,
    scale: 'log2',
    help: 'Of all hidden layers.',
  }),
  depth: integer({
    label: 'Linear layers',
    min: 3,
    max: MOST_LAYERS,
    default: 5,
    help: 'Depth of the network.',
  }),
} as const;

const lower = (label: string, unit?: string): Metric => ({ label, unit, better: 'lower' });

export default defineMethod({
  id: 'lord',
  title: 'LoRD',
  family: 'compression',
  testbed: 'compress',
  summary:
    'Splits every layer along the principal components of its outputs, at ranks that each layer can bear.',
  papers: [
    {
      title: 'LoRD: Low Rank Decomposition of Monolingual Code LLMs for One-Shot Compression',
      authors: 'Kaushal, Vaidhya, Rish',
      year: 2023,
      ref: 'arXiv:2309.14021',
      url: 'https://arxiv.org/abs/2309.14021',
    },
  ],
  formulas: [
    {
      tex: 'y = W x,\\quad \\mu = \\overline{y},\\quad C = \\overline{(y - \\mu)(y - \\mu)^{\\top}} = Q \\Lambda Q^{\\top}',
      text: 'Mean and covariance of a layer’s outputs on the calibration rows.',
    },
    {
      tex: 'y \\approx Q_r (Q_r^{\\top} W x) + (\\mu - Q_r Q_r^{\\top} \\mu)',
      text: 'Two thinner layers and a bias, in one shot: r (out + in) numbers in place of out × in.',
    },
    {
      tex: '\\overline{\\lVert \\hat y - y \\rVert^2} = \\sum_{i \\ge r} \\lambda_i',
      text: 'The least error of any rank-r affine map of y; truncating W itself does not know which inputs occur.',
    },
    {
      tex: 'r\\,(m + n) \\ge m\\,n',
      text: 'From this rank on a split saves nothing: such a layer stays dense (parity).',
    },
  ],
  symbols: { r: 'keep' },
  parameters,
  metrics: {
    'loss.svd': lower('Change of the output: SVD'),
    'loss.lord': lower('Change of the output: LoRD'),
    'loss.merged': lower('LoRD, factors multiplied out'),
    'loss.quant': lower('LoRD, factors quantized'),
    'error.svd': lower('Mean error of a layer’s output: SVD'),
    'error.lord': lower('Mean error of a layer’s output: LoRD'),
    'error.tail': { label: 'Mean share of the dropped eigenvalues' },
    'params.full': { label: 'Numbers in the weights', unit: 'count' },
    'params.lord': lower('Numbers in the factors', 'count'),
    ratio: lower('Factors over weights'),
    'loss.layerwise': lower('Change of the output: layer-wise ranks'),
    'loss.uniform': lower('Change of the output: one share, same budget'),
    'loss.layerwise.svd': lower('SVD at the layer-wise ranks'),
    'params.layerwise': lower('Numbers, layer-wise', 'count'),
    'params.uniform': lower('Numbers, one share', 'count'),
    reduction: { label: 'Saved by layer-wise ranks', better: 'higher' },
    ...Object.fromEntries(
      Array.from({ length: MOST_LAYERS }, (_, l) => [
        `rank.${l + 1}`,
        { label: `Layer-wise rank of layer ${l + 1}`, unit: 'count' },
      ]),
    ),
  },
  claims: lordClaims,
  presets: [
    {
      id: 'paper',
      label: 'A third of the rank',
      notice: 'Following the outputs leaves a fraction of the change that truncating the weights leaves.',
      values: {},
    },
    {
      id: 'strict',
      label: 'Strict layers',
      notice: 'At a tolerance of 0.3 % the sensitive layers stay dense, and the others still shrink.',
      values: { tolerance: 0.003 },
    },
    {
      id: 'flat',
      label: 'Nothing decays',
      notice: 'Flat spectra and white inputs: outputs have no small directions, and no split is cheap.',
      values: { alpha: 0, correlation: 0 },
      failure: true,
    },
  ],
  quick: { width: 64, calibration: 256, validation: 128 },
  accepts: [],
  factors: 'A, B and the bias of every layer, y = B A x + c.',
  headline: ['loss.lord', 'loss.svd', 'reduction'],
  shaders: ['round_to_grid', 'gelu_forward', 'gemm'],
  effort: 'closed form',
  lineage: [{ from: 'svd', change: 'takes the principal components of the outputs in place of the weights' }],
  shapes: ({ width, keep }) => {
    const r = keptRank(keep, [width, width]);
    return [
      { symbol: 'W', rows: width, cols: width, frozen: true },
      { symbol: 'Q', rows: width, cols: r, joint: '≈' },
      { symbol: 'Q^T W', rows: r, cols: width, joint: '×' },
    ];
  },
  budget: (v) => {
    const low = layerShapes(v).reduce(
      (sum, shape) => sum + keptRank(v.keep, shape) * (shape[0] + shape[1]),
      0,
    );
    return [
      { label: 'Numbers in the weights', value: fullParameters(v), unit: 'count' },
      { label: 'Numbers in the factors', value: low, unit: 'count' },
      { label: 'Factors over weights', value: low / fullParameters(v), unit: '1' },
    ];
  },
  cost: (v) => {
    const numbers = fullParameters(v);
    const cubes = layerShapes(v).reduce((sum, [out, into]) => sum + 80 * Math.max(out, into) ** 3, 0);
    return {
      flop: 2 * numbers * (v.calibration * 6 + v.validation * 60 + 1024 * 30) + cubes,
      bytes: 4 * (v.calibration + v.validation + 2048) * v.width * (v.depth + 2),
      dispatches: 600 * v.depth,
    };
  },
  check: (v) => {
    if (v.calibration + v.validation > 4096) {
      throw new UserError(
        `calibration ${v.calibration} and validation ${v.validation} together are above the 4096 training rows: ` +
          'choose fewer of either',
      );
    }
  },
  steps: async () => (await import('./lord/steps')).steps,
  run: async (lab, values) => (await import('./lord/run')).run(lab, values),
});
