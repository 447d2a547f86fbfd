/** LoRA-SB step by step: the first full update chooses the subspaces, a small core learns within them. */
import { gradientStep, layerOf } from '../../networksteps';
import {
  given,
  made,
  minus,
  now,
  plus,
  productFlop,
  type StepsOf,
  step,
  trained,
  transposed,
} from '../../steps';

interface Sizes {
  rank: number;
  samples: number;
  sign: boolean;
  batch: number;
}

export const steps: StepsOf<Sizes> = ({ rank, samples, sign, batch }) => {
  const layer = layerOf(batch);
  const { out, into, X, Y, G } = layer;
  const all = Math.min(out, into);
  const r = Math.min(rank, all);
  const W = given('W', out, into);
  const D = made('D', out, into);
  const mean = made('Ḡ', out, into);
  const rows = made('Δₙ', out, samples);
  const inputs = given('Xₙᵀ', samples, into);
  const B = given('B', out, r);
  const R = trained('R', r, r);
  const A = given('A', r, into);
  const dR = made('∂R', r, r);
  return [
    step('Gradient over many rows', now(mean), 'equals', [rows, inputs], {
      tex: `\\bar G = \\frac{1}{N}\\, \\Delta_N X_N^{\\top},\\qquad N = ${samples}`,
      text: 'One forward and backward pass of the pretrained network: where would full training go?',
      flop: productFlop(rows, inputs),
    }),
    step('The first full update', mean, 'entrywise', now(D), {
      tex: sign ? 'D = -\\eta\\, \\mathrm{sign}(\\bar G)' : 'D = -\\eta\\, \\bar G / \\overline{|\\bar G|}',
      text: sign
        ? 'The first step of Adam is the sign of the gradient.'
        : 'The gradient itself, at the same mean size.',
    }),
    step(
      'Its SVD',
      D,
      'equals',
      [now(made('U', out, all)), now(made('S', all, all, 'diagonal')), now(made('Vᵀ', all, into))],
      {
        tex: 'D = U S V^{\\top}',
        text: 'The leading singular vectors are the directions in which the update is largest.',
      },
    ),
    step('Keep the leading r', D, 'about', [now(B), now(R), now(A)], {
      tex: 'B = U_r,\\qquad R = S_r,\\qquad A = V_r^{\\top}',
      text: 'B R A is the best rank-r approximation of the update (Eckart-Young), so the first step is already taken.',
    }),
    step('Forward', now(Y), 'equals', plus([W, X], [B, R, A, X]), {
      tex: 'Y = W X + B R\\,(A X)',
      text: 'W, B and A stay as they are; only the small core R learns.',
      flop: productFlop(W, X) + productFlop(A, X) + 2 * r * r * batch + 2 * out * r * batch,
    }),
    gradientStep(layer, 'Shown for its shape: its projection is computed without forming it.'),
    step('Gradient of the core', now(dR), 'equals', [transposed(B), G, transposed(A)], {
      tex: '\\frac{\\partial L}{\\partial R} = B^{\\top} G\\, A^{\\top}',
      text: 'B and A have orthonormal columns and rows, so no correction of this gradient is needed.',
      flop: 2 * r * out * into + 2 * r * into * r,
    }),
    step('Adam on the core', now(R), 'equals', minus(R, made('step', r, r)), {
      tex: 'R \\leftarrow R - \\eta\\, \\mathrm{Adam}(\\partial R)',
      text: `Moments are kept for ${r * r} numbers of this layer.`,
    }),
    step(
      'What this does to the weight',
      now(made('projected G', out, into)),
      'equals',
      [B, transposed(B), G, transposed(A), A],
      {
        tex: 'B B^{\\top} G\\, A^{\\top} A',
        text: 'A plain gradient step on R moves the weight by the orthogonal projection of the full gradient.',
      },
    ),
  ];
};
