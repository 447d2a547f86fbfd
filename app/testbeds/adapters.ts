/**
 * Adapters: a frozen weight W (out x in) and a change dW with few parameters, W_eff = W + dW. An adapter says how
 * its change acts on x and how the gradients come back to its own parameters; it never needs W itself, and
 * need not form dL/dW (m x n) where its own gradients are smaller. Its rank may differ from layer to layer
 * and from step to step: only the adapter knows it.
 */
import type { Home, Tensor } from '../gpu/home';
import { matmul } from '../kernels/matmul';
import { copy } from '../kernels/slice';
import { type Matrix, matrix } from '../math/linalg';
import { normals } from '../math/threefry';
import type { TrainableLayer } from './layers';
import { parameterList } from './parameters';
import { adamModel, type Model, type NetworkBed } from './training';

export interface Adapter {
  /** z += x dW^T, in place. What `backward` wants to see again goes into `saved`. */
  addForward(x: Tensor, z: Tensor, saved: Tensor[]): Promise<void>;
  /** Writes the gradients of its parameters; where `dx` is given, dx += dz dW in place. */
  addBackward(x: Tensor, dz: Tensor, saved: readonly Tensor[], dx: Tensor | null): Promise<void>;
  /** W += dW, in place. */
  merge(w: Tensor): Promise<void>;
}

/** W + the adapter's change as one layer. */
export const adaptedLayer = (w: Tensor, adapter: Adapter): TrainableLayer => ({
  async forward(x, saved = []) {
    const z = await matmul(x, w, { transposeB: true });
    await adapter.addForward(x, z, saved);
    return z;
  },
  async backward(x, dz, saved, wantInput) {
    const dx = wantInput ? await matmul(dz, w) : null;
    await adapter.addBackward(x, dz, saved, dx);
    return dx;
  },
  async weight() {
    const sum = await copy(w);
    await adapter.merge(sum);
    return sum;
  },
});

/** A trained part and its gradient. */
export interface Trained {
  value: Tensor;
  gradient: Tensor;
}

/**
 * dW = s B A, B m x r and A r x n, with dL/dB = s dz^T (x A^T) and dL/dA = s (dz B)^T x: 2 batch r (m + n)
 * operations each way, and dL/dW is never formed (Hu et al. 2021). A gradient that is null stays frozen.
 */
export function lowRankAdapter(
  b: { value: Tensor; gradient: Tensor | null },
  a: { value: Tensor; gradient: Tensor | null },
  scale: number,
): Adapter {
  return {
    async addForward(x, z, saved) {
      const p = await matmul(x, a.value, { transposeB: true });
      saved.push(p);
      await matmul(p, b.value, { transposeB: true, alpha: scale, beta: 1, into: z });
    },
    async addBackward(x, dz, [p], dx) {
      if (b.gradient) await matmul(dz, p, { transposeA: true, alpha: scale, into: b.gradient });
      const q = await matmul(dz, b.value);
      if (a.gradient) await matmul(q, x, { transposeA: true, alpha: scale, into: a.gradient });
      if (dx) await matmul(q, a.value, { alpha: scale, beta: 1, into: dx });
    },
    async merge(w) {
      await matmul(b.value, a.value, { alpha: scale, beta: 1, into: w });
    },
  };
}

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

/** LoRA on every layer: A_l ~ N(0, 1 / in) from streams 20, 21, ..., B_l = 0, trained by Adam. */
export function loraModel(bed: NetworkBed, { seed, rank, scale, rate, stream = 20 }: LoraOptions): Model {
  const list = parameterList(
    bed.home,
    bed.data.weights.flatMap(({ rows: m, cols: n }, l) => [
      { shape: [m, rank] },
      { shape: [rank, n], values: loraStart(seed, stream + l, rank, n).data },
    ]),
  );
  const trained = (i: number): Trained => ({ value: list.parts[i], gradient: list.gradients[i] });
  const layers = bed.weights.map((w, l) =>
    adaptedLayer(w, lowRankAdapter(trained(2 * l), trained(2 * l + 1), scale)),
  );
  return adamModel(layers, list, { rate });
}

/** Numbers of LoRA at this rank: r (m + n) a layer. */
export const loraCount = (widths: readonly number[], rank: number): number =>
  widths.slice(1).reduce((sum, m, l) => sum + rank * (m + widths[l]), 0);

/** Numbers of all weights. */
export const fullCount = (widths: readonly number[]): number =>
  widths.slice(1).reduce((sum, m, l) => sum + m * widths[l], 0);

/** W_eff - W of every layer on the host, in float64. */
export async function changes(home: Home, model: Model, weights: readonly Matrix[]): Promise<Matrix[]> {
  const out: Matrix[] = [];
  for (const [l, layer] of model.layers.entries()) {
    const now = await home.scope(async () => home.read(await layer.weight()));
    const { rows: m, cols: n, data } = weights[l];
    out.push(
      matrix(
        m,
        n,
        data.map((w, i) => now[i] - w),
      ),
    );
  }
  return out;
}
