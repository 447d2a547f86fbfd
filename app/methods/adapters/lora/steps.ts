/** LoRA step by step: beside the frozen weight a product of rank r learns. */
import { layerOf } from '../../networksteps';
import {
  given,
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

interface Sizes {
  rank: number;
  scale: number;
  batch: number;
}

export const steps: StepsOf<Sizes> = ({ rank, batch }) => {
  const { out, into, X, Y, delta } = layerOf(batch);
  const r = Math.min(rank, into);
  const W = given('W₀', out, into);
  const B = trained('B', out, r);
  const A = trained('A', r, into);
  const AX = made('AX', r, batch);
  const dB = made('∂B', out, r);
  const dA = made('∂A', r, into);
  const BtD = made('BᵀΔ', r, batch);
  return [
    step('Start', now(made('ΔW', out, into)), 'equals', [B, random('A', r, into)], {
      tex: '\\Delta W = s\\, B A,\\qquad A_{ij} \\sim \\mathcal{N}(0, 1/n),\\quad B = 0',
      text: 'B is zero, so the network starts as it was pretrained, whatever A is.',
    }),
    step('Down to rank r', now(AX), 'equals', [A, X], {
      tex: 'A X',
      text: 'Every input is summed up in r numbers.',
      flop: productFlop(A, X),
    }),
    step('Forward', now(Y), 'equals', plus([W, X], [B, AX]), {
      tex: 'Y = W_0 X + s\\, B\\,(A X)',
      text: 'The frozen weight as ever, and beside it the way through rank r, at little extra work.',
      flop: productFlop(W, X) + productFlop(B, AX),
    }),
    step('Gradient of B', now(dB), 'equals', [delta, transposed(AX)], {
      tex: '\\frac{\\partial L}{\\partial B} = s\\, \\Delta\\, (A X)^{\\top}',
      text: 'Through the r numbers again: the full gradient of the weight is never formed.',
      flop: productFlop(delta, transposed(AX)),
    }),
    step('Back through B', now(BtD), 'equals', [transposed(B), delta], {
      tex: 'B^{\\top} \\Delta',
      text: 'What flows back to A has r rows; nothing flows into the frozen weight.',
      flop: productFlop(transposed(B), delta),
    }),
    step('Gradient of A', now(dA), 'equals', [BtD, transposed(X)], {
      tex: '\\frac{\\partial L}{\\partial A} = s\\, (B^{\\top} \\Delta)\\, X^{\\top}',
      text: 'While B is still zero this is zero too: in the first step only B moves.',
      flop: productFlop(BtD, transposed(X)),
    }),
    step('Adam on the factors', now(B), 'equals', minus(B, made('step', out, r)), {
      tex: 'B \\leftarrow B - \\eta\\, \\mathrm{Adam}(\\partial B),\\qquad A \\leftarrow A - \\eta\\, \\mathrm{Adam}(\\partial A)',
      text: `Moments are kept for ${r * (out + into)} numbers of this layer instead of ${out * into}.`,
    }),
    step('Merge', now(made('W', out, into)), 'equals', plus(W, [B, A]), {
      tex: 'W = W_0 + s\\, B A',
      text: 'After training the product is added in: the layer is as fast as before.',
      flop: productFlop(B, A) + out * into,
    }),
  ];
};
