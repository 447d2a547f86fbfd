import { expect, test } from 'vitest';
import { stateOf } from '../experiment/links';
import { toy } from '../experiment/toy';
import type { LinesFigure } from '../methods/figures';
import type { Outcome } from '../methods/method';
import { numbersOf, viewOf } from './view';

const lines = (id: string, title = id): LinesFigure => ({
  kind: 'lines',
  id,
  title,
  summary: '',
  x: { label: 'x', scale: 'linear' },
  y: { label: 'y', scale: 'log' },
  series: [],
});

const result = {
  method: 'rsvd',
  values: {},
  adapter: '',
  home: 'cpu' as const,
  metrics: { a: 1, b: null },
  reasons: { b: 'no b here' },
  figures: [lines('one'), lines('two')],
  notes: [],
  claims: [],
  timings: [],
  wallMs: 1,
};
const state = { link: stateOf(toy), result, partial: null, preview: null };
const running = { status: 'running', fraction: 0, stage: '', paused: false, leftMs: null } as const;

test('a finished run is fresh, and a missing number carries its reason', () => {
  const view = viewOf({ ...state, run: { status: 'done' } });
  expect(view.figures.map(({ stale }) => stale)).toEqual([false, false]);
  expect(view.metrics.b).toEqual({ value: null, stale: false, reason: 'no b here' });
});

test('while a run goes on, what it has not shown yet is stale and keeps its place', () => {
  const partial: Outcome = { figures: [lines('two', 'new')], metrics: { a: 2 } };
  const view = viewOf({ ...state, partial, run: running });
  expect(view.figures.map(({ figure, stale }) => [figure.title, stale])).toEqual([
    ['one', true],
    ['new', false],
  ]);
  expect(view.metrics.a).toEqual({ value: 2, stale: false, reason: undefined });
});

test('a link that names figures shows only those', () => {
  const link = { ...state.link, show: ['two'] };
  expect(viewOf({ ...state, link, run: { status: 'done' } }).figures.map(({ figure }) => figure.id)).toEqual([
    'two',
  ]);
});

test('handles follow the numbers among the values, and nothing else', () => {
  expect(numbersOf({ rank: 31, spectrum: 'exp', reorth: true })).toEqual({ rank: 31 });
});
