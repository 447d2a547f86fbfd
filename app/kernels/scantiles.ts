/**
 * Scans of contiguous lines for GPUs: tiles in workgroup memory or by subgroups, totals first (reduce, then scan;
 * 12 bytes a number). Chosen by what the device has and by a self-test on its first use; never on a software
 * adapter.
 */

import tilesCode from '../../shaders/scan_tiles.wgsl?raw';
import subgroupCode from '../../shaders/scan_tiles_subgroup.wgsl?raw';
import type { GpuHome } from '../gpu/gpuhome';
import type { Tensor } from '../gpu/home';
import { defineKernel } from '../gpu/kernel';

const params = {
  n: 'u32',
  tiles: 'u32',
  stride: 'u32',
  exclusive: 'u32',
  lines: 'u32',
  group0: 'u32',
} as const;

const tilesOf = (name: string, code: string) =>
  defineKernel({
    name,
    code,
    params,
    buffers: { x: 'read', before: 'read', y: 'write', totals: 'write' },
    grid: ({ tiles, lines }) => [tiles, lines],
    cost: ({ n, lines }) => ({ flop: 2 * n * lines, bytes: 8 * n * lines }),
    split: 'y',
  });

const KERNELS = {
  workgroup: tilesOf('scan_tiles', tilesCode),
  subgroup: tilesOf('scan_tiles_subgroup', subgroupCode),
};

export type TileVariant = keyof typeof KERNELS;

/** Invocations of a workgroup; a tile has 16 numbers for each. */
const LANES = 256;

export interface TileScan {
  /** Length of a line, a multiple of 4. */
  n: number;
  lines: number;
  op: number;
  exclusive: boolean;
}

/** Most workgroups along one side of a grid. */
const GRID = 65535;

export const fitsTiles = (n: number, lines: number): boolean =>
  n % 4 === 0 && lines <= GRID && Math.ceil(n / (16 * LANES)) <= GRID;

/** y = scan of x, both lines x n, contiguous. */
export async function scanTiles(
  home: GpuHome,
  x: Tensor,
  y: Tensor,
  { n, lines, op, exclusive }: TileScan,
  variant: TileVariant,
  lanes = LANES,
): Promise<void> {
  const kernel = KERNELS[variant];
  const tiles = Math.ceil(n / (16 * lanes));
  // Lines of totals are read as vec4f too; what fills them up comes after all that counts.
  const stride = 4 * Math.ceil(tiles / 4);
  const job = { n, tiles, stride, lines, exclusive: exclusive ? 1 : 0 };
  const run = (WHAT: number, before: Tensor, to: Tensor, totals: Tensor) =>
    kernel.run(home, job, { x, before, y: to, totals }, { constants: { OP: op, LANES: lanes, WHAT } });
  const unused = [home.empty([4]), home.empty([4])];
  if (tiles === 1) {
    await run(1, x, y, unused[0]);
  } else {
    const [totals, before] = [home.empty([lines, stride]), home.empty([lines, stride])];
    await run(0, x, unused[0], totals);
    await scanTiles(home, totals, before, { n: stride, lines, op, exclusive: false }, variant, lanes);
    await run(1, before, y, unused[0]);
    for (const t of [totals, before]) home.release(t);
  }
  for (const t of unused) home.release(t);
}

/** A scan is trusted on a device once it has given these sums. */
const TEST = 16 * LANES + 256;
const trusted = new WeakMap<GPUDevice, Promise<TileVariant>>();

/**
 * The quickest variant that works on this device. Subgroups are assumed to lie in order within a workgroup, which
 * WGSL does not promise: a scan of known numbers over two tiles tells, once a device.
 */
export function tileVariant(home: GpuHome): Promise<TileVariant> {
  let found = trusted.get(home.device);
  if (!found) {
    const hasSubgroups = home.device.features.has('subgroups');
    found = hasSubgroups ? selfTest(home).catch(() => 'workgroup' as const) : Promise.resolve('workgroup');
    trusted.set(home.device, found);
  }
  return found;
}

async function selfTest(home: GpuHome): Promise<TileVariant> {
  return home.scope(async () => {
    // Whole numbers: their sums are exact in float32, in whatever order.
    const numbers = Float32Array.from({ length: TEST }, (_, i) => (i * 7919) % 101);
    const [x, y] = [home.tensor([TEST], numbers), home.empty([TEST])];
    await scanTiles(home, x, y, { n: TEST, lines: 1, op: 0, exclusive: false }, 'subgroup');
    const got = await home.read(y);
    let sum = 0;
    const isRight = numbers.every((value, i) => {
      sum += value;
      return got[i] === sum;
    });
    return isRight ? 'subgroup' : 'workgroup';
  });
}
