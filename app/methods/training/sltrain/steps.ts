/** SLTrain step by step: a product of low rank plus a sparse matrix on a fixed random support. */
import { gradientStep, layerOf } from '../../networksteps';
import { integersOf } from '../../parameters';
import {
  made,
  minus,
  now,
  plus,
  productFlop,
  random,
  type StepsOf,
  step,
  trained,
  transposed,
} from '../../steps';
import { countsOf } from './counts';

interface Sizes {
  rank: number;
  density: number;
  batch: number;
  widths: string;
}

export const steps: StepsOf<Sizes> = ({ rank, density, batch, widths }) => {
  const sides = integersOf(widths);
  const [into, out] = sides;
  const counts = countsOf(sides, rank, density);
  const [r] = counts.ranks;
  const [k] = counts.supports;
  const layer = layerOf(batch, { out, into });
  const { X, Y, G } = layer;
  const W = made('W', out, into);
  const B = trained('B', out, r);
  const A = trained('A', r, into);
  const S = trained('S', out, into, 'sparse');
  const v = trained('vᵀ', 1, k);
  const sparse = k > 0;
  return [
    ...(sparse
      ? [
          step('Draw the support', now(random('Ω', out, into, 'sparse')), 'gather', now(v), {
            tex: `|\\Omega| = \\lfloor \\delta\\, m\\, n \\rfloor = ${k}`,
            text: 'Positions are drawn once and never change; only the values at them are kept and trained.',
          }),
          step('Values to their places', v, 'scatter', now(S), {
            tex: 'S_{\\Omega_i} = v_i',
            text: 'Stored as a list of values and positions.',
          }),
        ]
      : []),
    step('The weight', now(W), 'equals', sparse ? plus([B, A], S) : [B, A], {
      tex: 'W = c\\, B A + S',
      text: 'Low rank alone would leave the rest of the spectrum empty; a sparse matrix has full rank.',
      flop: productFlop(B, A) + k,
    }),
    step('Forward', now(Y), 'equals', [W, X], {
      tex: 'Y = W X',
      text: 'B is zero at the start, so the network begins with the sparse part alone.',
      flop: productFlop(W, X),
    }),
    gradientStep(layer, 'Needed for a moment only; it is not stored.'),
    step('Gradient of B', now(made('∂B', out, r)), 'equals', [G, transposed(A)], {
      tex: '\\frac{\\partial L}{\\partial B} = c\\, G A^{\\top}',
      text: 'Through the rows of A.',
      flop: productFlop(G, transposed(A)),
    }),
    step('Gradient of A', now(made('∂A', r, into)), 'equals', [transposed(B), G], {
      tex: '\\frac{\\partial L}{\\partial A} = c\\, B^{\\top} G',
      text: 'Through the columns of B.',
      flop: productFlop(transposed(B), G),
    }),
    ...(sparse
      ? [
          step('Gradient of the values', G, 'gather', now(made('∂vᵀ', 1, k)), {
            tex: '\\frac{\\partial L}{\\partial v_i} = G_{\\Omega_i}',
            text: 'The entries of G at the support, read one by one.',
          }),
        ]
      : []),
    step('Adam', now(B), 'equals', minus(B, made('step', out, r)), {
      tex: 'B, A, v \\leftarrow \\text{each minus } \\eta\\, \\mathrm{Adam}',
      text: `${r * (out + into) + k} numbers of this layer learn, of ${out * into}.`,
    }),
  ];
};
