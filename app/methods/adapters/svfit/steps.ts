/** SVFit step by step: the singular vectors stay, the leading singular values learn. */
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
  batch: number;
}

export const steps: StepsOf<Sizes> = ({ rank, batch }) => {
  const layer = layerOf(batch);
  const { out, into, X, Y, G } = layer;
  const all = Math.min(out, into);
  const k = Math.min(rank, all);
  const W = given('W', out, into);
  const U = given('Uₖ', out, k);
  const D = trained('diag d', k, k, 'diagonal');
  const Vt = given('Vₖᵀ', k, into);
  const rest = given('Wₑ', out, into);
  const lead = made('VₖᵀX', k, batch);
  return [
    step(
      'SVD of the pretrained weight',
      W,
      'equals',
      [now(made('U', out, all)), now(made('S', all, all, 'diagonal')), now(made('Vᵀ', all, into))],
      {
        tex: 'W = U S V^{\\top}',
        text: 'Once, before training.',
      },
    ),
    step('Set the leading part free', W, 'equals', plus([now(U), now(D), now(Vt)], now(rest)), {
      tex: `W = U_k\\, \\mathrm{diag}(d)\\, V_k^{\\top} + W_e,\\qquad d = s_{1 \\dots k},\\quad k = ${k}`,
      text: 'At the start nothing has changed; what is left over stays as it is.',
    }),
    step('Forward', now(Y), 'equals', plus([rest, X], [U, D, Vt, X]), {
      tex: 'Y = W_e X + U_k\\, \\mathrm{diag}(d)\\, (V_k^{\\top} X)',
      text: 'Every leading direction has a strength of its own that can be turned up or down.',
      flop: productFlop(rest, X) + productFlop(Vt, X) + k * batch + productFlop(U, lead),
    }),
    gradientStep(layer, 'Shown for its shape: of its entries only k numbers are needed.'),
    step(
      'Along every pair of vectors',
      now(made('UₖᵀGVₖ', k, k)),
      'equals',
      [transposed(U), G, transposed(Vt)],
      {
        tex: '(U_k^{\\top} G\\, V_k)_{ii} = u_i^{\\top} G\\, v_i',
        text: 'Only the diagonal is computed: the row sums of (U^T G) with V^T, entry by entry.',
        flop: productFlop(transposed(U), G) + 2 * k * into,
      },
    ),
    step('Gradient of the values', made('UₖᵀGVₖ', k, k), 'rowwise', now(made('∂d', k, 1)), {
      tex: '\\frac{\\partial L}{\\partial d_i} = u_i^{\\top} G\\, v_i',
      text: 'How much the loss would change with each singular value.',
    }),
    step(
      'Adam on the values',
      now(trained('d', k, 1)),
      'equals',
      minus(trained('d', k, 1), made('step', k, 1)),
      {
        tex: 'd \\leftarrow d - \\eta\\, \\mathrm{Adam}(\\partial d)',
        text: `${k} numbers of this layer learn; they may change their order and their sign.`,
      },
    ),
    step(
      'Merge',
      now(made("W'", out, into)),
      'equals',
      plus(W, [U, made('diag(d−s)', k, k, 'diagonal'), Vt]),
      {
        tex: "W' = W + U_k\\, \\mathrm{diag}(d - s)\\, V_k^{\\top}",
        text: 'What the change needs outside of these directions cannot be reached.',
        flop: out * k + 2 * out * k * into,
      },
    ),
  ];
};
