import { expect, test } from 'vitest';
import { defineMethod } from '../methods/method';
import { fairValues, knobOf } from './fair';
import { dominated, paretoFigure } from './pareto';
import { toy } from './toy';
import { defaults } from './values';

test('a run is dominated by one that is not worse in either and better in one', () => {
  const of = (cost: number, value: number) => ({ key: `${cost}`, label: `${cost}`, cost, value });
  const candidates = [of(1, 9), of(2, 5), of(3, 5), of(4, 1), of(5, 2)];
  expect(dominated(candidates, 'lower')).toEqual([false, false, true, false, true]);
  expect(dominated(candidates, 'higher')).toEqual([false, true, true, true, true]);
  const figure = paretoFigure(candidates, 'time', { label: 'Error', better: 'lower' });
  expect(figure.lines?.[0].x).toEqual([1, 2, 4]);
  expect(figure.points.map(({ role }) => role)).toEqual(['method', 'method', 'guide', 'method', 'guide']);
});

test('an equal budget sets the rank to the nearest whole number that is allowed', () => {
  const method = defineMethod({
    ...toy,
    parameters: { ...toy.parameters, size: { ...toy.parameters.size, live: true } },
    budget: ({ size }) => [{ label: 'Parameters', value: 10 * Number(size), unit: 'count' }],
  });
  expect(knobOf(method)).toBe('size');
  const amount = ({ size }: Readonly<Record<string, unknown>>) => 10 * Number(size);
  expect(fairValues(method, defaults(method), 204, amount)?.size).toBe(20);
  expect(fairValues(method, defaults(method), 1e9, amount)?.size).toBe(64);
  expect(fairValues(method, defaults(method), 204, () => 5)).toBeNull();
});
