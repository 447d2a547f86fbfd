import { expect, test } from 'vitest';
import { effectiveRank, energyIndex, joinClose, stableRank } from './energy';
import { keyMove } from './handle';
import { placeLabels } from './labels';
import { nearest } from './reading';
import { strokesOf } from './stroke';

test('energy counts squares: of 3, 4, 0 in descending order one value holds 64 %', () => {
  expect(energyIndex([4, 3, 0], 0.64)).toBe(1);
  expect(energyIndex([4, 3, 0], 0.65)).toBe(2);
  expect(energyIndex([0, 0], 0.9)).toBe(0);
});

test('n equal values have stable and effective rank n', () => {
  expect(stableRank([2, 2, 2])).toBeCloseTo(3, 12);
  expect(effectiveRank([2, 2, 2, 0])).toBeCloseTo(3, 12);
});

test('labels that would touch become one', () => {
  const marks = [10, 20, 200].map((at, i) => ({ at, text: ['90', '95', '99'][i] }));
  expect(joinClose(marks, 30).map(({ text }) => text)).toEqual(['90, 95', '99']);
});

test('keys move the cut by one, by ten and to the ends, never past them', () => {
  const range = { min: 1, max: 64, step: 1 };
  expect(keyMove('ArrowRight', 24, range)).toBe(25);
  expect(keyMove('PageDown', 4, range)).toBe(1);
  expect(keyMove('End', 24, range)).toBe(64);
  expect(keyMove('Tab', 24, range)).toBeUndefined();
});

test('names of points never cover each other', () => {
  const area = { left: 0, right: 300, top: 0, bottom: 200 };
  const points = [100, 103, 106, 109, 112, 115].map((x) => ({ x, y: 100, text: 'a kernel' }));
  const placed = placeLabels(points, area);
  expect(placed[0]).toBeDefined();
  const spots = placed.flatMap((label) => (label ? [`${label.anchor} ${label.y}`] : []));
  expect(new Set(spots).size).toBe(spots.length);
});

test('four baselines differ in colour and in stroke', () => {
  const strokes = strokesOf(['baseline', 'baseline', 'baseline', 'baseline']);
  expect(new Set(strokes.map(({ color }) => color)).size).toBe(4);
  expect(new Set(strokes.map(({ dash }) => dash)).size).toBe(4);
});

test('the read-out takes the x that is nearest as the axis shows it', () => {
  expect(nearest([1, 10, 100], 40, false)).toBe(1);
  expect(nearest([1, 10, 100], 40, true)).toBe(2);
  expect(nearest([], 1, false)).toBe(-1);
});
