/**
 * Random tensors, drawn where they are needed. Threefry makes entry i of a stream a function of (seed,
 * stream, start + i), so both homes draw the same bits; uniforms and signs are equal, normals on the GPU are
 * within 2 ulp of the float32-rounded float64 ones (measured: 1 ulp at worst over 10^6).
 *
 * seed, stream and start are integers in 0..2^32-1 with start + size <= 2^32; arrays fill in row-major order.
 */
import bitsCode from '../../shaders/random_bits.wgsl?raw';
import normalCode from '../../shaders/random_normal.wgsl?raw';
import signsCode from '../../shaders/random_signs.wgsl?raw';
import uniformCode from '../../shaders/random_uniform.wgsl?raw';
import type { CpuHome } from '../gpu/cpuhome';
import { cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { type Home, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import { normals, signs as signs64, threefry2x32, uniforms } from '../math/threefry';
import { defineOperation, entrywise } from './operation';

type Fill = [home: Home, shape: readonly number[], seed: number, stream: number, start?: number];

const params = { seed: 'u32', stream: 'u32', start: 'u32', count: 'u32' } as const;

const kernelOf = (name: string, code: string, flop: number) =>
  defineKernel({
    name,
    code,
    params,
    buffers: { out: 'write' },
    grid: ({ count }) => linearGrid(count, 64),
    cost: ({ count }) => ({ flop: flop * count, bytes: 4 * count }),
  });

// Integer operations of an entry, counted as flop so that long draws are cut in time.
const normalKernel = kernelOf('random_normal', normalCode, 500);
const uniformKernel = kernelOf('random_uniform', uniformCode, 110);
const signsKernel = kernelOf('random_signs', signsCode, 110);
const bitsKernel = kernelOf('random_bits', bitsCode, 110);

/** The gap between a float32 and its neighbour above in size; 2^-149 at zero. */
export function ulp32(x: number): number {
  const size = Math.abs(Math.fround(x));
  if (size < 2 ** -126) return 2 ** -149;
  let power = 2 ** Math.floor(Math.log2(size));
  // log2 may round up to the next integer just below a power of two.
  if (power > size) power /= 2;
  return power * 2 ** -23;
}

function fillOperation(
  name: string,
  kernel: typeof normalKernel,
  draw: (seed: number, stream: number, count: number, start?: number) => Float64Array,
  ulps: number,
) {
  return defineOperation<Fill, Tensor>({
    name,
    gpu: async (home: GpuHome, _home, shape, seed, stream, start = 0) => {
      check(name, seed, stream, sizeOf(shape), start);
      const out = home.empty(shape);
      await kernel.run(home, { seed, stream, start, count: sizeOf(shape) }, { out });
      return out;
    },
    cpu: async (home: CpuHome, _home, shape, seed, stream, start = 0) =>
      home.tensor(shape, draw(seed, stream, sizeOf(shape), start)),
    compare: (got, want) => {
      const values = cpuData(want);
      return entrywise(got, want, (i) => ulps * ulp32(values[i]), `${name} entry`);
    },
  });
}

/** Standard normals. */
export const normal = fillOperation('random_normal', normalKernel, normals, 2);

/** Uniforms ((w >> 8) + 0.5) 2^-24, rounded to float32 in both homes: in (0, 1], 1 itself once in 2^24. */
export const uniform = fillOperation('random_uniform', uniformKernel, uniforms, 0);

/** Random signs: -1 where the uniform is below 0.5, else 1. */
export const signs = fillOperation('random_signs', signsKernel, signs64, 0);

/** The raw words of `count` indices from `start` on, count x 2 of dtype u32. */
export const randomBits = defineOperation<
  [home: Home, count: number, seed: number, stream: number, start?: number],
  Tensor
>({
  name: 'random_bits',
  gpu: async (home: GpuHome, _home, count, seed, stream, start = 0) => {
    check('random_bits', seed, stream, count, start);
    const out = home.empty([count, 2], 'u32');
    await bitsKernel.run(home, { seed, stream, start, count }, { out });
    return out;
  },
  cpu: async (home: CpuHome, _home, count, seed, stream, start = 0) => {
    const words = new Uint32Array(2 * count);
    for (let i = 0; i < count; i++) words.set(threefry2x32(seed, stream, start + i, 0), 2 * i);
    return home.wrap([count, 2], words);
  },
  compare: (got, want) => entrywise(got, want, 0, 'random word'),
});

function check(name: string, seed: number, stream: number, count: number, start: number): void {
  for (const value of [seed, stream, start]) {
    if (!Number.isInteger(value) || value < 0 || value >= 2 ** 32) {
      throw new RangeError(`${name}: seed ${seed}, stream ${stream} and start ${start} must be in 0..2^32-1`);
    }
  }
  if (start + count > 2 ** 32) throw new RangeError(`${name}: index ${start} + ${count} is above 2^32`);
}
