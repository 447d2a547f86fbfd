import { expect, test } from 'vitest';
import { Cache } from '../../experiment/cache';
import { testClaims } from '../../experiment/claimtests';
import { runExperiment } from '../../experiment/runner';
import { quickValues } from '../../experiment/values';
import { homes } from '../../gpu/testing';
import s4 from './s4';

testClaims(s4);

const small = { ...quickValues(s4), state: 8, length: 64, signal: 512, maxDelay: 64 };

async function result(
  values: Record<string, number>,
  data: Parameters<typeof runExperiment>[0]['data'] = null,
) {
  const { cpu: home } = await homes();
  const experiment = { method: s4, values: { ...small, ...values }, home, data, dataKey: 'own' };
  return runExperiment({ ...experiment, cache: new Cache(home) });
}

test.each([
  [{ state: 7 }, 'odd number of states'],
  [{ length: 100 }, ''],
  [{ state: 2, length: 16 }, ''],
  [{ dt: 1 }, 'warps'],
])('keeps its identities at %o', async (values, note) => {
  const { metrics, notes } = await result(values);
  // C, u and the tables of both homes are rounded to float32.
  expect(metrics['error.kernel']).toBeLessThanOrEqual(1e-4);
  expect(metrics['error.conv']).toBeLessThanOrEqual(1e-4);
  expect(metrics['identity.nplr']).toBeLessThanOrEqual(1e-5);
  if (note) expect(notes.join()).toContain(note);
});

test('runs a signal of the person, one row or one column, cut to what is asked', async () => {
  const values = Float64Array.from({ length: 700 }, (_, i) => Math.sin(i / 40));
  for (const shape of [
    { rows: 700, cols: 1 },
    { rows: 1, cols: 700 },
  ]) {
    const own = await result({}, { ...shape, values, name: 'sine.csv' });
    expect(own.notes.join()).toContain('512 of 700 samples');
    // A sine of one frequency is known from any past.
    expect(own.metrics['recall.legs']).toBeLessThanOrEqual(0.01);
    expect(own.claims).toEqual([]);
  }
});

test('refuses what does not fit, and says what would', async () => {
  await expect(result({ maxDelay: 129 })).rejects.toThrow('choose 128 or less');
  await expect(result({ maxDelay: 8, delayStep: 9 })).rejects.toThrow('delayStep 9 is above maxDelay 8');
  const data = { rows: 20, cols: 20, values: new Float64Array(400), name: 'a.npy' };
  await expect(result({}, data)).rejects.toThrow('not a signal');
  await expect(result({}, { ...data, rows: 1, cols: 400 })).rejects.toThrow('constant');
  await expect(result({}, { ...data, rows: 1, cols: 100, values: new Float64Array(100) })).rejects.toThrow(
    '256 or more',
  );
});
