/** The read-out under the pointer: the nearest x of the full data and all curves there. */
import { type PointerEvent, type ReactNode, useState } from 'react';
import css from './figures.module.css';
import { axisTitle, type Frame, xPixel, xValue, yPixel } from './frame';
import type { Curve } from './plot';
import { scientific } from './ticks';

/** Index of the x nearest to `to` as the axis shows it; -1 where there is none. */
export function nearest(xs: readonly number[], to: number, log: boolean): number {
  let best = -1;
  let least = Infinity;
  for (let i = 0; i < xs.length; i++) {
    const distance = log ? Math.abs(Math.log(xs[i] / to)) : Math.abs(xs[i] - to);
    if (distance < least) {
      least = distance;
      best = i;
    }
  }
  return best;
}

/** Wraps the overlay and shows the crosshair over it while a pointer is inside the plot area. */
export function Crosshair({
  frame,
  curves,
  onZoom,
  children,
}: {
  frame: Frame;
  curves: readonly Curve[];
  /** A part of the x axis was dragged out with the mouse. */
  onZoom?: (from: number, to: number) => void;
  children: ReactNode;
}) {
  const [x, setX] = useState<number>();
  const [from, setFrom] = useState<number>();
  const follow = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const px = event.clientX - box.left;
    const py = event.clientY - box.top;
    const inside = px >= frame.left && px <= frame.right && py >= frame.top - 4 && py <= frame.bottom + 4;
    setX(inside ? xValue(frame, px) : undefined);
    return inside;
  };
  const down = (event: PointerEvent<HTMLDivElement>) => {
    const inside = follow(event);
    // A finger scrolls the page and a handle is moved by itself: only the mouse drags out a part.
    const held = event.target instanceof Element && event.target.closest('[role="slider"]');
    const box = event.currentTarget.getBoundingClientRect();
    if (onZoom && inside && !held && event.pointerType === 'mouse' && event.button === 0)
      setFrom(event.clientX - box.left);
  };
  const up = (event: PointerEvent<HTMLDivElement>) => {
    if (from === undefined) return;
    const box = event.currentTarget.getBoundingClientRect();
    const to = Math.min(frame.right, Math.max(frame.left, event.clientX - box.left));
    setFrom(undefined);
    if (Math.abs(to - from) > SLIP) onZoom?.(xValue(frame, from), xValue(frame, to));
  };
  return (
    <div
      className={css.cross}
      onPointerMove={follow}
      onPointerDown={down}
      onPointerUp={up}
      onPointerLeave={() => {
        setX(undefined);
        setFrom(undefined);
      }}
    >
      {children}
      {from !== undefined && x !== undefined && <Part frame={frame} from={from} to={xPixel(frame, x)} />}
      {x !== undefined && <Reading frame={frame} curves={curves} x={x} />}
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

function Reading({ frame, curves, x }: { frame: Frame; curves: readonly Curve[]; x: number }) {
  const log = frame.x.scale === 'log';
  const found = curves.flatMap((curve) => {
    const i = nearest(curve.x, x, log);
    return i < 0 ? [] : [{ curve, x: curve.x[i], y: curve.y[i] }];
  });
  if (found.length === 0) return null;
  const at =
    found[
      nearest(
        found.map((one) => one.x),
        x,
        log,
      )
    ].x;
  const px = xPixel(frame, at);
  const here = found.filter((one) => one.x === at);
  const left = px > (frame.left + frame.right) / 2;
  return (
    <>
      <svg className={css.reading} width={frame.width} height={frame.height} aria-hidden="true">
        <line x1={px} x2={px} y1={frame.top} y2={frame.bottom} className={css.hair} />
        {here.map(({ curve, y }) => {
          const py = yPixel(frame, y);
          return py >= frame.top && py <= frame.bottom ? (
            <circle key={curve.key} cx={px} cy={py} r={3.5} fill={curve.stroke.color} className={css.dot} />
          ) : null;
        })}
      </svg>
      <div
        className={css.tip}
        style={
          left
            ? { right: frame.width - px + 10, top: frame.top + 20 }
            : { left: px + 10, top: frame.top + 20 }
        }
      >
        <strong>
          {axisTitle(frame.x)} {scientific(at)}
        </strong>
        {here.map(({ curve, y }) => (
          <span key={curve.key}>
            <i style={{ background: curve.stroke.color }} />
            {curve.label} <b>{scientific(y)}</b>
          </span>
        ))}
      </div>
    </>
  );
}
