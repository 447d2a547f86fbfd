import { expect, test } from 'vitest';
import { toy } from '../../experiment/toy';
import { defaults } from '../../experiment/values';
import type { LinesFigure, SpectrumFigure } from '../../methods/figures';
import { defineMethod } from '../../methods/method';
import { fairValues, knobOf } from './fair';
import { overlays } from './overlay';
import { dominated, paretoFigure } from './pareto';

const curve = (y: readonly number[], overlay?: string): LinesFigure => ({
  kind: 'lines',
  id: 'loss',
  title: 'Loss',
  summary: 'It falls.',
  overlay,
  x: { label: 'step', scale: 'linear' },
  y: { label: 'loss', scale: 'log' },
  series: [
    { key: 'own', label: 'Method', role: 'method', x: [1, 2], y },
    { key: 'full', label: 'Full', role: 'baseline', x: [1, 2], y: [4, 2] },
  ],
});

test('figures of the same overlay name share axes across methods, and the same baseline is drawn once', () => {
  const merged = overlays([
    { label: 'a', method: 'one', figures: [curve([3, 1], 'loss-steps')] },
    { label: 'b', method: 'two', figures: [curve([3, 2], 'loss-steps')] },
  ]);
  expect(merged).toHaveLength(1);
  const [figure] = merged;
  if (figure.kind !== 'lines') throw new Error('not lines');
  expect(figure.series.map(({ label, role }) => [label, role])).toEqual([
    ['a', 'method'],
    ['Full', 'guide'],
    ['b', 'baseline'],
  ]);
});

test('without an overlay name only runs of one method are laid over one another', () => {
  const spectrum: SpectrumFigure = {
    kind: 'spectrum',
    id: 'sigma',
    title: 'Spectrum',
    summary: '',
    series: [{ key: 's', label: 'sigma', role: 'method', values: [2, 1] }],
    cut: { parameter: 'rank', at: 1 },
    floor: 0,
  };
  const runs = (method: string) => [
    { label: 'a', method: 'one', figures: [spectrum, curve([3, 1])] },
    { label: 'b', method, figures: [spectrum, curve([3, 2])] },
  ];
  expect(overlays(runs('two'))).toEqual([]);
  expect(overlays(runs('one')).map(({ kind, title }) => [kind, title])).toEqual([
    ['lines', 'Spectrum'],
    ['lines', 'Loss'],
  ]);
});

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
