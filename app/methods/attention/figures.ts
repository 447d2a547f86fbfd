/** Figures that the attention methods share, with the same axes and names, so that they lie over one another. */
import type { HeatmapFigure, LinesFigure, Mark, Role, Scale, ScatterFigure, Series } from '../figures';

/** One curve per method: the method's id as key, or 'exact', 'svd', 'mean' for baselines. */
export interface Curve {
  key: string;
  label: string;
  role: Role;
  /** [x, y]; pairs with a missing y are left out. */
  points: readonly (readonly [number, number | null])[];
}

const series = (curves: readonly Curve[]): Series[] =>
  curves.map(({ key, label, role, points }) => {
    const there = points.filter((point): point is readonly [number, number] => point[1] !== null);
    return { key, label, role, x: there.map(([x]) => x), y: there.map(([, y]) => y) };
  });

/** Relative error of the output against rank (features, landmarks, projections). */
export function errorRankFigure(
  curves: readonly Curve[],
  marks: readonly Mark[],
  summary: string,
): LinesFigure {
  return {
    kind: 'lines',
    id: 'error-rank',
    title: 'Error against rank',
    summary,
    overlay: 'error-rank',
    x: { label: 'rank r', scale: 'log' },
    y: { label: 'relative error of the output', scale: 'log' },
    series: series(curves),
    marks,
  };
}

/** Relative error of the output against inverse temperature. */
export function errorTemperatureFigure(
  curves: readonly Curve[],
  marks: readonly Mark[],
  summary: string,
): LinesFigure {
  return {
    kind: 'lines',
    id: 'error-temperature',
    title: 'Error against inverse temperature',
    summary,
    overlay: 'error-temperature',
    x: { label: 'inverse temperature', scale: 'log' },
    y: { label: 'relative error of the output', scale: 'log' },
    series: series(curves),
    marks,
  };
}

/** What each method's error costs: one point a method. */
export function errorTimeFigure(
  points: readonly { key: string; label: string; role: Role; ms: number | null; error: number | null }[],
  summary: string,
): ScatterFigure {
  return {
    kind: 'scatter',
    id: 'error-time',
    title: 'Error against time',
    summary,
    overlay: 'error-time',
    x: { label: 'time of one output', unit: 'ms', scale: 'log' },
    y: { label: 'relative error of the output', scale: 'log' },
    points: points.flatMap(({ key, label, role, ms, error }) =>
      ms === null || error === null || !(ms > 0) || !(error > 0)
        ? []
        : [{ key, label, role, x: ms, y: error }],
    ),
  };
}

export interface AttentionMap {
  id: string;
  title: string;
  summary: string;
  rows: number;
  cols: number;
  values: Float32Array;
}

const highest = (values: Float32Array): number => values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);

/** Attention maps side by side in the colour range of the first, which is the exact one; log where that is positive. */
export function mapFigures(
  maps: readonly AttentionMap[],
  {
    group = 'maps',
    label = 'weight',
    scale = 'linear',
  }: { group?: string; label?: string; scale?: Scale } = {},
): HeatmapFigure[] {
  const low = scale === 'log' ? maps[0].values.reduce((a, b) => Math.min(a, b)) : 0;
  const range: readonly [number, number] = [low, highest(maps[0].values) || 1];
  return maps.map((map) => ({
    kind: 'heatmap',
    ...map,
    label,
    scale,
    palette: 'sequential',
    range,
    axes: { rows: 'query', cols: 'key' },
    group,
  }));
}

/** Differences of approximate and exact maps, in one diverging range about zero. */
export function differenceFigures(maps: readonly AttentionMap[], group = 'differences'): HeatmapFigure[] {
  const most = Math.max(...maps.map(({ values }) => highest(values))) || 1;
  return maps.map((map) => ({
    kind: 'heatmap',
    ...map,
    label: 'approximate - exact',
    scale: 'linear',
    palette: 'diverging',
    range: [-most, most],
    axes: { rows: 'query', cols: 'key' },
    group,
  }));
}
