import { expect, test } from 'vitest';
import { homes } from '../gpu/testing';
import { distance, gamma, KERNELS, operands, reference, stridesOf, U16 } from '../testbeds/matmul';
import { forgoSubgroups, gemmVariant, halves, VARIANTS } from './gemm_variants';

const sizes = [
  [1, 1, 1, 1],
  [3, 5, 7, 3],
  [77, 131, 45, 1],
  [64, 64, 64, 3],
] as const;
const layouts = ['nn', 'nt', 'tn'] as const;

test('the method compares every kernel there is', () => {
  expect(KERNELS).toEqual(VARIANTS);
});

test.each(sizes.flatMap(([m, n, k, count]) => layouts.map((layout) => ({ m, n, k, count, layout }))))(
  'every kernel meets its bound at $m x $n x $k, batch $count, $layout',
  { timeout: 120_000 },
  async (shape) => {
    const { gpu } = await homes();
    const { a, b } = operands(1, shape, 'gaussian');
    const want = reference(a, b, shape);
    const job = { ...shape, ...stridesOf(shape), splits: Math.min(4, shape.k) };
    for (const variant of VARIANTS) {
      const store = (values: Float32Array) =>
        variant === 'f16' ? halves(gpu, values) : gpu.tensor([values.length], values);
      const got = await gpu.read(await gemmVariant(gpu, variant, job, store(a), store(b)));
      const bound = variant === 'f16' ? 2 * U16 + U16 ** 2 + gamma(shape.k) : gamma(shape.k + 4);
      expect(distance(got, want, shape).worst, variant).toBeLessThanOrEqual(bound);
    }
    await gpu.finish();
  },
);

test.each([
  [1, 1, 1],
  [5, 3, 70],
  [17, 9, 33],
])('without subgroups 32 lanes and a tree make the same at %i x %i x %i', async (m, n, k) => {
  const { gpu, cpu } = await homes({ verify: true });
  forgoSubgroups(gpu);
  const shape = { m, n, k, count: 2, layout: 'nt' } as const;
  const { a, b } = operands(2, shape, 'gaussian');
  const job = { ...shape, ...stridesOf(shape), splits: 1 };
  await gpu.timings();
  const got = await gpu.read(
    await gemmVariant(gpu, 'subgroup', job, gpu.tensor([a.length], a), gpu.tensor([b.length], b)),
  );
  expect((await gpu.timings()).map(({ kernel }) => kernel)).toContain('gemm_lanes');
  expect(distance(got, reference(a, b, shape), shape).worst).toBeLessThanOrEqual(gamma(k + 4));
  expect(cpu.bytes).toBe(0);
});
