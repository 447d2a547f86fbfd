/** The plainest kernel of each family: what somebody would write first. Run by the same home as ours. */
import type { BenchCase, Tensors } from '../../../app/experiment/bench/case';
import type { GpuHome } from '../../../app/gpu/gpuhome';
import type { Home, Tensor } from '../../../app/gpu/home';
import { defineKernel, linearGrid } from '../../../app/gpu/kernel';
import { toSingle } from '../../../app/kernels/half';
import { identity } from '../../../app/math/linalg';
import type { Library } from '../contender';
import { device, inHome } from '../peers/ours';
import { layerRuns } from './layers';
import deflateCode from './naive_deflate.wgsl?raw';
import dotsCode from './naive_dots.wgsl?raw';
import fftCode from './naive_fft.wgsl?raw';
import matmulCode from './naive_matmul.wgsl?raw';
import rotateCode from './naive_rotate.wgsl?raw';
import scanCode from './naive_scan.wgsl?raw';
import scoresCode from './naive_scores.wgsl?raw';
import softmaxCode from './naive_softmax.wgsl?raw';
import sortCode from './naive_sort.wgsl?raw';
import transposeCode from './naive_transpose.wgsl?raw';

const u = 'u32' as const;
const tiles = (rows: number, cols: number, batch = 1) =>
  [Math.ceil(cols / 16), Math.ceil(rows / 16), batch] as const;

const matmul = defineKernel({
  name: 'naive_matmul',
  code: matmulCode,
  params: { m: u, n: u, k: u, batch: u },
  buffers: { a: 'read', b: 'read', c: 'write' },
  grid: ({ m, n, batch }) => tiles(m, n, batch),
  cost: ({ m, n, k, batch }) => ({ flop: 2 * m * n * k * batch, bytes: 0 }),
});
const transpose = defineKernel({
  name: 'naive_transpose',
  code: transposeCode,
  params: { m: u, n: u },
  buffers: { a: 'read', t: 'write' },
  grid: ({ m, n }) => tiles(m, n),
  cost: ({ m, n }) => ({ flop: 0, bytes: 8 * m * n }),
});
const softmax = defineKernel({
  name: 'naive_softmax',
  code: softmaxCode,
  params: { m: u, n: u },
  buffers: { x: 'read', y: 'write' },
  grid: ({ m }) => [Math.ceil(m / 64)],
  cost: ({ m, n }) => ({ flop: 5 * m * n, bytes: 20 * m * n }),
});
const scores = defineKernel({
  name: 'naive_scores',
  code: scoresCode,
  params: { n: u, d: u },
  buffers: { q: 'read', k: 'read', s: 'write' },
  grid: ({ n }) => tiles(n, n),
  cost: ({ n, d }) => ({ flop: 2 * n * n * d, bytes: 0 }),
});
const scan = defineKernel({
  name: 'naive_scan',
  code: scanCode,
  params: { n: u, reach: u },
  buffers: { x: 'read', y: 'write' },
  grid: ({ n }) => linearGrid(n, 64),
  cost: ({ n }) => ({ flop: n, bytes: 12 * n }),
});
const fft = defineKernel({
  name: 'naive_fft',
  code: fftCode,
  params: { n: u, span: u },
  buffers: { x: 'read', y: 'write' },
  grid: ({ n }) => [Math.ceil(n / 128)],
  cost: ({ n }) => ({ flop: 5 * n, bytes: 16 * n }),
});
const dots = defineKernel({
  name: 'naive_dots',
  code: dotsCode,
  params: { m: u, n: u, j: u },
  buffers: { q: 'read', r: 'write' },
  grid: ({ n }) => [Math.ceil(n / 64)],
  cost: ({ m, n }) => ({ flop: 4 * m * n, bytes: 0 }),
});
const deflate = defineKernel({
  name: 'naive_deflate',
  code: deflateCode,
  params: { m: u, n: u, j: u },
  buffers: { r: 'read', q: 'write' },
  grid: ({ m }) => [Math.ceil(m / 64)],
  cost: ({ m, n }) => ({ flop: m * n, bytes: 0 }),
});
const rotate = defineKernel({
  name: 'naive_rotate',
  code: rotateCode,
  params: { n: u, m: u, seats: u, turn: u },
  buffers: { b: 'write', v: 'write' },
  grid: ({ seats }) => [Math.ceil(seats / 128)],
  cost: ({ n, m }) => ({ flop: 6 * n * m, bytes: 0 }),
});

const bitonic = defineKernel({
  name: 'naive_sort',
  code: sortCode,
  params: { n: u, block: u, reach: u },
  buffers: { x: 'write' },
  grid: ({ n }) => linearGrid(n, 64),
  cost: ({ n }) => ({ flop: n, bytes: 8 * n }),
});

type Run = (home: GpuHome, tensors: Tensors, test: BenchCase) => Promise<Tensors>;

async function product(home: GpuHome, a: Tensor, b: Tensor, shape: number[]): Promise<Tensor> {
  const [m, n] = shape.slice(-2);
  const batch = shape.length > 2 ? shape[0] : 1;
  const c = home.empty(shape);
  await matmul.run(home, { m, n, k: a.shape[a.shape.length - 1], batch }, { a, b, c });
  return c;
}

const products: Run = async (home, { a, b }, { size: { m, n, batch = 1 } }) => ({
  c: await product(home, a, b, batch > 1 ? [batch, m, n] : [m, n]),
});

async function softmaxOf(home: GpuHome, x: Tensor): Promise<Tensor> {
  const y = home.empty(x.shape);
  await softmax.run(home, { m: x.shape[0], n: x.shape[1] }, { x, y });
  return y;
}

/** A copy by the scan kernel with a reach beyond the end. */
async function copyOf(home: GpuHome, x: Tensor): Promise<Tensor> {
  const n = x.shape.reduce((a, b) => a * b, 1);
  const y = home.empty(x.shape);
  await scan.run(home, { n, reach: n }, { x, y });
  return y;
}

const SWEEPS = 11;

const jacobi: Run = async (home, { a }, { size: { n } }) => {
  // Rows of A are turned, so A = V^T B with V orthogonal and rows of B orthogonal: lengths are sigma.
  const b = await copyOf(home, a);
  const v = home.tensor([n, n], identity(n).data);
  const seats = n + (n % 2);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (let turn = 0; turn < seats - 1; turn++) {
      await rotate.run(home, { n, m: n, seats, turn }, { b, v });
    }
  }
  const [rows, turns] = [await home.read(b), await home.read(v)];
  const length = (i: number) => Math.hypot(...rows.subarray(i * n, (i + 1) * n));
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => length(j) - length(i));
  const at = (values: ArrayLike<number>, scale: (i: number) => number) =>
    Float32Array.from({ length: n * n }, (_, e) => {
      const i = order[e % n];
      return values[i * n + Math.floor(e / n)] / scale(i);
    });
  return {
    u: home.tensor(
      [n, n],
      at(turns, () => 1),
    ),
    s: home.tensor([n], order.map(length)),
    v: home.tensor([n, n], at(rows, length)),
  };
};

const runs: Readonly<Record<string, Run>> = {
  matmul: products,
  tall: products,
  batched: products,
  half: async (home, { a, b }, test) => products(home, { a, b: await toSingle(b) }, test),
  transpose: async (home, { a }, { size: { m, n } }) => {
    const t = home.empty([n, m]);
    await transpose.run(home, { m, n }, { a, t });
    return { t };
  },
  softmax: async (home, { x }) => ({ y: await softmaxOf(home, x) }),
  attention: async (home, { q, k, v }, { size: { n, d } }) => {
    const s = home.empty([n, n]);
    await scores.run(home, { n, d }, { q, k, s });
    return { o: await product(home, await softmaxOf(home, s), v, [n, d]) };
  },
  cumsum: async (home, { x }, { size: { n } }) => {
    let from = x;
    for (let reach = 1; reach < n; reach *= 2) {
      const y = home.empty([n]);
      await scan.run(home, { n, reach }, { x: from, y });
      if (from !== x) home.release(from);
      from = y;
    }
    return { y: from };
  },
  fft: async (home, { z }, { size: { n } }) => {
    let x = z;
    for (let span = 1; span < n; span *= 2) {
      const y = home.empty([n], 'c64');
      await fft.run(home, { n, span }, { x, y });
      if (x !== z) home.release(x);
      x = y;
    }
    return { z: x };
  },
  sort: async (home, { x }, { size: { n } }) => {
    const y = await copyOf(home, x);
    for (let block = 2; block <= n; block *= 2) {
      for (let reach = block / 2; reach >= 1; reach /= 2)
        await bitonic.run(home, { n, block, reach }, { x: y });
    }
    return { y };
  },
  qr: async (home, { a }, { size: { m, n } }) => {
    const q = await copyOf(home, a);
    const r = home.tensor([n, n]);
    for (let j = 0; j < n; j++) {
      await dots.run(home, { m, n, j }, { q, r });
      await deflate.run(home, { m, n, j }, { r, q });
    }
    return { q, r };
  },
  svd: jacobi,
  jacobi,
  ...layerRuns,
};

export const naive: Library = {
  name: 'naive',
  open: async () => {
    await device();
  },
  prepare: async (test) => {
    const run = runs[test.family];
    return run ? inHome(test, (tensors, home: Home) => run(home as GpuHome, tensors, test)) : null;
  },
};
