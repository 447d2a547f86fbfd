/** Full training of one layer, step by step: what all other methods of the family save on. */
import { gradientStep, layerOf } from '../../networksteps';
import {
  given,
  made,
  minus,
  now,
  over,
  productFlop,
  type StepsOf,
  step,
  trained,
  transposed,
} from '../../steps';

interface Sizes {
  batch: number;
}

export const steps: StepsOf<Sizes> = ({ batch }) => {
  const layer = layerOf(batch);
  const { out, into, X, Y, delta, G } = layer;
  const W = trained('W', out, into);
  const M = made('M', out, into);
  const V = made('V', out, into);
  return [
    step('Forward', now(Y), 'equals', [W, X], {
      tex: 'Y = W X',
      text: 'The inputs of a batch, one column each, through the layer; the next layer takes them from here.',
      flop: productFlop(W, X),
    }),
    step('Error at the output', now(delta), 'equals', minus(Y, given('target', out, batch)), {
      tex: '\\Delta = \\frac{\\partial L}{\\partial Y} \\propto Y - T',
      text: 'For the last layer the difference to the target; for this one what later layers send back.',
    }),
    gradientStep(layer, 'Every entry of the weight gets a gradient: as large as the weight itself.'),
    step('Back to the layer before', now(made('Δ before', into, batch)), 'equals', [transposed(W), delta], {
      tex: '\\frac{\\partial L}{\\partial X} = W^{\\top} \\Delta',
      text: 'And the error of the inputs goes on to the layer before.',
      flop: productFlop(transposed(W), delta),
    }),
    step('First moment', G, 'entrywise', now(M), {
      tex: 'M \\leftarrow \\beta_1 M + (1 - \\beta_1)\\, G',
      text: 'Adam keeps a running mean of the gradient of every entry.',
      flop: 3 * out * into,
    }),
    step('Second moment', G, 'entrywise', now(V), {
      tex: 'V \\leftarrow \\beta_2 V + (1 - \\beta_2)\\, G \\circ G',
      text: 'And one of its square: twice the memory of the weight.',
      flop: 4 * out * into,
    }),
    step('Step', now(made('step', out, into)), 'equals', over(M, made('√V', out, into)), {
      tex: '\\frac{\\hat M}{\\sqrt{\\hat V} + \\epsilon}',
      text: 'Both corrected for their start from zero, so that every entry moves by about the learning rate.',
      flop: 6 * out * into,
    }),
    step('Update', now(W), 'equals', minus(W, made('step', out, into)), {
      tex: 'W \\leftarrow W - \\eta\\, \\frac{\\hat M}{\\sqrt{\\hat V} + \\epsilon}',
      text: `All ${out * into} numbers of this layer learn.`,
      flop: 2 * out * into,
    }),
  ];
};
