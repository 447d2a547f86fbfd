import { expect, test } from 'vitest';
import type { LinesFigure, SpectrumFigure } from '../../methods/figures';
import { overlays } from './overlay';

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
