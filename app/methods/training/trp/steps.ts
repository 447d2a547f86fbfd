/** TRP step by step: training at full rank, cut again and again to the rank that holds the energy. */
import { gradientStep, layerOf } from '../../networksteps';
import { made, minus, now, productFlop, type StepsOf, step, trained } from '../../steps';
import { energyRank, widthsOf } from './shapes';

interface Sizes {
  width: number;
  batch: number;
  energy: number;
  period: number;
  nuclear: number;
  alpha: number;
}

export const steps: StepsOf<Sizes> = ({ width, batch, energy, period, nuclear, alpha }) => {
  const [into, out] = widthsOf({ width });
  const layer = layerOf(batch, { out, into });
  const { X, Y } = layer;
  const all = Math.min(out, into);
  // How far a run cuts is known after it; drawn is the cut of the spectrum that the teacher's weights have.
  const k = energyRank(
    Array.from({ length: all }, (_, i) => (i + 1) ** -alpha),
    energy,
  );
  const W = trained('W', out, into);
  const Uk = made('Uₖ', out, k);
  const Sk = made('Σₖ', k, k, 'diagonal');
  const Vk = made('Vₖᵀ', k, into);
  const N = made('N', out, into);
  return [
    step('Forward', now(Y), 'equals', [W, X], {
      tex: 'Y = W X',
      text: 'Between cuts the network has its full capacity.',
      flop: productFlop(W, X),
    }),
    gradientStep(layer, 'Of all entries.'),
    step(
      'Every few steps an SVD',
      W,
      'equals',
      [now(made('U', out, all)), now(made('Σ', all, all, 'diagonal')), now(made('Vᵀ', all, into))],
      {
        tex: `W = U \\Sigma V^{\\top}\\qquad (\\text{every } ${period} \\text{ steps})`,
        text: 'Each layer is decomposed.',
      },
    ),
    step('Cut to the energy', now(W), 'about', [Uk, Sk, Vk], {
      tex: `W \\leftarrow U_k \\Sigma_k V_k^{\\top},\\qquad \\sum_{i \\le k} \\sigma_i^2 \\ge ${energy} \\sum_i \\sigma_i^2`,
      text: `The fewest values that hold this share of the energy; k = ${k} is that of a spectrum i^-${alpha}, a run finds its own.`,
    }),
    step('Gradient of the nuclear norm', now(N), 'equals', [Uk, Vk], {
      tex: '\\partial \\lVert W \\rVert_* \\ni N = U_k V_k^{\\top}',
      text: 'Kept until the next cut, so it costs no SVD of its own.',
      flop: productFlop(Uk, Vk),
    }),
    step('Update', now(W), 'equals', minus(W, made('Adam(G)', out, into), N), {
      tex: `W \\leftarrow W - \\eta\\, \\mathrm{Adam}(G) - \\eta\\, \\lambda N,\\qquad \\lambda = ${nuclear}`,
      text: 'The second part lowers every kept singular value a little: small ones fall below the next cut.',
      flop: 14 * out * into,
    }),
    step('Keep the factors', W, 'about', [now(made('UₖΣₖ', out, k)), Vk], {
      tex: 'W = (U_k \\Sigma_k)\\, V_k^{\\top}',
      text: `After the last cut ${k * (out + into)} numbers are stored in place of ${out * into}.`,
    }),
    step('Run with the factors', now(Y), 'equals', [made('UₖΣₖ', out, k), Vk, X], {
      tex: 'Y = (U_k \\Sigma_k)\\,(V_k^{\\top} X)',
      text: 'The low rank was trained in, so little is lost by the cut.',
      flop: productFlop(Vk, X) + 2 * out * k * batch,
    }),
  ];
};
