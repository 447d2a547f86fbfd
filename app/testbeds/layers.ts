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
  /**
   * h = gelu(z) with z = x W^T in one go, for layers that can; z itself only where it is wanted. Otherwise the
   * activation is a dispatch of its own after `forward`.
   */
  forwardActivated?(x: Tensor, saved: Tensor[], wantSum: boolean): Promise<{ h: Tensor; z: Tensor | null }>;
  /** W as it stands, out x in. May be the layer's own memory: not to be written. */
  weight(): Promise<Tensor>;
}

export interface TrainableLayer extends Layer {
  /**
   * From dz = dL/dz, writes the gradients of the layer's own parameters, and returns dL/dx = dz W where it is
   * wanted (not for the first layer).
   */
  backward(x: Tensor, dz: Tensor, saved: readonly Tensor[], wantInput: boolean): Promise<Tensor | null>;
  /** The same, with (dz W) gelu'(below) in one go, for layers that can; `below` is the z before this layer's x. */
  backwardActivated?(x: Tensor, dz: Tensor, saved: readonly Tensor[], below: Tensor): Promise<Tensor>;
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
    trace.inputs.push(input);
    trace.saved.push(saved);
    const isLast = l === layers.length - 1;
    const both = isLast ? null : await layer.forwardActivated?.(input, saved, true);
    if (both?.z) {
      trace.output = both.h;
      trace.sums.push(both.z);
      continue;
    }
    const z = await layer.forward(input, saved);
    trace.output = isLast ? z : await gelu(z);
    trace.sums.push(z);
  }
  return trace;
}

/** The outputs alone: nothing is kept for a backward pass. */
export async function outputOf(layers: readonly Layer[], x: Tensor): Promise<Tensor> {
  let h = x;
  for (const [l, layer] of layers.entries()) {
    if (l === layers.length - 1) h = await layer.forward(h);
    else if (layer.forwardActivated) h = (await layer.forwardActivated(h, [], false)).h;
    else h = await gelu(await layer.forward(h));
  }
  return h;
}

/** Gradients of all layers' parameters from dL/doutput. */
export async function backward(
  layers: readonly TrainableLayer[],
  { inputs, sums, saved }: Trace,
  dOutput: Tensor,
): Promise<void> {
  let dz = dOutput;
  for (let l = layers.length - 1; l >= 0; l--) {
    const layer = layers[l];
    if (l > 0 && layer.backwardActivated) {
      dz = await layer.backwardActivated(inputs[l], dz, saved[l], sums[l - 1]);
      continue;
    }
    const dx = await layer.backward(inputs[l], dz, saved[l], l > 0);
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

/** A low-rank update of a product, u v or u v^T times a scale, as matmul's epilogue takes it. */
export interface Update {
  u: Tensor;
  v: Tensor;
  transposeV?: boolean;
  scale?: number;
}

/** z = x W^T + update. */
export const dense = (x: Tensor, w: Tensor, lowRank?: Update): Promise<Tensor> =>
  matmul(x, w, { transposeB: true, epilogue: { lowRank } });

/** h = gelu(z), z = x W^T + update, in one dispatch. */
export async function denseActivated(
  x: Tensor,
  w: Tensor,
  wantSum: boolean,
  lowRank?: Update,
): Promise<{ h: Tensor; z: Tensor | null }> {
  const z = wantSum ? x.home.empty([x.shape[0], w.shape[0]]) : null;
  const epilogue = { lowRank, activation: 'gelu' as const, preActivation: z ?? undefined };
  return { h: await matmul(x, w, { transposeB: true, epilogue }), z };
}

/** (dz W + update), times gelu'(below) where that is given. */
export const denseBack = (dz: Tensor, w: Tensor, lowRank?: Update, below?: Tensor): Promise<Tensor> =>
  matmul(dz, w, {
    epilogue: { lowRank, gradient: below && { activation: 'gelu' as const, at: below } },
  });

/** A weight that stays as it is. */
export const frozenLayer = (w: Tensor): Layer => ({
  forward: (x) => dense(x, w),
  forwardActivated: (x, _saved, wantSum) => denseActivated(x, w, wantSum),
  weight: async () => w,
});

/** A dense weight that is trained: `gradient` receives dL/dW = dz^T x. */
export const denseLayer = (w: Tensor, gradient: Tensor): TrainableLayer => ({
  ...frozenLayer(w),
  async backward(x, dz, _saved, wantInput) {
    await matmul(dz, x, { transposeA: true, into: gradient });
    return wantInput ? denseBack(dz, w) : null;
  },
  async backwardActivated(x, dz, _saved, below) {
    await matmul(dz, x, { transposeA: true, into: gradient });
    return denseBack(dz, w, undefined, below);
  },
});
