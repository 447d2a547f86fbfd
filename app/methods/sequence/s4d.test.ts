import { expect, test } from 'vitest';
import { Cache } from '../../experiment/cache';
import { testClaims } from '../../experiment/claimtests';
import { runExperiment } from '../../experiment/runner';
import { quickValues } from '../../experiment/values';
import { homes } from '../../gpu/testing';
import s4d from './s4d';

testClaims(s4d);

const small = {
  ...quickValues(s4d),
  state: 16,
  length: 64,
  signal: 512,
  maxDelay: 64,
  outputs: 2,
  dt: 1 / 16,
};

async function result(
  values: Record<string, number>,
  data: Parameters<typeof runExperiment>[0]['data'] = null,
) {
  const { cpu: home } = await homes();
  const experiment = { method: s4d, values: { ...small, ...values }, home, data, dataKey: 'own' };
  return runExperiment({ ...experiment, cache: new Cache(home) });
}

test.each([
  [{ outputs: 1 }, ''],
  [{ state: 8, length: 100, dt: 1 / 128 }, 'too few for a fit and a test'],
  [{ length: 600 }, 'length is cut to the 512 samples'],
  [{ dt: 0.5 }, 'alias'],
])('the views agree at %o', async (values, note) => {
  const { metrics, notes } = await result(values);
  // Weights and powers are rounded to float32 in both homes.
  expect(metrics['error.vandermonde']).toBeLessThanOrEqual(1e-4);
  if (note) expect(notes.join()).toContain(note);
});

test('without imaginary parts the scaled variant is one mode many times over', async () => {
  const { metrics } = await result({ imagScale: 0 });
  expect(metrics['recall.inv.scaled']).toBeGreaterThanOrEqual(metrics['recall.inv'] ?? Infinity);
});

test('runs a signal of the person that is shorter than asked', async () => {
  const values = Float64Array.from({ length: 300 }, (_, i) => Math.sin(i / 20) + Math.sin(i / 7));
  const own = await result({}, { rows: 300, cols: 1, values, name: 'two.csv' });
  expect(own.notes.join()).toContain('300 of 300 samples');
  expect(own.metrics['recall.legs']).toBeLessThanOrEqual(0.1);
});

test('refuses what does not fit, and says what would', async () => {
  await expect(result({ state: 20 })).rejects.toThrow('choose 16 or 24');
  await expect(result({ outputs: 5 })).rejects.toThrow('choose 4 or less');
  await expect(result({ maxDelay: 200 })).rejects.toThrow('choose 128 or less');
  await expect(result({ maxDelay: 8, delayStep: 9 })).rejects.toThrow('delayStep 9 is above maxDelay 8');
});
