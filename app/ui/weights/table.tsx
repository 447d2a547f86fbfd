/** The spectra of a file as a table that sorts, and the one that is chosen as a figure. */
import { useMemo, useState } from 'react';
import type { FileSummary, Row } from '../../experiment/weights/protocol';
import { ENERGIES } from '../../experiment/weights/spectra';
import { formatNumber } from '../../math/format';
import type { LinesFigure } from '../../methods/figures';
import { download } from '../download';
import { FigurePanel } from '../figures/figure';
import styles from './weights.module.css';

interface Line {
  name: string;
  kind: string;
  rows: number;
  cols: number;
  row: Row;
}

/** Columns that hold a number of a line; null sorts last. */
const COLUMNS: readonly {
  key: string;
  label: string;
  title: string;
  value: (line: Line) => number | null;
}[] = [
  { key: 'rows', label: 'Rows', title: 'Outputs, usually', value: ({ rows }) => rows },
  { key: 'cols', label: 'Columns', title: 'Inputs, usually', value: ({ cols }) => cols },
  ...ENERGIES.map((share, i) => ({
    key: `energy${share}`,
    label: `${share * 100} %`,
    title: `Smallest rank that keeps ${share * 100} % of the energy`,
    value: ({ row }: Line) => row.spectrum.energyRanks[i],
  })),
  {
    key: 'share',
    label: '99 % / full',
    title: 'That rank over the smaller side: below one half, two factors are smaller than the matrix',
    value: ({ row, rows, cols }) => {
      const rank = row.spectrum.energyRanks[ENERGIES.length - 1];
      return rank === null ? null : rank / Math.min(rows, cols);
    },
  },
  {
    key: 'stable',
    label: 'Stable rank',
    title: 'Squared Frobenius norm over squared largest singular value',
    value: ({ row }) => row.spectrum.stableRank,
  },
  {
    key: 'effective',
    label: 'Effective rank',
    title: 'Exponential of the entropy of the singular values',
    value: ({ row }) => row.spectrum.effectiveRank,
  },
  {
    key: 'alpha',
    label: 'alpha',
    title:
      'Exponent of a power law fitted to the tail of the squared singular values; 2 to 6 in well trained layers',
    value: ({ row }) => row.spectrum.alpha,
  },
];

interface TableProps {
  summary: FileSummary;
  rows: readonly Row[];
  chosen: string | null;
  onChoose: (name: string) => void;
}

export function SpectraTable({ summary, rows, chosen, onChoose }: TableProps) {
  const [sort, setSort] = useState<{ key: string; up: boolean } | null>(null);
  const lines = useMemo(() => linesOf(summary, rows), [summary, rows]);
  const sorted = useMemo(() => sortedLines(lines, sort), [lines, sort]);
  const turn = (key: string) => setSort(sort?.key === key ? { key, up: !sort.up } : { key, up: true });
  const direction = (key: string) => (sort?.key === key ? (sort.up ? 'ascending' : 'descending') : undefined);
  const save = () => download(`${summary.name}.spectra.csv`, new Blob([csvOf(lines)], { type: 'text/csv' }));
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className={styles.scroll} tabIndex={0} aria-label="Spectra, one matrix a row">
        <table>
          <thead>
            <tr>
              <th scope="col" aria-sort={direction('name')}>
                <SortButton label="Tensor" title="Name in the file" onClick={() => turn('name')} />
              </th>
              {COLUMNS.map(({ key, label, title }) => (
                <th key={key} scope="col" data-number="" aria-sort={direction(key)}>
                  <SortButton label={label} title={title} onClick={() => turn(key)} />
                </th>
              ))}
              <th scope="col">Spectrum</th>
            </tr>
          </thead>
          <tbody>
            {sorted.map((line) => (
              <tr key={line.name} data-chosen={line.name === chosen || undefined}>
                <th scope="row">
                  <button type="button" className={styles.name} onClick={() => onChoose(line.name)}>
                    {line.name}
                  </button>
                  {line.kind !== '' && <span className={styles.kind}>{line.kind}</span>}
                </th>
                {COLUMNS.map(({ key, value }) => (
                  <td key={key} data-number="">
                    {cellText(key, value(line))}
                  </td>
                ))}
                <td>
                  <Spark sigma={line.row.spectrum.sigma} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <button type="button" onClick={save}>
        Save the table as CSV
      </button>
    </>
  );
}

function SortButton({ label, title, onClick }: { label: string; title: string; onClick: () => void }) {
  return (
    <button type="button" className={styles.sort} title={title} onClick={onClick}>
      {label}
    </button>
  );
}

function linesOf(summary: FileSummary, rows: readonly Row[]): Line[] {
  const found = new Map(rows.map((row) => [row.name, row]));
  const pairs = summary.pairs.map(({ base, rows: m, cols: n, rank }) => ({
    name: base,
    kind: `B A, rank ${rank}`,
    rows: m,
    cols: n,
  }));
  const matrices = summary.matrices.map(({ name, dtype, shape, rows: m, cols: n }) => ({
    name,
    kind: shape.length > 2 ? `${dtype}, ${shape.join(' × ')} folded` : dtype,
    rows: m,
    cols: n,
  }));
  return [...pairs, ...matrices].flatMap((line) => {
    const row = found.get(line.name);
    return row ? [{ ...line, row }] : [];
  });
}

function sortedLines(lines: readonly Line[], sort: { key: string; up: boolean } | null): readonly Line[] {
  if (!sort) return lines;
  const sign = sort.up ? 1 : -1;
  const column = COLUMNS.find(({ key }) => key === sort.key);
  return [...lines].sort((a, b) => {
    if (!column) return sign * a.name.localeCompare(b.name, 'en', { numeric: true });
    const [x, y] = [column.value(a), column.value(b)];
    if (x === null || y === null) return (x === null ? 1 : 0) - (y === null ? 1 : 0);
    return sign * (x - y);
  });
}

function cellText(key: string, value: number | null): string {
  if (value === null) return key.startsWith('energy') || key === 'share' ? '> 128' : '–';
  if (key === 'share') return `${Math.round(100 * value)} %`;
  return Number.isInteger(value) ? String(value) : formatNumber(value, 3);
}

function csvOf(lines: readonly Line[]): string {
  const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const head = ['tensor', 'kind', ...COLUMNS.map(({ key }) => key)];
  const body = lines.map((line) => [line.name, line.kind, ...COLUMNS.map(({ value }) => value(line) ?? '')]);
  return [head, ...body].map((row) => `${row.map((cell) => quoted(String(cell))).join(',')}\r\n`).join('');
}

/** The spectrum in a cell, log against index. */
function Spark({ sigma }: { sigma: readonly number[] }) {
  const [width, height, decades] = [96, 24, 4];
  const points = sigma
    .filter((_, i) => i % Math.max(1, Math.ceil(sigma.length / 48)) === 0)
    .map((s, i, all) => {
      const drop = Math.min(decades, -Math.log10(Math.max(s / (sigma[0] || 1), 10 ** -decades)));
      return `${((i * width) / Math.max(1, all.length - 1)).toFixed(1)},${((drop * height) / decades).toFixed(1)}`;
    });
  return (
    <svg className={styles.spark} viewBox={`-1 -1 ${width + 2} ${height + 2}`} aria-hidden="true">
      <polyline points={points.join(' ')} />
    </svg>
  );
}

export function Detail({ row, file }: { row: Row; file: string }) {
  const figure = useMemo(() => spectrumFigure(row), [row]);
  const context = {
    link: `${location.origin}${location.pathname}#/weights`,
    settings: `${file}, ${row.name}`,
  };
  return (
    <div className={styles.detail}>
      <FigurePanel figure={figure} context={context} />
    </div>
  );
}

function spectrumFigure({ name, spectrum }: Row): LinesFigure {
  const { sigma, exact, energyRanks } = spectrum;
  const ranks = ENERGIES.map((share, i) => `${share * 100} % at rank ${energyRanks[i] ?? 'above 128'}`).join(
    ', ',
  );
  return {
    kind: 'lines',
    id: `spectrum-${name.replaceAll(/[^\w.-]/g, '_').slice(0, 60)}`,
    title: `Singular values of ${name}`,
    summary: `${exact ? 'All' : 'The leading'} ${sigma.length} singular values${exact ? ', in float64' : ', by a randomized SVD'}. Energy: ${ranks}.`,
    x: { label: 'index', scale: 'linear' },
    y: { label: 'singular value', scale: 'log' },
    series: [
      { key: 'sigma', label: 'Singular values', role: 'method', x: sigma.map((_, i) => i + 1), y: sigma },
    ],
    marks: ENERGIES.flatMap((share, i) => {
      const at = energyRanks[i];
      return at === null ? [] : [{ axis: 'x' as const, at, label: `${share * 100} %` }];
    }),
  };
}
