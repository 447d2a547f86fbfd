/** Heatmaps of one group side by side: one range of colours, one pointer, so that the same cell is read in all of them. */
import { useMemo, useState } from 'react';
import type { HeatmapFigure } from '../../methods/figures';
import { colorRange } from './colormap';
import type { Context } from './csv';
import { FigurePanel } from './figure';
import css from './figures.module.css';
import { type Cell, LinkedHeatmaps } from './heatmap';

export function HeatmapGroup({ figures, context }: { figures: readonly HeatmapFigure[]; context: Context }) {
  const [cell, setCell] = useState<Cell>();
  const range = useMemo(() => sharedRange(figures), [figures]);
  const linked = useMemo(() => ({ cell, setCell, range }), [cell, range]);
  return (
    <LinkedHeatmaps value={linked}>
      <div className={css.group}>
        {figures.map((figure) => (
          <FigurePanel key={figure.id} figure={figure} context={context} />
        ))}
      </div>
    </LinkedHeatmaps>
  );
}

/** The range that holds the values of all maps, symmetric about zero where they diverge; undefined where they differ in kind. */
export function sharedRange(figures: readonly HeatmapFigure[]): readonly [number, number] | undefined {
  const [first] = figures;
  if (!first || figures.some(({ palette, unit }) => palette !== first.palette || unit !== first.unit)) {
    return undefined;
  }
  const log = figures.every(({ scale }) => scale === 'log');
  const ranges = figures.map(({ values, range }) =>
    colorRange(values, { palette: first.palette, log, range }),
  );
  return [Math.min(...ranges.map(([low]) => low)), Math.max(...ranges.map(([, high]) => high))];
}
