import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { decodeLink } from '../experiment/links';
import type { RunRequest, RunResult } from '../experiment/protocol';
import { loadMethods } from '../experiment/registry';
import { CancelledError } from '../gpu/errors';
import { UserError } from '../math/errors';
import { type Client, createSession, failure, PAUSE_MS, REST_MS } from './session';
import { createPageStore } from './store';

interface Asked {
  request: RunRequest;
  finish: (rank: number) => void;
  fail: (error: Error) => void;
  cancelled: boolean;
}

/** A page without a browser: the client answers when the test says so. */
function bench(hash: string) {
  const runs: Asked[] = [];
  const previews: RunRequest[] = [];
  const client: Client = {
    open: async () => ({ home: 'cpu', label: 'CPU, float64', adapter: null, reason: null }),
    loadData: async () => ({
      key: 'k',
      name: 'p',
      rows: 512,
      cols: 384,
      colour: false,
      hash: '0'.repeat(16),
    }),
    run(request) {
      let resolve: (result: RunResult) => void = () => {};
      let reject: (error: Error) => void = () => {};
      const result = new Promise<RunResult>((yes, no) => {
        resolve = yes;
        reject = no;
      });
      const asked: Asked = { request, cancelled: false, fail: reject, finish: (rank) => resolve(made(rank)) };
      runs.push(asked);
      const cancel = () => {
        asked.cancelled = true;
        reject(new CancelledError());
      };
      const nothing = () => {};
      return { result, cancel, pause: nothing, resume: nothing, step: nothing };
    },
    async preview(request) {
      previews.push(request);
      return { metrics: { 'error.rsvd': 0.25 } };
    },
  };
  const { state, problems } = decodeLink(hash);
  const store = createPageStore(state, problems, 'light');
  const address = { hash };
  const place = {
    read: () => address.hash,
    write: (link: string) => {
      address.hash = link;
    },
  };
  return { runs, previews, store, address, session: createSession(store, client, place, 'sample.png') };
}

const made = (rank: number): RunResult => ({
  method: 'rsvd',
  values: { rank },
  adapter: 'CPU',
  home: 'cpu',
  metrics: { 'error.rsvd': rank },
  reasons: {},
  figures: [],
  notes: [],
  claims: [],
  timings: [],
  wallMs: 1,
});

beforeEach(async () => {
  await loadMethods();
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('a live parameter is previewed at every movement and run once when it rests', async () => {
  const { runs, previews, store, address, session } = bench('#/rsvd');
  await session.start();
  runs[0].finish(16);
  await vi.advanceTimersByTimeAsync(0);
  for (const rank of [17, 18, 19]) session.change('rank', rank, 'move');
  await vi.advanceTimersByTimeAsync(REST_MS - 1);
  expect(previews.map(({ values }) => values.rank)).toEqual([17, 18, 19]);
  expect(runs).toHaveLength(1);
  expect(store.getState().preview).toEqual({ metrics: { 'error.rsvd': 0.25 } });
  await vi.advanceTimersByTimeAsync(1);
  expect(runs).toHaveLength(2);
  expect(runs[1].request.values.rank).toBe(19);
  expect(address.hash).toContain('rank=19');
});

test('other changes are one run after a pause, and the last result stays until it is done', async () => {
  const { runs, previews, store, session } = bench('#/rsvd');
  await session.start();
  runs[0].finish(16);
  await vi.advanceTimersByTimeAsync(0);
  session.change('m', 300, 'move');
  session.change('n', 200, 'settle');
  await vi.advanceTimersByTimeAsync(PAUSE_MS);
  expect(previews).toHaveLength(0);
  expect(runs).toHaveLength(2);
  expect(runs[1].request.values).toMatchObject({ m: 300, n: 200 });
  expect(store.getState().result?.values.rank).toBe(16);
  runs[1].finish(5);
  await vi.advanceTimersByTimeAsync(0);
  expect(store.getState().result?.values.rank).toBe(5);
});

test('a run that was overtaken is cancelled and its answer does not count', async () => {
  const { runs, store, session } = bench('#/rsvd');
  await session.start();
  session.change('rank', 30, 'settle');
  await vi.advanceTimersByTimeAsync(REST_MS);
  expect(runs[0].cancelled).toBe(true);
  runs[0].finish(16);
  runs[1].finish(30);
  await vi.advanceTimersByTimeAsync(0);
  expect(store.getState().run.status).toBe('done');
  expect(store.getState().result?.values.rank).toBe(30);
});

test('cancel says so and keeps the result before', async () => {
  const { runs, store, session } = bench('#/rsvd');
  await session.start();
  runs[0].finish(16);
  await vi.advanceTimersByTimeAsync(0);
  session.runNow();
  session.cancel();
  await vi.advanceTimersByTimeAsync(0);
  expect(runs[1].cancelled).toBe(true);
  expect(store.getState().run.status).toBe('cancelled');
  expect(store.getState().result?.values.rank).toBe(16);
});

test('a link to a file asks for it, and says when another one is given', async () => {
  const { runs, store, session } = bench('#/rsvd?data=file:mine.npy:00000000000000ff');
  await session.start();
  expect(runs).toHaveLength(0);
  expect(store.getState().data).toMatchObject({ status: 'missing', name: 'mine.npy' });
  await session.data.useFile(new File([new Uint8Array(4)], 'other.npy'));
  expect(store.getState().problems.join()).toContain('not the file of the link');
  expect(runs).toHaveLength(1);
  expect(runs[0].request.data).toBe('k');
});

test('a preset changes its values and keeps the seed', async () => {
  const { store, session } = bench('#/rsvd?seed=7&rank=99');
  await session.start();
  session.applyPreset(0);
  await vi.advanceTimersByTimeAsync(1);
  expect(store.getState().link.values.seed).toBe(7);
  expect(store.getState().link.values.rank).not.toBe(99);
});

test('an edited address is followed, and what it got wrong is named', async () => {
  const { address, store, session } = bench('#/rsvd');
  await session.start();
  address.hash = '#/rsvd?rank=40&nonsense=1';
  await session.follow();
  await vi.advanceTimersByTimeAsync(1);
  expect(store.getState().link.values.rank).toBe(40);
  expect(store.getState().problems.join()).toContain('nonsense');
});

test('what a person can mend is shown as it is, a bug carries its stack', () => {
  expect(failure(new UserError('rank 9 is above 8'))).toEqual({
    status: 'failed',
    message: 'rank 9 is above 8',
  });
  expect(failure(new TypeError('x'))).toMatchObject({
    status: 'failed',
    bug: expect.stringContaining('TypeError: x'),
  });
  expect(failure(new CancelledError())).toEqual({ status: 'cancelled' });
});
