/** The weights of sltrain's runs as layers: low rank plus sparse, low rank, sparse. */
import { type Home, sizeOf, type Tensor } from '../../../gpu/home';
import { matmul } from '../../../kernels/matmul';
import { addOnSupport, gatherOnSupport } from '../../../kernels/support';
import type { TrainableLayer } from '../../../testbeds/layers';

export interface Trained {
  value: Tensor;
  gradient: Tensor;
}

/** Row-major places of the sparse entries (u32) and their trained values. */
export interface Sparse extends Trained {
  index: Tensor;
}

/** B (m x r), A (r x n) and the factor of their product. */
export interface LowRank {
  b: Trained;
  a: Trained;
  scaling: number;
}

/** W = c B A + S, formed dense once a step: m n extra numbers that are not trained and have no state. */
export function sumLayer(
  home: Home,
  [m, n]: readonly [number, number],
  low: LowRank | null,
  sparse: Sparse | null,
): TrainableLayer {
  const weight = async (): Promise<Tensor> => {
    const w = low ? await matmul(low.b.value, low.a.value, { alpha: low.scaling }) : home.tensor([m, n]);
    if (sparse && sizeOf(sparse.index.shape) > 0) await addOnSupport(w, sparse.index, sparse.value);
    return w;
  };
  return {
    weight,
    async forward(x, saved) {
      const w = await weight();
      saved?.push(w);
      return matmul(x, w, { transposeB: true });
    },
    async backward(x, dz, [w], wantInput) {
      const g = await matmul(dz, x, { transposeA: true });
      if (low) {
        const { a, b, scaling } = low;
        await matmul(g, a.value, { transposeB: true, alpha: scaling, into: b.gradient });
        await matmul(b.value, g, { transposeA: true, alpha: scaling, into: a.gradient });
      }
      if (sparse && sizeOf(sparse.index.shape) > 0) {
        await gatherOnSupport(g, sparse.index, { into: sparse.gradient });
      }
      return wantInput ? matmul(dz, w) : null;
    },
  };
}

/** W = B A, never formed: x goes through A and then B. */
export const factorLayer = (b: Trained, a: Trained): TrainableLayer => ({
  weight: () => matmul(b.value, a.value),
  async forward(x, saved) {
    const inside = await matmul(x, a.value, { transposeB: true });
    saved?.push(inside);
    return matmul(inside, b.value, { transposeB: true });
  },
  async backward(x, dz, [inside], wantInput) {
    await matmul(dz, inside, { transposeA: true, into: b.gradient });
    const back = await matmul(dz, b.value);
    await matmul(back, x, { transposeA: true, into: a.gradient });
    return wantInput ? matmul(back, a.value) : null;
  },
});
