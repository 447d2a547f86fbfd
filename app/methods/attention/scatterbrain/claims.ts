/** What must hold for Scatterbrain: the card's five items, one comparison each. */
import type { Claim } from '../../method';

const ratio = (
  item: number,
  text: string,
  [over, under]: readonly [string, string],
  relation: Claim['relation'],
  bound: number,
): Claim => ({ item, text, value: (m) => m[over] / m[under], relation, bound });

const limit = (item: number, text: string, key: string, bound: Claim['bound']): Claim => ({
  item,
  text,
  value: (m) => m[key],
  relation: '<=',
  bound,
});

export const scatterbrainClaims: readonly Claim[] = [
  ratio(
    1,
    'Where the baselines cross it beats the Performer by 15 %, at equal budget',
    ['error.scatterbrain', 'error.performer'],
    '<=',
    0.85,
  ),
  ratio(
    1,
    'Where the baselines cross it beats hashing by 15 %, at equal budget',
    ['error.scatterbrain', 'error.lsh'],
    '<=',
    0.85,
  ),
  ratio(
    2,
    'Hashing fails where attention is smooth: the Performer has at most 0.3 of its error',
    ['error.performer.low', 'error.lsh.low'],
    '<=',
    0.3,
  ),
  ratio(
    2,
    'The Performer fails where attention is peaked: hashing has at most 0.4 of its error',
    ['error.lsh.high', 'error.performer.high'],
    '<=',
    0.4,
  ),
  ratio(
    3,
    'Scatterbrain fails not where attention is smooth',
    ['error.scatterbrain.low', 'error.lsh.low'],
    '<=',
    0.5,
  ),
  ratio(
    3,
    'Scatterbrain fails not where attention is peaked',
    ['error.scatterbrain.high', 'error.performer.high'],
    '<=',
    0.5,
  ),
  ratio(
    4,
    'Unbiased: the mean over the draws has at most 0.6 of the error of one',
    ['matrix.mean', 'matrix.scatterbrain'],
    '<=',
    0.6,
  ),
  limit(5, 'Its error is that of the features on the unpaired entries', 'identity.mask', 1e-4),
  limit(5, 'The linear-time output is that of the n x n estimator', 'identity.linear', 1e-3),
  ratio(
    5,
    'The correction lowers the error of the features',
    ['matrix.scatterbrain', 'matrix.performer'],
    '<=',
    // Strictly below: one float32 spacing.
    1 - 2 ** -23,
  ),
];
