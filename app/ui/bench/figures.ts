/** The pictures of a benchmark result. */
import { families } from '../../experiment/bench/catalogue';
import { type BenchReport, shareMs, shareOf, slopes } from '../../experiment/bench/report';
import { formatNumber, formatRate } from '../../math/format';
import type { LinesFigure, Role, ScatterFigure, Series } from '../../methods/figures';

const OVER = 8; // the roof is drawn this many times beyond the outermost point

/** Speed against arithmetic intensity under the two measured roofs. Williams, Waterman, Patterson 2009. */
export function roofline(report: BenchReport, other: BenchReport | null): ScatterFigure {
  const { peaks } = report;
  const pointsOf = ({ rows }: BenchReport, role: Role, prefix: string) =>
    rows
      .filter(({ flop, isRight }) => flop > 0 && isRight)
      .map((row) => ({
        key: `${prefix}${row.id}`,
        label: row.id,
        role,
        x: row.flop / row.bytes,
        y: row.flop / shareMs(row) / 1e6,
      }));
  const points = pointsOf(report, 'method', '');
  const compared = other
    ? pointsOf(other, 'baseline', 'other ').map((point) => ({ ...point, label: '' }))
    : [];
  const ridge = peaks.gflops / peaks.gbps;
  const xs = [...points, ...compared].map(({ x }) => x);
  const low = Math.min(ridge, ...xs) / OVER;
  const high = Math.max(ridge, ...xs) * OVER;
  const roof = (): Series => ({
    key: 'roof',
    label: `roof: ${formatRate(peaks.gbps, 'B/s')} copied, ${formatRate(peaks.gflops, 'FLOP/s')} of multiply-adds`,
    role: 'guide',
    x: [low, ridge, high],
    y: [low * peaks.gbps, peaks.gflops, peaks.gflops],
  });
  const best = [...report.rows]
    .filter(({ isRight }) => isRight)
    .sort((a, b) => rank(b, report) - rank(a, report))[0];
  const missing = report.rows.filter(({ flop }) => flop === 0).map(({ id }) => id);
  return {
    kind: 'scatter',
    id: 'roofline',
    title: 'Roofline',
    summary: [
      'Each operation by the least work and traffic it needs, under what this device was measured to do at best.',
      best ? `Nearest to its roof: ${best.id}, ${percent(rank(best, report))}.` : '',
      missing.length > 0 ? `Without arithmetic, and so not here: ${missing.join(', ')}.` : '',
    ]
      .filter((sentence) => sentence !== '')
      .join(' '),
    x: { label: 'Arithmetic intensity', unit: 'FLOP/byte', scale: 'log' },
    y: { label: 'Speed', unit: 'GFLOP/s', scale: 'log' },
    points: [...points, ...compared],
    lines: [roof()],
  };
}

const rank = (row: BenchReport['rows'][number], { peaks }: BenchReport): number => shareOf(row, peaks).share;

export const percent = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

/** Time against size, a curve a family, with the fitted exponent; a few families a figure. */
export function growth(report: BenchReport): LinesFigure[] {
  const all = slopes(report.rows);
  const figures: LinesFigure[] = [];
  for (let at = 0; at < all.length; at += 4) {
    const some = all.slice(at, at + 4);
    const titles = some.map(({ family }) => titleOf(family));
    figures.push({
      kind: 'lines',
      id: `growth-${at / 4 + 1}`,
      title: `Time against size: ${titles.join(', ').toLowerCase()}`,
      summary: `Best time of a call, fitted: ${some
        .map(
          ({ family, axis, slope }) =>
            `${titleOf(family).toLowerCase()} as ${axis}^${formatNumber(slope, 3)}`,
        )
        .join(', ')}.`,
      x: { label: 'Size', scale: 'log' },
      y: { label: 'Time', unit: 'ms', scale: 'log' },
      series: some.map(({ family, axis, sizes, ms, slope }) => ({
        key: family,
        label: `${titleOf(family)}, ${axis}^${slope.toFixed(2)}`,
        role: 'baseline',
        x: sizes,
        y: ms,
      })),
    });
  }
  return figures;
}

const titleOf = (family: string): string => families.find(({ id }) => id === family)?.title ?? family;
