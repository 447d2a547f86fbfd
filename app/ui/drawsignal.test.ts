import { expect, test } from 'vitest';
import { drawn, sampled } from './drawsignal';

test('a quick stroke leaves no gap between the places where it was seen', () => {
  const flat = new Float64Array(16);
  const line = drawn(flat, { i: 2, value: 0 }, { i: 6, value: 1 });
  expect([...line.slice(2, 7)]).toEqual([0, 0.25, 0.5, 0.75, 1]);
  expect([...drawn(flat, { i: 6, value: 1 }, { i: 2, value: 0 }).slice(2, 7)]).toEqual([
    0, 0.25, 0.5, 0.75, 1,
  ]);
  expect([...flat]).toEqual(new Array(16).fill(0));
});

test('a made signal has its samples at both ends', () => {
  const ramp = sampled((t) => t);
  expect([ramp[0], ramp[ramp.length - 1]]).toEqual([0, 1]);
});
