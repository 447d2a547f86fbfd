/**
 * What the device can do at best: multiply-adds in registers, and a copy. A peak is a maximum, so whoever
 * measures takes the fastest of several runs.
 */
import copyCode from '../../shaders/peak_copy.wgsl?raw';
import fmaCode from '../../shaders/peak_fma.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import type { Home, Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import { defineOperation } from './operation';

const fma = defineKernel({
  name: 'peak_fma',
  code: fmaCode,
  params: { steps: 'u32', factor: 'f32', count: 'u32' },
  buffers: { c: 'write' },
  grid: ({ count }) => [Math.ceil(count / 64)],
  cost: ({ steps, count }) => ({ flop: 64 * steps * count, bytes: 4 * count }),
});

const copy = defineKernel({
  name: 'peak_copy',
  code: copyCode,
  params: { count: 'u32' },
  buffers: { a: 'read', c: 'write' },
  grid: ({ count }) => linearGrid(count, 256),
  cost: ({ count }) => ({ flop: 0, bytes: 32 * count }),
});

/** 64 flop a step (a multiple of four) and chain set: eight chains of four multiply-adds. Runs once into c (one entry an invocation). */
export const peakFma = defineOperation({
  name: 'peak_fma',
  gpu: async (home: GpuHome, c: Tensor, steps: number) => {
    if (steps % 4 !== 0) throw new Error(`peak_fma: ${steps} steps are no multiple of four`);
    await fma.run(home, { steps, factor: 0.5, count: c.shape[0] }, { c });
  },
  cpu: async (_home: CpuHome, c: Tensor, steps: number) => {
    const out = cpuData(c);
    const x = new Float64Array(32);
    for (let e = 0; e < out.length; e++) {
      for (let i = 0; i < 32; i++) x[i] = e + (i >> 2);
      for (let s = 0; s < steps; s++) for (let i = 0; i < 32; i++) x[i] = x[i] * 0.5 + ((i & 3) + 1) / 4;
      out[e] = x.reduce((sum, value) => sum + value, 0);
    }
  },
});

/** c = a; entries a multiple of four. */
export const peakCopy = defineOperation({
  name: 'peak_copy',
  gpu: async (home: GpuHome, a: Tensor, c: Tensor) => {
    await copy.run(home, { count: a.shape[0] / 4 }, { a, c });
  },
  cpu: async (_home: CpuHome, a: Tensor, c: Tensor) => {
    cpuData(c).set(cpuData(a));
  },
});

/** Sizes: 64 MiB on hardware; less where that would take long, or where the device binds less. */
export function peakSizes(home: Home): { invocations: number; steps: number; words: number } {
  if (home.kind === 'cpu') return { invocations: 64, steps: 2048, words: 2 ** 20 };
  const { barriersAreSlow, device } = home as GpuHome;
  const bindable = Math.floor(device.limits.maxStorageBufferBindingSize / 64) * 16;
  if (barriersAreSlow) return { invocations: 4096, steps: 256, words: Math.min(2 ** 22, bindable) };
  return { invocations: 2 ** 20, steps: 1024, words: Math.min(2 ** 24, bindable) };
}
