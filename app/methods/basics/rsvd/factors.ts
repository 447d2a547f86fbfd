/** U, S and Vh of the approximation, as numpy.linalg.svd gives them. */
import { scaleColumns } from '../../../kernels/elementwise';
import { type Factors, residual } from '../../../kernels/rangefinder';
import { frobenius } from '../../../kernels/reduce';
import type { MatrixBed } from '../../../testbeds/matrix';
import type { FactorSet } from '../../factors';

/** U m x k, S k, Vh k x n. A column of U whose singular value is zero is zero. */
export async function svdParts({ us, vt, sigma }: Factors): Promise<FactorSet['parts']> {
  const { home } = us;
  const s = home.tensor([sigma.length], sigma);
  const inverse = home.tensor(
    [sigma.length],
    sigma.map((value) => (value > 0 ? 1 / value : 0)),
  );
  return [
    { name: 'U', key: 'U', value: await scaleColumns(us, inverse) },
    { name: 'S', key: 'S', value: s },
    { name: 'Vᵀ', key: 'Vh', value: vt },
  ];
}

export async function svdFactors({ a, norm }: MatrixBed, main: Factors): Promise<FactorSet> {
  return {
    parts: await svdParts(main),
    measures: [
      {
        metric: 'error.rsvd',
        of: ([u, s, vt]) =>
          a.home.scope(async () => {
            const factors = { us: await scaleColumns(u, s), vt, sigma: main.sigma };
            return (await frobenius(await residual(a, factors))) / (norm || 1);
          }),
      },
    ],
  };
}
