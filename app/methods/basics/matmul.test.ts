import { expect, test } from 'vitest';
import { Cache } from '../../experiment/cache';
import { runExperiment } from '../../experiment/runner';
import { quickValues } from '../../experiment/values';
import { homes } from '../../gpu/testing';
import { gemmVariant, halves, VARIANTS } from '../../kernels/gemm_variants';
import { distance, gamma, operands, reference, stridesOf, U16 } from '../../testbeds/matmul';
import matmul from './matmul';

const sizes = [
  [1, 1, 1, 1],
  [3, 5, 7, 3],
  [77, 131, 45, 1],
  [64, 64, 64, 3],
] as const;
const layouts = ['nn', 'nt', 'tn'] as const;

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

/** The settings that the claims speak of, over the quick sizes. */
const settings = [...new Set(matmul.claims.map(({ at }) => JSON.stringify(at ?? {})))];

test.each(settings.flatMap((text) => [0, 1].map((seed) => ({ text, seed }))))(
  'what must hold at $text holds on the GPU at quick size, seed $seed',
  { timeout: 300_000 },
  async ({ text, seed }) => {
    const { gpu } = await homes({ poison: false });
    const result = await runExperiment({
      method: matmul,
      values: { ...quickValues(matmul), ...JSON.parse(text), seed },
      home: gpu,
      data: null,
      dataKey: 'testbed',
      cache: new Cache(gpu),
    });
    // A shared test machine is not idle: what the clock says is shown there, and asserted nowhere.
    const advisory = new Set(matmul.claims.filter((claim) => claim.advisory).map((claim) => claim.text));
    expect(result.claims.length).toBeGreaterThan(0);
    expect(result.claims.filter((claim) => !claim.holds && !advisory.has(claim.text))).toEqual([]);
  },
);
