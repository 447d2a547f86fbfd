/**
 * How far the basis that a scheme finds is from the best one: the principal angles between its range and the span of
 * the leading k left singular vectors (Golub and Van Loan, 6.4.3), after each power iteration.
 */
import { matmul } from '../../../kernels/matmul';
import { project, residual } from '../../../kernels/rangefinder';
import { frobenius } from '../../../kernels/reduce';
import { singularValues } from '../../../kernels/svd';
import { matrix } from '../../../math/linalg';
import { svd } from '../../../math/svd';
import { basisOf } from '../../../testbeds/lowrank';
import type { MatrixBed } from '../../../testbeds/matrix';
import { schemeLabel } from '../../../testbeds/schemes';
import type { LinesFigure } from '../../figures';
import type { Lab } from '../../method';
import { matrixKey, optionsOf, type RsvdValues } from './values';

/** Above this the exact singular vectors would take too long. */
const EXACT_VECTORS = 512;
const MOST_POWERS = 4;

const COMPARED = ['rsvd', 'krylov'] as const;

type Compared = Record<(typeof COMPARED)[number], number>;

/** What one power gives. */
export interface PowerPoint {
  power: number;
  /** Relative error of each scheme at the rank. */
  error: Compared;
  /** Sines of the angles; null where min(m, n) is above 512. */
  angles: Angles | null;
}

export interface Angles {
  /** Sine of the largest principal angle of each scheme. */
  largest: Compared;
  /** Root mean square of the sines of power iteration. */
  mean: number;
}

/** Errors and angles at 0 to 4 power iterations, both from one basis of each scheme. */
export async function powerCurve(lab: Lab, v: RsvdValues, bed: MatrixBed): Promise<readonly PowerPoint[]> {
  const leading = await leadingVectors(lab, v, bed);
  const points: PowerPoint[] = [];
  for (let power = 0; power <= MOST_POWERS; power++) {
    await lab.step(0.83, `error at ${power} power iterations`);
    const [rsvd, krylov] = [
      await measured(v, bed, 'rsvd', power, leading),
      await measured(v, bed, 'krylov', power, leading),
    ];
    points.push({
      power,
      error: { rsvd: rsvd.error, krylov: krylov.error },
      angles: rsvd.sines &&
        krylov.sines && {
          largest: { rsvd: rsvd.sines[0], krylov: krylov.sines[0] },
          mean: Math.hypot(...rsvd.sines) / Math.sqrt(v.rank),
        },
    });
  }
  return points;
}

/** The leading k left singular vectors in float64, m x k; null where they would take too long. */
async function leadingVectors(lab: Lab, v: RsvdValues, bed: MatrixBed): Promise<Float64Array | null> {
  const { rows, cols, values } = bed;
  if (Math.min(rows, cols) > EXACT_VECTORS) return null;
  const u = await lab.cached(
    `${matrixKey(lab, v)} left singular vectors`,
    async () => svd(matrix(rows, cols, new Float64Array(values))).u,
  );
  const leading = new Float64Array(rows * v.rank);
  for (let i = 0; i < rows; i++) leading.set(u.data.subarray(i * u.cols, i * u.cols + v.rank), i * v.rank);
  return leading;
}

/** Relative error of a scheme, and the sines of the angles of its basis to the leading vectors. */
const measured = (
  v: RsvdValues,
  bed: MatrixBed,
  scheme: (typeof COMPARED)[number],
  power: number,
  leading: Float64Array | null,
): Promise<{ error: number; sines: Float64Array | null }> => {
  const { home } = bed.a;
  const k = v.rank;
  return home.scope(async () => {
    const q = await basisOf(bed, scheme, optionsOf(v, bed, k, power));
    const rest = await residual(bed.a, await project(bed.a, q, k));
    const error = (await frobenius(rest)) / (bed.norm || 1);
    if (!leading) return { error, sines: null };
    const best = home.tensor([bed.rows, k], leading);
    // The part of the best basis outside of the range: its singular values are the sines, also of small angles, where
    // one minus the square of a cosine would be rounding.
    const inside = await matmul(q, best, { transposeA: true });
    return {
      error,
      sines: await singularValues(await matmul(q, inside, { alpha: -1, beta: 1, into: best })),
    };
  });
};

/**
 * The sines against power, with the rate of theory: an iteration multiplies the tangent by (sigma_(l+1) / sigma_k)^2
 * at most, l the columns of the sketch (Halko et al. 2011, section 9.3; Saad 2011, theorem 5.2).
 */
export function anglesFigure(
  points: readonly (Angles & { power: number })[],
  sigma: Float64Array | null,
  { rank, width }: { rank: number; width: number },
): LinesFigure {
  const x = points.map(({ power }) => power);
  const ratio = sigma && sigma[rank - 1] > 0 ? (sigma[width] ?? 0) / sigma[rank - 1] : null;
  const start = points[0]?.largest.rsvd ?? 0;
  const rate = ratio === null ? null : ratio ** 2;
  const pace =
    rate === null
      ? ''
      : ` By theory an iteration divides the angle by ${rate > 0 ? (1 / rate).toPrecision(2) : 'any number'}: the ratio of the singular values ${rank} and ${width + 1}, squared.`;
  return {
    kind: 'lines',
    id: 'angles',
    title: 'Angle to the best subspace',
    summary: `Sine of the largest angle between the basis and the leading ${rank} left singular vectors; 0 would be the optimum.${pace}`,
    x: { label: 'power iterations q', scale: 'linear' },
    y: { label: 'sine of the angle', scale: 'log' },
    series: [
      { key: 'rsvd', label: schemeLabel.rsvd, role: 'method', x, y: points.map((p) => p.largest.rsvd) },
      {
        key: 'krylov',
        label: schemeLabel.krylov,
        role: 'baseline',
        x,
        y: points.map((p) => p.largest.krylov),
      },
      {
        key: 'mean',
        label: 'mean angle, power iteration',
        role: 'baseline',
        x,
        y: points.map((p) => p.mean),
      },
      ...(rate === null || rate === 0
        ? []
        : [
            {
              key: 'theory',
              label: 'rate of theory',
              role: 'guide' as const,
              x,
              y: x.map((q) => start * rate ** q),
            },
          ]),
    ],
  };
}
