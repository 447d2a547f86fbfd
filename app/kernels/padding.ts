/** Rows filled up to whole vec4s for kernels that load them so, and cut back afterwards. */
import copyCode from '../../shaders/copy_block.wgsl?raw';
import type { GpuHome } from '../gpu/gpuhome';
import { colsOf, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';

const copyBlock = defineKernel({
  name: 'copy_block',
  code: copyCode,
  params: { cols: 'u32', count: 'u32', n_from: 'u32', from_at: 'u32', n_to: 'u32', to_at: 'u32' },
  buffers: { a: 'read', b: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count }) => ({ flop: 0, bytes: 8 * count }),
});

/** The tensor with its columns filled up with zeros to a multiple of 4; itself where they are one. */
export async function paddedToVec4(home: GpuHome, t: Tensor): Promise<Tensor> {
  const n = colsOf(t);
  if (n % 4 === 0) return t;
  const wide = 4 * Math.ceil(n / 4);
  const out = home.tensor([...t.shape.slice(0, -1), wide]);
  const job = { cols: n, count: sizeOf(t.shape), n_from: n, from_at: 0, n_to: wide, to_at: 0 };
  await copyBlock.run(home, job, { a: t, b: out });
  return out;
}

/** The first n columns; the tensor itself where it has no more. */
export async function cutToColumns(home: GpuHome, t: Tensor, n: number): Promise<Tensor> {
  if (colsOf(t) === n) return t;
  const out = home.empty([...t.shape.slice(0, -1), n]);
  const job = { cols: n, count: sizeOf(out.shape), n_from: colsOf(t), from_at: 0, n_to: n, to_at: 0 };
  await copyBlock.run(home, job, { a: t, b: out });
  return out;
}
