/** EoRA step by step: the error of a compressed weight, seen through its inputs, mended by a low-rank path. */
import { given, made, minus, now, plus, productFlop, type StepsOf, step, transposed } from '../../steps';
import { eoraShapes } from './shapes';

interface Sizes {
  width: number;
  rank: number;
  compressor: string;
  bits: number;
  calibration: number;
}

export const steps: StepsOf<Sizes> = ({ width, rank, compressor, bits, calibration }) => {
  const [[out, into]] = eoraShapes({ width });
  const least = Math.min(out, into);
  const r = Math.min(rank, least);
  const W = given('W', out, into);
  const C = given('C', out, into, compressor === 'quant' ? undefined : 'sparse');
  const D = made('D', out, into);
  const H = given('H', calibration, into);
  const M = made('M', into, into);
  const Q = made('Q', into, into);
  const root = made('Λ^½', into, into, 'diagonal');
  const inverse = made('Λ^−½', into, into, 'diagonal');
  const P = made('P', out, into);
  const Ur = made('Uᵣ', out, r);
  const Sr = made('Sᵣ', r, r, 'diagonal');
  const half = made('Sᵣ^½', r, r, 'diagonal');
  const Vr = made('Vᵣᵀ', r, into);
  const B = made('B', out, r);
  const A = made('A', r, into);
  const x = given('X', into, calibration);
  const how = {
    prune: 'Of every four neighbours in a row the two of largest score stay.',
    quant: `Every group of a row is rounded to ${bits} bits.`,
  }[compressor];
  return [
    step('Compress', W, 'entrywise', now(C), {
      tex: 'W \\to C',
      text: how ?? `Two of every four neighbours stay, and are rounded to ${bits} bits.`,
    }),
    step('What was lost', now(D), 'equals', minus(W, C), {
      tex: 'D = W - C',
      text: 'Its plain SVD would weigh all inputs alike, whether the network has them or not.',
      flop: out * into,
    }),
    step('Second moment of the inputs', now(M), 'equals', [transposed(H), H], {
      tex: `M = \\frac{1}{N} H^{\\top} H,\\qquad N = ${calibration}`,
      text: 'Calibration inputs, through the layers that are compressed already.',
      flop: productFlop(transposed(H), H),
    }),
    step(
      'Its eigenvectors',
      M,
      'equals',
      [now(Q), now(made('Λ', into, into, 'diagonal')), now(transposed(Q))],
      {
        tex: 'M = Q \\Lambda Q^{\\top}',
        text: 'Directions of the inputs, by how loud they are; the quietest are raised to a floor.',
      },
    ),
    step('Into the space of loud inputs', now(P), 'equals', [D, Q, root], {
      tex: 'P = D\\, Q\\, \\Lambda^{1/2}',
      text: 'Here the plain norm of an error is the norm of what it does to the outputs.',
      flop: productFlop(D, Q) + out * into,
    }),
    step('Truncated SVD', P, 'about', [now(Ur), now(Sr), now(Vr)], {
      tex: `P \\approx U_r S_r V_r^{\\top},\\qquad r = ${r}`,
      text: 'The best of rank r, in the norm that counts.',
    }),
    step('Up', now(B), 'equals', [Ur, half], {
      tex: 'B = U_r S_r^{1/2}',
      text: 'Half of the singular values go to either factor.',
      flop: out * r,
    }),
    step('Down, and back from that space', now(A), 'equals', [half, Vr, inverse, transposed(Q)], {
      tex: 'A = S_r^{1/2} V_r^{\\top} \\Lambda^{-1/2} Q^{\\top}',
      text: 'The scaling is undone, so that the path takes the inputs as they are.',
      flop: 2 * r * into + productFlop(Vr, Q),
    }),
    step('The mended layer', now(made('Y', out, calibration)), 'equals', plus([C, x], [B, A, x]), {
      tex: 'y = C x + B\\,(A x)',
      text: `The compressed weight and beside it a path of ${r * (out + into)} numbers, without any training.`,
      flop: 2 * (out * into + r * (out + into)) * calibration,
    }),
  ];
};
