import { expect, test } from 'vitest';
import { decimate, hiddenOnLog, MAX_POINTS } from './decimate';

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

test.each([1, 159, 160, 161, 512, 5000])('%i points keep the ends and fit the limit on both scales', (n) => {
  for (const scale of ['linear', 'log'] as const) {
    const kept = decimate(upTo(n), upTo(n).map(Math.sin), scale);
    expect(kept.length).toBeLessThanOrEqual(MAX_POINTS);
    expect(kept[0]).toBe(0);
    expect(kept.at(-1)).toBe(n - 1);
    expect(kept).toEqual([...new Set(kept)].sort((a, b) => a - b));
  }
});

test('a spike of one point survives on a linear axis', () => {
  const y = upTo(5000).map(() => 1);
  y[3217] = 50;
  expect(decimate(upTo(5000), y, 'linear')).toContain(3217);
});

test('a gap stays a gap', () => {
  const y = upTo(5000).map(() => 1);
  y[777] = Number.NaN;
  expect(decimate(upTo(5000), y, 'linear')).toContain(777);
});

test('a log axis keeps every one of the first points, where they lie apart', () => {
  expect(decimate(upTo(5000), upTo(5000), 'log').slice(0, 5)).toEqual([0, 1, 2, 3, 4]);
});

test('values at or below zero are counted, NaN is not one', () => {
  expect(hiddenOnLog([1, 0, -2, Number.NaN])).toBe(2);
});
