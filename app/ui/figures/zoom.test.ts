import { expect, test } from 'vitest';
import { part, within } from './zoom';

test('half of an axis about its middle, on the scale of the axis', () => {
  expect(part([0, 8], 'linear', 0.5, 0)).toEqual([2, 6]);
  expect(part([2, 6], 'linear', 1, 0.25)).toEqual([3, 7]);
  const [low, high] = part([1, 10_000], 'log', 0.5, 0);
  expect(low).toBeCloseTo(10, 9);
  expect(high).toBeCloseTo(1000, 9);
});

test('only points in sight set the other axis', () => {
  expect(within([1, 2, 3, 4], [9, 5, 6, 100], [2, 3])).toEqual([5, 6]);
});
