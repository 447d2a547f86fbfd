import { expect, test } from 'vitest';
import { Cache } from '../../experiment/cache';
import { testClaims } from '../../experiment/claimtests';
import { runExperiment } from '../../experiment/runner';
import { quickValues } from '../../experiment/values';
import { homes } from '../../gpu/testing';
import randlora from './randlora';

testClaims(randlora);

test.each([
  ['wide', { m: 8, n: 19, rank: 3 }, 3, 33],
  ['tall', { m: 19, n: 8, rank: 3 }, 3, 33],
  ['rank above the shorter side', { m: 12, n: 8, rank: 16 }, 1, 24],
  ['rank 1, square', { m: 8, n: 8, rank: 1 }, 8, 72],
])('%s: counts bases and numbers, and stays near its floor', async (_name, values, bases, count) => {
  for (const home of Object.values(await homes())) {
    const { metrics } = await runExperiment({
      method: randlora,
      values: { ...quickValues(randlora), train: 128, batch: 5, steps: 4, ...values },
      home,
      data: null,
      dataKey: 'testbed',
      cache: new Cache(home),
    });
    expect(metrics.bases).toBe(bases);
    expect(metrics['params.randlora']).toBe(count);
    const floor = metrics['error.floor'] ?? NaN;
    if (values.rank === 1) expect(floor).toBeLessThan(1e-9);
    expect(metrics['error.randlora'] ?? 0).toBeGreaterThan(0.5 * floor);
    expect(metrics['updateRank.lora'] ?? NaN).toBeLessThanOrEqual(metrics['rank.lora'] ?? NaN);
  }
});

test('more numbers than fit are refused with the number of rows that would', async () => {
  const { cpu } = await homes();
  const values = { ...quickValues(randlora), train: 65536, n: 2048 };
  const run = runExperiment({
    method: randlora,
    values,
    home: cpu,
    data: null,
    dataKey: 'testbed',
    cache: new Cache(cpu),
  });
  await expect(run).rejects.toThrow('choose 32768 rows or fewer');
});
