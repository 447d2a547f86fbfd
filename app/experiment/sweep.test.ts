import { expect, test } from 'vitest';
import type { RunResult } from './protocol';
import { aggregate, encodeSweep, openSweep, parseOver, parseSeeds, sweepFigure, sweepRuns } from './sweep';
import { toy } from './toy';
import { defaults } from './values';

const result = (norm: number | null): RunResult => ({
  method: 'toy',
  values: {},
  adapter: '',
  home: 'cpu',
  metrics: { norm, absent: null },
  reasons: {},
  figures: [],
  notes: [],
  claims: [],
  timings: [],
  wallMs: 1,
});

test('a sweep runs every value with every seed, all else as it was', () => {
  const plan = { ...parseOver(toy, 'size=4, 8,4'), seeds: parseSeeds('0..2') };
  const runs = sweepRuns(toy, { ...defaults(toy), loud: true }, plan);
  expect(runs.map(({ value, seed }) => [value, seed])).toEqual([
    [4, 0],
    [4, 1],
    [4, 2],
    [8, 0],
    [8, 1],
    [8, 2],
  ]);
  expect(runs[5].values).toMatchObject({ size: 8, seed: 2, loud: true });
});

test.each([
  ['size', /not of the form/],
  ['size=', /no values/],
  ['size=99', /above 64/],
  ['sise=4', /no parameter "sise"/],
  ['seed=1,2', /swept by seeds/],
])('over %s is refused with the reason', (text, message) => {
  expect(() => parseOver(toy, text)).toThrow(message);
});

test.each(['', '1.5', '4..2', '-1', 'a'])('seeds "%s" are refused', (text) => {
  expect(() => parseSeeds(text)).toThrow(/write 0..4/);
});

test('too many runs are refused before the first', () => {
  const plan = { key: 'size', values: [1, 2], seeds: parseSeeds('0..150') };
  expect(() => sweepRuns(toy, defaults(toy), plan)).toThrow(/302 runs are above 200/);
});

test('mean and spread are over the runs that have the metric', () => {
  const runs = [1, 3, null].map((norm, seed) => ({ value: 4, seed, result: result(norm) }));
  const [row] = aggregate(runs);
  expect(row.metrics.norm).toEqual({ mean: 2, deviation: Math.SQRT2, low: 1, high: 3, count: 2 });
  expect(row.metrics.absent).toBeUndefined();
  const figure = sweepFigure(toy, 'size', 'norm', [row]);
  expect(figure).toMatchObject({
    kind: 'lines',
    series: [{ x: [4], y: [2], spread: { low: [1], high: [3] } }],
  });
});

test('a sweep is a link that says what it could not take', async () => {
  const link = '#/sweep?run=rsvd%3Fm%3D64%26n%3D48&over=rank%3D4%2C8&seeds=0%2C1';
  const { state, plan, problems } = await openSweep(link.slice(link.indexOf('?') + 1));
  expect(problems).toEqual([]);
  expect(plan).toEqual({ key: 'rank', values: [4, 8], seeds: [0, 1] });
  expect(encodeSweep(state, plan)).toBe(link);
  const broken = await openSweep('run=rsvd&over=rank%3D4,9999&seeds=x');
  expect(broken.plan).toBeNull();
  expect(broken.problems.join(' ')).toMatch(/rank 9999 is above 512/);
});
