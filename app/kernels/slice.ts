/** Parts of matrices, and matrices put together. Exact copies. */
import code from '../../shaders/copy_block.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { colsOf, rowsOf, shapeText, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import { UserError } from '../math/errors';
import { defineOperation, entrywise } from './operation';

export const copyBlock = defineKernel({
  name: 'copy_block',
  code,
  params: { cols: 'u32', count: 'u32', n_from: 'u32', from_at: 'u32', n_to: 'u32', to_at: 'u32' },
  buffers: { a: 'read', b: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count }) => ({ flop: 0, bytes: 8 * count }),
});

/** Where a block lies: rows x cols entries, `from` and `to` as [offset, pitch]. */
interface Block {
  rows: number;
  cols: number;
  from: [number, number];
  to: [number, number];
}

/** Blocks of the parts copied into a new tensor of this shape. */
const gather = defineOperation({
  name: 'copy',
  gpu: async (
    home: GpuHome,
    shape: readonly number[],
    parts: readonly { tensor: Tensor; block: Block }[],
  ) => {
    const out = home.empty(shape);
    for (const { tensor, block } of parts) {
      const { rows, cols, from, to } = block;
      await copyBlock.run(
        home,
        { cols, count: rows * cols, n_from: from[1], from_at: from[0], n_to: to[1], to_at: to[0] },
        { a: tensor, b: out },
      );
    }
    return out;
  },
  cpu: async (
    home: CpuHome,
    shape: readonly number[],
    parts: readonly { tensor: Tensor; block: Block }[],
  ) => {
    const out = home.tensor(shape);
    const target = cpuData(out);
    for (const { tensor, block } of parts) {
      const source = cpuData(tensor);
      for (let i = 0; i < block.rows; i++) {
        const at = block.from[0] + i * block.from[1];
        target.set(source.subarray(at, at + block.cols), block.to[0] + i * block.to[1]);
      }
    }
    return out;
  },
  compare: (got, want) => entrywise(got, want, 0, 'a copy is exact: entry'),
});

function inside(a: Tensor, from: number, to: number, size: number, what: string): void {
  if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= size)) {
    throw new UserError(`${what} ${from} to ${to} are not within a ${shapeText(a)} matrix`);
  }
}

/** Columns from..to - 1 of an m x n matrix. */
export async function columns(a: Tensor, from: number, to: number): Promise<Tensor> {
  const [m, n] = [rowsOf(a), colsOf(a)];
  inside(a, from, to, n, 'columns');
  const block: Block = { rows: m, cols: to - from, from: [from, n], to: [0, to - from] };
  return gather([m, to - from], [{ tensor: a, block }]);
}

/** The matrix itself, or followed by columns of zeros up to `n`. */
export async function paddedColumns(a: Tensor, n: number): Promise<Tensor> {
  const missing = n - colsOf(a);
  if (missing === 0) return a;
  const zeros = a.home.tensor([rowsOf(a), missing]);
  const padded = await concatColumns([a, zeros]);
  a.home.release(zeros);
  return padded;
}

/** Rows from..to - 1 of an m x n matrix. */
export async function rows(a: Tensor, from: number, to: number): Promise<Tensor> {
  const n = colsOf(a);
  inside(a, from, to, rowsOf(a), 'rows');
  const block: Block = { rows: to - from, cols: n, from: [from * n, n], to: [0, n] };
  return gather([to - from, n], [{ tensor: a, block }]);
}

/** Matrices with equal rows, side by side. */
export async function concatColumns(parts: readonly Tensor[]): Promise<Tensor> {
  const m = rowsOf(parts[0]);
  const width = parts.reduce((sum, part) => sum + colsOf(part), 0);
  let at = 0;
  const blocks = parts.map((tensor) => {
    const cols = colsOf(tensor);
    if (rowsOf(tensor) !== m) throw new UserError(`side by side: ${rowsOf(tensor)} rows beside ${m}`);
    const block: Block = { rows: m, cols, from: [0, cols], to: [at, width] };
    at += cols;
    return { tensor, block };
  });
  return gather([m, width], blocks);
}

/** Tensors of one shape as a batch [count, ...shape]. */
export async function stack(parts: readonly Tensor[]): Promise<Tensor> {
  const size = sizeOf(parts[0].shape);
  const blocks = parts.map((tensor, i) => {
    if (tensor.shape.join() !== parts[0].shape.join()) {
      throw new UserError(`stack: ${shapeText(tensor)} beside ${shapeText(parts[0])}`);
    }
    const block: Block = { rows: 1, cols: size, from: [0, size], to: [i * size, size] };
    return { tensor, block };
  });
  return gather([parts.length, ...parts[0].shape], blocks);
}

/** The first entries of a vector. */
export async function head(x: Tensor, count: number): Promise<Tensor> {
  inside(x, 0, count, sizeOf(x.shape), 'entries');
  return gather([count], [{ tensor: x, block: { rows: 1, cols: count, from: [0, count], to: [0, count] } }]);
}

/** A copy of its own. */
export async function copy(a: Tensor): Promise<Tensor> {
  const size = sizeOf(a.shape);
  return gather(a.shape, [{ tensor: a, block: { rows: 1, cols: size, from: [0, size], to: [0, size] } }]);
}

/** Matrices with equal columns, one below the other. */
export async function concatRows(parts: readonly Tensor[]): Promise<Tensor> {
  const n = colsOf(parts[0]);
  const height = parts.reduce((sum, part) => sum + rowsOf(part), 0);
  let at = 0;
  const blocks = parts.map((tensor) => {
    const size = sizeOf(tensor.shape);
    if (colsOf(tensor) !== n)
      throw new UserError(`one below the other: ${colsOf(tensor)} columns below ${n}`);
    const block: Block = { rows: 1, cols: size, from: [0, size], to: [at, size] };
    at += size;
    return { tensor, block };
  });
  return gather([height, n], blocks);
}
