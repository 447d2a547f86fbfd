/** A run as Markdown: for an issue, a notebook, a paper's repository. */
import type { Method } from '../methods/method';
import type { LooseValues } from '../methods/parameters';
import type { RunResult } from './protocol';
import { valueText } from './values';

/** What must not end a table's cell or begin markup. */
const cell = (text: string): string => text.replaceAll(/[|\\`*_<>[\]]/g, '\\$&').replaceAll(/[\r\n]+/g, ' ');

const number = (value: number | null): string => (value === null ? '' : String(Number(value.toPrecision(6))));

/** Title and link, what differs from the defaults, every metric, the checks, and what computed it. */
export function resultMarkdown(
  method: Method,
  result: RunResult,
  link: string,
  machine: readonly string[],
): string {
  const settings = settingsOf(method, result.values);
  const rows = Object.entries(method.metrics)
    .filter(([key]) => key in result.metrics)
    .map(([key, { label, unit }]) => [label, `\`${key}\``, number(result.metrics[key]), unit ?? ''] as const)
    .map(([label, key, value, unit]) => `| ${cell(label)} | ${key} | ${value} | ${cell(unit)} |`);
  const held = result.claims.filter(({ holds }) => holds).length;
  return [
    `### [${cell(method.title)}](${link})`,
    '',
    settings === '' ? 'At the defaults.' : `Settings: ${settings}.`,
    '',
    '| metric | key | value | unit |',
    '| --- | --- | ---: | --- |',
    ...rows,
    '',
    ...(result.claims.length > 0 ? [`${held} of ${result.claims.length} checks hold.`, ''] : []),
    ...machine.map((line) => `${cell(line)}  `),
    '',
  ].join('\n');
}

const settingsOf = (method: Method, values: LooseValues): string =>
  Object.entries(method.parameters)
    .filter(([key, parameter]) => values[key] !== undefined && values[key] !== parameter.default)
    .map(([key]) => `\`${key}=${valueText(values[key])}\``)
    .join(', ');
