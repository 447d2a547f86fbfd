/** The parameters of rsvd as the run sees them, and what follows from them and the matrix. */
import type { SchemeOptions } from '../../../testbeds/lowrank';
import { type MatrixBed, type MatrixRecipe, matrixBed } from '../../../testbeds/matrix';
import type { Lab } from '../../method';

export interface RsvdValues extends MatrixRecipe {
  rank: number;
  oversample: number;
  power: number;
  reorth: boolean;
  chunks: number;
  tol: number;
  block: number;
  cond: number;
}

/** Names the matrix in cache keys; a person's own does not depend on the recipe. */
export function matrixKey(lab: Lab, v: RsvdValues): string {
  if (lab.data) return 'matrix';
  return `matrix ${[v.seed, v.m, v.n, v.spectrum, v.rate, v.alpha, v.noise, v.stepRank].join(' ')}`;
}

export const bedOf = (lab: Lab, v: RsvdValues): Promise<MatrixBed> =>
  lab.cached(matrixKey(lab, v), () => matrixBed(lab.home, lab.data, v));

export function optionsOf(v: RsvdValues, bed: MatrixBed, rank = v.rank, power = v.power): SchemeOptions {
  const width = Math.min(rank + v.oversample, bed.rows, bed.cols);
  return { seed: v.seed, rank, width, power, reorth: v.reorth, chunks: v.chunks };
}
