/**
 * A league as a link, `#/league?testbed=adapt&sizes=quick&same=1&sent=lora:0.076`: the plan, the axis of its front,
 * and the sender's scores to compare with. Hostile input, as every link. And a league as Markdown.
 */
import { BUDGETS, COSTS, type CostAxis } from './comparison';
import { type LeaguePlan, SIZES, type Standing } from './league';
import { LINK_LIMIT } from './links';
import { nearest } from './nearest';
import { catalogue } from './registry';
import { testbeds } from './testbed';

export interface LeagueLink {
  plan: LeaguePlan;
  against: CostAxis;
  /** The sender's scores by method. */
  sent: Readonly<Record<string, number>>;
}

const PAGE = '#/league';
const MOST_SENT = 80;

export function encodeLeague({ plan, against, sent }: LeagueLink): string {
  const pairs: [string, string][] = [['testbed', plan.testbed]];
  if (plan.sizes !== 'default') pairs.push(['sizes', plan.sizes]);
  if (plan.same) pairs.push(['same', '1']);
  if (plan.equal !== 'none') pairs.push(['equal', plan.equal]);
  if (plan.seed !== null) pairs.push(['seed', String(plan.seed)]);
  if (against !== 'time') pairs.push(['against', against]);
  const figures = Object.entries(sent).map(([id, score]) => `${id}:${Number(score.toPrecision(5))}`);
  if (figures.length > 0) pairs.push(['sent', figures.join(',')]);
  return `${PAGE}?${pairs.map(([key, value]) => `${key}=${value}`).join('&')}`;
}

/** The league a query stands for; what it cannot be is named and left out. Never throws over its content. */
export function openLeague(query: string): LeagueLink & { problems: readonly string[] } {
  const problems: string[] = [];
  const beds = testbeds();
  const known = beds.map(({ testbed }) => testbed);
  // A link always names its testbed: where none is named, the one with most methods shows most.
  const { testbed } = beds.reduce((most, bed) => (bed.count > most.count ? bed : most));
  const plan: LeaguePlan = { testbed, sizes: 'default', same: false, equal: 'none', seed: null };
  let against: CostAxis = 'time';
  let sent: Record<string, number> = {};
  const keys = ['testbed', 'sizes', 'same', 'equal', 'seed', 'against', 'sent', 'v'];
  if (query.length > LINK_LIMIT) {
    problems.push(`The link has ${query.length} characters, more than ${LINK_LIMIT}: it was not read.`);
    return { plan, against, sent, problems };
  }
  for (const part of query.split('&').filter((text) => text !== '')) {
    const [key, ...rest] = part.split('=');
    const value = rest.join('=');
    const pick = <T extends string>(options: readonly T[], set: (found: T) => void) => {
      const found = options.find((option) => option === value);
      if (found !== undefined) set(found);
      else problems.push(`${key} "${value.slice(0, 40)}" is unknown: choose ${options.join(', ')}.`);
    };
    if (key === 'testbed')
      pick(known, (found) => {
        plan.testbed = found;
      });
    else if (key === 'sizes')
      pick(SIZES, (sizes) => {
        plan.sizes = sizes;
      });
    else if (key === 'same')
      pick(['1', '0'], (same) => {
        plan.same = same === '1';
      });
    else if (key === 'equal')
      pick(BUDGETS, (equal) => {
        plan.equal = equal;
      });
    else if (key === 'against')
      pick(COSTS, (axis) => {
        against = axis;
      });
    else if (key === 'seed') {
      if (/^\d{1,10}$/.test(value) && Number(value) <= 4294967295) plan.seed = Number(value);
      else problems.push(`seed "${value.slice(0, 40)}" is no whole number from 0 to 4294967295.`);
    } else if (key === 'sent') sent = readSent(value, problems);
    else if (key !== 'v' || value !== '1') {
      const near = nearest(key, keys.slice(0, -1)).join(', ');
      problems.push(`A league has no "${key.slice(0, 40)}": it has ${near}.`);
    }
  }
  return { plan, against, sent, problems };
}

function readSent(text: string, problems: string[]): Record<string, number> {
  const sent: Record<string, number> = Object.create(null);
  for (const part of text.split(',').slice(0, MOST_SENT)) {
    const [id, value] = part.split(':');
    const number = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value ?? '') ? Number(value) : Number.NaN;
    if (catalogue.some((entry) => entry.id === id) && Number.isFinite(number)) sent[id] = number;
    else problems.push(`sent "${part.slice(0, 40)}" is no method with a number: it is left out.`);
  }
  return sent;
}

/** What the plan holds equal, in words. */
export function planText({ testbed, sizes, same, equal, seed }: LeaguePlan): string {
  return [
    `Testbed ${testbed}`,
    sizes === 'quick' ? 'quick sizes' : 'default sizes',
    same ? 'shared settings equal' : 'each method at its own settings',
    ...(equal === 'none' ? [] : [`equal ${equal}`]),
    ...(seed === null ? [] : [`seed ${seed}`]),
  ].join(', ');
}

const cell = (text: string): string => text.replaceAll(/[|\\`*_<>[\]]/g, '\\$&').replaceAll(/[\r\n]+/g, ' ');
const number = (value: number | null, digits = 4): string =>
  value === null ? '' : String(Number(value.toPrecision(digits)));

/** The table with links, the plan and the machine. `address` makes a link of the page an absolute one. */
export function leagueMarkdown(
  plan: LeaguePlan,
  rows: readonly Standing[],
  address: (link: string) => string,
  page: string,
  machine: readonly string[],
): string {
  return [
    `### [League of ${plan.testbed}](${address(page)})`,
    '',
    `${planText(plan)}.`,
    '',
    '| rank | method | score | measured as | parameters | time (ms) | flop | claims held | stands apart in |',
    '| ---: | --- | ---: | --- | ---: | ---: | ---: | ---: | --- |',
    ...rows.map(
      (row) =>
        `| ${row.rank ?? '–'} | [${cell(row.title)}](${address(row.link)}) | ${number(row.score)} | ` +
        `${cell(row.scoreLabel)} | ${number(row.parameters, 9)} | ${number(row.ms)} | ${number(row.flop)} | ` +
        `${row.held}/${row.stated} | ${cell(row.differs.join('; '))} |`,
    ),
    '',
    ...machine.map((line) => `${cell(line)}  `),
    '',
  ].join('\n');
}
