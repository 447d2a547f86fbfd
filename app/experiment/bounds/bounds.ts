/**
 * How far every operation is from float64, as a share of the bound that it derives: programs that run the
 * operations of a family at a dozen sizes in a home that verifies each call.
 */

import type { GpuDevice } from '../../gpu/device';
import { GpuHome, type GpuHomeOptions } from '../../gpu/gpuhome';
import { type Dtype, type Home, partsOf, sizeOf, type Tensor } from '../../gpu/home';
import { DeviationError } from '../../kernels/operation';
import { integers, normals, uniforms } from '../../math/threefry';

export interface BoundFamily {
  title: string;
  /** The names of its operations; other families may run them too. */
  operations: readonly string[];
  sizes: readonly number[];
  /** Runs them all at one size, at shapes that no other size has. */
  run: (home: GpuHome, size: number, draw: Draw) => Promise<unknown>;
}

export interface BoundRow {
  operation: string;
  /** Different shapes that were compared. */
  shapes: number;
  /** The worst error over bound, and the shapes it was met at. 0 where every entry is exact. */
  worst: number;
  at: string;
}

/** Random tensors in a home, each from a stream of its own. */
export class Draw {
  private stream = 0;
  constructor(
    private readonly home: Home,
    private readonly seed: number,
  ) {}

  /** Standard normal; complex ones have normal parts. */
  normal(shape: readonly number[], dtype: Dtype = 'f32'): Tensor {
    return this.home.tensor(shape, normals(this.seed, this.stream++, partsOf(dtype) * sizeOf(shape)), dtype);
  }

  /** Uniform in (low, high). */
  between(low: number, high: number, shape: readonly number[]): Tensor {
    const values = uniforms(this.seed, this.stream++, sizeOf(shape));
    return this.home.tensor(
      shape,
      values.map((u) => low + (high - low) * u),
    );
  }

  /** u32 below `end`. */
  below(end: number, shape: readonly number[]): Tensor {
    return this.home.tensor(shape, integers(this.seed, this.stream++, sizeOf(shape), end), 'u32');
  }
}

/** One row an operation of these families, in their order. */
export async function measureBounds(
  device: GpuDevice,
  families: readonly BoundFamily[],
  options: GpuHomeOptions & { onSize?: (title: string, size: number) => void } = {},
): Promise<BoundRow[]> {
  const seen = new Map<string, Map<string, number>>();
  const home = new GpuHome(device, {
    ...options,
    verify: true,
    onVerified: ({ operation, shapes, ratio }) => {
      const own = seen.get(operation) ?? new Map<string, number>();
      seen.set(operation, own.set(shapes, Math.max(ratio, own.get(shapes) ?? 0)));
    },
  });
  try {
    for (const { title, sizes, run } of families) {
      for (const size of sizes) {
        options.onSize?.(title, size);
        try {
          await home.scope(async () => {
            await run(home, size, new Draw(home, size));
          });
        } catch (error) {
          // A row beyond its bound says so by itself; what follows at this size is not run.
          if (!(error instanceof DeviationError)) throw error;
        }
      }
    }
  } finally {
    home.dispose();
  }
  return families.flatMap(({ operations }) =>
    operations.map((operation) => {
      const own = seen.get(operation) ?? new Map<string, number>();
      let [worst, at] = [0, ''];
      for (const [shapes, ratio] of own) if (ratio > worst) [worst, at] = [ratio, shapes];
      return { operation, shapes: own.size, worst, at };
    }),
  );
}
