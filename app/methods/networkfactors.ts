/**
 * Factors of trained adapters, under the names that PEFT gives them, and what storing them at a precision does to
 * the network: its loss, and the change of its weights.
 */
import type { Tensor } from '../gpu/home';
import { axpby } from '../kernels/elementwise';
import { frobenius } from '../kernels/reduce';
import { copy } from '../kernels/slice';
import { transpose } from '../kernels/transpose';
import { adaptedLayer, lowRankAdapter } from '../testbeds/adapters';
import type { Layer } from '../testbeds/layers';
import { evaluate, type NetworkBed } from '../testbeds/training';
import type { Factor, FactorSet, Measure } from './factors';

/** A file's name of a layer of the network: `part` is "lora_A.weight", say. */
export const peftKey = (layer: number, part: string): string => `base_model.model.layers.${layer}.${part}`;

/** Tensors of their own with the same entries: what a cached run can keep of a model that ends. */
export async function copies(tensors: readonly Tensor[]): Promise<Tensor[]> {
  const out: Tensor[] = [];
  for (const tensor of tensors) out.push(await copy(tensor));
  return out;
}

/** The loss on the evaluation rows with the layers that the stored parts make. */
export const lossMeasure = (
  bed: NetworkBed,
  metric: string,
  layers: (parts: readonly Tensor[]) => Promise<readonly Layer[]>,
): Measure => ({
  metric,
  of: (parts) => bed.home.scope(async () => evaluate(bed, await layers(parts))),
});

/** ||dW of the stored parts - dW||_F / ||dW||_F over all layers, dW the change of the pretrained weights. */
export const changeMeasure = (
  bed: NetworkBed,
  given: readonly Tensor[],
  layers: (parts: readonly Tensor[]) => Promise<readonly Layer[]>,
): Measure => ({
  label: 'Error of ΔW',
  of: (parts) =>
    bed.home.scope(async () => {
      const [stored, exact] = [await layers(parts), await layers(given)];
      let [rest, whole] = [0, 0];
      for (const [l, w] of bed.weights.entries()) {
        const sum = await exact[l].weight();
        rest += (await frobenius(await axpby(1, await stored[l].weight(), -1, sum))) ** 2;
        whole += (await frobenius(await axpby(1, sum, -1, w))) ** 2;
      }
      return whole === 0 ? null : Math.sqrt(rest / whole);
    }),
});

/** Both, for a network that is made of `parts`. */
export const networkMeasures = (
  bed: NetworkBed,
  metric: string,
  parts: readonly Factor[],
  layers: (parts: readonly Tensor[]) => Promise<readonly Layer[]>,
): Measure[] => [
  lossMeasure(bed, metric, layers),
  changeMeasure(
    bed,
    parts.map(({ value }) => value),
    layers,
  ),
];

/** A (r x in) and B (out x r) of every layer from their [B^T, A, B^T, A, ...]: dW = scale B A. */
export async function loraFactors(
  bed: NetworkBed,
  trained: readonly Tensor[],
  scale: number,
  metric: string,
): Promise<FactorSet> {
  const parts: Factor[] = [];
  for (let l = 0; 2 * l < trained.length; l++) {
    const [bt, a] = trained.slice(2 * l, 2 * l + 2);
    parts.push(
      { name: `A of layer ${l + 1}`, key: peftKey(l, 'lora_A.weight'), value: a },
      { name: `B of layer ${l + 1}`, key: peftKey(l, 'lora_B.weight'), value: await transpose(bt) },
    );
  }
  const layers = async (stored: readonly Tensor[]): Promise<Layer[]> => {
    const out: Layer[] = [];
    for (const [l, w] of bed.weights.entries()) {
      const part = (value: Tensor) => ({ value, gradient: null });
      const bt = await transpose(stored[2 * l + 1]);
      out.push(adaptedLayer(w, lowRankAdapter(part(bt), part(stored[2 * l]), scale)));
    }
    return out;
  };
  const rank = trained[0].shape[0];
  return {
    parts,
    measures: networkMeasures(bed, metric, parts, layers),
    // PEFT multiplies B A by lora_alpha / r.
    metadata: { r: String(rank), lora_alpha: String(scale * rank) },
  };
}
