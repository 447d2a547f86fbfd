import { expect, test } from 'vitest';
import type { GpuHome } from '../gpu/gpuhome';
import { hardwareLike, homes } from '../gpu/testing';
import { roundToFloat16 } from '../math/float16';
import { normals } from '../math/threefry';
import type { GemmVariant } from './gemm';
import { toHalf, toSingle } from './half';
import { matmul } from './matmul';

/** Ties, overflow, subnormals of both formats, and ordinary numbers. */
const corners = [
  0,
  -0,
  1,
  -1,
  1 + 2 ** -11,
  1 + 3 * 2 ** -11,
  1 + 2 ** -11 + 2 ** -23,
  65504,
  65519,
  65520,
  -65520,
];
const small = [
  2 ** -14,
  2 ** -14 - 2 ** -25,
  2 ** -24,
  1.5 * 2 ** -24,
  2.5 * 2 ** -24,
  2 ** -25,
  1.1 * 2 ** -25,
];
const tiny = [2 ** -26, 2 ** -127, 1e38, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];

test('rounds to float16 bit for bit as the twin does, at every power and at ties, also of an odd count', async () => {
  const { gpu } = await homes();
  const powers = Array.from({ length: 45 }, (_, e) => 1.234567 * 2 ** (e - 28));
  const values = [...corners, ...small, ...tiny, ...powers, ...normals(1, 0, 1000)];
  for (const count of [1, 2, 3, values.length]) {
    const given = values.slice(0, count).map(Math.fround);
    const half = await toHalf(gpu.tensor([count], given));
    expect(half.dtype).toBe('f16');
    expect([...(await gpu.read(half))]).toEqual(given.map(roundToFloat16));
    const wide = await gpu.read(await toSingle(half));
    given.forEach((value, i) => {
      const want = roundToFloat16(value);
      if (want !== 0 && Math.abs(want) < 2 ** -14)
        expect(Math.abs(wide[i] - want)).toBeLessThanOrEqual(2 ** -14);
      else expect(wide[i]).toBe(want);
    });
  }
});

test('stores float16 in two bytes, from the host too, and views it at whole bindings', async () => {
  const { gpu, cpu } = await homes();
  const values = normals(2, 0, 300);
  const x = gpu.tensor([3, 100], values, 'f16');
  expect(gpu.bytes).toBe(600);
  expect([...(await gpu.read(x))]).toEqual([...(await cpu.read(cpu.tensor([3, 100], values, 'f16')))]);
  const view = gpu.view(x, 128, [1, 50]);
  expect([...(await gpu.read(view))]).toEqual(Array.from(values.slice(128, 178), roundToFloat16));
  expect(() => gpu.view(x, 64, [1, 50])).toThrow('multiple of 128');
});

const shapes: [number, number, number, number][] = [
  [1, 1, 1, 1],
  [3, 1, 5, 2],
  [1, 7, 40, 1],
  [31, 33, 7, 1],
  [32, 64, 16, 3],
  [33, 65, 17, 1],
  [24, 24, 1031, 1],
  [4, 3, 0, 1],
];

/** `verify` compares with the twin, which rounds the operands; the bound is that of matmul. */
async function check(
  gpu: GpuHome,
  variant: GemmVariant | undefined,
  [m, n, k, batch]: readonly [number, number, number, number],
): Promise<void> {
  const flips = [
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ];
  for (const [transposeA, transposeB] of flips) {
    const a = gpu.tensor(transposeA ? [batch, k, m] : [batch, m, k], normals(3, 0, batch * m * k));
    const b = gpu.tensor(transposeB ? [n, k] : [k, n], normals(3, 1, k * n));
    for (const storage of [{ b: 'f16' }, { a: 'f16' }, { a: 'f16', b: 'f16' }] as const) {
      await matmul(a, b, { transposeA, transposeB, storage, variant, alpha: 1.5 });
    }
  }
}

test.each(shapes)(
  '%i x %i x %i (batch %i) with either operand or both in float16',
  async (m, n, k, batch) => {
    const { gpu } = await homes({ verify: true });
    await check(gpu, undefined, [m, n, k, batch]);
  },
);

test('the workgroup variant, which a GPU takes, agrees', async () => {
  const gpu = await hardwareLike({ verify: true });
  await check(gpu, undefined, [33, 35, 17, 2]);
  await gpu.timings();
  await matmul(gpu.tensor([4, 8], normals(4, 0, 32), 'f16'), gpu.tensor([8, 4]));
  expect((await gpu.timings()).map(({ kernel }) => kernel)).toEqual(['gemm_half_workgroup']);
});

test('goes through the epilogue, is kept for many products, and reads half the bytes', async () => {
  const { gpu } = await homes({ verify: true });
  const w = await toHalf(gpu.tensor([60, 20], normals(5, 0, 1200)));
  const bias = gpu.tensor([20], normals(5, 1, 20));
  const u = gpu.tensor([9, 2], normals(5, 2, 18));
  const v = gpu.tensor([2, 20], normals(5, 3, 40));
  for (const seed of [6, 7]) {
    const x = gpu.tensor([9, 60], normals(seed, 0, 540));
    await matmul(x, w, { epilogue: { bias, activation: 'relu', lowRank: { u, v } } });
    await matmul(x, w, { slices: 3 });
  }
});

test('says which kernels and parts take no float16', async () => {
  const { gpu } = await homes();
  const half = gpu.tensor([4, 4], normals(8, 0, 16), 'f16');
  const x = gpu.tensor([4, 4]);
  await expect(matmul(x, half, { variant: 'quad' })).rejects.toThrow('quad takes no float16');
  await expect(matmul(x, half, { epilogue: { residual: half } })).rejects.toThrow(
    'only its operands may be float16',
  );
  await expect(toHalf(half)).rejects.toThrow('4 x 4 is f16, not f32');
});

test('subnormal halves stay within the bound that allows for an adapter that drops them', async () => {
  const { gpu } = await homes({ verify: true });
  const a = gpu.tensor(
    [3, 50],
    normals(9, 0, 150).map((value) => value * 2 ** -16),
  );
  await matmul(a, gpu.tensor([50, 2], normals(9, 1, 100)), { storage: { a: 'f16' } });
});
