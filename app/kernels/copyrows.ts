/** Rows padded with zeros or cut, on raw numbers: the kernel that operations use to bring rows to their lengths. */
import code from '../../shaders/copy_rows.wgsl?raw';
import { defineKernel, linearGrid } from '../gpu/kernel';

/** b[row][col < cols] = a[row][col], 0 from cols_in on; a complex number counts as two. */
export const copyRows = defineKernel({
  name: 'copy_rows',
  code,
  params: { cols: 'u32', cols_in: 'u32', count: 'u32' },
  buffers: { a: 'read', b: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count }) => ({ flop: 0, bytes: 8 * count }),
});
