/**
 * Times our part of a case on one home: the first answer with compilation, then samples of several calls
 * each, the result checked before any time is kept.
 */
import type { Home, Timing } from '../../gpu/home';
import { median } from '../../math/statistics';
import { type BenchCase, type Outputs, type Tensors, tensorsOf, type Verdict, WRONG } from './case';

export interface Measured {
  id: string;
  family: string;
  size: Readonly<Record<string, number>>;
  flop: number;
  bytes: number;
  verdict: Verdict;
  isRight: boolean;
  /** From the first call to the answer on the host, compilation included, ms. */
  firstMs: number;
  /** ms a call by the clock, calls queued together and waited for once: the least and the median of the samples. */
  bestMs: number;
  medianMs: number;
  /** ms a call in kernels alone, by timestamps: the least; null where the device gave none worth keeping. */
  kernelMs: number | null;
  samples: number;
  /** Kernels of one call and how often each was dispatched. */
  kernels: Readonly<Record<string, number>>;
}

export interface MeasureOptions {
  samples: number;
  /** A sample repeats the call until it lasts this long. */
  leastMs?: number;
  /** No new sample begins after this. */
  limitMs?: number;
  seam?: () => Promise<void>;
}

const MOST_CALLS = 200;
/** Browsers round timestamps to 0.1 ms, Dawn here to 1 ms: below 20 of these the clock on the wall is the better one. */
const LEAST_GPU_MS = 20;

export async function measureCase(home: Home, test: BenchCase, options: MeasureOptions): Promise<Measured> {
  const { samples, leastMs = 30, limitMs = 20_000, seam } = options;
  const { run } = test;
  if (!run) throw new Error(`${test.id}: nothing to measure`);
  return home.scope(async () => {
    const tensors = tensorsOf(home, test);
    await home.timings();
    const began = performance.now();
    const outputs = await home.scope(async () => readAll(home, await run(tensors, home)));
    const firstMs = performance.now() - began;
    const kernels = countsOf(await home.timings());
    const verdict = test.check(outputs);
    const calls = (times: number) => callMs(home, times, () => run(tensors, home));
    await seam?.();
    const { wallMs: once } = await calls(1);
    const times = Math.max(1, Math.min(MOST_CALLS, Math.ceil(leastMs / Math.max(once, 1e-3))));
    const taken: CallTime[] = [];
    while (taken.length < samples && (taken.length === 0 || performance.now() - began < limitMs)) {
      await seam?.();
      taken.push(await calls(times));
    }
    const wall = taken.map(({ wallMs }) => wallMs);
    const inKernels = taken.map(({ kernelMs }) => kernelMs).filter((ms) => ms !== null);
    return {
      id: test.id,
      family: test.family,
      size: test.size,
      flop: test.flop,
      bytes: test.bytes,
      verdict,
      isRight: verdict.error <= WRONG,
      firstMs,
      bestMs: Math.min(...wall),
      medianMs: median(wall),
      kernelMs: inKernels.length === taken.length ? Math.min(...inKernels) : null,
      samples: wall.length,
      kernels,
    };
  });
}

interface CallTime {
  wallMs: number;
  /** In kernels alone; null where there are no timestamps, or too few ticks of them. */
  kernelMs: number | null;
}

/** ms a call of several that are queued together and waited for once. */
export async function callMs(home: Home, times: number, call: () => Promise<unknown>): Promise<CallTime> {
  const began = performance.now();
  for (let i = 0; i < times; i++) {
    await home.scope(async () => {
      await call();
    });
  }
  await home.finish();
  const wallMs = (performance.now() - began) / times;
  const kernels = gpuMs(await home.timings());
  return { wallMs, kernelMs: kernels === null || kernels < LEAST_GPU_MS ? null : kernels / times };
}

export async function readAll(home: Home, tensors: Tensors): Promise<Outputs> {
  const outputs: Record<string, ArrayLike<number>> = {};
  for (const [name, tensor] of Object.entries(tensors)) outputs[name] = await home.read(tensor);
  return outputs;
}

function countsOf(timings: readonly Timing[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kernel, calls } of timings) counts[kernel] = (counts[kernel] ?? 0) + calls;
  return counts;
}

/** The sum of the timestamps in ms; null where any dispatch has none, and on the CPU. */
function gpuMs(timings: readonly Timing[]): number | null {
  if (timings.length === 0) return null;
  let sum = 0;
  for (const { clock, ms } of timings) {
    if (clock !== 'gpu' || ms === null) return null;
    sum += ms;
  }
  return sum;
}
