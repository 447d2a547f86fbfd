/** The standings as a table that sorts: every method a row, a link to its page with these very settings. */
import { useState } from 'react';
import type { LeagueEntry, Standing } from '../../experiment/league';
import { formatCount, formatMs, formatNumber } from '../../math/format';
import styles from './league.module.css';

export interface Line {
  entry: LeagueEntry;
  standing: Standing | null;
  failure: string | null;
  /** Predicted; null where the method does not declare its cost. */
  expectedMs: number | null;
  /** The sender's score. */
  sent: number | null;
}

interface Column {
  key: string;
  label: string;
  title: string;
  value: (line: Line) => number | null;
}

const of =
  (pick: (standing: Standing) => number | null) =>
  ({ standing }: Line): number | null =>
    standing ? pick(standing) : null;

/** "loss" as a heading. */
export const measureText = (measure: string | null): string =>
  measure === null ? 'Score' : `${measure.slice(0, 1).toUpperCase()}${measure.slice(1)}`;

const columns = (measure: string | null, hasSent: boolean): Column[] => [
  {
    key: 'score',
    label: measureText(measure),
    title: 'What the methods share',
    value: of((row) => row.score),
  },
  ...(hasSent
    ? [{ key: 'sent', label: 'Sender’s', title: 'The score in the link', value: ({ sent }: Line) => sent }]
    : []),
  {
    key: 'parameters',
    label: 'Parameters',
    title: 'Trained or stored by the method',
    value: of((row) => row.parameters),
  },
  {
    key: 'ms',
    label: 'Time',
    title: 'Of the whole run, the baselines it compares itself with included',
    value: ({ standing, expectedMs }) => standing?.ms ?? expectedMs,
  },
  { key: 'flop', label: 'Flop', title: 'Of the whole run', value: of((row) => row.flop) },
  {
    key: 'held',
    label: 'Claims',
    title: 'Held of those that are stated at these settings',
    value: of(({ held, stated }) => (stated === 0 ? null : held / stated)),
  },
];

export function LeagueTable({ lines, measure }: { lines: readonly Line[]; measure: string | null }) {
  const [sort, setSort] = useState({ key: 'rank', up: true });
  const shown = columns(
    measure,
    lines.some(({ sent }) => sent !== null),
  );
  const apart = lines.some(({ entry }) => entry.differs.length > 0);
  const turn = (key: string) => setSort({ key, up: sort.key === key ? !sort.up : true });
  const direction = (key: string) =>
    sort.key === key ? (sort.up ? ('ascending' as const) : ('descending' as const)) : undefined;
  const head = (key: string, label: string, title: string, number = true) => (
    <th key={key} scope="col" data-number={number ? '' : undefined} aria-sort={direction(key)}>
      <button type="button" className={styles.sort} title={title} onClick={() => turn(key)}>
        {label}
      </button>
    </th>
  );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className={styles.scroll} tabIndex={0} aria-label="League, one method a row">
      <table>
        <thead>
          <tr>
            {head('rank', '#', 'Rank by the score')}
            {head('title', 'Method', 'By name', false)}
            {shown.map(({ key, label, title }) => head(key, label, title))}
            {apart && <th scope="col">Stands apart in</th>}
          </tr>
        </thead>
        <tbody>
          {sorted(lines, sort, shown).map((line) => (
            <Row key={line.entry.method.id} line={line} shown={shown} apart={apart} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Row({ line, shown, apart }: { line: Line; shown: readonly Column[]; apart: boolean }) {
  const { entry, standing, failure } = line;
  const { method, link, score, differs } = entry;
  const label = score === null ? 'reports none of it' : method.metrics[score].label;
  return (
    <tr data-waiting={!standing || undefined} data-first={standing?.rank === 1 || undefined}>
      <td data-number="">{standing?.rank ?? '–'}</td>
      <th scope="row">
        <a href={link}>{method.title}</a>
        <span className={failure === null ? styles.small : styles.bad}>{failure ?? label}</span>
      </th>
      {shown.map(({ key, value }) => (
        <td key={key} data-number="">
          {cellText(key, value(line), line)}
        </td>
      ))}
      {apart && <td className={styles.apart}>{differs.join('; ')}</td>}
    </tr>
  );
}

function cellText(key: string, value: number | null, { standing }: Line): string {
  if (key === 'held') {
    if (!standing) return '–';
    return standing.stated === 0 ? 'none here' : `${standing.held}/${standing.stated}`;
  }
  if (value === null) return '–';
  switch (key) {
    case 'ms':
      return standing ? formatMs(value) : `≈ ${formatMs(value)}`;
    case 'parameters':
    case 'flop':
      return formatCount(value);
    default:
      return formatNumber(value);
  }
}

function sorted(
  lines: readonly Line[],
  { key, up }: { key: string; up: boolean },
  shown: readonly Column[],
): readonly Line[] {
  const sign = up ? 1 : -1;
  const column = shown.find((one) => one.key === key);
  const value = column?.value ?? of((row) => row.rank);
  return [...lines].sort((a, b) => {
    if (key === 'title') return sign * a.entry.method.title.localeCompare(b.entry.method.title, 'en');
    const [x, y] = [value(a), value(b)];
    if (x === null || y === null) return (x === null ? 1 : 0) - (y === null ? 1 : 0);
    return sign * (x - y);
  });
}
