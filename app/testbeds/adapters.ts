/**
 * Adapters: a frozen weight W (out x in) and a change dW with few parameters, W_eff = W + dW. An adapter says how
 * its change acts on x and how the gradients come back to its own parameters; it never needs W itself, and
 * need not form dL/dW (m x n) where its own gradients are smaller. Its rank may differ from layer to layer
 * and from step to step: only the adapter knows it.
 */
import type { Tensor } from '../gpu/home';
import { matmul } from '../kernels/matmul';
import { copy } from '../kernels/slice';
import { type Matrix, matrix } from '../math/linalg';
import { normals } from '../math/threefry';
import { dense, denseActivated, denseBack, type TrainableLayer, type Update } from './layers';
import { type ParameterList, parameterList } from './parameters';
import { adamModel, type Model, type NetworkBed } from './training';

export interface Adapter {
  /** x dW^T as a product of two factors. What `backward` wants to see again goes into `saved`. */
  forward(x: Tensor, saved: Tensor[]): Promise<Update>;
  /** Writes the gradients of its parameters, and returns dz dW as a product where it is wanted. */
  backward(x: Tensor, dz: Tensor, saved: readonly Tensor[], wantInput: boolean): Promise<Update | null>;
  /** W += dW, in place. */
  merge(w: Tensor): Promise<void>;
}

/** W + the adapter's change as one layer: the change goes along as an update of the product with W. */
export const adaptedLayer = (w: Tensor, adapter: Adapter): TrainableLayer => ({
  forward: async (x, saved = []) => dense(x, w, await adapter.forward(x, saved)),
  forwardActivated: async (x, saved, wantSum) =>
    denseActivated(x, w, wantSum, await adapter.forward(x, saved)),
  async backward(x, dz, saved, wantInput) {
    const update = await adapter.backward(x, dz, saved, wantInput);
    return update && denseBack(dz, w, update);
  },
  async backwardActivated(x, dz, saved, below) {
    const update = await adapter.backward(x, dz, saved, true);
    return denseBack(dz, w, update ?? undefined, below);
  },
  async weight() {
    const sum = await copy(w);
    await adapter.merge(sum);
    return sum;
  },
});

/** A part of an adapter and the place of its gradient; null where it stays as it is. */
export interface Part {
  value: Tensor;
  gradient: Tensor | null;
}

/**
 * dW = s B A, B m x r and A r x n, with dL/dB = s dz^T (x A^T) and dL/dA = s (dz B)^T x: 2 batch r (m + n)
 * operations each way, and dL/dW is never formed (Hu et al. 2021). B is kept transposed, so that the leading rows
 * of both parts are what a smaller rank uses: `rank` says how many, anew at every call (all unless given).
 */
export function lowRankAdapter(
  bt: Part,
  a: Part,
  scale: number,
  rank: () => number = () => bt.value.shape[0],
): Adapter {
  return {
    async forward(x, saved) {
      const r = rank();
      const p = await matmul(x, leading(a.value, r), { transposeB: true });
      saved.push(p);
      return { u: p, v: leading(bt.value, r), scale };
    },
    async backward(x, dz, [p], wantInput) {
      const r = rank();
      if (bt.gradient) {
        await matmul(p, dz, { transposeA: true, alpha: scale, into: leading(bt.gradient, r) });
      }
      if (!a.gradient && !wantInput) return null;
      const q = await matmul(dz, leading(bt.value, r), { transposeB: true });
      if (a.gradient) await matmul(q, x, { transposeA: true, alpha: scale, into: leading(a.gradient, r) });
      return wantInput ? { u: q, v: leading(a.value, r), scale } : null;
    },
    async merge(w) {
      const r = rank();
      const [left, right] = [leading(bt.value, r), leading(a.value, r)];
      await matmul(left, right, { transposeA: true, alpha: scale, beta: 1, into: w });
    },
  };
}

/** The first rows of a matrix, in its own memory. */
export const leading = (a: Tensor, rows: number): Tensor =>
  rows === a.shape[0] ? a : a.home.view(a, 0, [rows, a.shape[1]]);

export interface LoraOptions {
  seed: number;
  rank: number;
  scale: number;
  rate: number;
  /** A_l is drawn from stream + l; 20 unless given. */
  stream?: number;
}

/** A_l of LoRA, r x in, N(0, 1 / in). */
export function loraStart(seed: number, stream: number, rank: number, n: number): Matrix {
  const a = normals(seed, stream, rank * n);
  return matrix(
    rank,
    n,
    a.map((z) => z / Math.sqrt(n)),
  );
}

/** B_l^T = 0 and A_l ~ N(0, 1 / in), layer after layer, as one parameter list. */
export const loraParameters = (bed: NetworkBed, seed: number, rank: number, stream = 20): ParameterList =>
  parameterList(
    bed.home,
    bed.data.weights.flatMap(({ rows: m, cols: n }, l) => [
      { shape: [rank, m] },
      { shape: [rank, n], values: loraStart(seed, stream + l, rank, n).data },
    ]),
  );

/** The part of a list, trained. */
export const partOf = (list: ParameterList, i: number): Part => ({
  value: list.parts[i],
  gradient: list.gradients[i],
});

export interface LoraModel extends Model {
  list: ParameterList;
}

/** LoRA on every layer, A_l from streams 20, 21, ..., trained by Adam. */
export function loraModel(bed: NetworkBed, options: LoraOptions): LoraModel {
  const { seed, rank, scale, rate, stream } = options;
  const list = loraParameters(bed, seed, rank, stream);
  const layers = bed.weights.map((w, l) =>
    adaptedLayer(w, lowRankAdapter(partOf(list, 2 * l), partOf(list, 2 * l + 1), scale)),
  );
  return { ...adamModel(layers, list, { rate }), list };
}

/** Numbers of LoRA at this rank: r (m + n) a layer. */
export const loraCount = (widths: readonly number[], rank: number): number =>
  widths.slice(1).reduce((sum, m, l) => sum + rank * (m + widths[l]), 0);

/** Numbers of all weights. */
export const fullCount = (widths: readonly number[]): number =>
  widths.slice(1).reduce((sum, m, l) => sum + m * widths[l], 0);
