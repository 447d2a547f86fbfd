/** Training a click model, compressed or not, by Adam on the mean binary cross-entropy. */
import type { Home, Tensor } from '../../../gpu/home';
import { embeddingGradient, logisticGradient, placesOf } from '../../../kernels/embedding';
import { matmul } from '../../../kernels/matmul';
import { adam, adamMoments } from '../../../kernels/optimizer';
import { copy } from '../../../kernels/slice';
import { normals, permutation } from '../../../math/threefry';
import { type ParameterList, parameterList } from '../../../testbeds/parameters';
import { type CtrShape, layerShapes } from './counts';
import type { Clicks } from './data';
import { type Affine, type ClickModel, crossEntropy, forward } from './model';

interface InitialShape extends CtrShape {
  seed: number;
  initE: number;
}

/** The model before training: table initE N(0, 1), weights sqrt(2 / in) N(0, 1), streams 6 to 9, biases 0. */
export function initialModel(home: Home, v: InitialShape): ClickModel {
  const rows = v.fields * v.vocab;
  const table = normals(v.seed, 6, rows * v.d).map((x) => v.initE * x);
  const layers = layerShapes(v).map(([out, into], l): Affine => {
    const scale = Math.sqrt(2 / into);
    const weights = normals(v.seed, 7 + l, out * into).map((x) => scale * x);
    return { weights: home.tensor([out, into], weights), bias: home.tensor([1, out]), relu: l < 2 };
  });
  return { fields: v.fields, table: home.tensor([rows, v.d], table), project: null, layers };
}

/** Every tensor that is trained: table, projection, weights and biases. */
export const trainedTensors = ({ table, project, layers }: ClickModel): Tensor[] => [
  table,
  ...(project ? [project.weights, project.bias] : []),
  ...layers.flatMap(({ weights, bias }) => [weights, bias]),
];

/** The model with other tensors in the order of trainedTensors. */
export function withTensors(model: ClickModel, tensors: readonly Tensor[]): ClickModel {
  const rest = [...tensors];
  const take = (): Tensor => rest.shift() as Tensor;
  const table = take();
  const affine = (old: Affine): Affine => ({ ...old, weights: take(), bias: take() });
  const project = model.project && affine(model.project);
  return { ...model, table, project, layers: model.layers.map(affine) };
}

export interface TrainingOptions {
  lr: number;
  /** Number of the first batch: fine-tuning goes on where training ended. */
  first: number;
  steps: number;
  /** Called between steps: progress, pause, cancel. */
  seam: (step: number, curve: LossCurve) => Promise<void>;
}

export interface LossCurve {
  steps: number[];
  values: number[];
}

const SEAM_MS = 60;
/** Batch losses that are read back for the curve. */
const POINTS = 30;

/** The model after `steps` steps, in tensors of its own, and the losses of some batches on the way. */
export async function trainModel(
  model: ClickModel,
  { rows, index, labels }: Clicks,
  { seed, batch, fields }: { seed: number; batch: number; fields: number },
  { lr, first, steps, seam }: TrainingOptions,
): Promise<{ model: ClickModel; curve: LossCurve }> {
  const { home } = model.table;
  return home.scope(async () => {
    const curve: LossCurve = { steps: [], values: [] };
    const starts = [];
    for (const tensor of trainedTensors(model)) {
      starts.push({ shape: tensor.shape, values: await home.read(tensor) });
    }
    const list = parameterList(home, starts);
    const trained = withTensors(model, list.parts);
    const moments = adamMoments(list.theta);
    const ones = home.tensor([1, batch * fields], new Float64Array(batch * fields).fill(1));
    const order = permutation(seed, 10, rows);
    const every = Math.max(1, Math.round(steps / POINTS));
    let last = performance.now();
    for (let step = 0; step < steps; step++) {
      await home.scope(async () => {
        const picked = pick(order, index, labels, (first + step) * batch, batch, fields);
        const logits = await gradients(trained, list, picked, ones);
        await adam(list.theta, list.gradient, moments, { rate: lr, step: step + 1 });
        if ((step + 1) % every === 0 || step === 0) {
          curve.steps.push(step);
          curve.values.push(crossEntropy(await home.read(logits), picked.labels));
        }
      });
      if (performance.now() - last > SEAM_MS) {
        await seam(step + 1, curve);
        last = performance.now();
      }
    }
    const parts: Tensor[] = [];
    for (const part of list.parts) parts.push(await copy(part));
    return { model: withTensors(model, parts), curve };
  });
}

interface Picked {
  index: Uint32Array;
  labels: Float64Array;
}

/** Rows `from` on of the permutation, wrapping. */
function pick(
  order: Uint32Array,
  index: Uint32Array,
  labels: Uint8Array,
  from: number,
  batch: number,
  fields: number,
): Picked {
  const out = { index: new Uint32Array(batch * fields), labels: new Float64Array(batch) };
  for (let i = 0; i < batch; i++) {
    const row = order[(from + i) % order.length];
    out.index.set(index.subarray(row * fields, (row + 1) * fields), i * fields);
    out.labels[i] = labels[row];
  }
  return out;
}

/** Forward and backward pass of one batch; every gradient goes to its place in the list. Returns the logits. */
async function gradients(
  model: ClickModel,
  list: ParameterList,
  batch: Picked,
  ones: Tensor,
): Promise<Tensor> {
  const { home } = model.table;
  const n = batch.labels.length;
  const index = home.tensor([batch.index.length], batch.index, 'u32');
  const trace = await forward(model, index);
  const front = model.project ? 3 : 1;
  const bias = (delta: Tensor, into: Tensor): Promise<Tensor> =>
    matmul(home.view(ones, 0, [1, delta.shape[0]]), delta, { into });

  let delta = await logisticGradient(trace.logits, home.tensor([n], batch.labels), 1 / n);
  for (let l = model.layers.length - 1; l >= 0; l--) {
    const at = front + 2 * l;
    await matmul(delta, trace.inputs[l], { transposeA: true, into: list.gradients[at] });
    await bias(delta, list.gradients[at + 1]);
    // The input of a layer is the output of the one before: positive exactly where its ReLU lets gradients by.
    const below = l > 0 && model.layers[l - 1].relu;
    const gradient = below ? { activation: 'relu' as const, at: trace.inputs[l] } : undefined;
    delta = await matmul(delta, model.layers[l].weights, gradient ? { epilogue: { gradient } } : {});
  }
  const wide = model.project?.weights.shape[0] ?? model.table.shape[1];
  delta = home.reshape(delta, [n * model.fields, wide]);
  if (model.project && trace.looked) {
    await matmul(delta, trace.looked, { transposeA: true, into: list.gradients[1] });
    await bias(delta, list.gradients[2]);
    delta = await matmul(delta, model.project.weights);
  }
  const places = placesOf(home, batch.index, model.table.shape[0]);
  await embeddingGradient(delta, places, { into: list.gradients[0] });
  return trace.logits;
}
