/** A matrix as colours, with a colour bar and the value under the pointer or under the keyboard's cell. */
import {
  createContext,
  type KeyboardEvent,
  type PointerEvent,
  useContext,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { HeatmapFigure, Scale } from '../../methods/figures';
import css from './canvas.module.css';
import { type ColorScale, colorRange, LUTS, paint } from './colormap';
import { hiddenOnLog } from './decimate';
import shared from './figures.module.css';
import { hover, linesOf, useIsSource, usePointed } from './hover';
import { scientific } from './ticks';

export interface Cell {
  row: number;
  col: number;
}

/** What heatmaps of one group share: the cell that is pointed at, and the range of colours. */
export interface Linked {
  cell: Cell | undefined;
  setCell: (to: Cell | undefined) => void;
  /** Where no map of the group gives its own. */
  range: readonly [number, number] | undefined;
}

export const LinkedHeatmaps = createContext<Linked | null>(null);

export function Heatmap({ figure, scale }: { figure: HeatmapFigure; scale: Scale }) {
  const { rows, cols, values, palette, label, unit } = figure;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [own, setOwn] = useState<Cell>();
  const linked = useContext(LinkedHeatmaps);
  const pointed = linked ? linked.cell : own;
  const id = useId();
  useEffect(() => () => hover.leave(id), [id]);
  const setCell = (to: Cell | undefined) => {
    (linked?.setCell ?? setOwn)(to);
    if (to) hover.point(id, placesOf(figure, to));
    else hover.leave(id);
  };
  // Maps of a group may differ in size; a cell that this one lacks is not shown.
  const cell = pointed && pointed.row < rows && pointed.col < cols ? pointed : undefined;
  const range = figure.range ?? linked?.range;
  const log = scale === 'log' && palette === 'sequential';
  const colors = useMemo<ColorScale>(
    () => ({
      range: colorRange(values, { palette, log, range }),
      log,
      lut: LUTS[palette],
    }),
    [values, palette, log, range],
  );
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const image = context.createImageData(cols, rows);
    paint(values, colors, image.data);
    context.putImageData(image, 0, 0);
  }, [values, rows, cols, colors]);

  const follow = (event: PointerEvent<HTMLCanvasElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const col = Math.floor(((event.clientX - box.left) / box.width) * cols);
    const row = Math.floor(((event.clientY - box.top) / box.height) * rows);
    const inside = row >= 0 && row < rows && col >= 0 && col < cols;
    setCell(inside ? { row, col } : undefined);
  };
  const walk = (event: KeyboardEvent) => {
    const step: Record<string, [number, number]> = {
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
    };
    const by = step[event.key];
    if (!by) return;
    event.preventDefault();
    const clamp = (value: number, end: number) => Math.min(end - 1, Math.max(0, value));
    setCell({
      row: clamp((cell?.row ?? 0) + by[0], rows),
      col: clamp((cell?.col ?? 0) + by[1], cols),
    });
  };
  // Cells are square, but of a matrix far longer than wide a row must still be seen.
  const aspect = Math.min(6, Math.max(1 / 3, cols / rows));
  const names = figure.axes ?? { rows: 'row', cols: 'column' };
  const title = unit ? `${label} (${unit})` : label;
  const hidden = useMemo(() => (log ? hiddenOnLog(values) : 0), [log, values]);
  return (
    <div className={css.heatmap}>
      <p className={shared.axisLine} data-export="text">
        {figure.axes
          ? `${rows} ${names.rows} down from the top, ${cols} ${names.cols} across`
          : `${rows} × ${cols}, row 0 at the top`}
      </p>
      <div className={css.matrix} style={{ aspectRatio: String(aspect), maxWidth: 360 * aspect }}>
        <canvas
          ref={canvas}
          width={cols}
          height={rows}
          role="img"
          aria-label={`${figure.title}. ${figure.summary}`}
          tabIndex={0}
          data-export="canvas"
          onPointerMove={follow}
          onPointerDown={follow}
          onPointerLeave={() => setCell(undefined)}
          onKeyDown={walk}
          onBlur={() => setCell(undefined)}
        />
        <Band id={id} figure={figure} side="rows" />
        <Band id={id} figure={figure} side="cols" />
        {cell && (
          <span
            className={css.cell}
            style={{
              left: `${(100 * cell.col) / cols}%`,
              top: `${(100 * cell.row) / rows}%`,
              width: `${100 / cols}%`,
              height: `${100 / rows}%`,
            }}
          />
        )}
      </div>
      <ColorBar colors={colors} title={title} />
      <Value id={id} figure={figure} cell={cell} names={names} />
      {hidden > 0 && (
        <p className={shared.note} data-export="text">
          {hidden} {hidden === 1 ? 'value' : 'values'} at or below 0 not shown on the log scale (grey)
        </p>
      )}
    </div>
  );
}

/** What a cell stands for in the quantities that the map's rows and columns count. */
function placesOf(figure: HeatmapFigure, { row, col }: Cell): Record<string, number> {
  const sides = [
    { ...linesOf(figure, 'rows'), at: row },
    { ...linesOf(figure, 'cols'), at: col },
  ];
  return Object.fromEntries(
    sides.flatMap(({ quantity, every, at }) => (quantity ? [[quantity, at * every]] : [])),
  );
}

/** The value of the cell that is pointed at, here or by row and column in another chart; only the former is read out. */
function Value({
  id,
  figure,
  cell,
  names,
}: {
  id: string;
  figure: HeatmapFigure;
  cell: Cell | undefined;
  names: { rows: string; cols: string };
}) {
  const [rows, cols] = [linesOf(figure, 'rows'), linesOf(figure, 'cols')];
  const [row, col] = [usePointed(rows.quantity), usePointed(cols.quantity)];
  const mine = useIsSource(id);
  const elsewhere =
    row === undefined || col === undefined
      ? undefined
      : { row: Math.floor(row / rows.every), col: Math.floor(col / cols.every) };
  const at = cell ?? (elsewhere && isWithin(figure, elsewhere) ? elsewhere : undefined);
  const text = at
    ? `${names.rows} ${at.row}, ${names.cols} ${at.col}: ${scientific(figure.values[at.row * figure.cols + at.col])}`
    : 'Point at a cell to read its value';
  return (
    <output className={shared.facts} aria-live={mine ? 'polite' : 'off'}>
      {text}
    </output>
  );
}

const isWithin = ({ rows, cols }: HeatmapFigure, { row, col }: Cell) =>
  row >= 0 && row < rows && col >= 0 && col < cols;

/** The row or the column that another chart points at. */
function Band({ id, figure, side }: { id: string; figure: HeatmapFigure; side: 'rows' | 'cols' }) {
  const { quantity, count, every } = linesOf(figure, side);
  const pointed = usePointed(quantity);
  const mine = useIsSource(id);
  if (mine || pointed === undefined) return null;
  const at = Math.floor(pointed / every);
  if (at < 0 || at >= count) return null;
  const start = `${(100 * at) / count}%`;
  const size = `${100 / count}%`;
  return (
    <span
      className={css.band}
      data-linked
      style={
        side === 'rows'
          ? { top: start, height: size, left: 0, width: '100%' }
          : { left: start, width: size, top: 0, height: '100%' }
      }
    />
  );
}

function ColorBar({ colors, title }: { colors: ColorScale; title: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [low, high] = colors.range;
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const image = context.createImageData(256, 1);
    const steps = Array.from({ length: 256 }, (_, i) => i / 255);
    paint(steps, { range: [0, 1], log: false, lut: colors.lut }, image.data);
    context.putImageData(image, 0, 0);
  }, [colors.lut]);
  const middle = colors.log ? Math.sqrt(low * high) : (low + high) / 2;
  return (
    <div className={css.colorBar}>
      <span data-export="text">{title}</span>
      <canvas ref={canvas} width={256} height={1} data-export="canvas" />
      <div>
        {[low, middle, high].map((value, i) => (
          <span key={['low', 'middle', 'high'][i]} data-export="text">
            {scientific(value, 3)}
          </span>
        ))}
      </div>
    </div>
  );
}
