/**
 * The training loop of the network testbeds: batches are consecutive slices of one permutation, wrapping; nothing
 * is read back between the points of the evaluation curve. A training method is a Model: layers, and what it does
 * with the gradients (`update`), its weights and its state.
 */
import { type Home, sizeOf, type Tensor, VIEW_ALIGN } from '../gpu/home';
import { adam, adamMoments } from '../kernels/optimizer';
import { rows } from '../kernels/slice';
import { type Matrix, matrix } from '../math/linalg';
import {
  backward,
  denseLayer,
  forward,
  type Layer,
  lossGradient,
  outputOf,
  relativeLoss,
  type TrainableLayer,
} from './layers';
import type { NetworkData } from './network';
import { type ParameterList, parameterList } from './parameters';

/** The data of a network testbed in one home. */
export interface NetworkBed {
  home: Home;
  data: NetworkData;
  /** Training rows in the order of the batches, the first batch - 1 of them again at the end. */
  inputs: Tensor;
  targets: Tensor;
  evalInputs: Tensor;
  evalTargets: Tensor;
  /** Pretrained weights, out x in. */
  weights: readonly Tensor[];
  batch: number;
}

export function networkBed(home: Home, data: NetworkData, batch: number): NetworkBed {
  const upload = (a: Matrix): Tensor => home.tensor([a.rows, a.cols], a.data);
  const inOrder = (a: Matrix): Tensor => upload(ordered(a, data.order, a.rows + batch - 1));
  return {
    home,
    data,
    inputs: inOrder(data.trainInputs),
    targets: inOrder(data.trainTargets),
    evalInputs: upload(data.evalInputs),
    evalTargets: upload(data.evalTargets),
    weights: data.weights.map(upload),
    batch,
  };
}

/** `count` rows of a in this order, beginning again at its end. */
export function ordered(a: Matrix, order: Uint32Array, count: number): Matrix {
  const out = matrix(count, a.cols);
  for (let i = 0; i < count; i++) {
    const from = order[i % a.rows] * a.cols;
    out.data.set(a.data.subarray(from, from + a.cols), i * a.cols);
  }
  return out;
}

/** `count` rows in batch order from the place of step `step` on, without a copy where the alignment allows it. */
export async function slice(home: Home, all: Tensor, from: number, count: number): Promise<Tensor> {
  const at = from * all.shape[1];
  if (at % VIEW_ALIGN === 0) return home.view(all, at, [count, all.shape[1]]);
  return rows(all, from, from + count);
}

/** `count` training rows from place `from` of the batch order on. */
export async function rowsInOrder(
  { home, inputs, targets }: NetworkBed,
  from: number,
  count: number,
): Promise<{ x: Tensor; t: Tensor }> {
  return { x: await slice(home, inputs, from, count), t: await slice(home, targets, from, count) };
}

/** The batch of step 0, 1, 2, ... */
export const batchOf = (bed: NetworkBed, step: number): Promise<{ x: Tensor; t: Tensor }> =>
  rowsInOrder(bed, (step * bed.batch) % bed.data.order.length, bed.batch);

/** What is trained, and how its weights and its optimizer's state are kept and updated. */
export interface Model {
  layers: readonly TrainableLayer[];
  /** Called before the forward pass of step 0, 1, ...: a rank is drawn, weights are truncated. */
  before?(step: number): Promise<void>;
  /** After the gradients of this step are written. */
  update(step: number): Promise<void>;
  /** Numbers that are trained. */
  trained: number;
  /** All parameters and their gradients, where they are one list. */
  list?: ParameterList;
  /** Bytes that the optimizer keeps beside the parameters (float32). */
  stateBytes: number;
}

/** A model whose parameters are one list, moved by Adam. */
export function adamModel(
  layers: readonly TrainableLayer[],
  list: ParameterList,
  options: { rate: number; decay?: number },
): Model {
  const moments = adamMoments(list.theta);
  const { rate, decay = 0 } = options;
  return {
    layers,
    trained: list.count,
    list,
    stateBytes: 8 * list.count,
    async update(step) {
      await adam(list.theta, list.gradient, moments, { rate, keep: 1 - rate * decay, step: step + 1 });
    },
  };
}

/** Full fine-tuning (or training from other `starts`): every weight is trained by Adam. */
export function fullModel(
  bed: NetworkBed,
  rate: number,
  starts: readonly Matrix[] = bed.data.weights,
): Model {
  const list = parameterList(
    bed.home,
    starts.map(({ rows: m, cols: n, data }) => ({ shape: [m, n], values: data })),
  );
  const layers = starts.map((_, l) => denseLayer(list.parts[l], list.gradients[l]));
  return adamModel(layers, list, { rate });
}

/** Loss on the evaluation rows. */
export function evaluate(bed: NetworkBed, layers: readonly Layer[]): Promise<number> {
  return bed.home.scope(async () => {
    const output = await outputOf(layers, bed.evalInputs);
    return relativeLoss(output, bed.evalTargets, bed.data.scale);
  });
}

export interface Curve {
  /** Steps done when each loss was measured; the first is 0, the last all of them. */
  steps: number[];
  /** Evaluation losses. */
  losses: number[];
}

export interface TrainOptions {
  steps: number;
  /** Points of the curve besides the first; by default one in twelve steps, 24 at most. */
  points?: number;
  /** Called between steps, at least every 50 ms or so: progress, pause, cancel. */
  seam?: (done: number) => Promise<void>;
  /** Called at each point of the curve with the curve so far. */
  onPoint?: (curve: Curve, model: Model) => Promise<void>;
  /** Called with dL/dW-side results still in place, after the gradients and before the update. */
  onGradient?: (step: number) => Promise<void>;
}

const SEAM_MS = 50;
const defaultPoints = (steps: number): number => Math.min(24, Math.ceil(steps / 12));

/** One step: forward, loss gradient, backward, update. Nothing comes back to the host. */
export async function trainStep(
  bed: NetworkBed,
  model: Model,
  step: number,
  onGradient?: TrainOptions['onGradient'],
): Promise<void> {
  await model.before?.(step);
  await bed.home.scope(async () => {
    const { x, t } = await batchOf(bed, step);
    const trace = await forward(model.layers, x);
    await backward(model.layers, trace, await lossGradient(trace.output, t, bed.data.scale));
  });
  await onGradient?.(step);
  await model.update(step);
}

/** Trains the model and measures its curve. */
export async function train(bed: NetworkBed, model: Model, options: TrainOptions): Promise<Curve> {
  const { steps, points = defaultPoints(options.steps), seam, onPoint, onGradient } = options;
  const curve: Curve = { steps: [], losses: [] };
  const due = new Set(Array.from({ length: points }, (_, i) => Math.round(((i + 1) * steps) / points)));
  const measure = async (done: number): Promise<void> => {
    curve.losses.push(await evaluate(bed, model.layers));
    curve.steps.push(done);
    await onPoint?.(curve, model);
  };
  await measure(0);
  let last = performance.now();
  for (let step = 0; step < steps; step++) {
    await trainStep(bed, model, step, onGradient);
    if (performance.now() - last > SEAM_MS) {
      await seam?.(step + 1);
      last = performance.now();
    }
    if (due.has(step + 1)) await measure(step + 1);
  }
  return curve;
}

export const finalLoss = (curve: Curve): number => curve.losses[curve.losses.length - 1];

/** Bytes of tensors with these shapes, float32. */
export const bytesOf = (...tensors: readonly Tensor[]): number =>
  tensors.reduce((sum, tensor) => sum + 4 * sizeOf(tensor.shape), 0);
