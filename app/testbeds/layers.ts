/**
 * Linear layers and the network of them: z = x W^T with x batch x in and W out x in, GELU between layers.
 * A layer says how it is computed, not what it is made of: dense, dense plus the change of an adapter, two thin
 * factors with a bias. This is the contract of compression methods (Layer) and the base of the other two.
 */
import type { Tensor } from '../gpu/home';
import { gelu, geluGradient } from '../kernels/activation';
import { axpby } from '../kernels/elementwise';
import { matmul } from '../kernels/matmul';
import { norms } from '../kernels/reduce';

export interface Layer {
  /** z = x W^T, a new tensor. What `backward` wants to see again goes into `saved`. */
  forward(x: Tensor, saved?: Tensor[]): Promise<Tensor>;
  /** W as it stands, out x in. May be the layer's own memory: not to be written. */
  weight(): Promise<Tensor>;
}

export interface TrainableLayer extends Layer {
  /**
   * From dz = dL/dz, writes the gradients of the layer's own parameters, and returns dL/dx = dz W where it is
   * wanted (not for the first layer).
   */
  backward(x: Tensor, dz: Tensor, saved: readonly Tensor[], wantInput: boolean): Promise<Tensor | null>;
}

/** What a forward pass leaves for the backward pass: per layer its input, its z, and what it saved. */
export interface Trace {
  output: Tensor;
  inputs: Tensor[];
  sums: Tensor[];
  saved: Tensor[][];
}

export async function forward(layers: readonly Layer[], x: Tensor): Promise<Trace> {
  const trace: Trace = { output: x, inputs: [], sums: [], saved: [] };
  for (const [l, layer] of layers.entries()) {
    const saved: Tensor[] = [];
    const input = trace.output;
    const z = await layer.forward(input, saved);
    trace.inputs.push(input);
    trace.sums.push(z);
    trace.saved.push(saved);
    trace.output = l < layers.length - 1 ? await gelu(z) : z;
  }
  return trace;
}

/** Gradients of all layers' parameters from dL/doutput. */
export async function backward(
  layers: readonly TrainableLayer[],
  { inputs, sums, saved }: Trace,
  dOutput: Tensor,
): Promise<void> {
  let dz = dOutput;
  for (let l = layers.length - 1; l >= 0; l--) {
    const dx = await layers[l].backward(inputs[l], dz, saved[l], l > 0);
    if (dx) dz = await geluGradient(dx, sums[l - 1]);
  }
}

/**
 * dL/doutput of the loss sum (y - t)^2 / (count scale), count all entries of the batch. Times `scale`, so that the
 * gradient is that of the relative loss which is reported.
 */
export function lossGradient(output: Tensor, targets: Tensor, scale: number): Promise<Tensor> {
  const factor = 2 / (output.shape[0] * output.shape[1] * scale);
  return axpby(factor, output, -factor, targets);
}

/** sum (y - t)^2 / (count scale), the squares added in float64. */
export async function relativeLoss(output: Tensor, targets: Tensor, scale: number): Promise<number> {
  const { home } = output;
  return home.scope(async () => {
    const [distance] = await norms(await axpby(1, output, -1, targets));
    return distance ** 2 / (output.shape[0] * output.shape[1] * scale);
  });
}

/** A weight that stays as it is. */
export const frozenLayer = (w: Tensor): Layer => ({
  forward: (x) => matmul(x, w, { transposeB: true }),
  weight: async () => w,
});

/** A dense weight that is trained: `gradient` receives dL/dW = dz^T x. */
export const denseLayer = (w: Tensor, gradient: Tensor): TrainableLayer => ({
  ...frozenLayer(w),
  async backward(x, dz, _saved, wantInput) {
    await matmul(dz, x, { transposeA: true, into: gradient });
    return wantInput ? matmul(dz, w) : null;
  },
});
