/**
 * One parameter over several values, each with several seeds: the plan, its check against the declaration,
 * mean and spread of every metric, the figure, and the link `#/sweep?run=rsvd&over=rank%3D4,8,16&seeds=0..2`.
 */
import { UserError } from '../math/errors';
import type { Figure } from '../methods/figures';
import type { Method } from '../methods/method';
import type { LooseValues, ParameterValue } from '../methods/parameters';
import { encodeLink, LINK_LIMIT, type LinkState, openingState, openLink } from './links';
import type { RunResult } from './protocol';
import { findMethod } from './registry';
import { checkValues, parameterOf, parseValue, valueText } from './values';

export interface SweepPlan {
  key: string;
  values: readonly ParameterValue[];
  /** Empty where the method has no seed: one run a value. */
  seeds: readonly number[];
}

export interface SweepRun {
  value: ParameterValue;
  seed: number | null;
  result: RunResult;
}

export interface Spread {
  mean: number;
  /** Sample standard deviation over the seeds; 0 for a single one. */
  deviation: number;
  low: number;
  high: number;
  /** How many runs have the metric. */
  count: number;
}

export interface SweepRow {
  value: ParameterValue;
  metrics: Readonly<Record<string, Spread>>;
}

export const MOST_RUNS = 200;

/** "rank=4,8,16", checked against the method. @throws UserError */
export function parseOver(method: Method, text: string): Pick<SweepPlan, 'key' | 'values'> {
  const equals = text.indexOf('=');
  if (equals < 1) throw new UserError(`over "${text.slice(0, 60)}" is not of the form key=a,b,c`);
  const key = text.slice(0, equals).trim();
  const parameter = parameterOf(method, key);
  if (parameter.kind === 'seed')
    throw new UserError(`${key} is swept by seeds, not over: choose another parameter`);
  const parts = text.slice(equals + 1).split(',');
  const values = parts.filter((part) => part.trim() !== '').map((part) => parseValue(key, parameter, part));
  if (values.length === 0) throw new UserError(`over "${key}" has no values: write ${key}=a,b,c`);
  return { key, values: [...new Set(values)] };
}

/** "0..4", "0,2,7" or "3" as seeds. @throws UserError */
export function parseSeeds(text: string): number[] {
  const range = /^(\d+)\.\.(\d+)$/.exec(text.trim());
  const [first, last] = range ? [Number(range[1]), Number(range[2])] : [0, -1];
  const seeds = range
    ? Array.from({ length: Math.max(0, Math.min(last - first + 1, MOST_RUNS + 1)) }, (_, i) => first + i)
    : text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (seeds.length === 0 || seeds.some((seed) => !Number.isInteger(seed) || seed < 0 || seed > 4294967295)) {
    throw new UserError(`seeds "${text.slice(0, 40)}" is no list of whole numbers: write 0..4 or 0,1,2`);
  }
  return [...new Set(seeds)];
}

/** The complete values of every run, in order: all seeds of the first value first. @throws UserError */
export function sweepRuns(
  method: Method,
  base: LooseValues,
  plan: SweepPlan,
): { value: ParameterValue; seed: number | null; values: LooseValues }[] {
  const seedKey = Object.entries(method.parameters).find(([, { kind }]) => kind === 'seed')?.[0];
  const seeds = seedKey === undefined || plan.seeds.length === 0 ? [null] : plan.seeds;
  const count = plan.values.length * seeds.length;
  if (count > MOST_RUNS) {
    throw new UserError(`${count} runs are above ${MOST_RUNS}: choose fewer values or seeds`);
  }
  return plan.values.flatMap((value) =>
    seeds.map((seed) => {
      const seeded = seed === null || seedKey === undefined ? {} : { [seedKey]: seed };
      return { value, seed, values: checkValues(method, { ...base, [plan.key]: value, ...seeded }) };
    }),
  );
}

/** Mean and spread of every metric at every value, over the runs that have it. */
export function aggregate(runs: readonly SweepRun[]): SweepRow[] {
  const values = [...new Set(runs.map(({ value }) => value))];
  return values.map((value) => {
    const here = runs.filter((run) => run.value === value);
    const keys = [...new Set(here.flatMap(({ result }) => Object.keys(result.metrics)))];
    const metrics: Record<string, Spread> = {};
    for (const key of keys) {
      const numbers = here
        .map(({ result }) => result.metrics[key])
        .filter((number): number is number => typeof number === 'number' && Number.isFinite(number));
      if (numbers.length > 0) metrics[key] = spreadOf(numbers);
    }
    return { value, metrics };
  });
}

function spreadOf(numbers: readonly number[]): Spread {
  const count = numbers.length;
  const mean = numbers.reduce((sum, x) => sum + x, 0) / count;
  const squares = numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return {
    mean,
    deviation: count > 1 ? Math.sqrt(squares / (count - 1)) : 0,
    low: Math.min(...numbers),
    high: Math.max(...numbers),
    count,
  };
}

/** A metric over the swept values: a curve with its spread for numbers, bars for choices. */
export function sweepFigure(method: Method, key: string, metric: string, rows: readonly SweepRow[]): Figure {
  const parameter = parameterOf(method, key);
  const { label, unit } = method.metrics[metric];
  const has = rows.filter((row) => Object.hasOwn(row.metrics, metric));
  const seeds = Math.max(0, ...has.map((row) => row.metrics[metric].count));
  const over = seeds > 1 ? `mean of ${seeds} seeds, the band from the lowest to the highest` : 'one seed';
  const base = {
    id: `sweep-${metric.replaceAll(/[^\w.-]+/g, '-')}`,
    title: `${label} over ${parameter.label}`,
    summary: `${label} at ${has.length} values of ${parameter.label}: ${over}.`,
  };
  const positive = has.every((row) => row.metrics[metric].low > 0);
  const y = { label, unit, scale: positive ? ('log' as const) : ('linear' as const) };
  if (parameter.kind !== 'integer' && parameter.kind !== 'number') {
    const bars = has.map((row) => {
      const { mean, deviation } = row.metrics[metric];
      return {
        key: String(row.value),
        label: String(row.value),
        role: 'method' as const,
        value: mean,
        note: seeds > 1 ? `± ${Number(deviation.toPrecision(2))}` : undefined,
      };
    });
    return { ...base, kind: 'bars', y: { ...y, scale: 'linear' }, bars };
  }
  const sorted = [...has].sort((a, b) => Number(a.value) - Number(b.value));
  const of = (pick: (spread: Spread) => number) => sorted.map((row) => pick(row.metrics[metric]));
  return {
    ...base,
    kind: 'lines',
    x: {
      label: parameter.label,
      unit: parameter.unit,
      scale: parameter.scale === 'linear' ? 'linear' : 'log',
    },
    y,
    series: [
      {
        key: 'mean',
        label: seeds > 1 ? 'mean' : label,
        role: 'method',
        x: sorted.map(({ value }) => Number(value)),
        y: of(({ mean }) => mean),
        spread: seeds > 1 ? { low: of(({ low }) => low), high: of(({ high }) => high) } : undefined,
      },
    ],
  };
}

/** All of it as a table: one row a value, mean and deviation of each metric. */
export function sweepTable(method: Method, key: string, rows: readonly SweepRow[]): Figure {
  const metrics = Object.keys(method.metrics).filter((one) =>
    rows.some((row) => Object.hasOwn(row.metrics, one)),
  );
  return {
    kind: 'table',
    id: 'sweep-table',
    title: 'All metrics of the sweep',
    summary: 'Mean over the seeds; ± is the standard deviation.',
    columns: [
      { key: 'value', label: method.parameters[key].label },
      ...metrics.flatMap((one) => [
        { key: one, label: method.metrics[one].label, unit: method.metrics[one].unit },
        { key: `${one} deviation`, label: `± ${method.metrics[one].label}`, unit: method.metrics[one].unit },
      ]),
    ],
    rows: rows.map((row) => ({
      value: typeof row.value === 'number' ? row.value : String(row.value),
      ...Object.fromEntries(
        metrics.flatMap((one) => [
          [one, row.metrics[one]?.mean ?? null],
          [`${one} deviation`, row.metrics[one]?.deviation ?? null],
        ]),
      ),
    })),
  };
}

export interface OpenedSweep {
  state: LinkState;
  method: Method;
  plan: SweepPlan | null;
  problems: readonly string[];
}

/** The address of a sweep. */
export function encodeSweep(state: LinkState, plan: SweepPlan | null): string {
  const pairs: [string, string][] = [['run', encodeLink(state).replace(/^#\//, '')]];
  if (plan) {
    pairs.push(['over', `${plan.key}=${plan.values.map(valueText).join(',')}`]);
    if (plan.seeds.length > 0) pairs.push(['seeds', plan.seeds.join(',')]);
  }
  return `#/sweep?${pairs.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&')}`;
}

/** The sweep that a query stands for; what it cannot be is named and left out. Never throws over its content. */
export async function openSweep(query: string): Promise<OpenedSweep> {
  const problems: string[] = [];
  const read = (key: string): string | null => {
    const found = query
      .slice(0, LINK_LIMIT)
      .split('&')
      .find((part) => part.startsWith(`${key}=`));
    if (found === undefined) return null;
    try {
      return decodeURIComponent(found.slice(key.length + 1));
    } catch {
      problems.push(`${key} is not readable: % must be written %25.`);
      return null;
    }
  };
  const opened = await openLink(`#/${read('run') ?? ''}`);
  problems.push(...opened.problems);
  const state = read('run') === null ? openingState() : opened.state;
  const method = findMethod(state.method);
  const attempt = <T>(make: () => T): T | null => {
    try {
      return make();
    } catch (error) {
      problems.push(`${error instanceof Error ? error.message : String(error)}.`);
      return null;
    }
  };
  const over = read('over');
  const seeds = read('seeds');
  const values = over === null ? null : attempt(() => parseOver(method, over));
  const plan = values && {
    ...values,
    seeds: (seeds === null ? null : attempt(() => parseSeeds(seeds))) ?? [],
  };
  return { state, method, plan, problems };
}
