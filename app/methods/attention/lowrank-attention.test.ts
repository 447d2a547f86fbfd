import { expect, test } from 'vitest';
import { Cache } from '../../experiment/cache';
import { testClaims } from '../../experiment/claimtests';
import { previewExperiment, runExperiment } from '../../experiment/runner';
import { quickValues } from '../../experiment/values';
import { homes } from '../../gpu/testing';
import method from './lowrank-attention';

testClaims({ ...method, claims: method.claims.filter(({ at }) => at === undefined) });
// 64 draws are many: one home is enough for what is said of random numbers.
testClaims({ ...method, claims: method.claims.filter(({ at }) => at !== undefined) }, { on: ['cpu'] });

const small = { ...quickValues(method), n: 64, d: 8, clusters: 4, rank: 8, draws: 1 };

async function bench(values: Record<string, number | boolean> = {}) {
  const { cpu: home } = await homes();
  const experiment = { method, values: { ...small, ...values }, home, data: null, dataKey: 'testbed' };
  return { ...experiment, cache: new Cache(home) };
}

test('at infinite temperature everything is the mean of the values', async () => {
  const { metrics } = await runExperiment(await bench({ beta: 0 }));
  for (const key of ['linformer', 'nystrom', 'performer', 'linear', 'mean']) {
    // Six steps bring the pseudo-inverse of a matrix of rank one to rounding; data are rounded to float32.
    expect(metrics[`error.${key}`], key).toBeLessThanOrEqual(1e-6);
  }
});

test('an odd rank says that trigonometric features are fewer, and an unlucky one that landmarks fail', async () => {
  const odd = await runExperiment(await bench({ rank: 7 }));
  expect(odd.notes.join()).toContain('use 3 rows');
  const many = await runExperiment(await bench({ rank: 48, iters: 20, spread: 0.02, clusters: 2 }));
  const error = many.metrics['error.nystrom'] ?? 0;
  expect(many.notes.join().includes('Lower rank or iters')).toBe(error > 1);
});

test('the preview at another rank needs what a run has cached, and then agrees with it', async () => {
  const at = await bench();
  expect(await previewExperiment(at)).toBeNull();
  await runExperiment(at);
  const preview = await previewExperiment({ ...at, values: { ...at.values, rank: 16 } });
  const { metrics } = await runExperiment({ ...at, values: { ...at.values, rank: 16 } });
  expect(preview?.metrics?.['error.nystrom']).toBe(metrics['error.nystrom']);
  expect(preview?.metrics?.['error.performer']).toBe(metrics['error.performer']);
});

test('refuses more ranks than tokens', async () => {
  const at = await bench({ rank: 65 });
  await expect(runExperiment(at)).rejects.toThrow('rank 65 is above n = 64');
});
