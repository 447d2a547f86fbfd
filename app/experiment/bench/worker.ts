/**
 * The benchmark in a worker: on the GPU of this browser, or on its CPU where there is none. To stop it, the page
 * ends the worker, and the device goes with it.
 */
import { CpuHome } from '../../gpu/cpuhome';
import { type GpuDevice, openGpu } from '../../gpu/device';
import { GpuHome } from '../../gpu/gpuhome';
import { toPlainError } from '../protocol';
import { casesOf } from './catalogue';
import type { BenchRequest, FromBench } from './protocol';
import { runBench } from './report';

const post = (message: FromBench) => self.postMessage(message);

async function open(): Promise<GpuDevice | null> {
  try {
    return await openGpu();
  } catch {
    return null; // the bar of the page says why; the CPU is measured instead
  }
}

async function run({ set, only, samples }: BenchRequest): Promise<void> {
  const gpu = await open();
  const home = gpu ? new GpuHome(gpu) : new CpuHome();
  const slow = gpu === null || gpu.report.isFallback;
  const cases = casesOf(set === 'adapter' ? (slow ? 'standard' : 'large') : set, only);
  const report = await runBench(
    home,
    cases.filter((test) => test.run !== null),
    {
      gpu,
      samples,
      onProgress: (done, of, what) => post({ type: 'progress', done, of, what }),
      onRow: (row, peaks) => post({ type: 'row', label: home.label, row, peaks }),
    },
  );
  post({ type: 'done', report });
}

self.onmessage = ({ data }: MessageEvent<BenchRequest>) => {
  run(data).catch((error: unknown) => post({ type: 'error', error: toPlainError(error) }));
};
