import { afterEach, expect, test, vi } from 'vitest';
import { hover, linesOf, quantityOf } from './hover';
import { covers, reading } from './reading';

afterEach(() => {
  hover.leave('a');
  hover.leave('b');
});

test.each([
  ['index', 'Rank k'],
  ['Index', 'rank r'],
  ['Rank index', 'rank'],
  ['length L', 'length'],
])('%s and %s are the same quantity', (one, other) => {
  expect(quantityOf({ label: one })).toBe(quantityOf({ label: other }));
});

test.each([
  [{ label: 'index' }, { label: 'step' }],
  [
    { label: 'time', unit: 's' },
    { label: 'time', unit: 'ms' },
  ],
  [{ label: 'columns' }, { label: 'rank' }],
  [{ label: 'step' }, { label: 'step', quantity: 'training step' }],
])('%o and %o are not', (one, other) => {
  expect(quantityOf(one)).not.toBe(quantityOf(other));
});

test('the rows of a map without named axes are like nothing else', () => {
  const map = {
    kind: 'heatmap' as const,
    id: 'map',
    title: '',
    summary: '',
    rows: 2,
    cols: 3,
    values: new Float32Array(6),
    label: '',
    scale: 'linear' as const,
    palette: 'sequential' as const,
  };
  expect(linesOf(map, 'rows').quantity).toBe('');
  const named = {
    ...map,
    axes: { rows: 'state', cols: 'step / 4', quantity: { cols: 'step' }, every: { cols: 4 } },
  };
  expect(linesOf(named, 'cols')).toEqual({ quantity: 'step', count: 3, every: 4 });
});

test('a move within the same place tells nobody, and only who points can leave', () => {
  const told = vi.fn();
  const stop = hover.subscribe(told);
  hover.point('a', { rank: 3 });
  hover.point('a', { rank: 3 });
  expect(told).toHaveBeenCalledTimes(1);
  hover.leave('b');
  expect(hover.at('rank')).toBe(3);
  hover.point('b', { step: 3 });
  expect(hover.at('rank')).toBeUndefined();
  hover.leave('b');
  expect(hover.at('step')).toBeUndefined();
  expect(told).toHaveBeenCalledTimes(3);
  stop();
});

const curve = { x: [1, 2, 4, 8], y: [10, 20, 40, 80] };

test('a place that a chart has no point for is read at the nearest one, and not beyond its points', () => {
  expect(reading([curve], 4, 'linear')?.at).toBe(4);
  expect(reading([curve], 5, 'linear')?.at).toBe(4);
  expect(reading([curve], 5.9, 'log')?.at).toBe(8);
  expect(reading([], 4, 'linear')).toBeNull();
  expect(covers([curve], 8)).toBe(true);
  expect(covers([curve], 9)).toBe(false);
  expect(covers([], 1)).toBe(false);
});

test('only curves that have a point there are read', () => {
  const found = reading([curve, { x: [1, 8], y: [5, 6] }], 4, 'linear');
  expect(found?.values).toEqual([{ curve, y: 40 }]);
});
