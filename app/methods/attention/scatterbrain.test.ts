import { expect, test } from 'vitest';
import { Cache } from '../../experiment/cache';
import { testClaims } from '../../experiment/claimtests';
import { runExperiment } from '../../experiment/runner';
import { quickValues } from '../../experiment/values';
import { homes } from '../../gpu/testing';
import method from './scatterbrain';

testClaims(method);

const run = async (values: Record<string, number>) => {
  const { cpu: home } = await homes();
  const small = { ...quickValues(method), n: 64, d: 8, clusters: 4, draws: 1, ...values };
  return runExperiment({
    method,
    values: small,
    home,
    data: null,
    dataKey: 'testbed',
    cache: new Cache(home),
  });
};

test('one chunk of all tokens is exact attention', async () => {
  const { metrics } = await run({ chunk: 64 });
  expect(metrics['fill.lsh']).toBe(1);
  // Float64 with data rounded to float32 in both: what is left are the rounded shifts of the features.
  for (const key of ['error.lsh', 'error.lsh.high', 'error.scatterbrain', 'error.scatterbrain.low']) {
    expect(metrics[key]).toBeLessThanOrEqual(1e-6);
  }
});

test('all tokens in one cluster are allowed', async () => {
  const { metrics } = await run({ clusters: 1, rounds: 1 });
  expect(Number.isFinite(metrics['error.scatterbrain'])).toBe(true);
});

test('refuses what does not fit, and says what would', async () => {
  await expect(run({ n: 100, chunk: 16 })).rejects.toThrow('choose 10 or 20');
  await expect(run({ buckets: 7 })).rejects.toThrow('choose 6 or 8');
});
