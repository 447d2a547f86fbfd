/**
 * The one seam over recharts: axes, grid and curves. Everything that moves or is touched (marks, handles,
 * crosshair) is drawn over it by the same frame, so that moving it does not draw the chart again.
 *
 * Measured limits decide the rules: at most MAX_POINTS a series, no animation, no dots on curves; recharts
 * leaves a log axis blank where a value is 0 (recharts#1049), so such values are gaps and are counted.
 */
import { memo, type ReactNode, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { CartesianGrid, ComposedChart, Line, XAxis, YAxis } from 'recharts';
import type { Axis, Series } from '../../methods/figures';
import { decimate, hiddenOnLog } from './decimate';
import css from './figures.module.css';
import { axisTitle, equalFrame, type Frame, frameOf, type RangedAxis } from './frame';
import { paintOrder, type Stroke } from './stroke';
import type { Domain } from './ticks';

export interface Curve extends Series {
  stroke: Stroke;
}

interface Props {
  label: string;
  x: RangedAxis;
  y: RangedAxis;
  curves: readonly Curve[];
  height: number;
  above?: number;
  /** One unit is as long on either axis; both must be linear. */
  equal?: boolean;
  /** Room at the left, px, for names in place of a y axis, which is then not drawn. */
  names?: (width: number) => number;
  /** What lies over the chart; called with its frame. */
  children: (frame: Frame) => ReactNode;
}

/** A chart as wide as its container. */
export function Plot({ label, x, y, curves, height, above, equal, names, children }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () => setWidth(Math.floor(element.clientWidth));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const frame = useMemo(() => {
    if (width === 0) return undefined;
    const room = { width, height, above, left: names?.(width) };
    const free = frameOf(room, x, y);
    return equal ? equalFrame(room, free) : free;
  }, [width, height, above, equal, names, x, y]);
  return (
    <>
      <div ref={box} className={css.plot} style={{ height }}>
        {frame && (
          <>
            <div role="img" aria-label={label}>
              <Chart frame={frame} curves={curves} named={names !== undefined} />
            </div>
            {children(frame)}
          </>
        )}
      </div>
      <HiddenNote x={x} y={y} curves={curves} />
    </>
  );
}

const Chart = memo(function Chart({
  frame,
  curves,
  named,
}: {
  frame: Frame;
  curves: readonly Curve[];
  named: boolean;
}) {
  const { x, y } = frame;
  const data = useMemo(
    () =>
      curves
        .map((curve) => ({ curve, rows: rowsFor(curve, x, y) }))
        .sort((a, b) => paintOrder(a.curve.role) - paintOrder(b.curve.role)),
    [curves, x, y],
  );
  return (
    <ComposedChart
      width={frame.width}
      height={frame.height}
      margin={{ top: frame.top, right: frame.width - frame.right, bottom: 0, left: 0 }}
      accessibilityLayer={false}
      data={NO_ROWS}
    >
      <CartesianGrid stroke="var(--figure-grid)" strokeWidth={1} />
      <XAxis
        dataKey="x"
        type="number"
        scale={x.scale}
        domain={[x.domain[0], x.domain[1]]}
        allowDataOverflow
        ticks={[...x.ticks]}
        interval={0}
        height={frame.height - frame.bottom}
        tick={{ fill: 'var(--figure-muted)', fontSize: 11 }}
        tickFormatter={(_: number, i: number) => x.labels[i] ?? ''}
        tickLine={{ stroke: 'var(--figure-line)' }}
        axisLine={{ stroke: 'var(--figure-line)' }}
        tickMargin={4}
      />
      <YAxis
        dataKey="y"
        type="number"
        scale={y.scale}
        domain={[y.domain[0], y.domain[1]]}
        allowDataOverflow
        ticks={[...y.ticks]}
        interval={0}
        width={frame.left}
        tick={named ? false : { fill: 'var(--figure-muted)', fontSize: 11 }}
        tickFormatter={(_: number, i: number) => y.labels[i] ?? ''}
        tickLine={false}
        axisLine={{ stroke: 'var(--figure-line)' }}
        tickMargin={4}
      />
      {data.map(({ curve, rows }) => (
        <Line
          key={curve.key}
          data={rows}
          dataKey="y"
          name={curve.label}
          stroke={curve.points ? 'none' : curve.stroke.color}
          strokeWidth={curve.stroke.width}
          strokeDasharray={curve.stroke.dash}
          strokeLinejoin="round"
          dot={curve.points ? { r: 2.5, fill: curve.stroke.color, stroke: 'none' } : false}
          activeDot={false}
          isAnimationActive={false}
          connectNulls={false}
        />
      ))}
    </ComposedChart>
  );
});

const NO_ROWS: { x: number; y: number | null }[] = [];

function rowsFor(curve: Curve, x: Axis & { domain: Domain }, y: Axis): { x: number; y: number | null }[] {
  const shown = (value: number, axis: Axis) =>
    Number.isFinite(value) && (axis.scale === 'linear' || value > 0);
  const { xs, ys } = inSight(curve, x.domain);
  return decimate(xs, ys, x.scale)
    .filter((i) => shown(xs[i], x))
    .map((i) => ({ x: xs[i], y: shown(ys[i], y) ? ys[i] : null }));
}

/** The points within the domain and the next one on either side, so that lines run to the edge. */
function inSight({ x, y }: Curve, [low, high]: Domain): { xs: readonly number[]; ys: readonly number[] } {
  const first = x.findIndex((value) => value >= low);
  const last = x.findLastIndex((value) => value <= high);
  // Points in no order (a scatter) are all kept.
  const ascends = x.every((value, i) => i === 0 || value >= x[i - 1]);
  if (!ascends || (first <= 0 && last === x.length - 1)) return { xs: x, ys: y };
  const from = Math.max(0, (first < 0 ? x.length : first) - 1);
  const to = Math.min(x.length, last + 2);
  return { xs: x.slice(from, to), ys: y.slice(from, to) };
}

function HiddenNote({ x, y, curves }: { x: Axis; y: Axis; curves: readonly Curve[] }) {
  const notes = useMemo(() => {
    const of = (axis: Axis, pick: (curve: Curve) => readonly number[]) =>
      axis.scale === 'log' ? curves.reduce((sum, curve) => sum + hiddenOnLog(pick(curve)), 0) : 0;
    return [
      { axis: x.label, count: of(x, (curve) => curve.x) },
      { axis: y.label, count: of(y, (curve) => curve.y) },
    ].filter(({ count }) => count > 0);
  }, [x, y, curves]);
  return notes.map(({ axis, count }) => (
    <p key={axis} className={css.note} data-export="text">
      {axis}: {count} {count === 1 ? 'value' : 'values'} at or below 0 not shown on the log axis
    </p>
  ));
}

/** The drawing over a chart, in the chart's pixels, with the titles of its axes. */
export function Overlay({
  frame,
  children,
  quietY = false,
}: {
  frame: Frame;
  children?: ReactNode;
  quietY?: boolean;
}) {
  return (
    // biome-ignore lint/a11y/noSvgWithoutTitle: the chart below has the name; a title here would pop up under the pointer
    <svg className={css.overlay} width={frame.width} height={frame.height} data-export="svg">
      {!quietY && (
        <text x={0} y={11} className={css.axis}>
          {axisTitle(frame.y)}
        </text>
      )}
      <text x={frame.right} y={frame.height - 6} textAnchor="end" className={css.axis}>
        {axisTitle(frame.x)}
      </text>
      {children}
    </svg>
  );
}

interface LegendProps {
  curves: readonly { key: string; label: string; stroke: Stroke; points?: boolean }[];
  /** Curves that are taken out of the picture. */
  hidden?: ReadonlySet<string>;
  onToggle?: (key: string) => void;
}

/** Names of the curves with a piece of their stroke; wraps. With `onToggle` a name shows and hides its curve. */
export function Legend({ curves, hidden, onToggle }: LegendProps) {
  const swatch = (stroke: Stroke, points?: boolean) => (
    <svg width={26} height={10} aria-hidden="true" data-export="svg">
      {points ? (
        <circle cx={13} cy={5} r={3} fill={stroke.color} />
      ) : (
        <line
          x1={0}
          x2={26}
          y1={5}
          y2={5}
          stroke={stroke.color}
          strokeWidth={stroke.width}
          strokeDasharray={stroke.dash}
        />
      )}
    </svg>
  );
  return (
    <ul className={css.legend} data-many={curves.length > 8 || undefined}>
      {curves.map(({ key, label, stroke, points }) => (
        <li key={key} data-hidden={hidden?.has(key) || undefined}>
          {onToggle && curves.length > 2 ? (
            <button type="button" aria-pressed={!hidden?.has(key)} onClick={() => onToggle(key)}>
              {swatch(stroke, points)}
              <span data-export="text">{label}</span>
            </button>
          ) : (
            <>
              {swatch(stroke, points)}
              <span data-export="text">{label}</span>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}
