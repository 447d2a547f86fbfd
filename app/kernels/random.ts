/** Random tensors, drawn where they are used: the streams of app/math/threefry.ts, on the GPU or the CPU. */
import code from '../../shaders/random_fill.wgsl?raw';
import type { CpuHome } from '../gpu/cpuhome';
import { cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { type Home, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import * as threefry from '../math/threefry';
import { defineOperation, entrywise } from './operation';

const kernel = defineKernel({
  name: 'random_fill',
  code,
  params: { seed: 'u32', stream: 'u32', start: 'u32', count: 'u32', kind: 'u32' },
  buffers: { x: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count }) => ({ flop: 150 * count, bytes: 4 * count }),
});

type Draw = (seed: number, stream: number, count: number, start?: number) => Float64Array;

const fill = (name: string, kind: number, draw: Draw, ulps: number) =>
  defineOperation({
    name,
    gpu: async (home: GpuHome, _in: Home, shape: readonly number[], seed: number, stream: number, start?: number): Promise<Tensor> => {
      const x = home.empty(shape);
      await kernel.run(home, { seed, stream, start: start ?? 0, count: sizeOf(shape), kind }, { x });
      return x;
    },
    cpu: async (home: CpuHome, _in: Home, shape: readonly number[], seed: number, stream: number, start?: number): Promise<Tensor> =>
      home.tensor(shape, draw(seed, stream, sizeOf(shape), start)),
    compare: (got, want) => entrywise(got, want, (i) => ulps * 2 ** -23 * Math.abs(cpuData(want)[i]) + 2 ** -149),
  });

/** Uniform in (0, 1) of key (seed, stream), from draw `start` on, row-major. */
export const uniform = fill('uniform', 0, threefry.uniforms, 1);
/** Standard normal. */
export const normal = fill('normal', 1, threefry.normals, 4);
/** -1 or 1. */
export const signs = fill('signs', 2, threefry.signs, 0.5);
