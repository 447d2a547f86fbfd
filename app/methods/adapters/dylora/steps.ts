/** DyLoRA step by step: one adapter, trained at a random rank in every step, usable at every rank. */
import { layerOf } from '../../networksteps';
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
  rankMax: number;
  rankAt: number;
  frozen: boolean;
  batch: number;
}

export const steps: StepsOf<Sizes> = ({ rankMax, rankAt, frozen, batch }) => {
  const { out, into, X, Y, delta } = layerOf(batch);
  const R = rankMax;
  const b = Math.min(rankAt, R);
  const W = given('W', out, into);
  const B = trained('B', out, R);
  const A = trained('A', R, into);
  const cutB = trained('B₁…b', out, b);
  const cutA = trained('A₁…b', b, into);
  const AX = made('AX', b, batch);
  const dB = made('∂B', out, b);
  const dA = made('∂A', b, into);
  const changed = frozen ? 1 : b;
  return [
    step('An adapter of the largest rank', now(made('ΔW', out, into)), 'equals', [B, A], {
      tex: '\\Delta W = B A,\\qquad B = 0,\\quad A_{ij} \\sim \\mathcal{N}(0, 1/n)',
      text: `R = ${R} columns and rows, of which every step trains only the first b.`,
    }),
    step('Draw a rank, cut B', B, 'part', now(cutB), {
      tex: `b \\sim \\mathrm{uniform}\\{1, \\dots, ${R}\\}`,
      text: `The same b in every layer; here it is drawn at b = ${b}, the rank that is compared.`,
    }),
    step('Cut A', A, 'part', now(cutA), {
      tex: 'A_{1 \\dots b} = \\text{the first } b \\text{ rows of } A',
      text: 'Early columns are in every cut, late ones in few: so they come to be ordered by their use.',
    }),
    step('Forward at this rank', now(Y), 'equals', plus([W, X], [cutB, cutA, X]), {
      tex: 'Y = W X + B_{1 \\dots b}\\, (A_{1 \\dots b}\\, X)',
      text: 'As if the adapter had no more than b columns.',
      flop: productFlop(W, X) + productFlop(cutA, X) + productFlop(cutB, AX),
    }),
    step('Gradient of the first columns', now(dB), 'equals', [delta, transposed(AX)], {
      tex: '\\frac{\\partial L}{\\partial B_{1 \\dots b}} = \\Delta\\, (A_{1 \\dots b} X)^{\\top}',
      text: 'Columns beyond b get no gradient in this step.',
      flop: productFlop(delta, transposed(AX)),
    }),
    step('Gradient of the first rows', now(dA), 'equals', [transposed(cutB), delta, transposed(X)], {
      tex: '\\frac{\\partial L}{\\partial A_{1 \\dots b}} = (B_{1 \\dots b}^{\\top} \\Delta)\\, X^{\\top}',
      text: 'Rows beyond b get none either.',
      flop: productFlop(transposed(cutB), delta) + 2 * b * batch * into,
    }),
    step(
      frozen ? 'Update column b alone' : 'Update the first b columns',
      now(trained(frozen ? 'B_b' : 'B₁…b', out, changed)),
      'equals',
      minus(trained(frozen ? 'B_b' : 'B₁…b', out, changed), made('step', out, changed)),
      {
        tex: 'B \\leftarrow B - \\eta\\, \\mathrm{Adam}(\\partial B)',
        text: 'Adam counts its steps for every rank by itself, so that rarely trained columns are not held back.',
      },
    ),
    step('Cut it wherever you like', now(made('W_b', out, into)), 'equals', plus(W, [cutB, cutA]), {
      tex: 'W_b = W + B_{1 \\dots b}\\, A_{1 \\dots b},\\qquad b = 1, \\dots, R',
      text: 'After one training any rank can be taken, without a search over ranks and without an SVD.',
      flop: productFlop(cutB, cutA),
    }),
  ];
};
