/** Names beside points, so that none covers another name or a point. */
import { CHARACTER } from './frame';

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export interface Label {
  x: number;
  y: number;
  anchor: 'start' | 'end' | 'middle';
}

const HIGH = 13;

/**
 * A place for each name: right, left, above or below its point, the first that lies within `area` and is free.
 * undefined where all are taken; such a name is still in the tooltip and the table.
 */
export function placeLabels(
  points: readonly { x: number; y: number; text: string }[],
  area: Box,
): (Label | undefined)[] {
  const taken: Box[] = points.map(({ x, y }) => ({ left: x - 5, right: x + 5, top: y - 5, bottom: y + 5 }));
  return points.map(({ x, y, text }) => {
    const width = text.length * CHARACTER;
    const tries: { label: Label; left: number }[] = [
      { label: { x: x + 9, y: y + 4, anchor: 'start' }, left: x + 9 },
      { label: { x: x - 9, y: y + 4, anchor: 'end' }, left: x - 9 - width },
      { label: { x, y: y - 10, anchor: 'middle' }, left: x - width / 2 },
      { label: { x, y: y + 19, anchor: 'middle' }, left: x - width / 2 },
    ];
    for (const { label, left } of tries) {
      const box = { left, right: left + width, top: label.y - HIGH + 3, bottom: label.y + 3 };
      const inside =
        box.left >= area.left && box.right <= area.right && box.top >= area.top && box.bottom <= area.bottom;
      if (inside && !taken.some((other) => overlap(box, other))) {
        taken.push(box);
        return label;
      }
    }
    return undefined;
  });
}

const overlap = (a: Box, b: Box) =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
