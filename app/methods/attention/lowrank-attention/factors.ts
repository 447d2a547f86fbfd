/** The best factors of the attention matrix at the rank, and the rows of the random features. */
import { scaleColumns } from '../../../kernels/elementwise';
import { residual } from '../../../kernels/rangefinder';
import { frobenius } from '../../../kernels/reduce';
import { svdParts } from '../../basics/rsvd/factors';
import type { FactorSet } from '../../factors';
import type { Matrices } from './outputs';
import { type Draw, firstRows, type LowRankValues } from './values';

export type Best = Pick<Matrices, 'factors' | 'exact'>;

/** U, S and Vh of softmax(beta Q K^T), where n x n matrices are made, and Omega of the first draw. */
export async function attentionFactors(
  { rank }: LowRankValues,
  { orthogonal }: Draw,
  best: Best | null,
): Promise<FactorSet> {
  const omega = {
    name: 'Ω, rows of the random features',
    key: 'Omega',
    value: await firstRows(orthogonal, rank),
  };
  if (!best) return { parts: [omega], measures: [] };
  const { factors, exact } = best;
  return {
    parts: [...(await svdParts(factors)), omega],
    measures: [
      {
        metric: 'matrix.svd',
        of: ([u, s, vt]) =>
          exact.home.scope(async () => {
            const stored = { us: await scaleColumns(u, s), vt, sigma: factors.sigma };
            return (await frobenius(await residual(exact, stored))) / (await frobenius(exact));
          }),
      },
    ],
  };
}
