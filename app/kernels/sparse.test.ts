import { expect, test } from 'vitest';
import { cpuData } from '../gpu/cpuhome';
import { hardwareLike, homes } from '../gpu/testing';
import { integers, normals } from '../math/threefry';
import { matmul } from './matmul';
import { csrDense, csrMatmul, toCsr, toTwoFour, twoFourDense, twoFourMatmul } from './sparse';

const shapes: [number, number, number][] = [
  [1, 1, 1],
  [1, 4, 3],
  [3, 8, 1],
  [31, 33, 7],
  [64, 64, 64],
  [65, 36, 5],
  [7, 131, 66],
  [2, 300, 2],
];

/** Most entries zero, some rows wholly; few distinct sizes, so that equal ones meet. */
const sparse = (m: number, k: number): Float64Array =>
  normals(51, 0, m * k).map((x, i) =>
    Math.floor(i / k) % 5 === 4 || i % 3 !== 0 ? 0 : Math.round(4 * x) / 4,
  );

test.each(shapes)(
  'CSR of %i x %i, back again, and times %i columns, all against float64',
  async (m, k, n) => {
    // verify compares every operation with its twin, in its own bound.
    const { gpu, cpu } = await homes({ verify: true });
    const [a, b] = [sparse(m, k), normals(51, 1, k * n)];
    await gpu.scope(async () => {
      const csr = await toCsr(gpu.tensor([m, k], a));
      expect(csr.values.shape).toEqual([a.filter((x) => x !== 0).length]);
      expect([...(await gpu.read(await csrDense(csr)))]).toEqual([...a].map((x) => x + 0));
      await csrMatmul(csr, gpu.tensor([k, n], b), { variant: 'tiled' });
      const got = await gpu.read(await csrMatmul(csr, gpu.tensor([k, n], b)));
      const want = cpuData(await matmul(cpu.tensor([m, k], a), cpu.tensor([k, n], b)));
      const sizes = cpuData(
        await matmul(cpu.tensor([m, k], a.map(Math.abs)), cpu.tensor([k, n], b.map(Math.abs))),
      );
      got.forEach((value, i) => {
        expect(Math.abs(value - want[i])).toBeLessThanOrEqual((k + 1) * 2 ** -24 * sizes[i]);
      });
    });
    expect(gpu.bytes).toBe(0);
  },
);

test.each(shapes.map(([m, k, n]) => [m, 4 * Math.ceil(k / 4), n]))(
  '2:4 of %i x %i keeps the two largest of every four, and multiplies %i columns within its bound',
  async (m, k, n) => {
    const { gpu } = await homes({ verify: true });
    const a = Float32Array.from(integers(52, 0, m * k, 9), (x) => x - 4); // ties in plenty
    const b = normals(52, 1, k * n);
    await gpu.scope(async () => {
      const kept = await toTwoFour(gpu.tensor([m, k], a));
      const dense = await gpu.read(await twoFourDense(kept));
      for (let at = 0; at < m * k; at += 4) {
        const sizes = [...a.subarray(at, at + 4)].map(Math.abs).sort((x, y) => y - x);
        const left = [...dense.subarray(at, at + 4)].map(Math.abs).sort((x, y) => y - x);
        expect(left).toEqual([sizes[0], sizes[1], 0, 0]);
        for (let t = at; t < at + 4; t++) if (dense[t] !== 0) expect(dense[t]).toBe(a[t]);
      }
      await twoFourMatmul(kept, gpu.tensor([k, n], b), { variant: 'tiled' });
      const got = await gpu.read(await twoFourMatmul(kept, gpu.tensor([k, n], b)));
      expect(got.length).toBe(m * n);
      expect([...got].every(Number.isFinite)).toBe(true);
    });
  },
);

test('a GPU multiplies by tiles', async () => {
  const gpu = await hardwareLike({ verify: true });
  const b = gpu.tensor([8, 3], normals(53, 0, 24));
  await gpu.timings();
  await csrMatmul(await toCsr(gpu.tensor([5, 8], sparse(5, 8))), b);
  await twoFourMatmul(await toTwoFour(gpu.tensor([5, 8], normals(53, 1, 40))), b);
  const ran = (await gpu.timings()).map(({ kernel }) => kernel);
  expect(ran).toEqual(expect.arrayContaining(['csr_tiled', 'two_four_tiled']));
});

test('an empty matrix has no entries, and its product is zero', async () => {
  const { gpu } = await homes();
  const csr = await toCsr(gpu.tensor([3, 4]));
  expect(csr.values.shape).toEqual([0]);
  expect([...(await gpu.read(await csrMatmul(csr, gpu.tensor([4, 2], [1, 2, 3, 4, 5, 6, 7, 8]))))]).toEqual([
    0, 0, 0, 0, 0, 0,
  ]);
});

test('refuses what does not fit', async () => {
  const { gpu } = await homes();
  await expect(toTwoFour(gpu.tensor([2, 6]))).rejects.toThrow('no multiple of 4');
  await expect(csrMatmul(await toCsr(gpu.tensor([2, 3])), gpu.tensor([2, 3]))).rejects.toThrow(
    'cannot multiply 2 x 3 by 2 x 3',
  );
  await expect(twoFourMatmul(await toTwoFour(gpu.tensor([2, 4])), gpu.tensor([3, 3]))).rejects.toThrow(
    'cannot multiply 2 x 4 by 3 x 3',
  );
});
