/**
 * Scans of contiguous lines for GPUs: tiles in workgroup memory or by subgroups, totals first (reduce, then scan;
 * 12 bytes a number), or in a single pass that looks back (8 bytes). The quickest that passes a self-test on the
 * device's first use; never on a software adapter.
 */

import lookbackCode from '../../shaders/scan_lookback.wgsl?raw';
import tilesCode from '../../shaders/scan_tiles.wgsl?raw';
import subgroupCode from '../../shaders/scan_tiles_subgroup.wgsl?raw';
import type { GpuHome } from '../gpu/gpuhome';
import type { Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';

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

const lookbackKernel = defineKernel({
  name: 'scan_lookback',
  code: lookbackCode,
  params: { n: 'u32', tiles: 'u32', exclusive: 'u32', lines: 'u32' },
  buffers: { x: 'read', y: 'write', state: 'write' },
  grid: ({ tiles, lines }) => linearGrid(tiles * lines, 1),
  cost: ({ n, lines }) => ({ flop: 2 * n * lines, bytes: 8 * n * lines }),
});

export type TileVariant = keyof typeof KERNELS | 'lookback';

/** Invocations of a workgroup; a tile has 16 numbers for each. */
const LANES = 256;
/** Looks at a tile that has not published its total before it is computed from its numbers. */
const PATIENCE = 4;

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
  patience = PATIENCE,
): Promise<void> {
  const tiles = Math.ceil(n / (16 * lanes));
  if (variant === 'lookback') {
    const state = home.tensor([1 + 2 * tiles * lines], undefined, 'u32');
    const job = { n, tiles, lines, exclusive: exclusive ? 1 : 0 };
    const constants = { OP: op, LANES: lanes, PATIENCE: patience };
    await lookbackKernel.run(home, job, { x, y, state }, { constants });
    home.release(state);
    return;
  }
  const kernel = KERNELS[variant];
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

/** Numbers of the self-test: enough tiles that a look back has to go far. */
const TEST = 64 * 16 * LANES + 256;
const trusted = new WeakMap<GPUDevice, Promise<TileVariant>>();

/**
 * The quickest variant that works on this device. Subgroups are assumed to lie in order within a workgroup, which
 * WGSL does not promise, and looking back leans on atomics across workgroups: a scan of known numbers over 64 tiles
 * tells, once a device.
 */
export function tileVariant(home: GpuHome): Promise<TileVariant> {
  let found = trusted.get(home.device);
  if (!found) {
    found = firstThatWorks(home);
    trusted.set(home.device, found);
  }
  return found;
}

async function firstThatWorks(home: GpuHome): Promise<TileVariant> {
  if (!home.device.features.has('subgroups')) return 'workgroup';
  for (const variant of ['lookback', 'subgroup'] as const) {
    if (await selfTest(home, variant, LANES, TEST).catch(() => false)) return variant;
  }
  return 'workgroup';
}

/** Whether a variant gives the sums of known numbers, `count` of them. */
export function selfTest(
  home: GpuHome,
  variant: TileVariant,
  lanes: number,
  count: number,
): Promise<boolean> {
  return home.scope(async () => {
    // Whole numbers with sums below 2^24, which float32 holds exactly in whatever order they are made.
    const numbers = Float32Array.from({ length: count }, (_, i) => (i * 7919) % 59);
    const [x, y] = [home.tensor([count], numbers), home.empty([count])];
    await scanTiles(home, x, y, { n: count, lines: 1, op: 0, exclusive: false }, variant, lanes);
    const got = await home.read(y);
    let sum = 0;
    return numbers.every((value, i) => {
      sum += value;
      return got[i] === sum;
    });
  });
}
