/** What the adapters say where there is nothing to learn, or no way to learn it. */
import { expect, test } from 'vitest';
import { Cache } from '../../experiment/cache';
import { runExperiment } from '../../experiment/runner';
import { quickValues } from '../../experiment/values';
import { homes } from '../../gpu/testing';
import type { Method } from '../method';
import { NOTHING_TO_LEARN } from '../networkparameters';
import type { LooseValues } from '../parameters';
import full from '../training/full';
import loraSb from './lora-sb';
import svfit from './svfit';

async function run(method: Method, values: LooseValues) {
  const home = (await homes({ poison: false })).cpu;
  return runExperiment({
    method,
    values: { ...quickValues(method), steps: 1, batch: 4, ...values },
    home,
    data: null,
    dataKey: 'testbed',
    cache: new Cache(home),
  });
}

test('without a change LoRA-SB has no update to start from, and says so', async () => {
  const { metrics, reasons, notes } = await run(loraSb, { shift: 0 });
  expect(metrics['loss.sb']).toBe(null);
  expect(reasons['loss.sb']).toContain('no update to start from');
  expect(notes).toContain(NOTHING_TO_LEARN);
});

test('without a change SVFit leaves out the error of its values', async () => {
  const { metrics, reasons, notes } = await run(svfit, { shift: 0, rank: 200 });
  expect(metrics['error.sigma']).toBe(null);
  expect(reasons['error.sigma']).toBeDefined();
  expect(metrics['params.svfit']).toBe(64 + 128 + 32);
  expect(notes).toContain(NOTHING_TO_LEARN);
  expect(notes.join()).toContain('layer 3 trains 32');
});

test('equal singular values are named', async () => {
  const { notes } = await run(svfit, { alpha: 0 });
  expect(notes.join()).toContain('depend on the solver');
});

test('a start that is worse than none is named, and a rank above a side is cut', async () => {
  const { notes } = await run(loraSb, { lr: 0.05, rank: 40 });
  expect(notes.join()).toContain('worse than no adapter');
  expect(notes.join()).toContain('layer 3 uses 32');
});

test('the loss of full fine-tuning is left out with a reason where it was not asked for', async () => {
  const { reasons } = await run(loraSb, {});
  expect(reasons['loss.full']).toContain('switched off');
});

test('a run of one step on one row is a run', async () => {
  const { metrics } = await run(full, { batch: 1 });
  expect(metrics['loss.full']).toBeGreaterThan(0);
});
