import { expect, test } from 'vitest';
import { homes } from '../gpu/testing';
import { testMatrix } from '../math/spectra';
import { spectralNorms } from './spectral';

test.each([
  [1, 1],
  [5, 3],
  [40, 67],
])('finds sigma_1 of a batch of %i x %i matrices in both homes', async (m, n) => {
  const first = testMatrix(1, { m, n, kind: 'exp', rate: 0.5 }).a.data;
  const second = testMatrix(2, { m, n, kind: 'power', alpha: 1 }).a.data.map((x) => 7 * x);
  const { gpu, cpu } = await homes();
  for (const home of [gpu, cpu]) {
    const a = home.tensor([3, m, n], [...first, ...second, ...new Float64Array(m * n)]);
    const [one, seven, zero] = await spectralNorms(a, 60);
    expect(Math.abs(one - 1)).toBeLessThan((m + n + 8) * 2 ** -24);
    expect(Math.abs(seven - 7)).toBeLessThan(7 * (m + n + 8) * 2 ** -24);
    expect(zero).toBe(0);
  }
});
