import { expect, test } from 'vitest';
import type { Figure } from '../../methods/figures';
import { cell, csvOf } from './csv';
import { shortest } from './rows';

const lines = (second: readonly number[]): Figure => ({
  kind: 'lines',
  id: 'error',
  title: 'Error, by rank',
  summary: 'It falls.',
  x: { label: 'rank', scale: 'linear' },
  y: { label: 'error', unit: '%', scale: 'log' },
  series: [
    { key: 'a', label: 'method', role: 'method', x: [1, 2], y: [0.1, Number.NaN] },
    { key: 'b', label: 'best', role: 'exact', x: second, y: [0.05, 1e-7] },
  ],
});
const context = { link: 'http://localhost/#/rsvd?rank=2', settings: 'rank 2' };

test('a file says what it is, its axes, settings and link, then all values in full', () => {
  expect(
    csvOf(lines([1, 2]), context)
      .join('')
      .split('\r\n'),
  ).toEqual([
    '# Error, by rank',
    '# x: rank, linear',
    '# y: error (%), log',
    '# It falls.',
    '# settings: rank 2',
    '# link: http://localhost/#/rsvd?rank=2',
    'rank,method (%),best (%)',
    '1,0.1,0.05',
    '2,NaN,1e-7',
    '',
  ]);
});

test('curves over different x are written one point a row', () => {
  const rows = csvOf(lines([3, 4]), context)
    .join('')
    .split('\r\n')
    .slice(6);
  expect(rows).toEqual([
    'series,rank,error (%)',
    'method,1,0.1',
    'method,2,NaN',
    'best,3,0.05',
    'best,4,1e-7',
    '',
  ]);
});

test('a large matrix is written whole, in parts', () => {
  const values = new Float32Array(100 * 100);
  values[9999] = 0.5;
  const parts = csvOf(
    {
      kind: 'heatmap',
      id: 'h',
      title: 'h',
      summary: '',
      rows: 100,
      cols: 100,
      values,
      label: 'w',
      scale: 'linear',
      palette: 'sequential',
    },
    context,
  );
  expect(parts.join('').trimEnd().split('\r\n').at(-1)).toBe('99,99,0.5');
});

test('texts are quoted where they must be and never run as a formula', () => {
  expect(cell('a "b", c')).toBe('"a ""b"", c"');
  expect(cell('=1+1')).toBe("'=1+1");
  expect(cell(-1e-9)).toBe('-1e-9');
  expect(cell(null)).toBe('');
});

test('float32 values are written short and come back bit for bit', () => {
  expect(shortest(Math.fround(0.1))).toBe(0.1);
  for (let i = 0; i < 2000; i++) {
    const value = Math.fround(Math.sin(i) * 10 ** ((i % 60) - 30));
    expect(Math.fround(shortest(value))).toBe(value);
  }
  expect(shortest(Number.NaN)).toBeNaN();
});
