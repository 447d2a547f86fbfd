/**
 * The table behind every figure: its full data, row by row on demand, so that a picture of a million values
 * costs nothing until it is read. The page shows it in pages, the CSV writes all of it.
 */
import { UserError } from '../../math/errors';
import type { Axis, Figure, HeatmapFigure, ImageFigure, Series, TableFigure } from '../../methods/figures';
import { axisTitle } from './frame';
import { NAME, quantityOf } from './hover';

export type Cell = number | string | null;

export interface Rows {
  columns: readonly string[];
  count: number;
  /** Row i, 0 <= i < count, one cell a column; null where there is nothing. */
  row(i: number): readonly Cell[];
  /** The column that tells where on the axis a row stands, and what that axis counts. */
  place?: { column: number; quantity: string };
}

/** All data of the figure as rows. */
export function rowsOf(figure: Figure): Rows {
  switch (figure.kind) {
    case 'spectrum':
      return {
        columns: ['index', ...figure.series.map((series) => series.label)],
        count: Math.max(0, ...figure.series.map((series) => series.values.length)),
        row: (i) => [i + 1, ...figure.series.map((series) => series.values[i] ?? null)],
        place: { column: 0, quantity: quantityOf({ label: 'index' }) },
      };
    case 'lines':
      return curves(figure.series, figure.x, figure.y);
    case 'scatter': {
      const lines = curves(figure.lines ?? [], figure.x, figure.y, 'long');
      return {
        columns: ['name', axisTitle(figure.x), axisTitle(figure.y)],
        count: figure.points.length + lines.count,
        row: (i) => {
          const point = figure.points[i];
          return point ? [point.label, point.x, point.y] : lines.row(i - figure.points.length);
        },
        place: { column: 0, quantity: NAME },
      };
    }
    case 'bars':
      return {
        columns: ['name', axisTitle(figure.y), 'note'],
        count: figure.bars.length,
        row: (i) => [figure.bars[i].label, figure.bars[i].value, figure.bars[i].note ?? null],
        place: { column: 0, quantity: NAME },
      };
    case 'heatmap':
      return cells(figure);
    case 'image':
      return pixels(figure);
    case 'table':
      return {
        columns: figure.columns.map(({ label, unit }) => (unit ? `${label} (${unit})` : label)),
        count: figure.rows.length,
        row: (i) => figure.columns.map((column) => figure.rows[i][column.key] ?? null),
        place: placeOf(figure),
      };
    default:
      figure satisfies never;
      throw new UserError('this figure is of a kind that this version cannot show: reload the page');
  }
}

/** The first column of a table: numbers of a quantity, or the names of what the rows are about. */
function placeOf({ columns: [first], rows }: TableFigure): Rows['place'] {
  if (!first) return undefined;
  const numbers = rows.every((row) => typeof row[first.key] === 'number');
  return { column: 0, quantity: numbers ? quantityOf(first) : NAME };
}

/** One column a series where all share their x; else one row a point, with the name of its series. */
function curves(series: readonly Series[], x: Axis, y: Axis, form?: 'long'): Rows {
  const [first] = series;
  const shared = first && series.every(({ x: own }) => own === first.x || sameNumbers(own, first.x));
  if (shared && form !== 'long') {
    const unit = y.unit ? ` (${y.unit})` : '';
    return {
      columns: [axisTitle(x), ...series.map(({ label }) => label + unit)],
      count: first.x.length,
      row: (i) => [first.x[i], ...series.map((one) => one.y[i] ?? null)],
      place: { column: 0, quantity: quantityOf(x) },
    };
  }
  const starts = [0];
  for (const one of series) starts.push(starts[starts.length - 1] + Math.min(one.x.length, one.y.length));
  return {
    columns: ['series', axisTitle(x), axisTitle(y)],
    count: starts[series.length],
    row: (i) => {
      let s = 0;
      while (starts[s + 1] <= i) s++;
      return [series[s].label, series[s].x[i - starts[s]], series[s].y[i - starts[s]]];
    },
    place: { column: 1, quantity: quantityOf(x) },
  };
}

const sameNumbers = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((value, i) => Object.is(value, b[i]));

function cells({ cols, rows, values, label, unit }: HeatmapFigure): Rows {
  return {
    columns: ['row', 'column', unit ? `${label} (${unit})` : label],
    count: rows * cols,
    row: (i) => [Math.floor(i / cols), i % cols, shortest(values[i])],
  };
}

function pixels({ original, approximation, approximationLabel }: ImageFigure): Rows {
  const names = original.planes.length === 3 ? [' red', ' green', ' blue'] : [''];
  return {
    columns: [
      'row',
      'column',
      ...names.map((name) => `original${name}`),
      ...names.map((name) => `${approximationLabel}${name}`),
    ],
    count: original.rows * original.cols,
    row: (i) => [
      Math.floor(i / original.cols),
      i % original.cols,
      ...original.planes.map((plane) => shortest(plane[i])),
      ...approximation.planes.map((plane) => shortest(plane[i])),
    ],
  };
}

/** The float32 with as few digits as tell it from its neighbours: 0.1, not 0.10000000149011612. */
export function shortest(value: number): number {
  for (const digits of [6, 7, 8]) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number.isFinite(value) ? Number(value.toPrecision(9)) : value;
}
