import { expect, test } from 'vitest';
import { Cache } from '../../experiment/cache';
import { testClaims } from '../../experiment/claimtests';
import { runExperiment } from '../../experiment/runner';
import { quickValues } from '../../experiment/values';
import { homes } from '../../gpu/testing';
import dylora from './dylora';

testClaims(dylora);

test('of rank 1 it is LoRA of rank 1, and a compared rank above the largest is refused', async () => {
  const home = (await homes({ poison: false })).cpu;
  const run = (values: Record<string, number>) =>
    runExperiment({
      method: dylora,
      values: { ...quickValues(dylora), steps: 12, ...values },
      home,
      data: null,
      dataKey: 'testbed',
      cache: new Cache(home),
    });
  const { metrics } = await run({ rankMax: 1, rankAt: 1 });
  const [one, other] = [metrics['loss.dylora.max'] ?? NaN, metrics['loss.lora.max'] ?? NaN];
  // Float64, but the table of corrections is rounded to float32: 12 steps of relative 2^-24 each.
  expect(Math.abs(one / other - 1)).toBeLessThanOrEqual(12 * 2 ** -24);
  await expect(run({ rankMax: 2, rankAt: 3 })).rejects.toThrow('rankAt 3 is above rankMax 2');
});
