/**
 * The picture at a rank, and the wide factorization behind the moving slider: made once, cut at any rank up
 * to its width, so that a preview costs one product.
 */
import type { Home, Tensor } from '../../../gpu/home';
import { type Factors, powerBasis, project, reconstruct } from '../../../kernels/rangefinder';
import { sketchGaussian } from '../../../kernels/sketch';
import { norm } from '../../../math/linalg';
import { approximate } from '../../../testbeds/lowrank';
import { type MatrixBed, psnr } from '../../../testbeds/matrix';
import type { ImageFigure, Planes } from '../../figures';
import type { Lab } from '../../method';
import { bedOf, matrixKey, optionsOf, type RsvdValues } from './values';

/** The planes of the picture: three channels, or the matrix itself. */
export interface Picture {
  planes: { values: Float32Array; a: Tensor }[];
  range: [number, number];
  isPhotograph: boolean;
}

export async function pictureOf(lab: Lab, v: RsvdValues, bed: MatrixBed): Promise<Picture> {
  const channels = lab.data?.channels;
  if (!channels) {
    const isPhotograph = lab.data !== null && bed.range[0] >= 0 && bed.range[1] <= 1;
    return {
      planes: [{ values: bed.values, a: bed.a }],
      range: isPhotograph ? [0, 1] : bed.range,
      isPhotograph,
    };
  }
  const planes = await lab.cached(`${matrixKey(lab, v)} channels`, async () =>
    [channels.r, channels.g, channels.b].map((values) => ({
      values,
      a: lab.home.tensor([bed.rows, bed.cols], values),
    })),
  );
  return { planes, range: [0, 1], isPhotograph: true };
}

/** Widest cut that the slider follows without a new decomposition. */
const WIDE = 128;

const wideWidth = (bed: MatrixBed): number => Math.min(bed.rows, bed.cols, WIDE + 8);

/** Factors of each plane, wide enough for any rank up to about 128. */
export async function wideFactors(lab: Lab, v: RsvdValues, bed: MatrixBed): Promise<Factors[]> {
  const width = wideWidth(bed);
  const picture = await pictureOf(lab, v, bed);
  return lab.cached(`${matrixKey(lab, v)} wide ${v.seed}`, async () => {
    const all: Factors[] = [];
    for (const { a } of picture.planes) {
      const q = await powerBasis(a, await sketchGaussian(a, width, v.seed, 2), 1);
      all.push(await project(a, q, width));
    }
    return all;
  });
}

/** The planes multiplied out at the rank; `main` holds the factors of the matrix, which is the plane of a grey picture. */
export async function exactPlanes(
  home: Home,
  picture: Picture,
  v: RsvdValues,
  bed: MatrixBed,
  main: Factors,
): Promise<Float32Array[]> {
  const out: Float32Array[] = [];
  for (const { a } of picture.planes) {
    out.push(
      await home.scope(async () => {
        const factors = a === bed.a ? main : await approximate({ ...bed, a }, 'rsvd', optionsOf(v, bed));
        return Float32Array.from(await home.read(await reconstruct(factors)));
      }),
    );
  }
  return out;
}

export function imageFigure(
  picture: Picture,
  approximations: Float32Array[],
  bed: MatrixBed,
  rank: number,
): ImageFigure {
  const { rows, cols } = bed;
  const toPlanes = (planes: Float32Array[]): Planes => ({ rows, cols, planes });
  const differences = picture.planes.map(({ values }, i) =>
    norm(values.map((x, e) => x - approximations[i][e])),
  );
  const peak = picture.range[1] - picture.range[0];
  const db = psnr(norm(differences), rows * cols * picture.planes.length, peak);
  const what = picture.isPhotograph ? 'The picture' : 'The matrix';
  return {
    kind: 'image',
    id: 'picture',
    title: picture.isPhotograph ? 'Picture' : 'Matrix',
    summary: `${what}, ${rows} x ${cols}, and its approximation of rank ${rank}: ${Number.isFinite(db) ? `${db.toFixed(1)} dB` : 'no difference'}.`,
    original: toPlanes(picture.planes.map(({ values }) => values)),
    approximation: toPlanes(approximations),
    approximationLabel: `rank ${rank}`,
    range: picture.range,
    psnr: db,
  };
}

/** Picture, error and cut from the wide factors; null where the rank is above their width. */
export async function previewRsvd(lab: Lab, v: RsvdValues) {
  const bed = await bedOf(lab, v);
  if (v.rank > wideWidth(bed)) return null;
  const picture = await pictureOf(lab, v, bed);
  const factors = await wideFactors(lab, v, bed);
  const approximations: Float32Array[] = [];
  for (const plane of factors) {
    approximations.push(
      await lab.home.scope(async () =>
        Float32Array.from(await lab.home.read(await reconstruct(plane, v.rank))),
      ),
    );
  }
  const figure = imageFigure(picture, approximations, bed, v.rank);
  if (picture.planes.length > 1) return { figures: [figure] };
  const error = bed.norm === 0 ? 0 : norm(bed.values.map((x, i) => x - approximations[0][i])) / bed.norm;
  return { figures: [figure], metrics: { 'error.rsvd': error } };
}
