import { expect, test } from 'vitest';
import { Cache } from '../../../experiment/cache';
import { quickValues } from '../../../experiment/values';
import { homes } from '../../../gpu/testing';
import { matmul, matrix } from '../../../math/linalg';
import { svd } from '../../../math/svd';
import { basisOf } from '../../../testbeds/lowrank';
import type { Lab } from '../../method';
import rsvd from '../rsvd';
import { anglesFigure, powerCurve } from './angles';
import { bedOf, optionsOf, type RsvdValues } from './values';

/** The points that have angles. */
const anglesOf = async (...of: Parameters<typeof powerCurve>) =>
  (await powerCurve(...of)).flatMap(({ power, angles }) => (angles ? [{ power, ...angles }] : []));

async function setting(kind: 'gpu' | 'cpu', more: Partial<RsvdValues> = {}) {
  const home = (await homes({ poison: false }))[kind];
  const cache = new Cache(home);
  const lab = {
    home,
    data: null,
    cached: (key: string, make: () => Promise<unknown>) => cache.get(key, make),
    step: async () => {},
  } as unknown as Lab;
  const v = { ...(quickValues(rsvd) as unknown as RsvdValues), ...more };
  return { home, lab, v, bed: await bedOf(lab, v) };
}

test.each(['gpu', 'cpu'] as const)(
  'the sines are those of the cosines of float64, in the %s home',
  async (kind) => {
    const { home, lab, v, bed } = await setting(kind);
    const points = await anglesOf(lab, v, bed);
    expect(points.map(({ power }) => power)).toEqual([0, 1, 2, 3, 4]);
    const { u } = svd(matrix(bed.rows, bed.cols, new Float64Array(bed.values)));
    const leading = matrix(bed.rows, v.rank);
    for (let i = 0; i < bed.rows; i++)
      for (let j = 0; j < v.rank; j++) leading.data[i * v.rank + j] = u.data[i * u.cols + j];
    for (const scheme of ['rsvd', 'krylov'] as const) {
      const q = await basisOf(bed, scheme, optionsOf(v, bed, v.rank, 0));
      const basis = matrix(bed.rows, q.shape[1], new Float64Array(await home.read(q)));
      const { s } = svd(matmul(basis, leading, { transposeA: true }));
      const least = s[s.length - 1];
      // The angle of no power is wide: a cosine tells it well.
      expect(points[0].largest[scheme]).toBeCloseTo(Math.sqrt(1 - least * least), 4);
    }
  },
);

test('angles close with every iteration, at the rate of theory, and sooner with block Krylov', async () => {
  const { lab, v, bed } = await setting('cpu', { spectrum: 'exp', rate: 0.1, noise: 0 });
  const points = await anglesOf(lab, v, bed);
  const { width } = optionsOf(v, bed);
  const figure = anglesFigure(points, bed.sigma, { rank: v.rank, width });
  const rate = ((bed.sigma?.[width] ?? 0) / (bed.sigma?.[v.rank - 1] ?? 1)) ** 2;
  const tangent = (sine: number): number => sine / Math.sqrt(1 - sine * sine);
  for (const [i, { largest }] of points.entries()) {
    expect(largest.krylov).toBeLessThanOrEqual(largest.rsvd * (1 + 1e-9));
    if (i === 0) continue;
    // Until float32, in which the matrix itself is given, is reached.
    const least = Math.max(tangent(points[i - 1].largest.rsvd) * rate * 1.01, 1e-6);
    expect(tangent(largest.rsvd)).toBeLessThanOrEqual(least);
  }
  expect(figure.series.map(({ key }) => key)).toEqual(['rsvd', 'krylov', 'mean', 'theory']);
  expect(figure.summary).toContain(`singular values ${v.rank} and ${width + 1}`);
});

test('no angles where the exact vectors would take too long', async () => {
  const { lab, v, bed } = await setting('cpu');
  const points = await powerCurve(lab, v, { ...bed, rows: 2000, cols: 600 });
  expect(points.map(({ angles }) => angles)).toEqual([null, null, null, null, null]);
  for (const { error } of points) expect(error.krylov).toBeLessThanOrEqual(error.rsvd);
});
