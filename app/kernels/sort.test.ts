import { expect, test } from 'vitest';
import { cpuData } from '../gpu/cpuhome';
import { homes } from '../gpu/testing';
import { integers, normals } from '../math/threefry';
import { argsort, type SortVariant, sort, sortPairs, sumsBefore } from './sort';

const shapes: number[][] = [
  [1],
  [2],
  [3],
  [7],
  [255],
  [1023],
  [1024],
  [1025],
  [4099],
  [3, 700],
  [5, 1],
  [2, 2, 513],
];
// A workgroup kernel takes a software adapter seconds, so it meets the edges of its tile only.
const tiled = [[1], [1023], [1025], [3, 700]];
const cases = (['serial', 'workgroup'] satisfies SortVariant[]).flatMap((variant) =>
  (variant === 'serial' ? shapes : tiled).map((shape) => ({ variant, shape, text: shape.join(' x ') })),
);

const sizeOf = (shape: number[]) => shape.reduce((a, b) => a * b, 1);

/** Few distinct values among many, both zeros, infinities. */
function floats(size: number): Float32Array {
  const specials = [0, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e-45, -1e-45, 3.4e38];
  return Float32Array.from(normals(31, 0, size), (x, i) =>
    i % 5 === 0 ? specials[(i / 5) % 7] : i % 3 === 0 ? Math.round(x) : x,
  );
}

test.each(cases)(
  'the $variant variant sorts $text floats both ways, in the order of their bits',
  async ({ variant, shape }) => {
    const { gpu, cpu } = await homes();
    const x = floats(sizeOf(shape));
    for (const descending of [false, true]) {
      await gpu.scope(async () => {
        const options = { descending, variant };
        const a = gpu.tensor(shape, x);
        const b = cpu.tensor(shape, x);
        const got = await gpu.read(await sort(a, options));
        const want = cpuData(await sort(b, options));
        expect(got.findIndex((value, i) => !Object.is(value, want[i]))).toBe(-1);
        expect([...(await gpu.read(await argsort(a, options)))]).toEqual([
          ...cpuData(await argsort(b, options)),
        ]);
      });
    }
    expect(gpu.bytes).toBe(0);
  },
);

test.each(cases)(
  'the $variant variant sorts $text pairs stably, and only as many bits as are said',
  async ({ variant, shape }) => {
    const { gpu } = await homes();
    const size = sizeOf(shape);
    const keys = integers(32, 0, size, 50);
    const values = Float32Array.from({ length: size }, (_, i) => i);
    const result = await sortPairs(gpu.tensor(shape, keys, 'u32'), gpu.tensor(shape, values), {
      variant,
      bits: 6,
    });
    const [got, moved] = [await gpu.read(result.keys), await gpu.read(result.values)];
    const n = shape[shape.length - 1];
    const isWrong = (key: number, i: number) =>
      key !== keys[moved[i]] ||
      Math.floor(moved[i] / n) !== Math.floor(i / n) ||
      (i % n > 0 && !(got[i - 1] < key || (got[i - 1] === key && moved[i - 1] < moved[i])));
    expect([...got].findIndex(isWrong)).toBe(-1);
    expect(new Set(moved).size).toBe(size);
  },
);

test('every NaN comes last, whichever way', async () => {
  const { gpu, cpu } = await homes();
  const x = Float32Array.of(1, Number.NaN, -3, Number.POSITIVE_INFINITY, Number.NaN, -0, 0);
  for (const descending of [false, true]) {
    const got = await gpu.read(await argsort(gpu.tensor([7], x), { descending }));
    expect([...got]).toEqual([...cpuData(await argsort(cpu.tensor([7], x), { descending }))]);
    expect([...got].slice(5)).toEqual([1, 4]);
    const sorted = await gpu.read(await sort(gpu.tensor([7], x), { descending }));
    expect([...sorted].slice(5)).toEqual([Number.NaN, Number.NaN]);
  }
});

test.each(['serial', 'workgroup'] satisfies SortVariant[])(
  'sums before in lines of up to 2500: %s',
  async (variant) => {
    const { gpu } = await homes();
    for (const [lines, chunks] of [
      [1, 1],
      [3, 5],
      [2, 1023],
      [2, 1025],
      [1, 2500],
    ]) {
      const counts = integers(33, 0, lines * chunks, 9);
      const tally = gpu.tensor([lines, chunks], counts, 'u32');
      const totals = await gpu.read(await sumsBefore(gpu, tally, lines, chunks, variant));
      let sum = 0;
      const want = counts.map((count, i) => {
        const before = i % chunks === 0 ? 0 : sum;
        sum = before + count;
        return before;
      });
      expect([...(await gpu.read(tally))]).toEqual([...want]);
      totals.forEach((total, line) => {
        const end = (line + 1) * chunks;
        expect(total).toBe(want[end - 1] + counts[end - 1]);
      });
    }
  },
);

test('an empty tensor stays empty, values must fit', async () => {
  const { gpu } = await homes();
  expect((await sort(gpu.tensor([0]))).shape).toEqual([0]);
  await expect(sortPairs(gpu.tensor([3]), gpu.tensor([2]))).rejects.toThrow(
    'sortPairs: 2 values do not fit 3 keys',
  );
});
