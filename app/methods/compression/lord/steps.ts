/** LoRD step by step: a layer is cut where its outputs lie, not where its weights do. */
import { given, made, minus, now, plus, productFlop, type StepsOf, step, transposed } from '../../steps';
import { keptRank, layerShapes } from './shapes';

interface Sizes {
  width: number;
  depth: number;
  keep: number;
  calibration: number;
  bits: number;
}

export const steps: StepsOf<Sizes> = ({ width, depth, keep, calibration, bits }) => {
  const [[out, into]] = layerShapes({ width, depth });
  const r = keptRank(keep, [out, into]);
  const W = given('W', out, into);
  const X = given('X', into, calibration);
  const Y = made('Y', out, calibration);
  const centred = made('Y − μ', out, calibration);
  const C = made('C', out, out);
  const Q = made('Q', out, out);
  const Qr = made('Qᵣ', out, r);
  const A = made('A', r, into);
  const saves = r * (out + into) < out * into;
  return [
    step('Outputs on calibration rows', now(Y), 'equals', [W, X], {
      tex: 'Y = W X',
      text: 'What the layer really emits: often fewer directions than the weight has.',
      flop: productFlop(W, X),
    }),
    step('Subtract the mean', now(centred), 'equals', minus(Y, made('μ1ᵀ', out, calibration)), {
      tex: 'Y - \\mu \\mathbf{1}^{\\top}',
      text: 'The mean becomes a bias and costs no rank.',
      flop: 2 * out * calibration,
    }),
    step('Covariance', now(C), 'equals', [centred, transposed(centred)], {
      tex: 'C = \\frac{1}{N} (Y - \\mu)(Y - \\mu)^{\\top}',
      text: 'How the outputs vary together.',
      flop: productFlop(centred, transposed(centred)),
    }),
    step(
      'Its eigenvectors',
      C,
      'equals',
      [now(Q), now(made('Λ', out, out, 'diagonal')), now(transposed(Q))],
      {
        tex: 'C = Q \\Lambda Q^{\\top}',
        text: 'The dropped eigenvalues add up to the squared error, exactly and at best.',
      },
    ),
    step('Keep the leading r', Q, 'part', now(Qr), {
      tex: `r = ${r}`,
      text: saves
        ? `A share of ${keep} of the shorter side: ${r * (out + into)} numbers in place of ${out * into}.`
        : `At this rank the factors hold ${r * (out + into)} numbers, no fewer than the ${out * into} of the weight.`,
    }),
    step('First factor', now(A), 'equals', [transposed(Qr), W], {
      tex: 'A = Q_r^{\\top} W',
      text: 'The weight, read out in these directions.',
      flop: productFlop(transposed(Qr), W),
    }),
    step('The split layer', now(Y), 'about', plus([Qr, A, X], made('c1ᵀ', out, calibration)), {
      tex: 'y \\approx Q_r\\,(A x) + c,\\qquad c = \\mu - Q_r Q_r^{\\top} \\mu',
      text: 'Two thin products and a bias, without any training.',
      flop: 2 * r * (out + into) * calibration,
    }),
    step('Quantize the factors', A, 'entrywise', now(A), {
      tex: `A_{ij} \\to s_i\\, \\mathrm{round}(A_{ij} / s_i),\\qquad s_i = \\frac{\\max_j |A_{ij}|}{2^{${bits} - 1} - 1}`,
      text: `Rounded to ${bits} bits, row by row, on top of the low rank.`,
    }),
    step('Or write it back', now(made("W'", out, into)), 'equals', [Qr, A], {
      tex: "W' = Q_r A",
      text: 'Multiplied out, the weight has its old shape and a low rank.',
      flop: productFlop(Qr, A),
    }),
  ];
};
