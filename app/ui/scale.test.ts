import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NumberParameter } from '../methods/parameters';
import { positionOf, STEPS, stepFrom, valueAt } from './scale';

const rank = { kind: 'integer', min: 1, max: 512, scale: 'log2' } as const;
const oversample = { kind: 'integer', min: 0, max: 128, scale: 'log2' } as const;
const rate = { kind: 'number', min: 0, max: 5, scale: 'linear' } as const;
const cond = { kind: 'number', min: 1, max: 1e7, scale: 'log10' } as const;
const all: Pick<NumberParameter, 'kind' | 'min' | 'max' | 'scale'>[] = [rank, oversample, rate, cond];

test.each(all)('the ends of the slider are the ends of the range: %o', (p) => {
  expect(valueAt(0, p)).toBe(p.min);
  expect(valueAt(STEPS, p)).toBe(p.max);
  expect(positionOf(p.min, p)).toBe(0);
  expect(positionOf(p.max, p)).toBe(STEPS);
});

test('an octave is the same distance everywhere on a log scale', () => {
  const octave = STEPS / 9;
  for (const value of [1, 2, 8, 128]) {
    expect(positionOf(2 * value, rank) - positionOf(value, rank)).toBeCloseTo(octave, -1);
  }
});

test('every position gives a value of the range, and integers stay whole', () => {
  fc.assert(
    fc.property(fc.constantFrom(...all), fc.integer({ min: 0, max: STEPS }), (p, position) => {
      const value = valueAt(position, p);
      expect(value).toBeGreaterThanOrEqual(p.min);
      expect(value).toBeLessThanOrEqual(p.max);
      if (p.kind === 'integer') expect(Number.isInteger(value)).toBe(true);
    }),
  );
});

test('a step always moves, whatever the scale, until the end of the range', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...all),
      fc.integer({ min: 0, max: STEPS }),
      fc.boolean(),
      (p, position, large) => {
        const value = valueAt(position, p);
        const up = stepFrom(value, 1, large, p);
        const down = stepFrom(value, -1, large, p);
        if (value < p.max) expect(up).toBeGreaterThan(value);
        if (value > p.min) expect(down).toBeLessThan(value);
        expect(up).toBeLessThanOrEqual(p.max);
        expect(down).toBeGreaterThanOrEqual(p.min);
      },
    ),
  );
});

test('the page key doubles and halves on a log scale', () => {
  expect(stepFrom(24, 1, true, rank)).toBe(48);
  expect(stepFrom(24, -1, true, rank)).toBe(12);
  expect(stepFrom(24, 1, false, rank)).toBe(25);
});
