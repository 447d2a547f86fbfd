import { describe, expect, test } from 'vitest';
import { CpuHome } from '../../gpu/cpuhome';
import { frobenius, matmul, matrix, subtract } from '../../math/linalg';
import { testMatrix } from '../../math/spectra';
import { singularValues } from '../../math/svd';
import { normals, uniforms } from '../../math/threefry';
import { factorProduct, findPairs, rankFor, resized } from './lora';
import { powerLawExponent, spectrumOf } from './spectra';

describe('the spectrum of a matrix', () => {
  test('tells the ranks of a known one', async () => {
    const sigma = Float64Array.from({ length: 20 }, (_, i) => (i < 4 ? 2 : 0));
    const { a } = testMatrix(0, { m: 30, n: 20, sigma });
    const found = await spectrumOf(new CpuHome(), 30, 20, a.data);
    expect(found.exact).toBe(true);
    expect(found.energyRanks).toEqual([4, 4, 4]);
    expect(found.stableRank).toBeCloseTo(4, 10);
    expect(found.effectiveRank).toBeCloseTo(4, 6);
  });

  test('of zeros has no rank', async () => {
    const found = await spectrumOf(new CpuHome(), 3, 2, new Float64Array(6));
    expect(found).toMatchObject({ energyRanks: [0, 0, 0], stableRank: 0, effectiveRank: 0, alpha: null });
  });

  test.each([1.8, 2.5, 3.5])('finds the exponent %d of a power law', (alpha) => {
    const x = Array.from(uniforms(5, 0, 4000), (u) => u ** (-1 / (alpha - 1))).sort((a, b) => b - a);
    expect(powerLawExponent(x)).toBeGreaterThan(alpha - 0.15);
    expect(powerLawExponent(x)).toBeLessThan(alpha + 0.15);
  });
});

describe('LoRA pairs', () => {
  test('are found by the names that trainers give, where the shapes fit', () => {
    const entry = (name: string, ...shape: number[]) => ({ name, shape });
    const pairs = findPairs([
      entry('model.q.lora_A.weight', 4, 32),
      entry('model.q.lora_B.weight', 16, 4),
      entry('unet_down.lora_down.weight', 8, 3, 3, 3),
      entry('unet_down.lora_up.weight', 20, 8, 1, 1),
      entry('unet_down.alpha'),
      entry('broken.lora_A.weight', 4, 32),
      entry('broken.lora_B.weight', 16, 5),
      entry('alone.lora_A.default.weight', 4, 32),
      entry('attn.lora.down.weight', 2, 8),
      entry('attn.lora.up.weight', 8, 2),
    ]);
    expect(pairs.map(({ base, alpha }) => [base, alpha])).toEqual([
      ['model.q', undefined],
      ['unet_down', 'unet_down.alpha'],
      ['attn', undefined],
    ]);
  });

  test.each([
    [40, 8, 30],
    [5, 8, 30],
    [40, 8, 6],
    [1, 1, 1],
  ])(
    'the spectrum of a %i x %i x %i product comes without forming it, and its cut is the best',
    (m, r, n) => {
      const b = matrix(m, r, normals(1, 0, m * r));
      const a = matrix(r, n, normals(1, 1, r * n));
      const product = matmul(b, a);
      const want = singularValues(product);
      const factored = factorProduct(b, a);
      factored.sigma.slice(0, want.length).forEach((s, i) => {
        expect(Math.abs(s - (want[i] ?? 0))).toBeLessThan(1e-12 * want[0] * r);
      });
      const rank = Math.min(2, factored.sigma.length);
      const small = resized(factored, rank);
      expect([small.b.rows, small.b.cols, small.a.rows, small.a.cols]).toEqual([m, rank, rank, n]);
      const tail = Math.hypot(0, ...want.slice(rank));
      expect(frobenius(subtract(product, matmul(small.b, small.a)))).toBeCloseTo(tail, 9);
    },
  );

  test('the rank for an energy is the smallest that keeps it', () => {
    expect(rankFor([3, 1, 1], 0.8)).toBe(1);
    expect(rankFor([3, 1, 1], 0.9)).toBe(2);
    expect(rankFor([3, 1, 1], 1)).toBe(3);
    expect(rankFor([0, 0], 0.9)).toBe(1);
  });
});
