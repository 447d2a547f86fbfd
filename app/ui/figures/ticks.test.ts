import { expect, test } from 'vitest';
import { domainOf, isCounting, labelsOf, scientific, ticksOf } from './ticks';

test('powers of ten are written with superscripts, ordinary numbers plainly', () => {
  expect(labelsOf([1e-6, 1e-3, 1], 'log')).toEqual(['10⁻⁶', '10⁻³', '10⁰']);
  expect(labelsOf([0.01, 1, 100], 'log')).toEqual(['0.01', '1', '100']);
  expect(labelsOf([0, 2e5], 'linear')).toEqual(['0', '2×10⁵']);
  expect(scientific(2.5e-4)).toBe('2.5×10⁻⁴');
});

test.each([3, 5, 8])('log ticks over twelve decades are at most %i, ascending and powers of ten', (count) => {
  const ticks = ticksOf([2e-9, 3e3], 'log', count);
  expect(ticks.length).toBeLessThanOrEqual(count + 1);
  expect(ticks.length).toBeGreaterThanOrEqual(2);
  expect(ticks).toEqual([...ticks].sort((a, b) => a - b));
  for (const tick of ticks) expect(Math.log10(tick) % 1).toBeCloseTo(0, 9);
});

test('a log axis of less than a decade still has ticks', () => {
  expect(ticksOf([2.1, 4.2], 'log', 5).length).toBeGreaterThanOrEqual(2);
  expect(ticksOf([1, 64], 'log', 6)).toEqual([1, 2, 5, 10, 20, 50]);
});

test('linear ticks are the numbers that their labels say', () => {
  expect(ticksOf([0, 0.5], 'linear', 5)).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5]);
});

test('a log domain ignores what it cannot show', () => {
  const [low, high] = domainOf([0, -3, Number.NaN, 1e-3, 10], 'log');
  expect(low).toBeGreaterThan(5e-4);
  expect(low).toBeLessThan(1e-3);
  expect(high).toBeGreaterThan(10);
  expect(domainOf([0, -1], 'log')).toEqual([1, 10]);
});

test('a constant gets room on both sides, amounts start at zero', () => {
  expect(domainOf([5, 5], 'linear')).toEqual([2.5, 7.5]);
  expect(domainOf([3, 48], 'linear')).toEqual([0, 50]);
});

test.each([
  [[0, 3], 'linear', [0, 1, 2, 3]],
  [[1, 4], 'linear', [1, 2, 3, 4]],
  [[0.5, 1.5], 'linear', [1]],
  [[1, 3], 'log', [1, 2]],
  [[0.8, 40], 'log', [1, 2, 5, 10, 20]],
] as const)('an axis that counts over %j (%s) has whole ticks', (domain, scale, ticks) => {
  expect(ticksOf(domain, scale, 8, true)).toEqual(ticks);
});

test('a part between two whole numbers still has ticks', () => {
  expect(ticksOf([2.2, 2.8], 'linear', 4, true).length).toBeGreaterThanOrEqual(2);
});

test('whole numbers count, and nothing does not', () => {
  expect(isCounting([1, 2, Number.NaN])).toBe(true);
  expect(isCounting([1, 2.5])).toBe(false);
  expect(isCounting([])).toBe(false);
});
