/** What must hold for the randomized SVD: the card's five items, one comparison each. */
import { SCHEMES } from '../../../testbeds/schemes';
import type { Claim } from '../../method';

const SLACK = 1 + 1e-5;
const slow = { spectrum: 'power', alpha: 0.5, power: 3 } as const;
const exact = { spectrum: 'step', noise: 0, stepRank: 16 } as const;
const steep = { rate: 0.5, power: 3 } as const;

const ratio = (
  item: number,
  text: string,
  over: string,
  under: string,
  relation: '<=' | '>=',
  bound: number,
  at?: Claim['at'],
): Claim => ({
  item,
  text,
  value: (m) => m[over] / m[under],
  relation,
  bound,
  at,
});
const limit = (
  item: number,
  text: string,
  key: string,
  relation: Claim['relation'],
  bound: Claim['bound'],
  at?: Claim['at'],
): Claim => ({
  item,
  text,
  value: (m) => m[key],
  relation,
  bound,
  at,
});

export const rsvdClaims: readonly Claim[] = [
  ratio(
    1,
    'Truncating to rank k costs at least nothing: range error over error',
    'range.rsvd0',
    'error.rsvd0',
    '<=',
    SLACK,
  ),
  ratio(1, 'A plain Gaussian sketch keeps the proven bound', 'error.rsvd0', 'bound.hmt', '<=', SLACK),
  ratio(
    1,
    'One power iteration comes within 5 % of the best possible error',
    'error.rsvd',
    'error.svd',
    '<=',
    1.05,
  ),
  ratio(1, 'One power iteration gains at least 10 % over none', 'error.rsvd', 'error.rsvd0', '<=', 0.9),
  ratio(1, 'Block Krylov never beats the best possible', 'error.krylov', 'error.svd', '>=', 1 / SLACK),
  ratio(1, 'Block Krylov comes within 1 % of the best possible', 'error.krylov', 'error.svd', '<=', 1.01),
  ratio(1, 'Block Krylov is at least as good as power iteration', 'error.krylov', 'error.rsvd', '<=', SLACK),
  limit(1, 'The Pythagorean identity holds: Q is orthonormal', 'pythagoras', '<=', 1e-5),
  ...(['sparse', 'srht'] as const).flatMap((kind) => [
    ratio(
      2,
      `The ${kind} sketch is at most 15 % worse than the Gaussian one`,
      `error.${kind}`,
      'error.rsvd0',
      '<=',
      1.15,
    ),
    ratio(
      2,
      `The ${kind} sketch is at most 15 % better than the Gaussian one`,
      `error.${kind}`,
      'error.rsvd0',
      '>=',
      0.85,
    ),
  ]),
  {
    ...ratio(
      2,
      'Slow decay: without power the spectral error is half as large again',
      'spec.rsvd0',
      'spec.svd',
      '>=',
      1.5,
      slow,
    ),
    fullSizeOnly: true,
  },
  ratio(2, 'Slow decay: three power iterations mend it to 5 %', 'spec.rsvd', 'spec.svd', '<=', 1.05, slow),
  ratio(
    2,
    'Slow decay: Krylov finds the singular values ten times more exactly',
    'sigma.krylov',
    'sigma.rsvd',
    '<=',
    0.1,
    slow,
  ),
  ...SCHEMES.map((scheme) =>
    limit(3, `A matrix of rank k is recovered to rounding (${scheme})`, `error.${scheme}`, '<=', 1e-5, exact),
  ),
  ratio(4, 'One pass over A comes within 60 % of the best', 'error.stream', 'error.svd', '<=', 1.6),
  ratio(4, 'One pass keeps its proven bound', 'streamfull.error', 'bound.stream', '<=', 1),
  limit(4, 'Chunks add up to the whole sketch', 'stream.difference', '<=', 1e-5),
  limit(4, 'Rank 47 suffices for 10 %', 'rank.tolerance', '=', 47),
  limit(
    4,
    'The adaptive scheme finds a rank that is not too small',
    'rank.adaptive',
    '>=',
    (m) => m['rank.tolerance'],
  ),
  limit(4, 'The adaptive scheme finds a rank that is not too large', 'rank.adaptive', '<=', 55),
  limit(4, 'The adaptive scheme keeps its tolerance', 'error.adaptive', '<=', 0.1 * 1.001),
  limit(5, 'CholeskyQR2 is orthonormal to rounding', 'ortho.cholqr2', '<=', 1e-5),
  limit(5, 'Householder is orthonormal to rounding', 'ortho.householder', '<=', 1e-5),
  limit(5, 'One pass of CholeskyQR is not (float32)', 'ortho.cholqr', '>=', 1e-3),
  limit(5, 'At condition 1e5 Cholesky breaks down and a fallback steps in', 'cholqr2.fallback', '>=', 1, {
    cond: 1e5,
  }),
  limit(5, 'With the fallback Q is orthonormal at condition 1e5', 'ortho.cholqr2', '<=', 1e-5, { cond: 1e5 }),
  limit(5, 'Jacobi agrees with float64', 'jacobi.error', '<=', 1e-5),
  ratio(5, 'Steep decay: Krylov is within 2 % of the best', 'error.krylov', 'error.svd', '<=', 1.02, steep),
  ratio(
    5,
    'Steep decay: orthonormalized powers are within 2 % of the best',
    'error.rsvd',
    'error.svd',
    '<=',
    1.02,
    steep,
  ),
  ratio(
    5,
    'Steep decay: powers without orthonormalization are 30 times worse (float32)',
    'error.rsvd',
    'error.svd',
    '>=',
    30,
    { ...steep, reorth: false },
  ),
];
