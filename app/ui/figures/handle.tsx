/**
 * A line across the plot that can be dragged by pointer or touch and moved by keyboard: the cut of a spectrum,
 * a mark that stands for a parameter.
 */
import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react';
import css from './figures.module.css';
import { type Frame, fraction, valueAt, xPixel, xValue, yPixel, yValue } from './frame';
import { scientific } from './ticks';

export type OnParameter = (key: string, value: number, phase: 'move' | 'settle') => void;

interface Props {
  frame: Frame;
  axis: 'x' | 'y';
  parameter: string;
  label: string;
  at: number;
  /** Values are whole numbers. */
  whole: boolean;
  min: number;
  max: number;
  onParameter?: OnParameter;
}

/** Where a key moves a value to: one step, ten with Page keys, or an end; undefined for other keys. */
export function keyMove(
  key: string,
  at: number,
  range: { min: number; max: number; step: number },
): number | undefined {
  const moves: Record<string, number> = {
    ArrowLeft: at - range.step,
    ArrowDown: at - range.step,
    ArrowRight: at + range.step,
    ArrowUp: at + range.step,
    PageDown: at - 10 * range.step,
    PageUp: at + 10 * range.step,
    Home: range.min,
    End: range.max,
  };
  const to = moves[key];
  return to === undefined ? undefined : Math.min(range.max, Math.max(range.min, to));
}

/** The handle as an element of the overlay; without `onParameter` it only shows where the value stands. */
export function Handle({ frame, axis, parameter, label, at: given, whole, min, max, onParameter }: Props) {
  // The line is under the hand at once, however long the page takes to follow.
  const [held, setHeld] = useState<number>();
  const at = held ?? given;
  const dragging = useRef<number | undefined>(undefined);
  const framed = axis === 'x' ? frame.x : frame.y;
  const part = Math.min(1, Math.max(0, fraction(framed, at)));
  if (Number.isNaN(part)) return null;
  const shown = valueAt(framed, part);
  const px = axis === 'x' ? xPixel(frame, shown) : yPixel(frame, shown);

  const fit = (value: number) => Math.min(max, Math.max(min, whole ? Math.round(value) : value));
  const under = (event: PointerEvent<SVGElement>) => {
    const box = event.currentTarget.ownerSVGElement?.getBoundingClientRect();
    if (!box) return at;
    return fit(
      axis === 'x' ? xValue(frame, event.clientX - box.left) : yValue(frame, event.clientY - box.top),
    );
  };
  const move = (event: PointerEvent<SVGElement>) => {
    if (dragging.current === undefined) return;
    const value = under(event);
    if (value === dragging.current) return;
    dragging.current = value;
    setHeld(value);
    onParameter?.(parameter, value, 'move');
  };
  const down = (event: PointerEvent<SVGElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    dragging.current = at;
  };
  const up = () => {
    if (dragging.current === undefined) return;
    const value = dragging.current;
    dragging.current = undefined;
    setHeld(undefined);
    onParameter?.(parameter, value, 'settle');
  };
  const key = (event: KeyboardEvent) => {
    const step = whole ? 1 : (max - min) / 100;
    const to = keyMove(event.key, at, { min, max, step });
    if (to === undefined) return;
    event.preventDefault();
    onParameter?.(parameter, fit(to), 'settle');
  };

  const vertical = axis === 'x';
  const line = vertical
    ? { x1: px, x2: px, y1: frame.top, y2: frame.bottom }
    : { x1: frame.left, x2: frame.right, y1: px, y2: px };
  const grip = vertical ? { x: px, y: frame.bottom } : { x: frame.right, y: px };
  const text = `${label} ${scientific(at)}`;
  const right = vertical && px + text.length * 6.6 + 12 > frame.right;
  if (!onParameter) {
    return <line {...line} className={css.cut} />;
  }
  return (
    <g
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-orientation={vertical ? 'horizontal' : 'vertical'}
      aria-valuemin={min}
      aria-valuemax={max}
      aria-valuenow={at}
      aria-valuetext={text}
      className={vertical ? css.handleX : css.handleY}
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={up}
      onPointerCancel={up}
      onKeyDown={key}
    >
      <line {...line} stroke="transparent" strokeWidth={28} />
      <line {...line} className={css.cut} />
      <circle cx={grip.x} cy={grip.y} r={7} className={css.grip} />
      <text
        x={vertical ? (right ? px - 7 : px + 7) : frame.left + 6}
        y={vertical ? frame.top + 14 : px - 6}
        textAnchor={right ? 'end' : 'start'}
        className={css.cutLabel}
      >
        {text}
      </text>
    </g>
  );
}
