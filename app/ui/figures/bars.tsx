/** Amounts side by side: bars lie, so that their names are read without turning the head. */
import { useCallback, useEffect, useId, useMemo } from 'react';
import type { BarsFigure, Scale } from '../../methods/figures';
import css from './figures.module.css';
import { CHARACTER, type Frame, xPixel } from './frame';
import { hover, NAME, usePointedName } from './hover';
import { Marks } from './lines';
import { type Curve, Overlay, Plot } from './plot';
import { strokesOf } from './stroke';
import { domainOf, scientific } from './ticks';

const ROW = 28;
/** Rows of a chart with many bars; a longer one scrolls. */
const CLOSE = 20;
const MANY = 16;
const NONE: readonly Curve[] = [];

export function Bars({ figure, scale }: { figure: BarsFigure; scale: Scale }) {
  const { bars, marks, y } = figure;
  const { value, place } = useMemo(() => {
    const all = [...bars.map((bar) => bar.value), ...(marks ?? []).map((mark) => mark.at)];
    // A bar is read by its length, which means nothing unless it starts at 0.
    const domain = domainOf(scale === 'linear' ? [...all, 0] : all, scale);
    return {
      value: { ...y, scale, domain: scale === 'log' ? ([domain[0] / 2, domain[1]] as const) : domain },
      place: { label: '', scale: 'linear' as const, domain: [0, Math.max(1, bars.length)] as const },
    };
  }, [bars, marks, y, scale]);
  const longest = Math.max(0, ...bars.map(({ label }) => label.length));
  const names = useCallback(
    (width: number) => Math.min(longest * CHARACTER + 14, Math.max(90, width * 0.4)),
    [longest],
  );
  const above = 13 * Math.max(0, (marks ?? []).length - 1);
  return (
    <Plot
      label={`${figure.title}. ${figure.summary}`}
      x={value}
      y={place}
      curves={NONE}
      height={Math.max(2, bars.length) * (bars.length > MANY ? CLOSE : ROW) + 66 + above}
      above={above}
      names={names}
    >
      {(frame) => (
        <Overlay frame={frame} quietY>
          <Pointed frame={frame} bars={bars} />
          <BarRows frame={frame} figure={figure} part="bars" />
          <Marks frame={frame} above marks={(marks ?? []).map((mark) => ({ ...mark, axis: 'x' }))} />
          <BarRows frame={frame} figure={figure} part="texts" />
          <Rows frame={frame} bars={bars} />
        </Overlay>
      )}
    </Plot>
  );
}

/** Where each bar lies, over the whole width: pointing at it points at what it is the bar of, everywhere. */
function Rows({ frame, bars }: { frame: Frame; bars: BarsFigure['bars'] }) {
  const id = useId();
  useEffect(() => () => hover.leave(id), [id]);
  const each = (frame.bottom - frame.top) / Math.max(1, bars.length);
  return bars.map(({ key, label, value, note }, i) => (
    <rect
      key={key}
      x={0}
      y={frame.top + i * each}
      width={frame.right}
      height={each}
      fill="transparent"
      onPointerEnter={() => hover.point(id, { [NAME]: label })}
      onPointerLeave={() => hover.leave(id)}
    >
      <title>{`${label}: ${scientific(value)}${note ? ` (${note})` : ''}`}</title>
    </rect>
  ));
}

/** A band behind the bar that is pointed at, here or in another chart. */
function Pointed({ frame, bars }: { frame: Frame; bars: BarsFigure['bars'] }) {
  const name = usePointedName();
  const each = (frame.bottom - frame.top) / Math.max(1, bars.length);
  return bars.map(({ key, label }, i) =>
    label === name ? (
      <rect
        key={key}
        x={0}
        y={frame.top + i * each}
        width={frame.right}
        height={each}
        className={css.pointed}
        data-linked
      />
    ) : null,
  );
}

/** The bars, or their names and values: marks lie between the two, so that both can be read. */
function BarRows({ frame, figure, part }: { frame: Frame; figure: BarsFigure; part: 'bars' | 'texts' }) {
  const strokes = strokesOf(figure.bars.map(({ role }) => role));
  const each = (frame.bottom - frame.top) / Math.max(1, figure.bars.length);
  const base = frame.x.scale === 'log' ? frame.left : xPixel(frame, 0);
  const thick = Math.min(16, each - 5);
  const room = Math.floor((frame.left - 12) / CHARACTER);
  return figure.bars.map(({ key, label, value, note }, i) => {
    const middle = frame.top + (i + 0.5) * each;
    const end = Math.min(frame.right, Math.max(frame.left, xPixel(frame, value)));
    const text = note ? `${scientific(value)} (${note})` : scientific(value);
    const inside = end + text.length * CHARACTER + 8 > frame.right;
    const shown = Number.isFinite(end);
    if (part === 'bars') {
      return shown ? (
        <rect
          key={key}
          x={Math.min(base, end)}
          y={middle - thick / 2}
          width={Math.max(1, Math.abs(end - base))}
          height={thick}
          rx={2}
          fill={strokes[i].color}
        />
      ) : null;
    }
    const within = shown && inside;
    return (
      <g key={key}>
        <text x={frame.left - 8} y={middle + 4} textAnchor="end" className={css.pointLabel}>
          {label.length > room ? `${label.slice(0, Math.max(1, room - 1))}…` : label}
        </text>
        <text
          x={within ? end - 6 : shown ? end + 6 : base + 6}
          y={middle + 4}
          textAnchor={within ? 'end' : 'start'}
          className={within ? css.barInside : css.pointLabel}
          style={within ? { stroke: strokes[i].color } : undefined}
        >
          {text}
        </text>
      </g>
    );
  });
}
