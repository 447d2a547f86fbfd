import { expect, test } from 'vitest';
import { GpuHome } from './gpuhome';
import { homes, testDevice } from './testing';
import { BUDGET_MS, chosen, defineTunable, MemoryStore, type Question, Tuner } from './tuner';

/** A clock that stands still until it is told how long something took. */
function setting(cost: Record<string, number>) {
  let now = 0;
  const log: string[] = [];
  defineTunable('toy', async (_home, sizes, candidate) => async () => {
    log.push(`${candidate} ${sizes.n}`);
    now += cost[candidate];
  });
  const store = new MemoryStore();
  const tuner = new Tuner(store, () => now);
  return { tuner, store, log };
}

/** A home without timestamps, so that the fake clock counts. */
async function wallHome(): Promise<GpuHome> {
  const gpu = await testDevice();
  const device = new Proxy(gpu.device, {
    get: (target, key) => {
      if (key === 'features') return new Set<string>();
      const value = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return new GpuHome({ ...gpu, device });
}

const question = (n: number, candidates = ['usual', 'other']): Question => ({
  op: 'toy',
  sizes: { n },
  candidates,
});

test('gives the default at once, measures in idle time, and then gives the winner', async () => {
  const home = await wallHome();
  const { tuner, store } = setting({ usual: 10, other: 5 });
  tuner.attach(home.device);
  expect(chosen(home, question(100))).toBe('usual');
  expect(tuner.pending).toBe(1);
  const record = await tuner.tuneNext(home);
  expect(record).toMatchObject({
    winner: 'other',
    fallback: 'usual',
    sizes: { n: 128 },
    ms: { usual: 10, other: 5 },
  });
  expect(chosen(home, question(100))).toBe('other');
  expect(chosen(home, question(130)), 'the same bucket').toBe('other');
  expect(chosen(home, question(300)), 'another bucket').toBe('usual');
  expect(await store.all()).toEqual([record]);
  expect(tuner.table()).toEqual([record]);
});

test('keeps the default unless another is more than 5 % faster', async () => {
  const home = await wallHome();
  for (const [other, winner] of [
    [9.6, 'usual'],
    [9.4, 'other'],
  ] as const) {
    const { tuner } = setting({ usual: 10, other });
    tuner.choose(home.adapter, question(64));
    expect((await tuner.tuneNext(home))?.winner).toBe(winner);
  }
});

test('starts no further measurement beyond the budget, and tries four at most', async () => {
  const home = await wallHome();
  const slow = setting({ usual: BUDGET_MS, other: 1 });
  slow.tuner.choose(home.adapter, question(64));
  expect(await slow.tuner.tuneNext(home)).toMatchObject({ winner: 'usual', ms: { usual: BUDGET_MS } });
  expect(slow.log).toEqual(['usual 64', 'other 64', 'usual 64']);
  const long = setting({ usual: 100, other: 60 });
  long.tuner.choose(home.adapter, question(64));
  expect((await long.tuner.tuneNext(home))?.winner).toBe('other');
  expect(long.log.length, 'warm-up and two rounds').toBe(6);
  const many = setting({ a: 1, b: 1, c: 1, d: 1, e: 0.1 });
  many.tuner.choose(home.adapter, question(64, ['a', 'b', 'c', 'd', 'e']));
  await many.tuner.tuneNext(home);
  expect(many.log).not.toContain('e 64');
});

test('stops when it is called away, and takes the key up again', async () => {
  const home = await wallHome();
  const { tuner } = setting({ usual: 10, other: 5 });
  tuner.choose(home.adapter, question(64));
  const away = new AbortController();
  away.abort();
  expect(await tuner.tuneNext(home, away.signal)).toBeNull();
  expect(tuner.pending).toBe(1);
  expect((await tuner.tuneNext(home))?.winner).toBe('other');
  expect(tuner.pending).toBe(0);
  expect(await tuner.tuneNext(home)).toBeNull();
});

test('remembers through the store, and asks nothing about what it cannot run', async () => {
  const home = await wallHome();
  const { tuner, store } = setting({ usual: 10, other: 5 });
  tuner.choose(home.adapter, question(64));
  await tuner.tuneNext(home);
  const later = new Tuner(store);
  await later.load();
  expect(later.choose(home.adapter, question(64))).toBe('other');
  later.choose(home.adapter, { op: 'unknown', sizes: {}, candidates: ['a', 'b'] });
  expect(later.pending).toBe(0);
});

test('times real kernels by timestamps where there are any', async () => {
  const { gpu } = await homes();
  const { transpose } = await import('../kernels/transpose');
  const tuner = new Tuner(new MemoryStore(), () => 0);
  tuner.attach(gpu.device);
  await transpose(gpu.tensor([64, 64]));
  expect(tuner.pending).toBe(1);
  const record = await tuner.tuneNext(gpu);
  expect(record?.op).toBe('transpose');
  expect(Object.keys(record?.ms ?? {}).sort()).toEqual(['any', 'vec4']);
  expect(['any', 'vec4']).toContain(record?.winner);
});
