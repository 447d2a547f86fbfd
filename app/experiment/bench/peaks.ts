/** What the device does at best: multiply-adds in registers, and a copy. Every share is a share of these. */
import type { Home } from '../../gpu/home';
import { peakCopy, peakFma, peakSizes } from '../../kernels/peak';
import { callMs } from './measure';

export interface Peaks {
  /** GFLOP/s of the multiply-add kernel. */
  gflops: number;
  /** GB/s, reads and writes together, of the copy kernel. */
  gbps: number;
}

/** The larger of each. */
export const higher = (a: Peaks, b: Peaks): Peaks => ({
  gflops: Math.max(a.gflops, b.gflops),
  gbps: Math.max(a.gbps, b.gbps),
});

/** The fastest of several runs of each: a peak is a maximum. */
export async function measurePeaks(home: Home, samples: number, seam?: () => Promise<void>): Promise<Peaks> {
  return home.scope(async () => {
    const { invocations, steps, words } = peakSizes(home);
    const counts = home.tensor([invocations]);
    const from = home.tensor([words]);
    const to = home.tensor([words]);
    const best = async (call: () => Promise<unknown>) => {
      await callMs(home, 1, call); // compiles
      const { wallMs: once } = await callMs(home, 1, call);
      // Long enough that a tick of the timestamps, up to 1 ms, does not matter.
      const times = Math.max(1, Math.min(64, Math.ceil(30 / once)));
      let least = Number.POSITIVE_INFINITY;
      for (let i = 0; i < samples; i++) {
        await seam?.();
        const { wallMs, kernelMs } = await callMs(home, times, call);
        least = Math.min(least, kernelMs ?? wallMs);
      }
      return least;
    };
    const fmaMs = await best(() => peakFma(counts, steps));
    const copyMs = await best(() => peakCopy(from, to));
    return { gflops: (64 * steps * invocations) / fmaMs / 1e6, gbps: (8 * words) / copyMs / 1e6 };
  });
}
