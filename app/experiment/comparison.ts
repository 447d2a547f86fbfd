/**
 * A comparison as a link, version 1: `#/compare?run=rsvd%3Frank%3D8&run=rsvd%3Frank%3D64`, the links of its
 * runs, which axis the Pareto front has, and which budget is held equal. Hostile input, as every link.
 */
import { type DecodedLink, encodeLink, LINK_LIMIT, openLink } from './links';
import { nearest } from './nearest';

export const BUDGETS = ['none', 'parameters', 'time', 'flop'] as const;
export type Budget = (typeof BUDGETS)[number];
export const COSTS = ['time', 'parameters', 'flop'] as const;
/** What an error is set against. */
export type CostAxis = (typeof COSTS)[number];

export interface Comparison {
  /** Links of methods, as encodeLink writes them. */
  runs: readonly string[];
  /** What is held equal; the first run gives the amount. */
  equal?: Budget;
  against?: CostAxis;
  /** The metric of the front; the first one all runs share if absent. */
  metric?: string;
}

export interface OpenedComparison {
  comparison: Required<Omit<Comparison, 'metric'>> & { metric?: string };
  states: readonly DecodedLink['state'][];
  problems: readonly string[];
}

export const MOST_RUNS = 12;
const PAGE = '#/compare';

/** The address that opens this comparison. */
export function encodeComparison({ runs, equal, against, metric }: Comparison): string {
  const pairs = runs.slice(0, MOST_RUNS).map((link) => ['run', link.replace(/^#\//, '')]);
  if (equal && equal !== 'none') pairs.push(['equal', equal]);
  if (against && against !== 'time') pairs.push(['against', against]);
  if (metric) pairs.push(['metric', metric]);
  return `${PAGE}?${pairs.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&')}`;
}

/** The comparison that a query stands for, each run read as its own link would be. Never throws over its content. */
export async function openComparison(query: string): Promise<OpenedComparison> {
  const problems: string[] = [];
  const comparison: OpenedComparison['comparison'] = { runs: [], equal: 'none', against: 'time' };
  const states: DecodedLink['state'][] = [];
  if (query.length > LINK_LIMIT) {
    problems.push(`The link has ${query.length} characters, more than ${LINK_LIMIT}: it was not read.`);
    return { comparison, states, problems };
  }
  const runs: string[] = [];
  for (const part of query.split('&').filter((text) => text !== '')) {
    const equals = part.indexOf('=');
    const key = part.slice(0, equals < 0 ? undefined : equals);
    const value = unescaped(equals < 0 ? '' : part.slice(equals + 1));
    const refuse = (cure: string) => problems.push(`${key.slice(0, 40)} is not readable: choose ${cure}.`);
    if (value === null) refuse('a text in which % is written %25');
    else if (key === 'run') runs.push(value);
    else if (key === 'equal') {
      const budget = BUDGETS.find((one) => one === value);
      if (budget) comparison.equal = budget;
      else refuse(BUDGETS.join(', '));
    } else if (key === 'against') {
      const axis = COSTS.find((one) => one === value);
      if (axis) comparison.against = axis;
      else refuse(COSTS.join(', '));
    } else if (key === 'metric') {
      if (/^[\w.-]{1,60}$/.test(value)) comparison.metric = value;
      else refuse('the key of a metric');
    } else if (key !== 'v' || value !== '1') {
      const near = nearest(key, ['run', 'equal', 'against', 'metric']);
      problems.push(`A comparison has no "${key.slice(0, 40)}": it has ${near.join(', ')}.`);
    }
  }
  if (runs.length > MOST_RUNS) problems.push(`Of ${runs.length} runs the first ${MOST_RUNS} are compared.`);
  for (const run of runs.slice(0, MOST_RUNS)) {
    const opened = await openLink(`#/${run}`);
    const named = run.split('?')[0];
    problems.push(...opened.problems);
    // A link without a known method opens on the first page; a comparison leaves it out.
    if (opened.state.method === named) states.push(opened.state);
  }
  comparison.runs = states.map((state) => encodeLink(state));
  return { comparison, states, problems };
}

function unescaped(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
