import { expect, test } from 'vitest';
import { cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { hardwareLike, homes } from '../gpu/testing';
import { MOST_CANDIDATES } from '../gpu/tuner';
import { normals } from '../math/threefry';
import { PLAIN, variantsFor } from './gemm';
import { type MatmulOptions, matmul } from './matmul';

const shapes: [number, number, number][] = [
  [1, 1, 1],
  [3, 1, 5],
  [31, 33, 7],
  [32, 64, 16],
  [33, 65, 17],
  [77, 131, 45],
  [24, 24, 1031],
  [4, 3, 0],
];

/** Worst error over gamma_k (|A||B|), measured against float64 on the same rounded operands. */
async function check(m: number, n: number, k: number, options: MatmulOptions, batch = 1): Promise<void> {
  const { gpu, cpu } = await homes();
  const lead = batch > 1 ? [batch] : [];
  const shapeA = [...lead, ...(options.transposeA ? [k, m] : [m, k])];
  const shapeB = [...lead, ...(options.transposeB ? [n, k] : [k, n])];
  const x = normals(1, 0, batch * m * k);
  const y = normals(1, 1, batch * k * n);
  await gpu.scope(async () => {
    const got = await gpu.read(await matmul(gpu.tensor(shapeA, x), gpu.tensor(shapeB, y), options));
    const a = cpu.tensor(shapeA, x);
    const b = cpu.tensor(shapeB, y);
    const want = cpuData(await matmul(a, b, options));
    const bound = cpuData(
      await matmul(
        cpu.wrap(shapeA, cpuData(a).map(Math.abs)),
        cpu.wrap(shapeB, cpuData(b).map(Math.abs)),
        options,
      ),
    );
    expect(got.length).toBe(batch * m * n);
    for (let i = 0; i < got.length; i++) {
      expect(Math.abs(got[i] - want[i])).toBeLessThanOrEqual((k + 2) * 2 ** -24 * Math.abs(bound[i]));
    }
  });
  expect(gpu.bytes).toBe(0);
  gpu.dispose();
}

test.each(shapes)('%i x %i with inner size %i is within gamma_k |A||B| in all layouts', async (m, n, k) => {
  for (const transposeA of [false, true]) {
    for (const transposeB of [false, true]) await check(m, n, k, { transposeA, transposeB });
  }
});

const variants = ['register', 'quad', 'workgroup', 'workgroupSmall'] as const;

test.each(shapes)('every variant agrees at %i x %i x %i', async (m, n, k) => {
  for (const variant of variants) {
    await check(m, n, k, { variant });
    await check(m, n, k, { variant, transposeA: true, transposeB: true });
  }
});

test.each([
  [4, 4, 4],
  [16, 16, 8],
  [36, 20, 12],
  [68, 132, 48],
  [24, 24, 1032],
])('vec4 loads agree at %i x %i x %i in all layouts', async (m, n, k) => {
  for (const variant of ['quadVec4', 'quadTall'] as const) {
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) await check(m, n, k, { variant, transposeA, transposeB });
    }
    await check(m, n, k, { variant, slices: 3 }, 2);
    await check(m + 1, n, k, { variant }, 2);
  }
});

test.each([
  [1, 1],
  [15, 3],
  [33, 65],
  [16, 64],
  [130, 257],
])('a matrix of %i x %i meets a vector in every layout', async (m, k) => {
  for (const transposeA of [false, true]) {
    for (const transposeB of [false, true]) {
      await check(m, 1, k, { variant: 'vector', transposeA, transposeB }, 2);
    }
  }
  await check(m, 1, k, { variant: 'vectorRows' }, 3);
  await check(m, 1, k, {});
  await check(1, m, k, {}, 2);
  await check(1, m, k, { transposeA: true, transposeB: true });
});

test('batches and slices of k agree', async () => {
  await check(17, 9, 300, { slices: 7 }, 3);
  await check(5, 6, 7, { slices: 100 });
  await check(33, 20, 64, { variant: 'workgroup', slices: 3, transposeA: true }, 2);
});

/** The candidates for a square product on an adapter of this vendor. */
function candidates(home: GpuHome, n: number, vendor: string) {
  const adapter = { ...home.adapter, vendor };
  const other = new Proxy(home, { get: (t, key) => (key === 'adapter' ? adapter : Reflect.get(t, key, t)) });
  return variantsFor(other, { ...PLAIN, m: n, n, k: n, a_row: n, a_col: 1, b_row: n, b_col: 1, k_slice: n });
}

test('no kernel with barriers is a candidate where those are slow', async () => {
  const { gpu } = await homes();
  for (const n of [4, 5, 512, 1023]) {
    expect(candidates(gpu, n, 'google').filter((name) => name.startsWith('workgroup'))).toEqual([]);
  }
});

test('a GPU tries four at most: large tiles first where it has many, small ones elsewhere', async () => {
  const gpu = await hardwareLike();
  expect(candidates(gpu, 1024, 'nvidia')[0]).toBe('workgroup');
  expect(candidates(gpu, 128, 'nvidia')[0]).toBe('workgroupSmall');
  expect(candidates(gpu, 1024, 'intel')[0]).toBe('workgroupSmall');
  expect(candidates(gpu, 1024, 'apple').length).toBeLessThanOrEqual(MOST_CANDIDATES);
});

test('adds to a given C with alpha and beta', async () => {
  const { gpu } = await homes();
  const c = gpu.tensor([2, 2], [1, 2, 3, 4]);
  const a = gpu.tensor([2, 1], [1, 2]);
  const b = gpu.tensor([1, 2], [10, 20]);
  const out = await matmul(a, b, { into: c, alpha: -1, beta: 2 });
  expect([...(await gpu.read(out))]).toEqual([-8, -16, -14, -32]);
});

test('refuses shapes that do not fit, with both inner sizes', async () => {
  const { gpu } = await homes();
  await expect(matmul(gpu.tensor([2, 3]), gpu.tensor([4, 2]))).rejects.toThrow('inner sizes are 3 and 4');
});

test('verify names the first operation that deviates and passes the right ones', async () => {
  const { gpu } = await homes({ verify: true });
  const a = gpu.tensor([40, 50], normals(2, 0, 2000));
  await expect(matmul(a, a, { transposeB: true })).resolves.toBeDefined();
  const nan = gpu.tensor([1, 1], [1e30]);
  await expect(matmul(nan, gpu.tensor([1, 1], [1e30]))).rejects.toThrow('matmul (1 x 1, 1 x 1) deviates');
});
