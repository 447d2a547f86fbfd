import { expect, test } from 'vitest';
import { Gate } from './gate';

test('a paused gate lets one through at each step, and all once it is resumed', async () => {
  const gate = new Gate();
  const passed: number[] = [];
  const walk = async () => {
    for (let i = 0; i < 4; i++) {
      await gate.pass();
      passed.push(i);
    }
  };
  gate.pause();
  const walking = walk();
  await Promise.resolve();
  expect(passed).toEqual([]);
  gate.step();
  await Promise.resolve();
  await Promise.resolve();
  expect(passed).toEqual([0]);
  gate.resume();
  await walking;
  expect(passed).toEqual([0, 1, 2, 3]);
});
