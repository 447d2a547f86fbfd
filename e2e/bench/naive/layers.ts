/** The plainest kernels of what stands between the products of a network. */
import type { BenchCase, Tensors } from '../../../app/experiment/bench/case';
import type { GpuHome } from '../../../app/gpu/gpuhome';
import { defineKernel, linearGrid } from '../../../app/gpu/kernel';
import { NF4 } from '../../../app/math/nf4';
import adamwCode from './naive_adamw.wgsl?raw';
import csrCode from './naive_csr.wgsl?raw';
import gatherCode from './naive_gather.wgsl?raw';
import mulCode from './naive_mul.wgsl?raw';
import normCode from './naive_norm.wgsl?raw';
import quantizeCode from './naive_quantize.wgsl?raw';
import selectiveCode from './naive_selective.wgsl?raw';
import topkCode from './naive_topk.wgsl?raw';

const [u, f] = ['u32', 'f32'] as const;

const norm = defineKernel({
  name: 'naive_norm',
  code: normCode,
  params: { m: u, n: u, center: u },
  buffers: { x: 'read', gain: 'read', bias: 'read', y: 'write' },
  grid: ({ m }) => [Math.ceil(m / 64)],
  cost: ({ m, n }) => ({ flop: 8 * m * n, bytes: 16 * m * n }),
});
const mul = defineKernel({
  name: 'naive_mul',
  code: mulCode,
  params: { n: u },
  buffers: { x: 'read', y: 'read', z: 'write' },
  grid: ({ n }) => linearGrid(n, 64),
  cost: ({ n }) => ({ flop: n, bytes: 12 * n }),
});
const adamw = defineKernel({
  name: 'naive_adamw',
  code: adamwCode,
  params: { n: u, rate: f, keep: f, c1: f, c2: f },
  buffers: { gradient: 'read', theta: 'write', moments: 'write' },
  grid: ({ n }) => linearGrid(n, 64),
  cost: ({ n }) => ({ flop: 16 * n, bytes: 28 * n }),
});
const selective = defineKernel({
  name: 'naive_selective',
  code: selectiveCode,
  params: { steps: u, d: u, states: u },
  buffers: { x: 'read', delta: 'read', a: 'read', b: 'read', c: 'read', y: 'write' },
  grid: ({ d }) => [Math.ceil(d / 4)],
  cost: ({ steps, d, states }) => ({ flop: 9 * steps * d * states, bytes: 0 }),
});
const topk = defineKernel({
  name: 'naive_topk',
  code: topkCode,
  params: { m: u, n: u, k: u },
  buffers: { x: 'read', values: 'write', columns: 'write' },
  grid: ({ m }) => [Math.ceil(m / 64)],
  cost: ({ m, n, k }) => ({ flop: m * n * k, bytes: 0 }),
});
const gather = defineKernel({
  name: 'naive_gather',
  code: gatherCode,
  params: { n: u, count: u },
  buffers: { a: 'read', index: 'read', rows: 'write' },
  grid: ({ n, count }) => linearGrid(n * count, 64),
  cost: ({ n, count }) => ({ flop: 0, bytes: 8 * n * count }),
});
const quantize = defineKernel({
  name: 'naive_quantize',
  code: quantizeCode,
  params: { blocks: u },
  buffers: { x: 'read', levels: 'read', codes: 'write', scales: 'write' },
  grid: ({ blocks }) => linearGrid(blocks, 64),
  cost: ({ blocks }) => ({ flop: 64 * 40 * blocks, bytes: 600 * blocks }),
});
const csr = defineKernel({
  name: 'naive_csr',
  code: csrCode,
  params: { m: u, n: u },
  buffers: { starts: 'read', columns: 'read', values: 'read', b: 'read', y: 'write' },
  grid: ({ m, n }) => [Math.ceil(n / 16), Math.ceil(m / 16)],
  cost: ({ m, n }) => ({ flop: 0, bytes: 64 * m * n }),
});

type Run = (home: GpuHome, tensors: Tensors, test: BenchCase) => Promise<Tensors>;

const normed =
  (center: number): Run =>
  async (home, { x, gain, bias }, { size: { m, n } }) => {
    const y = home.empty([m, n]);
    await norm.run(home, { m, n, center }, { x, gain, bias, y });
    return { y };
  };

export const layerRuns: Readonly<Record<string, Run>> = {
  layernorm: normed(1),
  rmsnorm: normed(0),
  elementwise: async (home, { x, y }, { size: { n } }) => {
    const z = home.empty([n]);
    await mul.run(home, { n }, { x, y, z });
    return { z };
  },
  optimizer: async (home, { theta, gradient, moments }, { size: { n } }) => {
    const corrections = { c1: 1 / (1 - 0.9 ** 10), c2: 1 / (1 - 0.999 ** 10) };
    await adamw.run(home, { n, rate: 1e-3, keep: 1 - 1e-5, ...corrections }, { gradient, theta, moments });
    return { theta, moments };
  },
  selective: async (home, { x, delta, a, b, c }, { size: { steps, d, states } }) => {
    const y = home.empty([steps, d]);
    await selective.run(home, { steps, d, states }, { x, delta, a, b, c, y });
    return { y };
  },
  topk: async (home, { x }, { size: { m, n, k } }) => {
    const [values, columns] = [home.empty([m, k]), home.empty([m, k], 'u32')];
    await topk.run(home, { m, n, k }, { x, values, columns });
    return { values, columns };
  },
  gather: async (home, { a, index }, { size: { n, count } }) => {
    const rows = home.empty([count, n]);
    await gather.run(home, { n, count }, { a, index, rows });
    return { rows };
  },
  quantize: async (home, { x }, { size: { m, n } }) => {
    const blocks = (m * n) / 64;
    const [codes, scales] = [home.empty([m, n / 8], 'u32'), home.empty([m, n / 64])];
    await quantize.run(home, { blocks }, { x, levels: home.tensor([16], NF4), codes, scales });
    return { codes, scales };
  },
  csr: async (home, { starts, columns, values, b }, { size: { m, n } }) => {
    const y = home.empty([m, n]);
    await csr.run(home, { m, n }, { starts, columns, values, b, y });
    return { y };
  },
};
