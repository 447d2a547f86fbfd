/**
 * The click model: rows of an embedding table are looked up, joined, and go through affine layers with ReLU
 * between. A compressed model has the same form with thinner parts: a linear map after the look-up, and two
 * affine layers in place of one.
 */
import type { Tensor } from '../../../gpu/home';
import { embeddingLookup } from '../../../kernels/embedding';
import { matmul } from '../../../kernels/matmul';

/** x -> relu(x W^T + b), W out x in, b 1 x out. */
export interface Affine {
  weights: Tensor;
  bias: Tensor;
  relu: boolean;
}

export interface ClickModel {
  fields: number;
  /** rows x width */
  table: Tensor;
  /** After the look-up of a compressed table, width -> d. */
  project: Affine | null;
  layers: readonly Affine[];
}

export const affine = (x: Tensor, { weights, bias, relu }: Affine): Promise<Tensor> =>
  matmul(x, weights, { transposeB: true, epilogue: { bias, activation: relu ? 'relu' : 'identity' } });

/** What a forward pass leaves behind for the backward pass. */
export interface ClickTrace {
  /** Looked-up rows, (n fields) x width; null where the table is not projected (they are inputs[0]). */
  looked: Tensor | null;
  /** Input of every layer. */
  inputs: Tensor[];
  /** n x 1 */
  logits: Tensor;
}

/** The whole model for n rows; `index` holds n x fields table rows. */
export async function forward(model: ClickModel, index: Tensor): Promise<ClickTrace> {
  const { home } = model.table;
  const n = index.shape.reduce((a, b) => a * b, 1) / model.fields;
  const rows = await embeddingLookup(model.table, index);
  const looked = model.project ? rows : null;
  const wide = model.project ? await affine(rows, model.project) : rows;
  let h = home.reshape(wide, [n, model.fields * wide.shape[1]]);
  const inputs: Tensor[] = [];
  for (const layer of model.layers) {
    inputs.push(h);
    h = await affine(h, layer);
  }
  return { looked, inputs, logits: h };
}

/** Inputs of the first `count` layers, each n x in. */
export async function hiddenInputs(model: ClickModel, index: Tensor, count = 2): Promise<Tensor[]> {
  const { inputs } = await forward({ ...model, layers: model.layers.slice(0, count) }, index);
  return inputs;
}

export const logitsOf = async (model: ClickModel, index: Tensor): Promise<Tensor> =>
  (await forward(model, index)).logits;

/** Mean binary cross-entropy of logits, in nats, in float64. */
export function crossEntropy(logits: ArrayLike<number>, labels: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < logits.length; i++) {
    const z = logits[i];
    sum += Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - z * labels[i];
  }
  return sum / logits.length;
}
