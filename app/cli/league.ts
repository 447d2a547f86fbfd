/** `league`: all methods of a testbed on this machine, one after the other, ranked. */
import { Cache } from '../experiment/cache';
import { BUDGETS } from '../experiment/comparison';
import { assumed, type Machine } from '../experiment/estimate';
import { type LeaguePlan, leagueOf, leagueTable, standings } from '../experiment/league';
import { encodeLeague, leagueMarkdown, planText } from '../experiment/leaguelink';
import type { RunResult } from '../experiment/protocol';
import { figureCsv, toJson } from '../experiment/report';
import { runExperiment } from '../experiment/runner';
import { testbedMethods, testbeds } from '../experiment/testbed';
import { isUserError } from '../math/errors';
import { formatCount, formatMs, formatNumber } from '../math/format';
import { type Io, UsageError } from './io';
import { openPlace, type Place } from './place';
import { aligned } from './table';

export interface LeagueFlags {
  quick?: boolean;
  same?: boolean;
  equal?: string;
  seed?: string;
  only?: string;
  home?: string;
  json?: boolean;
  csv?: boolean;
  markdown?: boolean;
}

export async function leagueCommand(target: string, flags: LeagueFlags, io: Io): Promise<number> {
  const plan = planOf(target, flags);
  const { home } = flags;
  if (home !== undefined && home !== 'gpu' && home !== 'cpu') {
    throw new UsageError(`--home "${home}" is unknown: choose gpu or cpu`);
  }
  const all = await testbedMethods(plan.testbed);
  const only = flags.only?.split(',');
  const unknown = only?.find((id) => !all.some((method) => method.id === id));
  if (unknown !== undefined) {
    const ids = all.map(({ id }) => id).join(', ');
    throw new UsageError(`${plan.testbed} has no method "${unknown.slice(0, 60)}": it has ${ids}`);
  }
  const methods = only ? all.filter(({ id }) => only.includes(id)) : all;
  const place = await openPlace(home);
  if (place.reason !== null) await io.err(`On the CPU: ${place.reason}\n`);
  try {
    const league = leagueOf(methods, plan, machineOf(place));
    for (const note of league.notes) await io.err(`${note}\n`);
    const results = new Map<string, RunResult>();
    const failures: { id: string; message: string }[] = [];
    for (const [i, { method, values }] of league.entries.entries()) {
      const cache = new Cache(place.home);
      const line = (text: string) => `\r\x1b[2K${i + 1} of ${league.entries.length}: ${method.title} ${text}`;
      try {
        const result = await runExperiment({
          method,
          values,
          home: place.home,
          data: null,
          dataKey: 'testbed',
          cache,
          onProgress: io.isTerminal ? ({ stage }) => void io.err(line(stage)) : undefined,
        });
        results.set(method.id, result);
      } catch (error) {
        // One method that this device cannot hold does not take the others with it.
        if (!isUserError(error)) throw error;
        failures.push({ id: method.id, message: error.message });
      } finally {
        cache.clear();
      }
    }
    if (io.isTerminal) await io.err('\r\x1b[2K');
    for (const { id, message } of failures) await io.err(`${id}: ${message}\n`);
    const rows = standings(league, results);
    const machine = [`Computed on ${place.home.label} with Node ${process.versions.node}.`];
    if (flags.json) {
      const { measure, notes } = league;
      const report = {
        plan,
        measure,
        adapter: place.home.label,
        home: place.home.kind,
        notes,
        rows,
        failures,
      };
      await io.out(`${toJson(report)}\n`);
    } else if (flags.csv) await io.out(figureCsv(leagueTable(plan.testbed, league.measure, rows)));
    else if (flags.markdown) {
      const page = encodeLeague({ plan, against: 'time', sent: {} });
      await io.out(leagueMarkdown(plan, rows, (link) => link, page, machine));
    } else {
      const head = [
        '',
        'method',
        league.measure ?? 'score',
        'measured as',
        'params',
        'time',
        'flop',
        'claims',
        '',
      ];
      const lines = rows.map((row) => [
        row.rank === null ? '–' : String(row.rank),
        row.id,
        formatNumber(row.score),
        row.scoreLabel,
        row.parameters === null ? '–' : formatCount(row.parameters),
        formatMs(row.ms),
        row.flop === null ? '–' : formatCount(row.flop),
        `${row.held}/${row.stated}`,
        row.differs.join('; '),
      ]);
      const table = aligned([head, ...lines]).join('\n');
      await io.out(`${planText(plan)}, on ${place.home.label}\n\n${table}\n`);
    }
    return failures.length > 0 ? 1 : 0;
  } finally {
    place.close();
  }
}

const machineOf = ({ home, adapter }: Place): Machine =>
  assumed(home.kind === 'cpu' || adapter?.isFallback === true);

function planOf(target: string, { quick, same, equal = 'none', seed }: LeagueFlags): LeaguePlan {
  const found = testbeds().find(({ testbed }) => testbed === target);
  if (!found) {
    const names = testbeds().map(({ testbed }) => testbed);
    throw new UsageError(
      `there is no testbed "${target.slice(0, 60)}" with several methods: choose ${names.join(', ')}`,
    );
  }
  const budget = BUDGETS.find((one) => one === equal);
  if (!budget)
    throw new UsageError(`--equal "${equal.slice(0, 20)}" is unknown: choose ${BUDGETS.join(', ')}`);
  if (seed !== undefined && !/^\d{1,10}$/.test(seed)) {
    throw new UsageError(`--seed "${seed.slice(0, 20)}" is not a whole number from 0 up`);
  }
  return {
    testbed: found.testbed,
    sizes: quick ? 'quick' : 'default',
    same: same ?? false,
    equal: budget,
    seed: seed === undefined ? null : Number(seed),
  };
}
