/**
 * EoRA: closed-form compensation of a pruned or quantized network by residual low-rank paths in the eigenspace
 * of each layer's inputs.
 */
import { UserError } from '../../math/errors';
import { defineMethod, type Metric } from '../method';
import { choice, flag, integer, number, seed } from '../parameters';
import { eoraClaims } from './eora/claims';
import { eoraShapes, lowParameters, widthsOf } from './eora/shapes';

const parameters = {
  seed: seed(),
  rank: integer({
    label: 'Rank of the compensation',
    min: 1,
    max: 512,
    default: 8,
    scale: 'log2',
    help: 'Of every residual path; at most the smaller side of its layer.',
  }),
  compressor: choice({
    label: 'Compressor',
    options: [
      { value: 'prune', label: '2:4 pruning' },
      { value: 'quant', label: 'Quantization' },
      { value: 'both', label: 'Both' },
    ],
    default: 'both',
    help: 'What is done to the weights: two of every four pruned, rounded to a grid, or first one and then the other.',
  }),
  bits: integer({
    label: 'Bits',
    min: 2,
    max: 8,
    default: 4,
    help: 'Of a quantized weight.',
    when: (v) => v.compressor !== 'prune',
  }),
  group: integer({
    label: 'Group',
    min: 8,
    max: 128,
    default: 32,
    scale: 'log2',
    help: 'Inputs that share a scale; divides the inputs of every layer.',
    when: (v) => v.compressor !== 'prune',
  }),
  wanda: flag({
    label: 'Activation-aware pruning',
    default: true,
    help: 'Scores a weight by its magnitude times the norm of its input, not by its magnitude alone.',
    when: (v) => v.compressor !== 'quant',
  }),
  calibration: integer({
    label: 'Calibration rows',
    min: 16,
    max: 4096,
    default: 512,
    scale: 'log2',
    help: 'Training rows whose activations are looked at.',
  }),
  correlation: number({
    label: 'Input correlation',
    min: 0,
    max: 3,
    default: 1,
    help: 'Decay of the input spectrum; 0 is white, and then the eigenspace of the first layer is no help.',
  }),
  alpha: number({
    label: 'Weight decay exponent',
    min: 0,
    max: 3,
    default: 0.5,
    help: 'The singular values of the weights fall as (i + 1)^-alpha.',
  }),
  width: integer({
    label: 'Hidden width',
    min: 32,
    max: 2048,
    default: 128,
    scale: 'log2',
    help: 'Of the two hidden layers.',
  }),
} as const;

const WAYS = { none: 'nothing', svd: 'SVD', act: 'scaled SVD', eora: 'EoRA' } as const;
const perWay = (
  prefix: string,
  label: string,
  keys: readonly (keyof typeof WAYS)[],
): Record<string, Metric> =>
  Object.fromEntries(
    keys.map((key) => [`${prefix}.${key}`, { label: `${label}: ${WAYS[key]}`, better: 'lower' as const }]),
  );
const ALL = ['none', 'svd', 'act', 'eora'] as const;

export default defineMethod({
  id: 'eora',
  title: 'EoRA',
  family: 'compression',
  testbed: 'compress',
  summary:
    'Mends a pruned or quantized network by low-rank paths that are spent where the activations are large.',
  papers: [
    {
      title: 'EoRA: Training-free Compensation for Compressed LLM with Eigenspace Low-Rank Approximation',
      authors:
        'Liu, Khadkevich, Fung, Sakr, Yang, Wang, Muralidharan, Yin, Cheng, Kautz, Wang, Molchanov, Chen',
      year: 2024,
      ref: 'arXiv:2410.21271',
      url: 'https://arxiv.org/abs/2410.21271',
    },
  ],
  formulas: [
    {
      tex: 'D = W - C,\\qquad \\tfrac1N H^{\\top} H = Q \\Lambda Q^{\\top}',
      text: 'What compression took from the weight, and the eigenspace of the inputs H of the layer.',
    },
    {
      tex: 'P = D\\,Q\\,\\Lambda^{1/2} \\approx U_r S_r V_r^{\\top}',
      text: 'The residual, with every direction weighed by how strongly the inputs use it, cut at rank r.',
    },
    {
      tex: 'B = U_r S_r^{1/2},\\quad A = S_r^{1/2} V_r^{\\top} \\Lambda^{-1/2} Q^{\\top},\\qquad x \\mapsto C x + B (A x)',
      text: 'The best rank-r correction of the layer’s output on the calibration inputs.',
    },
    {
      tex: '\\tfrac1N \\lVert (D - B A) H^{\\top} \\rVert_F^2 = \\sum_{i \\ge r} s_i^2',
      text: 'Its error is the tail of P: an identity that the checks hold it to.',
    },
  ],
  symbols: { r: 'rank', N: 'calibration' },
  parameters,
  metrics: {
    ...perWay('loss', 'Change of the output', ALL),
    'loss.svd.double': { label: 'Change of the output: SVD at twice the rank', better: 'lower' },
    ...perWay('error', 'Layer 1, output on calibration rows', ALL),
    'error.tail': { label: 'Layer 1, tail of P' },
    ...perWay('weight', 'Layer 1, distance of the weights', ALL),
    'recovered.svd': { label: 'Recovered by SVD', better: 'higher' },
    'recovered.eora': { label: 'Recovered by EoRA', better: 'higher' },
    'params.low': { label: 'Numbers in the residual paths', unit: 'count', better: 'lower' },
    'params.full': { label: 'Numbers in the weights', unit: 'count' },
    overhead: { label: 'Residual paths over weights', better: 'lower' },
  },
  claims: eoraClaims,
  presets: [
    {
      id: 'paper',
      label: 'Pruned and quantized',
      notice:
        'Rank 8 wins back more than half of what 2:4 pruning and 4 bits took; SVD of the same rank far less.',
      values: {},
    },
    {
      id: 'quant',
      label: '3 bits alone',
      notice:
        'Rounding errors are spread evenly over the weight, the activations are not: that is where EoRA gains.',
      values: { compressor: 'quant', bits: 3 },
    },
    {
      id: 'white',
      label: 'White inputs',
      notice:
        'Where all directions carry the same energy the eigenspace of layer 1 is no better than plain SVD.',
      values: { correlation: 0 },
      failure: true,
    },
  ],
  quick: { width: 64, calibration: 256 },
  accepts: [],
  factors:
    'A and B of every layer, W ≈ C + B A with C the compressed weight, under the names that PEFT gives them.',
  headline: ['loss.eora', 'loss.svd', 'loss.none'],
  shaders: ['round_to_grid', 'prune_two_of_four', 'gelu_forward', 'gemm'],
  effort: 'closed form',
  lineage: [{ from: 'svd', change: 'cuts the residual in the eigenspace of the layer’s inputs' }],
  shapes: ({ width, rank }) => {
    const r = Math.min(rank, width);
    return [
      { symbol: 'W', rows: width, cols: width, frozen: true },
      { symbol: 'C', rows: width, cols: width, joint: '≈', frozen: true },
      { symbol: 'B', rows: width, cols: r, joint: '+' },
      { symbol: 'A', rows: r, cols: width, joint: '×' },
    ];
  },
  budget: (v) => {
    const full = eoraShapes(v).reduce((sum, [out, into]) => sum + out * into, 0);
    return [
      { label: 'Numbers in the residual paths', value: lowParameters(v, v.rank), unit: 'count' },
      { label: 'Share of the weights', value: lowParameters(v, v.rank) / full, unit: '1' },
    ];
  },
  cost: (v) => {
    const sizes = eoraShapes(v);
    const numbers = sizes.reduce((sum, [out, into]) => sum + out * into, 0);
    const factoring = sizes.reduce(
      (sum, [out, into]) => sum + 60 * (into ** 3 + out * into * Math.min(out, into)),
      0,
    );
    const chains = 22;
    return {
      flop: chains * (2 * (1024 + 3 * v.calibration) * numbers + factoring),
      bytes: 4 * (6000 * v.width + 8 * numbers),
      dispatches: chains * 900,
    };
  },
  check: (v) => {
    for (const [l, into] of widthsOf(v).slice(0, -1).entries()) {
      if (v.compressor !== 'quant' && into % 4 !== 0) {
        throw new UserError(
          `layer ${l + 1} has ${into} inputs, not a multiple of 4: choose another width for 2:4 pruning`,
        );
      }
      if (v.compressor !== 'prune' && into % v.group !== 0) {
        throw new UserError(
          `group ${v.group} does not divide the ${into} inputs of layer ${l + 1}: choose a divisor, such as 32`,
        );
      }
    }
  },
  steps: async () => (await import('./eora/steps')).steps,
  run: async (lab, values) => (await import('./eora/run')).run(lab, values),
});
