/** Shapes, ranks and parameter counts of the click model, known before the run. */

export interface CtrShape {
  fields: number;
  vocab: number;
  d: number;
  hidden: number;
  rank: number;
  rankEmb: number;
}

/** [out, in] of the three layers. */
export const layerShapes = ({ fields, d, hidden }: CtrShape): readonly [number, number][] => [
  [hidden, fields * d],
  [hidden / 2, hidden],
  [1, hidden / 2],
];

/** The ranks that are really used: each at most the smaller side of its matrix. */
export function ranksOf(v: CtrShape): { layers: [number, number]; table: number } {
  const [first, second] = layerShapes(v);
  return {
    layers: [Math.min(v.rank, ...first), Math.min(v.rank, ...second)],
    table: Math.min(v.rankEmb, v.d, v.fields * v.vocab),
  };
}

/** All weights and biases, the table included. */
export const fullParameters = (v: CtrShape): number =>
  layerShapes(v).reduce((sum, [out, into]) => sum + out * into + out, v.fields * v.vocab * v.d);

/** The same once the table and layers 1 and 2 are factors: the same number for SVD and feature mimicking. */
export function lowParameters(v: CtrShape): number {
  const { layers, table } = ranksOf(v);
  const shapes = layerShapes(v);
  let sum = v.fields * v.vocab * table + v.d * table + v.d;
  layers.forEach((r, i) => {
    const [out, into] = shapes[i];
    sum += r * (into + out) + r + out;
  });
  const [out, into] = shapes[2];
  return sum + out * into + out;
}
