import { expect, test } from 'vitest';
import { homes } from '../gpu/testing';
import {
  frobenius,
  identity,
  type Matrix,
  matmul,
  matrix,
  scaleColumns,
  subtract,
  transpose,
} from '../math/linalg';
import { singularValues } from '../math/svd';
import { normals } from '../math/threefry';
import { jacobiRows, type RowSvd } from './jacobi';
import type { Team } from './teams';

const EPS = 2 ** -23;
const teams: Team[] = ['lanes', 'workgroup'];

async function check(rows: Matrix[], found: RowSvd): Promise<void> {
  const [n, m] = [rows[0].rows, rows[0].cols];
  const bound = 10 * m * EPS;
  const read = async (name: 'ut' | 's' | 'vt'): Promise<Float64Array> =>
    Float64Array.from(await found[name].home.read(found[name]));
  const [uts, ss, vts] = [await read('ut'), await read('s'), await read('vt')];
  for (const [i, b] of rows.entries()) {
    const ut = matrix(n, m, uts.slice(i * n * m, (i + 1) * n * m));
    const vt = matrix(n, n, vts.slice(i * n * n, (i + 1) * n * n));
    const s = ss.slice(i * n, (i + 1) * n);
    const want = singularValues(b);
    s.forEach((x, k) => {
      expect(Math.abs(x - want[k])).toBeLessThanOrEqual(bound * want[0]);
    });
    const loss = (q: Matrix): number => {
      const gram = matmul(q, q, { transposeB: true });
      if (q === ut) for (let k = 0; k < n; k++) if (s[k] === 0) gram.data[k * (n + 1)] = 1;
      return frobenius(subtract(gram, identity(n)));
    };
    expect(loss(ut)).toBeLessThanOrEqual(bound);
    expect(loss(vt)).toBeLessThanOrEqual(bound);
    const product = matmul(scaleColumns(transpose(vt), s), ut);
    expect(frobenius(subtract(product, b))).toBeLessThanOrEqual(bound * frobenius(b));
  }
}

for (const team of teams) {
  test.each([
    [1, 1, 1],
    [1, 7, 2],
    [2, 2, 3],
    [3, 3, 5],
    [16, 17, 4],
    [31, 33, 2],
    [64, 64, 1],
    [65, 65, 1],
    ...(team === 'lanes' ? [[100, 101, 1]] : []),
  ])(`rotates %i rows of %i, %i matrices at once, in a team of ${team}`, async (n, m, count) => {
    const { gpu } = await homes();
    const rows = Array.from({ length: count }, (_, i) =>
      matrix(n, m, Float32Array.from(normals(31, i, n * m))),
    );
    const shape = count === 1 ? [n, m] : [count, n, m];
    const all = rows.flatMap((item) => [...item.data]);
    const found = await jacobiRows(gpu.tensor(shape, all), { team });
    await check(rows, found);
    const info = await gpu.read(found.info);
    for (let i = 0; i < count; i++) {
      expect(info[2 * i]).toBeLessThan(n < 4 ? 8 : 16);
      expect(info[2 * i + 1]).toBe(0);
    }
  });

  test(`counts the zero values of a team of ${team}, and leaves their vectors zero`, async () => {
    const { gpu } = await homes();
    const rows = matrix(4, 5, [1, 2, 3, 4, 5, 0, 0, 0, 0, 0, 5, 4, 3, 2, 1, 0, 0, 0, 0, 0]);
    const found = await jacobiRows(gpu.tensor([4, 5], rows.data), { team });
    await check([rows], found);
    expect((await gpu.read(found.info))[1]).toBe(2);
    expect([...(await gpu.read(found.ut)).subarray(10)].every((x) => x === 0)).toBe(true);
  });

  test(`a team of ${team} stops at the limit of sweeps`, async () => {
    const { gpu } = await homes();
    for (const n of team === 'lanes' ? [20, 70] : [20]) {
      const { info } = await jacobiRows(gpu.tensor([n, n], normals(32, 0, n * n)), { team, maxSweeps: 3 });
      expect((await gpu.read(info))[0]).toBe(3);
    }
  });
}

test('refuses what does not fit', async () => {
  const { gpu } = await homes();
  await expect(jacobiRows(gpu.tensor([5, 3]))).rejects.toThrow('5 x 3 has more rows than columns');
  await expect(jacobiRows(gpu.tensor([2, 65, 65]))).rejects.toThrow('at most 64 rows, not 65');
});
