/**
 * The read-out of a chart: under its own pointer or keyboard, and where another chart points at the same place
 * of the same quantity.
 */
import {
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  useEffect,
  useId,
  useMemo,
  useState,
} from 'react';
import css from './figures.module.css';
import { axisTitle, type Frame, xPixel, xValue, yPixel } from './frame';
import { keyMove } from './handle';
import { hover, quantityOf, useIsSource, usePointed } from './hover';
import type { Curve } from './plot';
import { covers, nearest, type Reading, reading, stopsOf } from './reading';
import { scientific } from './ticks';

interface Props {
  /** Of the figure, for who reads it by keyboard. */
  title: string;
  frame: Frame;
  curves: readonly Curve[];
  /** A part of the x axis was dragged out with the mouse. */
  onZoom?: (from: number, to: number) => void;
  children: ReactNode;
}

/** Wraps the overlay and shows the crosshair over it while a pointer is inside the plot area. */
export function Crosshair({ title, frame, curves, onZoom, children }: Props) {
  const id = useId();
  const quantity = quantityOf(frame.x);
  const [drag, setDrag] = useState<{ from: number; to: number }>();
  useEffect(() => () => hover.leave(id), [id]);
  const inside = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const px = event.clientX - box.left;
    const py = event.clientY - box.top;
    const within = px >= frame.left && px <= frame.right && py >= frame.top - 4 && py <= frame.bottom + 4;
    return within ? px : undefined;
  };
  const follow = (event: PointerEvent<HTMLDivElement>) => {
    const px = inside(event);
    const found = px === undefined ? null : reading(curves, xValue(frame, px), frame.x.scale);
    if (found) hover.point(id, { [quantity]: found.at });
    else hover.leave(id);
    if (drag && px !== undefined) setDrag({ ...drag, to: px });
    return px;
  };
  const down = (event: PointerEvent<HTMLDivElement>) => {
    const px = follow(event);
    // A finger scrolls the page and a handle is moved by itself: only the mouse drags out a part.
    const held = event.target instanceof Element && event.target.closest('[role="slider"]');
    if (onZoom && px !== undefined && !held && event.pointerType === 'mouse' && event.button === 0)
      setDrag({ from: px, to: px });
  };
  const up = (event: PointerEvent<HTMLDivElement>) => {
    if (!drag) return;
    const box = event.currentTarget.getBoundingClientRect();
    const to = Math.min(frame.right, Math.max(frame.left, event.clientX - box.left));
    setDrag(undefined);
    if (Math.abs(to - drag.from) > SLIP) onZoom?.(xValue(frame, drag.from), xValue(frame, to));
  };
  return (
    <div
      className={css.cross}
      onPointerMove={follow}
      onPointerDown={down}
      onPointerUp={up}
      onPointerCancel={() => hover.leave(id)}
      onPointerLeave={(event) => {
        setDrag(undefined);
        // A finger covers what it points at: what it touched stays until it touches something else.
        if (event.pointerType === 'touch')
          addEventListener('pointerdown', () => hover.leave(id), { once: true, capture: true });
        else hover.leave(id);
      }}
    >
      {curves.length > 0 && <Reader {...{ id, title, quantity, frame, curves }} />}
      {children}
      {drag && <Part frame={frame} {...drag} />}
      <Shown {...{ id, quantity, frame, curves }} />
    </div>
  );
}

/** A shorter drag, px, is a click that slipped. */
const SLIP = 6;

function Part({ frame, from, to }: { frame: Frame; from: number; to: number }) {
  return (
    <svg className={css.reading} width={frame.width} height={frame.height} aria-hidden="true">
      <rect
        x={Math.min(from, to)}
        y={frame.top}
        width={Math.abs(to - from)}
        height={frame.bottom - frame.top}
        className={css.part}
      />
    </svg>
  );
}

interface ReaderProps {
  id: string;
  title: string;
  quantity: string;
  frame: Frame;
  curves: readonly Curve[];
}

/** The chart's read-out for the keyboard: arrows walk along the points, Escape and leaving end it. */
function Reader({ id, title, quantity, frame, curves }: ReaderProps) {
  const stops = useMemo(() => stopsOf(curves, frame.x.domain), [curves, frame.x.domain]);
  const pointed = usePointed(quantity);
  const mine = useIsSource(id);
  const at = mine ? pointed : undefined;
  if (stops.length === 0) return null;
  const here = at === undefined ? 0 : nearest(stops, at, false);
  const move = (event: KeyboardEvent) => {
    if (event.key === 'Escape') hover.leave(id);
    // The first key shows where the reading starts.
    const to =
      at === undefined && event.key.startsWith('Arrow')
        ? 0
        : keyMove(event.key, here, { min: 0, max: stops.length - 1, step: 1 });
    if (to === undefined) return;
    event.preventDefault();
    hover.point(id, { [quantity]: stops[to] });
  };
  const shown = at === undefined ? null : reading(curves, at, frame.x.scale);
  return (
    <div
      role="slider"
      tabIndex={0}
      aria-label={`Read the values of ${title}`}
      aria-orientation="horizontal"
      aria-valuemin={stops[0]}
      aria-valuemax={stops[stops.length - 1]}
      aria-valuenow={stops[here]}
      aria-valuetext={shown ? wordsOf(frame, shown) : `${axisTitle(frame.x)}: arrow keys read the values`}
      className={css.reader}
      style={{
        left: frame.left,
        top: frame.top,
        width: frame.right - frame.left,
        height: frame.bottom - frame.top,
      }}
      onKeyDown={move}
      onBlur={() => hover.leave(id)}
    />
  );
}

const wordsOf = (frame: Frame, { at, values }: Reading<Curve>): string =>
  `${axisTitle(frame.x)} ${scientific(at)}: ${values
    .map(({ curve, y }) => `${curve.label} ${scientific(y)}`)
    .join(', ')}`;

interface ShownProps {
  id: string;
  quantity: string;
  frame: Frame;
  curves: readonly Curve[];
}

/** Lines of a read-out that fit over a plot. */
const MOST = 10;

/** The hair, the dots and the values; of another chart's place only where this one has points on both sides. */
function Shown({ id, quantity, frame, curves }: ShownProps) {
  const pointed = usePointed(quantity);
  const mine = useIsSource(id);
  if (pointed === undefined || (!mine && !covers(curves, pointed))) return null;
  const found = reading(curves, pointed, frame.x.scale);
  if (!found) return null;
  const { at, values } = found;
  const px = xPixel(frame, at);
  if (!(px >= frame.left - 1 && px <= frame.right + 1)) return null;
  const left = px > (frame.left + frame.right) / 2;
  return (
    <>
      <svg
        className={css.reading}
        width={frame.width}
        height={frame.height}
        aria-hidden="true"
        data-linked={!mine || undefined}
      >
        <line x1={px} x2={px} y1={frame.top} y2={frame.bottom} className={css.hair} />
        {values.map(({ curve, y }) => {
          const py = yPixel(frame, y);
          return py >= frame.top && py <= frame.bottom ? (
            <circle key={curve.key} cx={px} cy={py} r={3.5} fill={curve.stroke.color} className={css.dot} />
          ) : null;
        })}
      </svg>
      <div
        className={css.tip}
        aria-hidden="true"
        style={{
          top: frame.top + 20,
          maxWidth: Math.min(280, (left ? px : frame.width - px) - 12),
          ...(left ? { right: frame.width - px + 10 } : { left: px + 10 }),
        }}
      >
        <strong>
          {axisTitle(frame.x)} {scientific(at)}
          {at !== pointed && ` (nearest to ${scientific(pointed)})`}
        </strong>
        {values.slice(0, MOST).map(({ curve, y }) => (
          <span key={curve.key}>
            <i style={{ background: curve.stroke.color }} />
            <span>{curve.label}</span> <b>{scientific(y)}</b>
          </span>
        ))}
        {values.length > MOST && <span>and {values.length - MOST} more, in the table</span>}
      </div>
    </>
  );
}
