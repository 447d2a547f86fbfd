/**
 * Figures of several runs laid over one another: those that carry the same `overlay` name have the same axes,
 * and so have the same figure of runs of one method. What is the same in all of them (the best possible, a
 * baseline) is drawn once.
 */
import type {
  BarsFigure,
  Figure,
  LinesFigure,
  Role,
  ScatterFigure,
  Series,
  SpectrumFigure,
} from '../../methods/figures';

export interface ComparedRun {
  label: string;
  method: string;
  figures: readonly Figure[];
}

type Layered = LinesFigure | SpectrumFigure | ScatterFigure | BarsFigure;
interface Layer {
  run: number;
  label: string;
  figure: Layered;
}

/** One figure for every name that at least two runs share, in the order of the first run that has it. */
export function overlays(runs: readonly ComparedRun[]): Figure[] {
  const groups = new Map<string, Layer[]>();
  runs.forEach(({ label, method, figures }, run) => {
    for (const figure of figures) {
      if (!isLayered(figure)) continue;
      const name = figure.overlay ? `overlay ${figure.overlay}` : `${method} ${figure.id}`;
      const key = `${figure.kind === 'spectrum' ? 'lines' : figure.kind} ${name}`;
      groups.set(key, [...(groups.get(key) ?? []), { run, label, figure }]);
    }
  });
  return [...groups]
    .filter(([, layers]) => new Set(layers.map(({ run }) => run)).size > 1)
    .map(([key, layers]) => merged(key, layers));
}

const isLayered = (figure: Figure): figure is Layered =>
  figure.kind === 'lines' ||
  figure.kind === 'spectrum' ||
  figure.kind === 'scatter' ||
  figure.kind === 'bars';

function merged(key: string, layers: readonly Layer[]): Figure {
  const [{ figure: first }] = layers;
  const names = [...new Set(layers.map(({ label }) => label))].join(', ');
  const base = {
    id: key.replaceAll(/[^\w.-]+/g, '-'),
    title: first.title,
    summary: `${names} on the same axes. ${first.summary}`,
  };
  switch (first.kind) {
    case 'bars': {
      const bars = layers.flatMap(({ figure, label, run }) =>
        figure.kind === 'bars'
          ? figure.bars.map((bar) => ({
              ...bar,
              key: `${run} ${bar.key}`,
              label: `${label}: ${bar.label}`,
              role: roleOf(bar.role, run),
            }))
          : [],
      );
      return { ...base, kind: 'bars', y: first.y, bars, marks: first.marks };
    }
    case 'scatter': {
      const points = layers.flatMap(({ figure, label, run }) =>
        figure.kind === 'scatter'
          ? figure.points.map((point) => ({
              ...point,
              key: `${run} ${point.key}`,
              label: point.role === 'method' ? label : point.label,
              role: roleOf(point.role, run),
            }))
          : [],
      );
      const lines = layers.flatMap(({ figure, label, run }) =>
        figure.kind === 'scatter' ? (figure.lines ?? []).map((line) => named(line, label, run)) : [],
      );
      const { x, y, equal } = first;
      return { ...base, kind: 'scatter', x, y, points: distinct(points), lines: once(lines), equal };
    }
    default: {
      const { x, y } = axesOf(first);
      const series = layers.flatMap(({ figure, label, run }) =>
        seriesOf(figure).map((one) => named(one, label, run)),
      );
      const marks = first.kind === 'lines' ? first.marks?.filter((mark) => mark.parameter === undefined) : [];
      return { ...base, kind: 'lines', x, y, series: once(series), marks };
    }
  }
}

const axesOf = (figure: Layered): Pick<LinesFigure, 'x' | 'y'> =>
  figure.kind === 'lines'
    ? figure
    : { x: { label: 'index', scale: 'linear' }, y: { label: 'singular value', scale: 'log' } };

function seriesOf(figure: Layered): readonly Series[] {
  if (figure.kind === 'lines') return figure.series;
  if (figure.kind !== 'spectrum') return [];
  return figure.series.map(({ values, ...rest }) => ({ ...rest, x: values.map((_, i) => i + 1), y: values }));
}

/** The first run keeps the colour of a method, the others get those of baselines; what was a baseline steps back. */
const roleOf = (role: Role, run: number): Role =>
  role === 'method' ? (run === 0 ? 'method' : 'baseline') : role === 'baseline' ? 'guide' : role;

const named = (series: Series, label: string, run: number): Series & { own: boolean } => ({
  ...series,
  key: `${run} ${series.key}`,
  label: series.role === 'method' ? label : `${label}: ${series.label}`,
  role: roleOf(series.role, run),
  own: series.role === 'method',
});

/** A series with the same numbers as an earlier one is drawn once, under its own name. */
function once(series: readonly (Series & { own: boolean })[]): Series[] {
  const kept: (Series & { own: boolean })[] = [];
  for (const one of series) {
    const same = one.own ? undefined : kept.findIndex((other) => !other.own && alike(one, other));
    if (same === undefined || same < 0) kept.push(one);
    else kept[same] = { ...kept[same], label: one.label.slice(one.label.indexOf(': ') + 2) };
  }
  return kept.map(({ own: _, ...rest }) => rest);
}

const numbers = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
const alike = (a: Series, b: Series) => numbers(a.x, b.x) && numbers(a.y, b.y);

const distinct = <P extends { x: number; y: number; label: string }>(points: readonly P[]): P[] =>
  points.filter((p, i) => !points.slice(0, i).some((q) => q.x === p.x && q.y === p.y && q.label === p.label));
