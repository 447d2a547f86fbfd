/**
 * The geometry of one chart: where the plot area lies in the drawing and where a value lies in it. The axes
 * that recharts draws and everything laid over them (marks, handles, crosshair) are placed by this one record.
 */
import type { Axis } from '../../methods/figures';
import { type Domain, labelsOf, ticksOf } from './ticks';

/** Average width of a character at the chart's 11 px text, for reserving room before anything is drawn. */
export const CHARACTER = 6.7;

/** An axis and what it shows. */
export interface RangedAxis extends Axis {
  domain: Domain;
  /** It counts: ticks are whole numbers. */
  whole?: boolean;
}

export interface FramedAxis extends RangedAxis {
  ticks: readonly number[];
  labels: readonly string[];
}

export interface Frame {
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
  x: FramedAxis;
  y: FramedAxis;
}

export interface Room {
  width: number;
  height: number;
  /** Extra room above the plot area, px, for labels of marks. */
  above?: number;
  /** Room at the left instead of the one that the y labels need, px. */
  left?: number;
}

const TITLE_ROW = 22;
const X_AXIS = 42;

/** The frame for a drawing of this size: as many ticks as fit without touching. */
export function frameOf(room: Room, x: RangedAxis, y: RangedAxis): Frame {
  const top = TITLE_ROW + (room.above ?? 0);
  const bottom = room.height - X_AXIS;
  const framedY = framed(y, Math.max(2, Math.floor((bottom - top) / 42)));
  const widest = Math.max(1, ...framedY.labels.map((label) => label.length));
  const left = room.left ?? Math.max(30, Math.ceil(widest * CHARACTER) + 10);
  const right = room.width - 14;
  let framedX = framed(x, Math.max(2, Math.floor((right - left) / 64)));
  const each = Math.max(...framedX.labels.map((label) => label.length)) * CHARACTER + 12;
  if (framedX.ticks.length * each > right - left) {
    framedX = framed(x, Math.max(2, Math.floor((right - left) / (each + 20))));
  }
  return { width: room.width, height: room.height, left, right, top, bottom, x: framedX, y: framedY };
}

/** The frame with the shorter axis widened about its middle until one unit is as long on either. */
export function equalFrame(room: Room, frame: Frame): Frame {
  const { x, y, left, right, top, bottom } = frame;
  if (x.scale !== 'linear' || y.scale !== 'linear') return frame;
  const perX = (right - left) / (x.domain[1] - x.domain[0]);
  const perY = (bottom - top) / (y.domain[1] - y.domain[0]);
  const scale = Math.min(perX, perY);
  const widened = ({ domain: [low, high] }: FramedAxis, pixels: number): Domain => {
    const middle = (low + high) / 2;
    return [middle - pixels / scale / 2, middle + pixels / scale / 2];
  };
  return frameOf(
    { ...room, left },
    { ...x, domain: widened(x, right - left) },
    { ...y, domain: widened(y, bottom - top) },
  );
}

function framed(axis: RangedAxis, count: number): FramedAxis {
  const ticks = ticksOf(axis.domain, axis.scale, count, axis.whole);
  return { ...axis, ticks, labels: labelsOf(ticks, axis.scale) };
}

/** Where in 0..1 along the axis a value lies; outside of 0..1 beyond the domain, NaN where it has no place. */
export function fraction(axis: FramedAxis, value: number): number {
  const [low, high] = axis.domain;
  if (axis.scale === 'linear') return (value - low) / (high - low);
  return value > 0 ? Math.log(value / low) / Math.log(high / low) : Number.NaN;
}

/** The value at a fraction of the axis; the inverse of `fraction`. */
export function valueAt(axis: FramedAxis, at: number): number {
  const [low, high] = axis.domain;
  return axis.scale === 'linear' ? low + at * (high - low) : low * (high / low) ** at;
}

export const xPixel = (frame: Frame, value: number) =>
  frame.left + fraction(frame.x, value) * (frame.right - frame.left);

export const yPixel = (frame: Frame, value: number) =>
  frame.bottom - fraction(frame.y, value) * (frame.bottom - frame.top);

export const xValue = (frame: Frame, pixel: number) =>
  valueAt(frame.x, (pixel - frame.left) / (frame.right - frame.left));

export const yValue = (frame: Frame, pixel: number) =>
  valueAt(frame.y, (frame.bottom - pixel) / (frame.bottom - frame.top));

/** "error (dB)", or the label alone. */
export const axisTitle = (axis: Axis) => (axis.unit ? `${axis.label} (${axis.unit})` : axis.label);
