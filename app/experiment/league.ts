/**
 * The league of a testbed: every method of it once, at stated settings, ranked by the error that most of them
 * report. What the methods share (steps, batch, shift, sizes) can be held equal, and so can a budget; where it is
 * not equal the row says so, for errors on different data cannot be ranked honestly.
 */
import { median } from '../math/statistics';
import type { TableFigure } from '../methods/figures';
import type { Method, Metric, Testbed } from '../methods/method';
import type { LooseValues, ParameterValue } from '../methods/parameters';
import type { Budget } from './comparison';
import type { Machine } from './estimate';
import { amountOf, fairValues, knobOf } from './fair';
import { encodeLink, stateOf } from './links';
import { costOf, parametersOf } from './pareto';
import type { RunResult } from './protocol';
import { checkValue, defaults, quickValues, valueText } from './values';

export const SIZES = ['default', 'quick'] as const;
export interface LeaguePlan {
  testbed: Testbed;
  sizes: (typeof SIZES)[number];
  /** What several methods share is set to the value that most of them have. */
  same: boolean;
  equal: Budget;
  /** null: each method's own default. */
  seed: number | null;
}

export interface LeagueEntry {
  method: Method;
  values: LooseValues;
  link: string;
  /** The metric it is ranked by; null where it reports none of the testbed's measure. */
  score: string | null;
  /** Shared settings in which it stands apart: "300 steps, most 150". */
  differs: readonly string[];
}

export interface Standing {
  id: string;
  title: string;
  link: string;
  /** 1 for the best; null where it has no score. */
  rank: number | null;
  score: number | null;
  scoreLabel: string;
  parameters: number | null;
  ms: number;
  flop: number | null;
  held: number;
  stated: number;
  differs: readonly string[];
}

/** "loss.lora" is a measure of kind "loss". */
const kindOf = (metric: string): string => metric.split('.')[0];

/** What most methods put first among the metrics that have a better end: "loss", "error". */
export function measureOf(methods: readonly Method[]): string | null {
  const counts = new Map<string, number>();
  for (const { headline, metrics } of methods) {
    const first = headline.find((key) => metrics[key]?.better);
    if (first !== undefined) counts.set(kindOf(first), (counts.get(kindOf(first)) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? null;
}

/** The metric by which a method is ranked: the first of its main ones that is of this kind, else any that is. */
export function scoreOf({ headline, metrics }: Method, measure: string | null): string | null {
  const fits = (key: string) => kindOf(key) === measure && metrics[key]?.better !== undefined;
  return headline.find(fits) ?? Object.keys(metrics).find(fits) ?? null;
}

/** A method's own choices, not the testbed's: its rank, and the rate it trains best at. */
const OWN = ['rank', 'lr', 'seed', 'repeats'];

interface Shared {
  key: string;
  label: string;
  most: ParameterValue;
  /** Ids of the methods that have it. */
  of: ReadonlySet<string>;
}

type Valued = { method: Method; values: LooseValues };

/** Settings that at least two methods declare alike, with the value that most of them have. */
function sharedSettings(entries: readonly Valued[]): Shared[] {
  const shared: Shared[] = [];
  const groups = new Map<string, { method: Method; value: ParameterValue }[]>();
  for (const { method, values } of entries) {
    for (const [key, { kind, label }] of Object.entries(method.parameters)) {
      if (OWN.includes(key)) continue;
      const group = `${key}\n${kind}\n${label}`;
      groups.set(group, [...(groups.get(group) ?? []), { method, value: values[key] }]);
    }
  }
  for (const [group, members] of groups) {
    const [key, , label] = group.split('\n');
    if (members.length < 2) continue;
    const counts = new Map<ParameterValue, number>();
    for (const { value } of members) counts.set(value, (counts.get(value) ?? 0) + 1);
    const [[most]] = [...counts].sort(([, a], [, b]) => b - a);
    shared.push({ key, label, most, of: new Set(members.map(({ method }) => method.id)) });
  }
  return shared;
}

const isAllowed = (method: Method, values: LooseValues): boolean => {
  try {
    method.check?.(values, null);
    return true;
  } catch {
    return false;
  }
};

export interface League {
  entries: readonly LeagueEntry[];
  measure: string | null;
  /** What could not be made equal, one sentence each. */
  notes: readonly string[];
}

/** Every method with its settings under this plan. `machine` predicts times, for a budget of time. */
export function leagueOf(methods: readonly Method[], plan: LeaguePlan, machine: Machine): League {
  const notes: string[] = [];
  const seeded = (method: Method, values: LooseValues): LooseValues => {
    const seed = Object.entries(method.parameters).find(([, { kind }]) => kind === 'seed');
    return seed && plan.seed !== null ? { ...values, [seed[0]]: plan.seed } : values;
  };
  let made = methods.map((method) => ({
    method,
    values: seeded(method, plan.sizes === 'quick' ? quickValues(method) : defaults(method)),
  }));
  const shared = sharedSettings(made);
  if (plan.same)
    made = made.map(({ method, values }) => ({ method, values: alike(method, values, shared, notes) }));
  if (plan.equal !== 'none') made = equalized(made, plan.equal, machine, notes);
  const measure = measureOf(methods);
  const entries = made.map(({ method, values }) => ({
    method,
    values,
    link: encodeLink({ ...stateOf(method), values }, [method]),
    score: scoreOf(method, measure),
    differs: shared.flatMap(({ key, label, most, of }) =>
      of.has(method.id) && values[key] !== most
        ? [`${label} ${valueText(values[key])}, most ${valueText(most)}`]
        : [],
    ),
  }));
  return { entries, measure, notes };
}

/** The values with what is shared set to what most have, one by one as far as the method allows it. */
function alike(method: Method, values: LooseValues, shared: readonly Shared[], notes: string[]): LooseValues {
  let made = values;
  for (const { key, label, most, of } of shared) {
    if (!of.has(method.id) || made[key] === most) continue;
    try {
      const candidate = { ...made, [key]: checkValue(key, method.parameters[key], most) };
      method.check?.(candidate, null);
      made = candidate;
    } catch {
      notes.push(
        `${method.title} cannot have ${label} ${valueText(most)}: it keeps ${valueText(made[key])}.`,
      );
    }
  }
  return made;
}

/** Every method's main parameter set so that the budget comes nearest to the median of what they have. */
function equalized(
  made: readonly Valued[],
  budget: Exclude<Budget, 'none'>,
  machine: Machine,
  notes: string[],
): Valued[] {
  const amount = (method: Method, values: LooseValues) => amountOf(method, values, budget, machine);
  const amounts = made.map(({ method, values }) => amount(method, values)).filter((one) => one !== null);
  if (amounts.length === 0) {
    notes.push(`No method here declares its ${budget}: nothing is held equal.`);
    return [...made];
  }
  const target = median(amounts);
  return made.map(({ method, values }) => {
    const found = fairValues(method, values, target, (candidate) => amount(method, candidate));
    if (found && isAllowed(method, found)) return { method, values: found };
    notes.push(
      `${method.title}: its ${budget} cannot be set by ${knobOf(method) ?? 'a rank'}: it stays as it is.`,
    );
    return { method, values };
  });
}

/** The table so far: ranked first, the best on top, then what has no score. */
export function standings({ entries }: League, results: ReadonlyMap<string, RunResult>): Standing[] {
  const rows = entries.flatMap(({ method, link, score, differs }): Standing[] => {
    const result = results.get(method.id);
    if (!result) return [];
    const value = score === null ? null : result.metrics[score];
    const stated = result.claims.filter(({ advisory }) => !advisory);
    return [
      {
        id: method.id,
        title: method.title,
        link,
        rank: null,
        score: typeof value === 'number' && Number.isFinite(value) ? value : null,
        scoreLabel: score === null ? '' : method.metrics[score].label,
        parameters: parametersOfRun(method, result, score),
        ms: result.wallMs,
        flop: costOf(method, result, 'flop'),
        held: stated.filter(({ holds }) => holds).length,
        stated: stated.length,
        differs,
      },
    ];
  });
  const sign = metricOf(entries)?.better === 'higher' ? -1 : 1;
  const order = ({ score }: Standing) => (score === null ? Number.POSITIVE_INFINITY : sign * score);
  const sorted = rows.sort((a, b) => order(a) - order(b) || a.title.localeCompare(b.title, 'en'));
  return sorted.map((row, i) => ({ ...row, rank: row.score === null ? null : i + 1 }));
}

/** What is declared before the run, else the metric "params.x" beside "loss.x". */
function parametersOfRun(method: Method, result: RunResult, score: string | null): number | null {
  const declared = parametersOf(method, result.values);
  if (declared !== null || score === null) return declared;
  const name = score.split('.')[1];
  const counted = result.metrics[`params.${name}`];
  return typeof counted === 'number' ? counted : null;
}

/** How the scores are read: unit and better end of the first that there is. */
export function metricOf(entries: readonly LeagueEntry[]): Metric | null {
  const first = entries.find(({ score }) => score !== null);
  return first?.score ? first.method.metrics[first.score] : null;
}

/** The league as a table of numbers, for CSV and for figures. */
export function leagueTable(
  testbed: Testbed,
  measure: string | null,
  rows: readonly Standing[],
): TableFigure {
  return {
    kind: 'table',
    id: `league-${testbed}`,
    title: `League of the testbed "${testbed}"`,
    summary: `${rows.length} methods, ranked by ${measure ?? 'nothing that they share'}.`,
    columns: [
      { key: 'rank', label: 'Rank' },
      { key: 'title', label: 'Method' },
      { key: 'id', label: 'Id' },
      { key: 'score', label: measure ?? 'score' },
      { key: 'scoreLabel', label: 'Measured as' },
      { key: 'parameters', label: 'Parameters' },
      { key: 'ms', label: 'Time', unit: 'ms' },
      { key: 'flop', label: 'Work', unit: 'flop' },
      { key: 'held', label: 'Claims held' },
      { key: 'stated', label: 'Claims stated' },
      { key: 'differs', label: 'Stands apart in' },
    ],
    rows: rows.map(({ link: _, differs, ...row }) => ({ ...row, differs: differs.join('; ') })),
  };
}
