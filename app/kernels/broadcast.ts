/**
 * Elementwise operations with NumPy's broadcasting: shapes are aligned at the last dimension, and a dimension
 * of 1 (or a missing one) is repeated. Operands of one shape and single numbers take the fast kernel.
 */
import broadcastCode from '../../shaders/broadcast.wgsl?raw';
import elementwiseCode from '../../shaders/elementwise.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { sizeOf, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import { UserError } from '../math/errors';
import { type BinaryFunction, elementary, FUNCTIONS, type UnaryFunction } from './elementary';
import { defineOperation, entrywise } from './operation';

export type Operand = Tensor | number;

const buffers = { x: 'read', y: 'read', z: 'read', out: 'write' } as const;

const sameShape = defineKernel({
  name: 'elementwise',
  code: elementwiseCode,
  params: { count: 'u32', x_value: 'f32', y_value: 'f32', z_value: 'f32' },
  buffers,
  constants: { OP: 0, X: 1, Y: 0, Z: 0 },
  grid: ({ count }) => linearGrid(count, 256),
  cost: ({ count }) => ({ flop: 4 * count, bytes: 32 * count }),
});

const broadcastKernel = defineKernel({
  name: 'broadcast',
  code: broadcastCode,
  params: {
    inner: 'u32',
    size1: 'u32',
    size2: 'u32',
    outer: 'u32',
    x0: 'u32',
    x1: 'u32',
    x2: 'u32',
    x3: 'u32',
    y0: 'u32',
    y1: 'u32',
    y2: 'u32',
    y3: 'u32',
    z0: 'u32',
    z1: 'u32',
    z2: 'u32',
    z3: 'u32',
    group0: 'u32',
  },
  buffers,
  constants: { OP: 0 },
  grid: ({ inner, outer }) => [Math.ceil(inner / 64), Math.ceil(outer / 4)],
  cost: ({ inner, outer }) => ({ flop: inner * outer, bytes: 8 * inner * outer }),
  split: 'y',
});

const shapeOf = (operand: Operand): readonly number[] => (typeof operand === 'number' ? [] : operand.shape);

/** The shape that all operands are repeated to. @throws UserError where two dimensions differ and neither is 1. */
export function broadcastShape(...shapes: (readonly number[])[]): number[] {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, i) => {
    const sizes = shapes.map((shape) => shape[shape.length - rank + i] ?? 1).filter((size) => size !== 1);
    if (sizes.some((size) => size !== sizes[0])) {
      const names = shapes.map((shape) => shape.join(' x ') || 'a number').join(' and ');
      throw new UserError(`cannot broadcast ${names}: dimension ${i} differs, and neither is 1`);
    }
    return sizes[0] ?? 1;
  });
}

/** Strides of an operand along the dimensions of `shape`, outermost first; 0 where it is repeated. */
function stridesOf(own: readonly number[], shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(0);
  let step = 1;
  for (let i = 1; i <= own.length; i++) {
    const size = own[own.length - i];
    if (size !== 1) strides[shape.length - i] = step;
    step *= size;
  }
  return strides;
}

/** Dimensions, innermost first, joined where every operand walks through both as through one; 1s are dropped. */
function joined(shape: readonly number[], strides: number[][]): { sizes: number[]; strides: number[][] } {
  const sizes: number[] = [];
  const out: number[][] = strides.map(() => []);
  for (let d = shape.length - 1; d >= 0; d--) {
    if (shape[d] === 1) continue;
    const last = sizes.length - 1;
    if (last >= 0 && strides.every((own, i) => own[d] === out[i][last] * sizes[last])) {
      sizes[last] *= shape[d];
    } else {
      sizes.push(shape[d]);
      strides.forEach((own, i) => {
        out[i].push(own[d]);
      });
    }
  }
  return { sizes, strides: out };
}

async function onGpu(home: GpuHome, op: (typeof FUNCTIONS)[number], operands: Operand[]): Promise<Tensor> {
  const shape = broadcastShape(...operands.map(shapeOf));
  const out = home.empty(shape);
  const count = sizeOf(shape);
  if (count === 0) return out;
  const OP = FUNCTIONS.indexOf(op);
  const tensors = operands.filter((operand) => typeof operand !== 'number');
  const given = (i: number): Operand => operands[i] ?? 0;
  const fallback = tensors[0];
  if (tensors.every((tensor) => sizeOf(tensor.shape) === count)) {
    const [x, y, z] = [0, 1, 2].map((i) => given(i));
    const buffer = (operand: Operand): Tensor => (typeof operand === 'number' ? fallback : operand);
    const value = (operand: Operand): number => (typeof operand === 'number' ? operand : 0);
    await sameShape.run(
      home,
      { count: Math.ceil(count / 4), x_value: value(x), y_value: value(y), z_value: value(z) },
      { x: buffer(x), y: buffer(y), z: buffer(z), out },
      {
        constants: {
          OP,
          X: Number(typeof x !== 'number'),
          Y: Number(typeof y !== 'number'),
          Z: Number(typeof z !== 'number'),
        },
        label: op,
      },
    );
    return out;
  }
  const made: Tensor[] = [];
  const [x, y, z] = [0, 1, 2].map((i) => {
    const operand = i < operands.length ? operands[i] : fallback;
    if (typeof operand !== 'number') return operand;
    const tensor = home.tensor([1], [operand]);
    made.push(tensor);
    return tensor;
  });
  const { sizes, strides } = joined(
    shape,
    [x, y, z].map((tensor, i) => stridesOf(i < operands.length ? tensor.shape : [1], shape)),
  );
  if (sizes.length > 4) {
    throw new UserError(`${op}: shapes that broadcast along more than four dimensions are not offered`);
  }
  const [sx, sy, sz] = strides.map((own) => [0, 1, 2, 3].map((d) => own[d] ?? 0));
  const [inner = 1, size1 = 1, size2 = 1] = sizes;
  await broadcastKernel.run(
    home,
    {
      inner,
      size1,
      size2,
      outer: count / inner,
      x0: sx[0],
      x1: sx[1],
      x2: sx[2],
      x3: sx[3],
      y0: sy[0],
      y1: sy[1],
      y2: sy[2],
      y3: sy[3],
      z0: sz[0],
      z1: sz[1],
      z2: sz[2],
      z3: sz[3],
    },
    { x, y, z, out },
    { constants: { OP }, label: op },
  );
  for (const tensor of made) home.release(tensor);
  return out;
}

/** Calls `visit` with the operands of every entry of the broadcast shape, in order; numbers as float32. */
function forEachEntry(
  operands: readonly Operand[],
  visit: (index: number, x: number, y: number, z: number) => void,
): void {
  const shape = broadcastShape(...operands.map(shapeOf));
  const columns = [0, 1, 2].map((i) => {
    const operand = operands[i] ?? 0;
    if (typeof operand === 'number')
      return { data: [Math.fround(operand)], strides: shape.map(() => 0), at: 0 };
    return { data: cpuData(operand), strides: stridesOf(operand.shape, shape), at: 0 };
  });
  const place = shape.map(() => 0);
  const count = sizeOf(shape);
  for (let index = 0; index < count; index++) {
    visit(
      index,
      columns[0].data[columns[0].at],
      columns[1].data[columns[1].at],
      columns[2].data[columns[2].at],
    );
    for (let d = shape.length - 1; d >= 0; d--) {
      place[d]++;
      for (const column of columns) column.at += column.strides[d];
      if (place[d] < shape[d]) break;
      for (const column of columns) column.at -= column.strides[d] * shape[d];
      place[d] = 0;
    }
  }
}

const apply = defineOperation({
  name: 'elementwise',
  gpu: (home: GpuHome, op: (typeof FUNCTIONS)[number], ...operands: Operand[]) => onGpu(home, op, operands),
  cpu: async (home: CpuHome, op: (typeof FUNCTIONS)[number], ...operands: Operand[]) => {
    const out = home.tensor(broadcastShape(...operands.map(shapeOf)));
    const values = cpuData(out);
    const { value } = elementary[op];
    forEachEntry(operands, (i, x, y, z) => {
      values[i] = value(x, y, z);
    });
    return out;
  },
  compare: (got, want, op: (typeof FUNCTIONS)[number], ...operands: Operand[]) => {
    const { error } = elementary[op];
    const bounds = new Float64Array(sizeOf(want.shape));
    forEachEntry(operands, (i, x, y, z) => {
      bounds[i] = error(x, y, z) + 2 ** -24 * Math.abs(cpuData(want)[i]) + 1e-37;
    });
    return entrywise(got, want, (i) => bounds[i], op);
  },
});

/** f(x), entry by entry. */
export const unary = (op: UnaryFunction, x: Tensor): Promise<Tensor> => apply(op, x);

/** x op y, broadcast; at least one of them is a tensor. */
export const binary = (op: BinaryFunction, x: Operand, y: Operand): Promise<Tensor> => apply(op, x, y);

/** x where the condition is not 0, else y; broadcast. */
export const where = (condition: Tensor, x: Operand, y: Operand): Promise<Tensor> =>
  apply('where', condition, x, y);
