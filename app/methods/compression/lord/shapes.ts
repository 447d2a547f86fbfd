/** Layers, ranks and parameter counts of the network that lord splits. */

interface Sizes {
  width: number;
  depth: number;
}

export const widthsOf = ({ width, depth }: Sizes): readonly number[] => [
  64,
  ...new Array<number>(depth - 1).fill(width),
  32,
];

/** [out, in] of every layer. */
export const layerShapes = (v: Sizes): [number, number][] => {
  const widths = widthsOf(v);
  return widths.slice(1).map((out, l) => [out, widths[l]]);
};

export const fullParameters = (v: Sizes): number =>
  layerShapes(v).reduce((sum, [out, into]) => sum + out * into, 0);

/** max(1, floor(share * min(out, in))), a hair added so that 0.3 * 10 is 3. */
export const keptRank = (share: number, shape: readonly [number, number]): number =>
  Math.max(1, Math.floor(share * Math.min(...shape) + 1e-9));

/** The rank under the parity rule: null (dense) where a split would save nothing. */
export const splitRank = (rank: number, [out, into]: readonly [number, number]): number | null =>
  rank * (out + into) >= out * into ? null : rank;

/** Numbers in the layers at these ranks; null is dense. */
export const countAt = (ranks: readonly (number | null)[], shapes: readonly [number, number][]): number =>
  shapes.reduce((sum, [out, into], l) => {
    const r = ranks[l];
    return sum + (r === null ? out * into : r * (out + into));
  }, 0);
