import { expect, test } from 'vitest';
import { defineMethod, type Method } from '../methods/method';
import { integer, number, seed } from '../methods/parameters';
import { assumed } from './estimate';
import { type LeaguePlan, leagueOf, leagueTable, measureOf, standings } from './league';
import { encodeLeague, leagueMarkdown, openLeague } from './leaguelink';
import type { RunResult } from './protocol';
import { figureCsv } from './report';
import { toy } from './toy';

const player = (id: string, steps: number, kind = 'loss', most = 500): Method =>
  defineMethod({
    ...toy,
    id,
    title: id,
    parameters: {
      rank: integer({ label: 'Rank', min: 1, max: 64, default: 8, help: '' }),
      steps: integer({ label: 'Steps', min: 1, max: most, default: steps, help: '' }),
      lr: number({ label: 'Rate', min: 0, max: 1, default: steps / 1000, help: '' }),
      seed: seed(),
    },
    metrics: {
      [`${kind}.${id}`]: { label: `${kind} of ${id}`, better: 'lower' },
      [`params.${id}`]: { label: 'P' },
    },
    headline: [`${kind}.${id}`],
    quick: {},
    check: undefined,
    budget: ({ rank }) => [{ label: 'Parameters', value: Number(rank) * steps, unit: 'count' }],
  });
const methods = [player('a', 300), player('b', 150), player('c', 150), player('d', 150, 'auc')];
const plan: LeaguePlan = { testbed: 'adapt', sizes: 'default', same: false, equal: 'none', seed: null };
const resultOf = (metrics: Record<string, number>, holds: readonly boolean[]): RunResult =>
  ({
    metrics,
    wallMs: 5,
    values: { rank: 8 },
    timings: [{ kernel: 'k', flop: 100 }],
    claims: holds.map((one) => ({ holds: one, advisory: false })),
  }) as unknown as RunResult;

test('methods are ranked by what most of them report; who reports none of it stands below without a rank', () => {
  expect(measureOf(methods)).toBe('loss');
  const league = leagueOf(methods, plan, assumed(true));
  const rows = standings(
    league,
    new Map([
      ['a', resultOf({ 'loss.a': 0.3 }, [true, false])],
      ['b', resultOf({ 'loss.b': 0.2 }, [true])],
      ['c', resultOf({ 'loss.c': Number.NaN }, [])],
      ['d', resultOf({ 'auc.d': 0.1 }, [])],
    ]),
  );
  expect(rows.map(({ id, rank, held, stated }) => [id, rank, held, stated])).toEqual([
    ['b', 1, 1, 1],
    ['a', 2, 1, 2],
    ['c', null, 0, 0],
    ['d', null, 0, 0],
  ]);
  expect(figureCsv(leagueTable('adapt', 'loss', rows)).split('\r\n')).toHaveLength(6);
  const text = leagueMarkdown(plan, rows, (link) => `https://x/${link}`, '#/league', ['A|B']);
  expect(text).toContain('| 1 | [b](https://x/#/b) | 0.2 |');
  expect(text).toContain('A\\|B');
});

test('what is not equal is said; held equal, the majority decides, as far as a method allows it', () => {
  const apart = leagueOf(methods, plan, assumed(true)).entries.map(({ differs }) => differs);
  expect(apart).toEqual([['Steps 300, most 150'], [], [], []]);
  const same = leagueOf(methods, { ...plan, same: true, seed: 7 }, assumed(true));
  expect(same.entries.map(({ values: { steps, lr, seed: drawn } }) => [steps, lr, drawn])).toEqual([
    [150, 0.3, 7],
    [150, 0.15, 7],
    [150, 0.15, 7],
    [150, 0.15, 7],
  ]);
  const stubborn = [...methods, player('e', 100, 'loss', 120)];
  const kept = leagueOf(stubborn, { ...plan, same: true }, assumed(true));
  expect(kept.notes).toEqual(['e cannot have Steps 150: it keeps 100.']);
});

test('an equal budget is the median of what the methods have', () => {
  const { entries } = leagueOf(methods, { ...plan, equal: 'parameters' }, assumed(true));
  // 8 x 300 against three of 8 x 150: the median is 1200.
  expect(entries.map(({ values }) => values.rank)).toEqual([4, 8, 8, 8]);
});

test('a link brings the plan and the scores of its sender, and names what it cannot read', () => {
  const made = encodeLeague({
    plan: { testbed: 'adapt', sizes: 'quick', same: true, equal: 'flop', seed: 3 },
    against: 'parameters',
    sent: { lora: 0.0761234567 },
  });
  const opened = openLeague(made.slice(made.indexOf('?') + 1));
  expect(opened.plan).toEqual({ testbed: 'adapt', sizes: 'quick', same: true, equal: 'flop', seed: 3 });
  expect(opened.against).toBe('parameters');
  expect({ ...opened.sent }).toEqual({ lora: 0.076123 });
  expect(opened.problems).toEqual([]);
  const bad = openLeague('testbed=moon&seed=-1&sent=lora:x,__proto__:1&sise=quick&equal=luck');
  expect(bad.problems).toHaveLength(6);
  expect(Object.keys(bad.sent)).toEqual([]);
});
