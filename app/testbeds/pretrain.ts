/** The pretrain testbed: the network of network.ts, trained from scratch on the target's outputs. */
import { type Matrix, matrix } from '../math/linalg';
import { normals } from '../math/threefry';
import type { NetworkRecipe } from './network';

/** ||W||_F^2 is about GAIN^2 out at the start, as in the networks that make the data. */
const GAIN = 1.4;

/** What the pretrain methods learn: the testbed's target network without label noise. */
export const pretrainRecipe = (
  v: { seed: number; alpha: number; targetRank?: number; shift?: number },
  widths: readonly number[],
): NetworkRecipe => ({
  seed: v.seed,
  widths,
  alpha: v.alpha,
  correlation: 0.5,
  shift: v.shift ?? 0.5,
  targetRank: v.targetRank ?? 8,
  noise: 0,
});

/** W_l = 1.4 N(0, 1) / sqrt(in), out x in, layer l on stream first + l, rounded to float32. */
export function randomWeights(seed: number, widths: readonly number[], first: number): Matrix[] {
  return widths.slice(1).map((out, l) => {
    const into = widths[l];
    const values = normals(seed, first + l, out * into);
    return matrix(
      out,
      into,
      values.map((x) => Math.fround((GAIN * x) / Math.sqrt(into))),
    );
  });
}

/** [out, in] of every layer. */
export const shapesOf = (widths: readonly number[]): [number, number][] =>
  widths.slice(1).map((out, l) => [out, widths[l]]);
