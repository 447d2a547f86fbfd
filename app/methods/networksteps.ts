/**
 * The layer that the steps of methods on networks show: the first one, out x in, with the columns of a batch.
 * Y = W X, so what flows back is the gradient of the loss by Y.
 */
import { given, made, now, productFlop, type Step, step, transposed } from './steps';

/** The first layer of the shared network 64-128-128-32. */
export const FIRST = { out: 128, into: 64 } as const;

export function layerOf(batch: number, { out, into }: { out: number; into: number } = FIRST) {
  return {
    out,
    into,
    X: given('X', into, batch),
    Y: made('Y', out, batch),
    /** Gradient of the loss by Y. */
    delta: made('Δ', out, batch),
    /** Gradient of the loss by the weight that is in effect. */
    G: made('G', out, into),
  };
}

/** G = Delta X^T: what full training needs, and what a factored method gets by without or projects. */
export function gradientStep({ X, delta, G }: ReturnType<typeof layerOf>, text: string): Step {
  return step('Gradient of the weight', now(G), 'equals', [delta, transposed(X)], {
    tex: 'G = \\frac{\\partial L}{\\partial W} = \\Delta\\, X^{\\top},\\qquad \\Delta = \\frac{\\partial L}{\\partial Y}',
    text,
    flop: productFlop(delta, transposed(X)),
  });
}
