import { expect, test } from 'vitest';
import type { RunResult } from '../../experiment/protocol';
import type { Archive } from './archive';
import { createHistory, KEPT, type SavedRun } from './history';

/** A browser's storage without a browser. */
function memory(stored: SavedRun[] = []): Archive & { runs: Map<string, SavedRun> } {
  const runs = new Map(stored.map((run) => [run.id, run]));
  return {
    runs,
    all: async () => [...runs.values()],
    put: async (run) => void runs.set(run.id, run),
    remove: async (id) => void runs.delete(id),
    clear: async () => runs.clear(),
  };
}

const result = (value: number): RunResult => ({
  method: 'toy',
  values: {},
  adapter: 'CPU',
  home: 'cpu',
  metrics: { norm: value },
  reasons: {},
  figures: [],
  notes: [],
  claims: [],
  timings: [],
  wallMs: 1,
});

test('a pinned and renamed run survives a reload; of the others the last thirty stay', async () => {
  const archive = memory();
  const history = createHistory(archive);
  history.add('#/toy?size=1', result(1));
  const [{ id }] = history.store.getState().runs;
  history.pin(id, true);
  history.rename(id, '  first  ');
  for (let i = 2; i < KEPT + 6; i++) history.add(`#/toy?size=${i}`, result(i));
  expect(history.store.getState().runs).toHaveLength(KEPT + 1);
  const again = createHistory(memory([...archive.runs.values()]));
  await Promise.resolve();
  await Promise.resolve();
  expect(again.store.getState().runs).toHaveLength(KEPT + 1);
  expect(again.find('#/toy?size=1')).toMatchObject({ name: 'first', pinned: true });
  expect(again.find('#/toy?size=2')).toBeUndefined();
});

test('a run of the same link takes the place of the earlier one and keeps its name', () => {
  const history = createHistory(memory());
  history.add('#/toy', result(1));
  history.rename(history.store.getState().runs[0].id, 'mine');
  history.add('#/toy', result(2));
  expect(history.store.getState().runs).toHaveLength(1);
  expect(history.find('#/toy')).toMatchObject({ name: 'mine', result: { metrics: { norm: 2 } } });
});

test('a store that fails loses no run of this visit', async () => {
  const failing: Archive = {
    all: () => Promise.reject(new Error('no')),
    put: () => Promise.reject(new Error('no')),
    remove: () => Promise.reject(new Error('no')),
    clear: () => Promise.reject(new Error('no')),
  };
  const history = createHistory(failing);
  history.add('#/toy', result(1));
  await Promise.resolve();
  expect(history.store.getState().runs).toHaveLength(1);
  history.clear();
  expect(history.store.getState().runs).toHaveLength(0);
});
