/**
 * Which kernels an operation would dispatch on this or another kind of adapter: it runs as it is, in a home that
 * notes each dispatch instead of queueing it. What depends on values that are read back ends there.
 */
import type { AdapterReport, GpuDevice } from '../../gpu/device';
import { GpuHome } from '../../gpu/gpuhome';
import type { Dtype, Tensor } from '../../gpu/home';
import type { Dispatch } from '../../gpu/pipelines';
import { type BenchCase, tensorsOf } from './case';

class ReadBack extends Error {}

export type Planned = Pick<Dispatch, 'constants'> & { name: string };

class PlanningHome extends GpuHome {
  readonly dispatches: Planned[] = [];

  override tensor(shape: readonly number[], _values?: ArrayLike<number>, dtype: Dtype = 'f32'): Tensor {
    return this.empty(shape, dtype);
  }

  override async dispatch({ source: { name }, constants }: Dispatch): Promise<void> {
    this.dispatches.push({ name, constants });
  }

  override async read(): Promise<never> {
    throw new ReadBack();
  }
}

/** As a GPU reports itself: hardware, subgroups of 32, the features of this device. */
export const AS_GPU = { isFallback: false, subgroupMinSize: 32 };

/**
 * The dispatches of a case on this device, taken for another where `as` says so, in order, up to the first
 * read-back. Nothing is compiled and nothing runs.
 */
export async function planned(
  gpu: GpuDevice,
  test: BenchCase,
  as: Partial<AdapterReport> = {},
): Promise<Planned[]> {
  const { run } = test;
  if (!run) return [];
  const home = new PlanningHome({ ...gpu, report: { ...gpu.report, ...as } });
  try {
    await home.scope(async () => {
      await run(tensorsOf(home, test), home);
    });
  } catch (error) {
    if (!(error instanceof ReadBack)) throw error;
  } finally {
    home.dispose();
  }
  return home.dispatches;
}

/** The kernels of a case on a GPU, each once. */
export async function plannedOnGpu(gpu: GpuDevice, test: BenchCase): Promise<string[]> {
  return [...new Set((await planned(gpu, test, AS_GPU)).map(({ name }) => name))];
}
