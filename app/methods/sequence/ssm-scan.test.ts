import { expect, test } from 'vitest';
import { Cache } from '../../experiment/cache';
import { testClaims } from '../../experiment/claimtests';
import { runExperiment } from '../../experiment/runner';
import { quickValues } from '../../experiment/values';
import { homes } from '../../gpu/testing';
import ssmScan from './ssm-scan';
import { makeTask } from './ssm-scan/selection';

testClaims(ssmScan);

const small = { length: 64, d: 2, state: 4, rank: 1, heads: 1, signal: 512 };

async function result(values: Record<string, number>) {
  const { cpu: home } = await homes();
  const experiment = { method: ssmScan, values: { ...quickValues(ssmScan), ...small, ...values }, home };
  return runExperiment({ ...experiment, data: null, dataKey: 'testbed', cache: new Cache(home) });
}

test.each([
  [{ chunk: 256 }, 'cut to the length, 64'],
  [{ sharp: 2, markRate: 0.1 }, 'leaks'],
  [{ d: 1, state: 1 }, ''],
  [{ state: 32 }, 'have rank 2, not 32'],
  [{ dtMin: 1, dtMax: 1 }, ''],
])('runs at %o, where all routes still agree', async (values, note) => {
  const { metrics, notes } = await result(values);
  // In float64; but the rates of the convolution kernel are rounded to float32 as all inputs are.
  for (const [key, value] of Object.entries(metrics)) {
    if (key.startsWith('error.')) expect(value, key).toBeLessThanOrEqual(key === 'error.fft' ? 1e-6 : 1e-12);
  }
  if (note) expect(notes.join()).toContain(note);
});

test('a block that is cut counts missing singular values as zero', async () => {
  const { metrics } = await result({ state: 64 });
  expect([metrics['rank.last'], metrics['rank.next']]).toEqual([0, 0]);
});

test('the leaking gate recalls badly, as its card says', async () => {
  const { metrics } = await result({ sharp: 2, markRate: 0.1, signal: 8192 });
  expect(metrics['recall.selective']).toBeGreaterThan(0.2);
});

test('the target holds the last marked value', () => {
  const v = { ...quickValues(ssmScan), ...small, seed: 3 };
  const { values, marks, target } = makeTask(v as unknown as Parameters<typeof makeTask>[0]);
  expect(marks[0]).toBe(1);
  for (let t = 1; t < target.length; t++) expect(target[t]).toBe(marks[t] ? values[t] : target[t - 1]);
});

test.each([
  [{ length: 100 }, 'length 100 is no power of two: choose 64 or 128'],
  [{ chunk: 12 }, 'choose 8 or 16'],
  [{ rank: 3 }, 'rank 3 is above the 2 channels'],
  [{ d: 6, heads: 4 }, 'heads 4 do not divide the 6 channels: choose 3'],
  [{ dtMin: 0.5, dtMax: 0.1 }, 'dtMin 0.5 is above dtMax 0.1'],
  [{ bank: 5 }, 'bank 5 is odd'],
])('refuses %o with the cure', async (values, message) => {
  await expect(result(values)).rejects.toThrow(message);
});
