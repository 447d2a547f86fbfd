/** Where the blocks of a step stand: to one scale, in one row, or in several where the room is narrow. */
import type { Block, Relation, Step } from '../../methods/steps';

/** Thinner than this, px, is not seen: such a side is drawn wider than it is. */
const LEAST = 4;
/** Room for the name below a block. */
export const LABEL = 20;
const JOINT = 20;
const TIGHT = 4;
/** Average width of a character of a name. */
const CHARACTER = 8;
/** Where the largest block of a step would be smaller than this to the scale of all steps, it gets its own. */
const SEEN = 36;

export interface PlacedBlock {
  /** The same for the same matrix in every step, so that it moves from place to place. */
  key: string;
  block: Block;
  x: number;
  y: number;
  width: number;
  height: number;
  /** Of the name, in the middle of its slot. */
  labelX: number;
  labelY: number;
}

export interface PlacedJoint {
  text: string;
  x: number;
  y: number;
}

export interface Layout {
  blocks: readonly PlacedBlock[];
  joints: readonly PlacedJoint[];
  height: number;
  /** Drawn to the scale that all steps share. */
  shared: boolean;
}

interface Item {
  block: Block;
  /** Before the block; nothing for the first. */
  joint: string;
}

export const SIGNS: Readonly<Record<Relation, string>> = {
  equals: '=',
  about: '≈',
  entrywise: '→',
  part: '→',
  pad: '→',
  rowwise: '→',
  columnwise: '→',
  reshape: '→',
  gather: '→',
  scatter: '→',
};

export interface Room {
  width: number;
  /** Of the blocks alone, without their names. */
  height: number;
}

/** Room that every block of a row should have besides its name, px: with less, the row is broken. */
const BREATH = 40;
const CROWDED = 16;

/** The step in rows: all of it, or each side by itself, broken before a block where even that is too much. */
function rowsOf(step: Step, { width }: Room): Item[][] {
  const items = (terms: Step['left'], before: string): Item[] =>
    terms.flatMap(({ joint, factors }, t) =>
      factors.map((block, f) => ({ block, joint: f > 0 ? '×' : t > 0 ? joint : before })),
    );
  const left = items(step.left, '');
  const right = items(step.right, SIGNS[step.relation]);
  const all = [...left, ...right];
  if (least(all) + BREATH * all.length <= width) return [all];
  return [left, right].flatMap((side) => broken(side, width));
}

function broken(side: readonly Item[], width: number): Item[][] {
  const rows: Item[][] = [[]];
  for (const item of side) {
    const row = [...rows[rows.length - 1], item];
    if (row.length > 1 && least(row) + CROWDED * row.length > width) rows.push([item]);
    else rows[rows.length - 1] = row;
  }
  return rows;
}

const nameWidth = ({ symbol }: Block) => Math.max(LEAST, symbol.replaceAll(/[_^]/g, '').length * CHARACTER);
const jointWidth = (joint: string) => (joint ? JOINT : TIGHT);

/** The width of a row whose blocks have no width but their names'. */
const least = (row: readonly Item[]) =>
  row.reduce((sum, { block, joint }) => sum + nameWidth(block) + jointWidth(joint), 0);

const widthAt = (row: readonly Item[], scale: number) =>
  row.reduce(
    (sum, { block, joint }) => sum + Math.max(nameWidth(block), block.cols * scale) + jointWidth(joint),
    0,
  );

/** The largest scale, px an entry, at which the step fits. */
export function scaleOf(step: Step, room: Room): number {
  const rows = rowsOf(step, room);
  const tallest = Math.max(...rows.flat().map(({ block }) => block.rows));
  let scale = room.height / rows.length / tallest;
  for (const row of rows) {
    if (widthAt(row, scale) <= room.width) continue;
    // Names keep blocks apart, so the width is not in proportion to the scale: halve the interval.
    let [low, high] = [0, scale];
    for (let i = 0; i < 40; i++) {
      const middle = (low + high) / 2;
      if (widthAt(row, middle) <= room.width) low = middle;
      else high = middle;
    }
    scale = low;
  }
  return scale;
}

/** Places the step to the scale of all `steps`, or to its own where it would hardly be seen. */
export function placeStep(step: Step, steps: readonly Step[], room: Room): Layout {
  const common = Math.min(...steps.map((one) => scaleOf(one, room)));
  const rows = rowsOf(step, room);
  const largest = Math.max(...rows.flat().map(({ block }) => Math.max(block.rows, block.cols)));
  const shared = largest * common >= SEEN;
  const scale = shared ? common : scaleOf(step, room);
  const blocks: PlacedBlock[] = [];
  const joints: PlacedJoint[] = [];
  const seen = new Map<string, number>();
  let top = 0;
  for (const row of rows) {
    const high =
      rows.length === 1 ? room.height : Math.max(...row.map(({ block }) => block.rows * scale), 28);
    let x = Math.max(0, (room.width - widthAt(row, scale)) / 2);
    for (const { block, joint } of row) {
      if (joint) joints.push({ text: joint, x: x + JOINT / 2, y: top + high / 2 });
      x += jointWidth(joint);
      const width = Math.max(LEAST, block.cols * scale);
      const height = Math.max(LEAST, block.rows * scale);
      const slot = Math.max(nameWidth(block), width);
      const name = `${block.symbol} ${block.rows > block.cols}`;
      const times = seen.get(name) ?? 0;
      seen.set(name, times + 1);
      blocks.push({
        key: `${name} ${times}`,
        block,
        x: x + (slot - width) / 2,
        y: top + (high - height) / 2,
        width,
        height,
        labelX: x + slot / 2,
        labelY: top + high / 2 + Math.max(height / 2, 8) + 15,
      });
      x += slot;
    }
    top += high + LABEL + (rows.length > 1 ? 10 : 0);
  }
  // Every step takes the same room, so that what stands below does not move.
  const height = Math.max(top, room.height + LABEL);
  const down = (height - top) / 2;
  return {
    blocks: blocks.map((one) => ({ ...one, y: one.y + down, labelY: one.labelY + down })),
    joints: joints.map((one) => ({ ...one, y: one.y + down })),
    height,
    shared,
  };
}
