/** Fira step by step: Adam on a projected gradient, and the rest of the gradient scaled alike. */
import { gradientStep, layerOf } from '../../networksteps';
import { integersOf } from '../../parameters';
import {
  type Block,
  made,
  minus,
  now,
  productFlop,
  type StepsOf,
  step,
  times,
  trained,
  transposed,
} from '../../steps';

interface Sizes {
  rank: number;
  batch: number;
  gap: number;
  limiter: number;
  widths: string;
}

export const steps: StepsOf<Sizes> = ({ rank, batch, gap, limiter, widths }) => {
  const [into, out] = integersOf(widths);
  const layer = layerOf(batch, { out, into });
  const { G } = layer;
  const least = Math.min(out, into);
  const r = Math.min(rank, least);
  // The longer side stays: tall gradients are projected on the right, wide ones on the left.
  const tall = out >= into;
  const Q = made('Q', tall ? into : out, r);
  const [m, n] = tall ? [out, r] : [r, into];
  const R = made('R', m, n);
  const N = made('N', m, n);
  const project: Block[] = tall ? [G, Q] : [transposed(Q), G];
  const back = (X: Block): Block[] => (tall ? [X, transposed(Q)] : [Q, X]);
  const rest = made('G − back', out, into);
  const S = made('S', out, into);
  const W = trained('W', out, into);
  const side = tall ? 'row' : 'column';
  const work = productFlop(project[0], project[1]);
  return [
    gradientStep(layer, 'The gradient of the whole weight, as in full training.'),
    step(
      'Subspace of the gradient',
      G,
      'equals',
      [now(made('U', out, least)), now(made('Σ', least, least, 'diagonal')), now(made('Vᵀ', least, into))],
      {
        tex: `G = U \\Sigma V^{\\top},\\qquad Q = ${tall ? 'V_r' : 'U_r'}`,
        text: `Every ${gap} steps the leading ${r} singular vectors are taken anew; the moments are kept.`,
      },
    ),
    step('Project', now(R), 'equals', project, {
      tex: tall ? 'R = G\\, Q' : 'R = Q^{\\top} G',
      text: `Of the ${least} directions of the shorter side, ${r} are left.`,
      flop: work,
    }),
    step('Adam in the subspace', R, 'entrywise', now(N), {
      tex: 'N = \\frac{M}{\\sqrt{V} + \\epsilon},\\qquad M, V \\text{ moments of } R',
      text: `Both moments together hold ${2 * m * n} numbers, against ${2 * out * into} of full Adam.`,
      flop: 12 * m * n,
    }),
    step('Back to full size', now(made('back N', out, into)), 'equals', back(N), {
      tex: tall ? '\\mathrm{back}(N) = N Q^{\\top}' : '\\mathrm{back}(N) = Q N',
      text: 'This alone is GaLore: a step of rank r.',
      flop: work,
    }),
    step('What the projection lost', now(rest), 'equals', minus(G, back(R)), {
      tex: 'G - \\mathrm{back}(R)',
      text: 'GaLore throws it away; Fira uses it, though it has no moments of it.',
      flop: work + out * into,
    }),
    step('Scale it as Adam scaled its part', now(S), 'equals', times(made('φ', out, into), rest), {
      tex: 'S_i = \\varphi_i\\, (G - \\mathrm{back}(R))_i,\\qquad \\varphi_i = \\frac{\\lVert N_i \\rVert}{\\lVert R_i \\rVert}',
      text: `One factor a ${side}, drawn here as a matrix that repeats it.`,
      flop: 2 * out * into,
    }),
    step('Limit its growth', S, 'entrywise', now(S), {
      tex: `S \\leftarrow S / f,\\qquad f = \\max\\Bigl( \\frac{\\lVert S \\rVert_F}{p},\\, g \\Bigr) / g,\\quad g = ${limiter}`,
      text: 'Its norm may grow by at most g from one step to the next, so a spike cannot throw the weight.',
      flop: 3 * out * into,
    }),
    step('Update', now(W), 'equals', minus(W, made('back N', out, into), S), {
      tex: 'W \\leftarrow W - \\eta\\, c_t\\, \\bigl( \\alpha\\, \\mathrm{back}(N) + S \\bigr)',
      text: 'The weight moves in all directions, with the memory of a few.',
      flop: 3 * out * into,
    }),
  ];
};
