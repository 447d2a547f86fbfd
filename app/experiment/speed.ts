/** How fast a home is: at its best (the roofline), at one product, and for a single dispatch. */
import type { Home } from '../gpu/home';
import { axpby } from '../kernels/elementwise';
import { matmul } from '../kernels/matmul';
import { peakCopy, peakFma, peakSizes } from '../kernels/peak';
import type { Speeds } from './protocol';
import { timeCalls } from './runner';

const REPEATS = 3;

/** Takes about a second on a software adapter, far less on a GPU. */
export async function measureSpeeds(home: Home, slow: boolean): Promise<Speeds> {
  const product = slow ? 256 : 1024;
  const { invocations, steps, words } = peakSizes(home);
  const ramp = (count: number) => Float32Array.from({ length: count }, (_, i) => ((i * 37) % 101) / 101);
  return home.scope(async () => {
    const best = async (label: string, call: () => Promise<unknown>) => {
      let ms = Number.POSITIVE_INFINITY;
      for (let i = 0; i < REPEATS; i++) ms = Math.min(ms, await timeCalls(home, { label, repeats: 1, call }));
      return ms;
    };
    const out = home.tensor([invocations]);
    const fmaMs = await best('peak', () => peakFma(out, steps));
    const from = home.tensor([words]);
    const to = home.tensor([words]);
    const copyMs = await best('copy', () => peakCopy(from, to));
    const a = home.tensor([product, product], ramp(product * product));
    const productMs = await best('product', () => matmul(a, a));
    const one = home.tensor([1, 1], [1]);
    const began = performance.now();
    const dispatches = 200;
    await home.scope(async () => {
      for (let i = 0; i < dispatches; i++) await axpby(1, one, 1, one);
      await home.finish();
    });
    const dispatchMs = (performance.now() - began) / dispatches;
    await home.timings();
    return {
      peakGflops: (64 * steps * invocations) / fmaMs / 1e6,
      peakGbps: (8 * words) / copyMs / 1e6,
      gflops: (2 * product ** 3) / productMs / 1e6,
      dispatchMs,
    };
  });
}
