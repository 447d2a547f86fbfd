import { expect, test } from 'vitest';
import { Cache } from '../../experiment/cache';
import { testClaims } from '../../experiment/claimtests';
import { runExperiment } from '../../experiment/runner';
import { quickValues } from '../../experiment/values';
import { homes } from '../../gpu/testing';
import tensor from './tensor-attention';
import { degreeNeeded, weightError } from './tensor-attention/bounded';
import { bestAccuracy } from './tensor-attention/match';

testClaims(tensor);

const small = { ...quickValues(tensor), n: 16, sequences: 1, tokens: 16, modulus: 179 };

async function result(values: Record<string, number>) {
  const { cpu: home } = await homes();
  const experiment = {
    method: tensor,
    values: { ...small, ...values },
    home,
    data: null,
    dataKey: 'testbed',
  };
  return runExperiment({ ...experiment, cache: new Cache(home) });
}

test('the weight error is the integral that its series sums, and the degree follows the scores', () => {
  // e^S P_1(-S) - 1 at S = 2: |e^2 (1 - 2) - 1| = e^2 + 1.
  expect(weightError(2, 1)).toBeCloseTo(Math.E ** 2 + 1, 10);
  expect(weightError(0, 3)).toBe(0);
  expect(degreeNeeded(40, 1e-3)).toBeGreaterThan(100);
});

test('the best threshold may lie either way', () => {
  const values = Float64Array.of(1, 2, 3, 3, 4);
  expect(bestAccuracy(values, [false, false, true, true, true])).toBe(1);
  expect(bestAccuracy(values, [true, true, false, false, false])).toBe(1);
  expect(bestAccuracy(values, [true, false, true, false, true])).toBe(0.6);
});

test('degree 0 is the constant output, one cluster and width 1 are allowed', async () => {
  const { metrics } = await result({ degree: 0 });
  expect(Math.abs((metrics['error.method'] ?? 1) - (metrics['error.mean'] ?? 0))).toBeLessThanOrEqual(1e-6);
  const one = await result({ d: 1, clusters: 1 });
  expect(one.metrics['error.method']).toBeLessThanOrEqual(1e-3);
});

test('says what is wrong with odd degrees, few waves and a small modulus', async () => {
  expect((await result({ degree: 1, boundHigh: 4 })).notes.join()).toContain('Even degrees are positive');
  expect((await result({ modulus: 11 })).notes.join()).toContain('raise the modulus to about 179');
});

test('above 512 tokens the exact form is left out, with the reason', async () => {
  const { metrics, reasons } = await result({ n: 520, degree: 2 });
  expect(metrics['error.method']).toBeNull();
  expect(reasons['error.method']).toContain('choose n of 512 or less');
  expect(metrics['degree.pair']).toBeGreaterThan(0);
});

test('refuses what does not fit, and says what would', async () => {
  await expect(result({ d: 8, degree: 12 })).rejects.toThrow('above 4096: choose degree 6 or less');
  await expect(result({ modulus: 700 })).rejects.toThrow('choose 691 or 701');
});
