/**
 * The FFT for adapters whose barriers are cheap: passes of radix up to 2048 in workgroup memory, so that a length
 * up to 2048 takes one dispatch and up to 2^20 two (2^16 = 256 x 256), instead of one for every factor of 16.
 * Powers of two from 8 on. Compiled on no software adapter save in the tests.
 */
import code from '../../shaders/fft_workgroup.wgsl?raw';
import type { GpuHome } from '../gpu/gpuhome';
import type { Tensor } from '../gpu/home';
import { defineKernel } from '../gpu/kernel';
import { tableOf } from '../gpu/tables';
import { rootsOfUnity } from '../math/fft';

const kernel = defineKernel({
  name: 'fft_workgroup',
  code,
  params: {
    n: 'u32',
    columns: 'u32',
    blocks: 'u32',
    done: 'u32',
    row_in: 'u32',
    sign: 'f32',
    scale_re: 'f32',
    scale_im: 'f32',
    rows: 'u32',
    group0: 'u32',
  },
  buffers: { x: 'read', outer: 'read', inner: 'read', y: 'write' },
  grid: ({ blocks, rows }) => [blocks, rows],
  cost: ({ n, columns, rows }) => ({
    flop: 5 * n * rows * Math.log2(n / columns),
    bytes: 16 * n * rows,
  }),
  split: 'y',
});

/** Numbers that a workgroup holds: 16 KiB. */
const HELD = 2048;
const LONGEST = 2 ** 20;

/** Whether these passes serve a batch of transforms. */
export const fitsWorkgroup = (n: number, rows: number): boolean =>
  n >= 8 && n <= LONGEST && rows <= 65535 && Number.isInteger(Math.log2(n));

export interface WorkgroupTransform {
  n: number;
  rows: number;
  rowIn: number;
  inverse: boolean;
  scale: number;
  into: Tensor;
}

const roots = (home: GpuHome, n: number): Tensor =>
  tableOf(home, `all roots ${n}`, [n], 'c64', () => rootsOfUnity(n));

/** Transform of x into `into`; `held` numbers a workgroup. */
export async function workgroupTransform(
  home: GpuHome,
  x: Tensor,
  { n, rows, rowIn, inverse, scale, into }: WorkgroupTransform,
  held = HELD,
): Promise<Tensor> {
  const bits = Math.log2(n);
  const passes = Math.ceil(bits / Math.log2(held));
  const outer = roots(home, n);
  let origin = x;
  let done = 1;
  for (let pass = 0; pass < passes; pass++) {
    // Nearly equal factors, the larger first.
    const R = 2 ** (Math.floor(((pass + 1) * bits) / passes) - Math.floor((pass * bits) / passes));
    const isLast = pass === passes - 1;
    const to = isLast ? into : home.empty([rows, n], 'c64');
    const columns = n / R;
    const COLUMNS = Math.min(columns, held / R);
    const factor = isLast ? scale : 1;
    const job = {
      n,
      columns,
      blocks: Math.ceil(columns / COLUMNS),
      done,
      row_in: pass === 0 ? rowIn : n,
      sign: inverse ? -1 : 1,
      scale_re: factor,
      scale_im: isLast && inverse ? -factor : factor,
      rows,
    };
    const constants = { R, COLUMNS, TOTAL: R * COLUMNS, LANES: (R * COLUMNS) / 8 };
    await kernel.run(home, job, { x: origin, outer, inner: roots(home, R), y: to }, { constants });
    if (origin !== x) home.release(origin);
    origin = to;
    done *= R;
  }
  return into;
}
