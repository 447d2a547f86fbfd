import { expect, test } from 'vitest';
import { gemmVariant } from '../kernels/gemm_variants';
import { matmul } from '../kernels/matmul';
import { layerNorm } from '../kernels/norm';
import { softmax } from '../kernels/softmax';
import { transpose } from '../kernels/transpose';
import { normals } from '../math/threefry';
import type { GpuHome } from './gpuhome';
import { adjustablesOf, changedOverrides, withOverride } from './overrides';
import { homes } from './testing';

const CODE = `override TILE: u32 = 16; //! one of 4, 8, 16: edge of a tile
override WIDE = false;
override OTHER: f32 = 0.5;
`;

test('constants that may be adjusted are read, set, and told from the original', () => {
  expect(adjustablesOf(CODE)).toEqual([
    { name: 'TILE', value: 16, allowed: [4, 8, 16], says: 'edge of a tile' },
  ]);
  const edited = withOverride(CODE, 'TILE', 8);
  expect(edited).toBe(CODE.replace('= 16;', '= 8;'));
  expect(changedOverrides(CODE, edited)).toEqual({ TILE: 8 });
  expect(changedOverrides(CODE, edited.replace('false', 'true'))).toEqual({ TILE: 8, WIDE: 1 });
  expect(changedOverrides(CODE, CODE)).toEqual({});
});

const sources = import.meta.glob<string>('../../shaders/*.wgsl', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const [M, N, K] = [37, 29, 21];
const numbers = (stream: number, size: number) => Float32Array.from(normals(3, stream, size));
const job = { m: M, n: N, k: K, count: 1, aRow: K, aCol: 1, bRow: N, bCol: 1, splits: 1 };

/** Runs the operation behind each adjustable kernel that a software adapter compiles quickly. */
const runs: Readonly<Record<string, (home: GpuHome) => Promise<unknown>>> = {
  gemm: (home) =>
    matmul(home.tensor([M, K], numbers(0, M * K)), home.tensor([K, N], numbers(1, K * N)), {
      variant: 'register',
    }),
  gemm_naive: (home) =>
    gemmVariant(
      home,
      'naive',
      job,
      home.tensor([M * K], numbers(0, M * K)),
      home.tensor([K * N], numbers(1, K * N)),
    ),
  gemm_tiled: (home) =>
    gemmVariant(
      home,
      'tiled',
      job,
      home.tensor([M * K], numbers(0, M * K)),
      home.tensor([K * N], numbers(1, K * N)),
    ),
  softmax: (home) => softmax(home.tensor([M, N], numbers(0, M * N)), { variant: 'rows' }),
  softmax_blocks: (home) => softmax(home.tensor([M, 32], numbers(0, M * 32)), { variant: 'blocks' }),
  normalize_rows: (home) => layerNorm(home.tensor([M, N], numbers(0, M * N)), { variant: 'rows' }),
  transpose_any: (home) => transpose(home.tensor([M, N], numbers(0, M * N)), { variant: 'any' }),
  transpose_vec4: (home) => transpose(home.tensor([36, 28], numbers(0, 36 * 28)), { variant: 'vec4' }),
};

const cases = Object.entries(runs).flatMap(([kernel, run]) => {
  const code = sources[`../../shaders/${kernel}.wgsl`];
  return adjustablesOf(code).flatMap(({ name, allowed }) =>
    allowed.map((value) => ({ kernel, run, name, value, code: withOverride(code, name, value) })),
  );
});

test.each(cases)(
  '$kernel is right with $name = $value, every entry written',
  async ({ kernel, run, code }) => {
    const ratios: number[] = [];
    const { gpu } = await homes({
      verify: true,
      edits: { [kernel]: code },
      onVerified: ({ ratio }) => ratios.push(ratio),
    });
    await run(gpu);
    expect(ratios.length).toBeGreaterThan(0);
    expect(Math.max(...ratios)).toBeLessThanOrEqual(1);
    gpu.dispose();
  },
);

test('every allowed value is one, ascending, the default among them', () => {
  for (const [file, code] of Object.entries(sources)) {
    for (const { name, value, allowed } of adjustablesOf(code)) {
      expect(allowed, `${file} ${name}`).toContain(value);
      expect(allowed).toEqual([...allowed].sort((a, b) => a - b));
    }
  }
});
