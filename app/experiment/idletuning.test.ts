import { expect, test } from 'vitest';
import { GpuHome } from '../gpu/gpuhome';
import { testDevice } from '../gpu/testing';
import { chosen, defineTunable, MemoryStore } from '../gpu/tuner';
import { IdleTuning } from './idletuning';

/** A timer that fires when it is told to. */
function fakeTimer() {
  let waiting: { work: () => void; ms: number } | null = null;
  return {
    set: (work: () => void, ms: number) => {
      waiting = { work, ms };
      return waiting;
    },
    clear: (handle: unknown) => {
      if (handle === waiting) waiting = null;
    },
    get waits() {
      return waiting?.ms ?? null;
    },
    fire: () => {
      const { work } = waiting ?? { work: () => undefined };
      waiting = null;
      work();
    },
  };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 50));

test('measures after a quiet time, key by key, and stops when a message comes', async () => {
  const device = await testDevice();
  const runs: string[] = [];
  const { transpose } = await import('../kernels/transpose');
  defineTunable('idle', async (home, { n }, candidate) => {
    const a = home.tensor([4, n]);
    return async () => {
      runs.push(candidate);
      home.release(await transpose(a, { variant: candidate === 'one' ? 'any' : 'vec4' }));
    };
  });
  const timer = fakeTimer();
  const store = new MemoryStore();
  const idle = new IdleTuning(store, timer, () => 0);
  idle.attach(device);
  const home = new GpuHome(device);
  idle.rest();
  expect(timer.waits, 'nothing was asked for').toBeNull();
  for (const n of [4, 64]) chosen(home, { op: 'idle', sizes: { n }, candidates: ['one', 'two'] });
  idle.rest();
  expect(timer.waits).toBe(1500);
  expect(runs, 'nothing before the quiet time').toEqual([]);
  timer.fire();
  while ((await store.all()).length < 1) await settled();
  while (timer.waits === null) await settled();
  expect(timer.waits, 'the next key after a pause').toBe(200);
  idle.interrupt();
  expect(timer.waits, 'a message stops it').toBeNull();
  expect(await store.all()).toHaveLength(1);
  idle.rest();
  timer.fire();
  idle.interrupt();
  await idle.working;
  expect(idle.table().length).toBeLessThanOrEqual(2);
  home.dispose();
});
