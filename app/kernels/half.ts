/** Half precision: float32 to float16 and back, for operands that are to take half the memory. */
import packCode from '../../shaders/half_pack.wgsl?raw';
import unpackCode from '../../shaders/half_unpack.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { shapeText, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import { UserError } from '../math/errors';
import { roundToFloat16 } from '../math/float16';
import { defineOperation, entrywise } from './operation';

const conversion = (name: string, code: string) =>
  defineKernel({
    name,
    code,
    params: { count: 'u32' },
    buffers: { x: 'read', y: 'write' },
    halves: ['x', 'y'],
    grid: ({ count }) => linearGrid(Math.ceil(count / 2), 64),
    cost: ({ count }) => ({ flop: 0, bytes: 6 * count }),
  });

const pack = conversion('half_pack', packCode);
const unpack = conversion('half_unpack', unpackCode);

function expect(name: string, x: Tensor, dtype: 'f32' | 'f16'): void {
  if (x.dtype !== dtype) throw new UserError(`${name}: ${shapeText(x)} is ${x.dtype}, not ${dtype}`);
}

/** Whether a float16 tensor of the CPU home has entries that an adapter may read as zero. */
export const hasSubnormalHalves = (x: Tensor): boolean =>
  x.dtype === 'f16' && cpuData(x).some((value) => value !== 0 && Math.abs(value) < 2 ** -14);

/**
 * X in float16, to nearest, ties to even: |error| <= 2^-11 |x| or 2^-25, infinite from 65520 on.
 * @throws UserError where X is not f32.
 */
export const toHalf = defineOperation({
  name: 'toHalf',
  gpu: async (home: GpuHome, x: Tensor) => {
    expect('toHalf', x, 'f32');
    const y = home.empty(x.shape, 'f16');
    const count = sizeOf(x.shape);
    if (count > 0) await pack.run(home, { count }, { x, y });
    return y;
  },
  cpu: async (home: CpuHome, x: Tensor) => home.wrap(x.shape, reals(x).map(roundToFloat16), 'f16'),
  /** Exact. */
  compare: (got, want) => entrywise(got, want, 0),
});

/**
 * A float16 tensor in float32, exactly (save what half_unpack.wgsl says of subnormals).
 * @throws UserError where X is not f16.
 */
export const toSingle = defineOperation({
  name: 'toSingle',
  gpu: async (home: GpuHome, x: Tensor) => {
    expect('toSingle', x, 'f16');
    const y = home.empty(x.shape);
    const count = sizeOf(x.shape);
    if (count > 0) await unpack.run(home, { count }, { x, y });
    return y;
  },
  cpu: async (home: CpuHome, x: Tensor) => {
    expect('toSingle', x, 'f16');
    return home.wrap(x.shape, reals(x).slice());
  },
  /** Exact, or zero for a subnormal half. */
  compare: (got, want) => entrywise(got, want, (i) => (Math.abs(cpuData(want)[i]) < 2 ** -14 ? 2 ** -14 : 0)),
});

function reals(x: Tensor): Float64Array {
  const data = cpuData(x);
  if (!(data instanceof Float64Array)) throw new Error(`${shapeText(x)} holds integers`);
  return data;
}
