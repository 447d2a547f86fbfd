/** Widths and parameter counts of the network that eora compresses. */

export const widthsOf = ({ width }: { width: number }): readonly number[] => [64, width, width, 32];

/** [out, in] of every layer. */
export const eoraShapes = (v: { width: number }): [number, number][] => {
  const widths = widthsOf(v);
  return widths.slice(1).map((out, l) => [out, widths[l]]);
};

/** Numbers in residual paths of this rank, cut to the smaller side of every layer. */
export const lowParameters = (v: { width: number }, rank: number): number =>
  eoraShapes(v).reduce((sum, [out, into]) => sum + Math.min(rank, out, into) * (out + into), 0);
