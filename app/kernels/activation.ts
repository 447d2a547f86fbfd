/** The activation between linear layers, GELU in its tanh form, and its gradient. */
import backwardCode from '../../shaders/gelu_backward.wgsl?raw';
import forwardCode from '../../shaders/gelu_forward.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { shapeText, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import { UserError } from '../math/errors';
import { gelu as gelu64, geluArgument, geluGate, geluSlope as geluSlope64 } from '../math/gelu';
import { defineOperation, entrywise } from './operation';

// An exp and a division, counted as some twenty operations.
const forwardKernel = defineKernel({
  name: 'gelu_forward',
  code: forwardCode,
  params: { count: 'u32' },
  buffers: { z: 'read', h: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count }) => ({ flop: 20 * count, bytes: 8 * count }),
});

const backwardKernel = defineKernel({
  name: 'gelu_backward',
  code: backwardCode,
  params: { count: 'u32' },
  buffers: { dh: 'read', z: 'read', dz: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count }) => ({ flop: 30 * count, bytes: 12 * count }),
});

const UNIT = 2 ** -24;

/**
 * In units of 2^-24, relative error of e = exp(-2u): u has at most 6 roundings, so 12 |u|, and the WGSL exp is
 * within 3 + 2 |2u| ulp (WGSL specification, 15.7.4), so 6 + 8 |u|.
 */
const expError = (x: number): number => 6 + 20 * Math.abs(geluArgument(x));

/** |error| of gelu in float32: x s with s = 1 / (1 + e), division within 2.5 ulp, and the capped tail. */
export function geluBound(x: number): number {
  const s = geluGate(x);
  return Math.abs(x) * (s * ((1 - s) * expError(x) + 8) * UNIT + 1e-34) + 1e-37;
}

/** |error| of its derivative: s as above; 2 x u' s (1 - s) has both factors and eight more roundings. */
export function geluSlopeBound(x: number): number {
  const s = geluGate(x);
  const second = Math.abs(geluSlope64(x) - s);
  const first = s * ((1 - s) * expError(x) + 8);
  return (first + second * (2 * expError(x) + 26)) * UNIT + 1e-30;
}

/** h = gelu(z). */
export const gelu = defineOperation({
  name: 'gelu',
  gpu: async (home: GpuHome, z: Tensor) => {
    const h = home.empty(z.shape);
    await forwardKernel.run(home, { count: sizeOf(z.shape) }, { z, h });
    return h;
  },
  cpu: async (home: CpuHome, z: Tensor) => {
    const h = home.tensor(z.shape);
    const [from, to] = [cpuData(z), cpuData(h)];
    for (let i = 0; i < to.length; i++) to[i] = gelu64(from[i]);
    return h;
  },
  compare: (got, want, z: Tensor) => entrywise(got, want, (i) => geluBound(cpuData(z)[i])),
});

/** dz = dh gelu'(z): the gradient before the activation. */
export const geluGradient = defineOperation({
  name: 'geluGradient',
  gpu: async (home: GpuHome, dh: Tensor, z: Tensor) => {
    checkShapes(dh, z);
    const dz = home.empty(z.shape);
    await backwardKernel.run(home, { count: sizeOf(z.shape) }, { dh, z, dz });
    return dz;
  },
  cpu: async (home: CpuHome, dh: Tensor, z: Tensor) => {
    checkShapes(dh, z);
    const dz = home.tensor(z.shape);
    const [d, x, to] = [cpuData(dh), cpuData(z), cpuData(dz)];
    for (let i = 0; i < to.length; i++) to[i] = d[i] * geluSlope64(x[i]);
    return dz;
  },
  compare: (got, want, dh: Tensor, z: Tensor) =>
    entrywise(got, want, (i) => {
      const slope = geluSlopeBound(cpuData(z)[i]);
      return Math.abs(cpuData(dh)[i]) * slope + Math.abs(cpuData(want)[i]) * 2 * UNIT + 1e-37;
    }),
});

function checkShapes(dh: Tensor, z: Tensor): void {
  if (dh.shape.join() !== z.shape.join()) {
    throw new UserError(`geluGradient: a gradient of ${shapeText(dh)} for activations of ${shapeText(z)}`);
  }
}
