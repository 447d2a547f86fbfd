import { expect, test } from 'vitest';
import { cpuData } from '../gpu/cpuhome';
import { homes } from '../gpu/testing';
import { peakCopy, peakFma } from './peak';

test.each([4, 64, 256, 1020, 1028])('copies %i words, all and no more', async (words) => {
  const { gpu } = await homes();
  const values = Float32Array.from({ length: words }, (_, i) => i + 1);
  const from = gpu.tensor([words], values);
  const to = gpu.empty([words]);
  await peakCopy(from, to);
  expect(await gpu.read(to)).toEqual(values);
});

test('multiplies and adds as often as it says', async () => {
  const { gpu, cpu } = await homes();
  for (const steps of [4, 8]) {
    const got = gpu.empty([70]);
    const want = cpu.tensor([70]);
    await peakFma(got, steps);
    await peakFma(want, steps);
    // 32 chains of at most `steps` roundings each, on values that the factor 1/2 keeps below 80.
    const read = await gpu.read(got);
    cpuData(want).forEach((value, i) => {
      expect(Math.abs(read[i] - value)).toBeLessThanOrEqual((2 * steps + 32) * 2 ** -24 * 32 * 80);
    });
  }
  await expect(peakFma(gpu.empty([4]), 6)).rejects.toThrow('no multiple of four');
});
