import { expect, test } from 'vitest';
import { Cache } from '../../experiment/cache';
import { testClaims } from '../../experiment/claimtests';
import { runExperiment } from '../../experiment/runner';
import { quickValues } from '../../experiment/values';
import { homes } from '../../gpu/testing';
import ptd from './s4-ptd';

testClaims(ptd);

const small = { ...quickValues(ptd), state: 16, signal: 1024, points: 20, draws: 2 };

async function result(
  values: Record<string, number>,
  data: Parameters<typeof runExperiment>[0]['data'] = null,
) {
  const { cpu: home } = await homes();
  const experiment = { method: ptd, values: { ...small, ...values }, home, data, dataKey: 'own' };
  return runExperiment({ ...experiment, cache: new Cache(home) });
}

test('few states keep the identities and show the pseudospectrum', async () => {
  const { metrics, figures } = await result({ state: 8, spike: 2 });
  expect(metrics['identity.ratio']).toBeLessThanOrEqual(1e-2);
  expect(metrics['identity.norm']).toBeLessThanOrEqual(1e-3);
  expect(metrics['identity.backward']).toBeLessThanOrEqual(1e-8);
  const picture = figures.find(({ id }) => id === 'pseudospectrum');
  expect(picture?.kind === 'heatmap' && picture.values.every(Number.isFinite)).toBe(true);
});

test('says when the perturbation is too large or too small', async () => {
  const large = await result({ eps: 0.1, state: 64, dt: 0.1 });
  expect(large.metrics['pole.real']).toBeGreaterThan(0);
  expect(large.notes.join()).toContain('Lower eps');
  expect((await result({ eps: 1e-7 })).notes.join()).toContain('Float32 adds noise');
});

test('runs a signal of the person', async () => {
  const values = Float64Array.from({ length: 2000 }, (_, i) => Math.sin(i / 50));
  const own = await result({}, { rows: 2000, cols: 1, values, name: 'sine.csv' });
  expect(own.notes.join()).toContain('1024 of 2000 samples');
  expect(own.metrics['error.ptd.clean']).toBeLessThanOrEqual(0.1);
});

test('refuses what does not fit, and says what would', async () => {
  await expect(result({ state: 20 })).rejects.toThrow('choose 16 or 24');
  await expect(result({ spike: 7 })).rejects.toThrow('choose 6 or less');
  await expect(result({ eps: 0 })).rejects.toThrow('eps');
});
