/** Our kernels, through the home that the methods use. */

import { type BenchCase, type Tensors, tensorsOf } from '../../../app/experiment/bench/case';
import { readAll } from '../../../app/experiment/bench/measure';
import { type GpuDevice, openGpu } from '../../../app/gpu/device';
import { GpuHome } from '../../../app/gpu/gpuhome';
import type { Home } from '../../../app/gpu/home';
import { MemoryStore, Tuner } from '../../../app/gpu/tuner';
import type { Contender, Library } from '../contender';

const tuner = new Tuner(new MemoryStore());
const MOST_KEYS = 8;

let opened: Promise<GpuDevice> | undefined;
/** One device for ours and the naive kernels: they differ in nothing but the kernel. */
export const device = (): Promise<GpuDevice> => {
  opened ??= openGpu().then((gpu) => {
    tuner.attach(gpu.device);
    return gpu;
  });
  return opened;
};

/** A contender that runs in a home of its own. */
export async function inHome(
  test: BenchCase,
  run: (tensors: Tensors, home: Home) => Promise<Tensors>,
): Promise<Contender> {
  const home = new GpuHome(await device());
  const tensors = tensorsOf(home, test);
  for (const tensor of Object.values(tensors)) home.keep(tensor);
  await home.finish();
  return {
    async run(times) {
      for (let i = 0; i < times; i++) {
        await home.scope(async () => {
          await run(tensors, home);
        });
      }
      await home.finish();
    },
    outputs: () => home.scope(async () => readAll(home, await run(tensors, home))),
    async settle() {
      const isOpen = tuner.pending > 0;
      for (let i = 0; i < MOST_KEYS && tuner.pending > 0; i++) await tuner.tuneNext(home);
      return isOpen;
    },
    dispose() {
      for (const tensor of Object.values(tensors)) home.release(tensor);
      home.dispose();
    },
  };
}

export const ours: Library = {
  name: 'rankscope',
  open: async () => {
    await device();
  },
  prepare: async (test) => (test.run ? inHome(test, test.run) : null),
};
