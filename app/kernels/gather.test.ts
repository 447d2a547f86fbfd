import { expect, test } from 'vitest';
import { cpuData } from '../gpu/cpuhome';
import type { Home, Tensor } from '../gpu/home';
import { homes } from '../gpu/testing';
import { integers, normals, permutation } from '../math/threefry';
import {
  compactRows,
  countingSort,
  gatherRows,
  keptBy,
  randomPermutation,
  scatterAdd,
  scatterRows,
} from './gather';
import { histogram } from './histogram';

const sizes = [1, 2, 3, 63, 64, 65, 255, 257, 1031, 5000];

/** The same in both homes. */
async function both(body: (home: Home) => Promise<Tensor>) {
  const { gpu, cpu } = await homes();
  const got = Array.from(await gpu.read(await gpu.scope(() => body(gpu))));
  return { got, want: Array.from(cpuData(await body(cpu))) };
}

test.each(sizes)(
  'a permutation of %i is that of the CPU, bit for bit, from anywhere in the stream',
  async (n) => {
    for (const start of [0, 77]) {
      const { got, want } = await both((home) => randomPermutation(home, n, 5, 9, start));
      expect(got).toEqual(want);
      expect(got).toEqual([...permutation(5, 9, n, start)]);
      expect(new Set(got).size).toBe(n);
    }
  },
);

test.each(sizes)('counting sort of %i keys is stable and knows where buckets begin', async (n) => {
  const keys = integers(8, 0, n, 11);
  const { gpu } = await homes();
  const { order, starts } = await countingSort(gpu.tensor([n], keys, 'u32'), 13);
  const [at, from] = [await gpu.read(order), await gpu.read(starts)];
  const want = [...keys.keys()].sort((i, j) => keys[i] - keys[j] || i - j);
  expect([...at]).toEqual(want);
  expect(from.length).toBe(14);
  for (let b = 0; b <= 13; b++) expect(from[b]).toBe(keys.filter((key) => key < b).length);
});

test.each(sizes)('rows are gathered and scattered exactly, %i of them', async (n) => {
  for (const width of [1, 3, 64]) {
    const a = normals(9, 0, 50 * width);
    const index = Uint32Array.from(integers(9, 1, n, 60)); // some past the end
    const gathered = await both((home) =>
      gatherRows(home.tensor([50, width], a), home.tensor([n], index, 'u32')),
    );
    expect(gathered.got).toEqual(gathered.want);
    const rows = normals(9, 2, n * width);
    const places = permutation(9, 3, n + 7).slice(0, n);
    const scattered = await both((home) =>
      scatterRows(
        home.tensor([n, width], rows),
        home.tensor([n], places, 'u32'),
        home.tensor([n + 3, width], new Float32Array((n + 3) * width).fill(5)),
      ),
    );
    expect(scattered.got).toEqual(scattered.want);
  }
});

test.each(sizes)('adds %i rows to their buckets within the bound of a sum in order', async (n) => {
  const { gpu, cpu } = await homes({ verify: true });
  const [a, keys] = [normals(10, 0, n * 5), integers(10, 1, n, 7)];
  // Every operation inside is compared with its twin as it goes.
  const got = await gpu.read(await scatterAdd(gpu.tensor([n, 5], a), gpu.tensor([n], keys, 'u32'), 8));
  const want = cpuData(await scatterAdd(cpu.tensor([n, 5], a), cpu.tensor([n], keys, 'u32'), 8));
  got.forEach((value, i) => {
    expect(Math.abs(value - want[i])).toBeLessThanOrEqual(n * 2 ** -24 * 5 * n);
  });
  expect([...got.subarray(35)]).toEqual([0, 0, 0, 0, 0]); // nobody's bucket
});

test.each(sizes)('a mask over %i keeps what is not zero, in order; -0 is zero', async (n) => {
  const mask = Float32Array.from(integers(11, 0, n, 3), (value) => (value === 0 ? -0 : value - 1));
  const { got, want } = await both((home) => keptBy(home.tensor([n], mask)));
  expect(got).toEqual(want);
  const words = await both((home) => keptBy(home.tensor([n], Uint32Array.from(mask), 'u32')));
  expect(words.got).toEqual(words.want);
  const rows = await both((home) =>
    compactRows(home.tensor([n, 2], normals(11, 1, 2 * n)), home.tensor([n], mask)),
  );
  expect(rows.got).toEqual(rows.want);
});

test('masks that keep none or all, and empty ones', async () => {
  for (const mask of [[], [0, 0, 0], [1, 1, 1]]) {
    const { got } = await both((home) => keptBy(home.tensor([mask.length], mask)));
    expect(got).toEqual(mask.flatMap((value, i) => (value ? [i] : [])));
  }
  const { gpu } = await homes();
  await expect(compactRows(gpu.tensor([2, 2]), gpu.tensor([3]))).rejects.toThrow('it needs 2 entries');
  await expect(histogram(gpu.tensor([2], [0, 1], 'u32'), 0)).rejects.toThrow('0 bins');
});
