/** Where the command line computes: the machine's GPU, or the CPU with the reason. */
import { CpuHome } from '../gpu/cpuhome';
import type { AdapterReport, GpuDevice } from '../gpu/device';
import { GpuHome } from '../gpu/gpuhome';
import type { Home } from '../gpu/home';
import { openNodeGpu } from '../gpu/node';

export interface Place {
  home: Home;
  gpu: GpuDevice | null;
  adapter: AdapterReport | null;
  /** Why it is not the GPU; null where it is, or where the CPU was asked for. */
  reason: string | null;
  close(): void;
}

/**
 * Opens the home that is wanted; undefined wants the GPU, else the CPU.
 * @throws UserError where the GPU is asked for by name and there is none.
 */
export async function openPlace(wanted: 'gpu' | 'cpu' | undefined, verify = false): Promise<Place> {
  const cpu = (reason: string | null): Place => ({
    home: new CpuHome(),
    gpu: null,
    adapter: null,
    reason,
    close: () => {},
  });
  if (wanted === 'cpu') return cpu(null);
  try {
    const gpu = await openNodeGpu();
    const home = new GpuHome(gpu, { verify });
    const close = () => {
      home.dispose();
      gpu.device.destroy();
    };
    return { home, gpu, adapter: gpu.report, reason: null, close };
  } catch (error) {
    if (wanted === 'gpu') throw error;
    return cpu(error instanceof Error ? error.message : String(error));
  }
}
