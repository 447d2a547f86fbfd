/**
 * Which kernels an operation would dispatch on another kind of adapter: it runs as it is, in a home that notes
 * each dispatch instead of queueing it. What depends on values that are read back ends there.
 */
import type { GpuDevice } from '../../gpu/device';
import { GpuHome } from '../../gpu/gpuhome';
import type { Dtype, Tensor } from '../../gpu/home';
import type { Dispatch } from '../../gpu/pipelines';
import { type BenchCase, tensorsOf } from './case';

class ReadBack extends Error {}

class PlanningHome extends GpuHome {
  readonly kernels: string[] = [];

  override tensor(shape: readonly number[], _values?: ArrayLike<number>, dtype: Dtype = 'f32'): Tensor {
    return this.empty(shape, dtype);
  }

  override async dispatch({ source }: Dispatch): Promise<void> {
    if (!this.kernels.includes(source.name)) this.kernels.push(source.name);
  }

  override async read(): Promise<never> {
    throw new ReadBack();
  }
}

/**
 * The kernels of a case on a GPU (hardware, subgroups of 32, the features of this device), in order, each
 * once, up to the first read-back. Nothing is compiled and nothing runs.
 */
export async function plannedOnGpu(gpu: GpuDevice, test: BenchCase): Promise<string[]> {
  const { run } = test;
  if (!run) return [];
  const home = new PlanningHome({
    ...gpu,
    report: { ...gpu.report, isFallback: false, subgroupMinSize: 32 },
  });
  try {
    await home.scope(async () => {
      await run(tensorsOf(home, test), home);
    });
  } catch (error) {
    if (!(error instanceof ReadBack)) throw error;
  } finally {
    home.dispose();
  }
  return home.kernels;
}
