/** What must hold for low-rank attention: the card's six items, one comparison each. */
import type { Claim } from '../../method';

type Metrics = Readonly<Record<string, number>>;

const limit = (
  item: number,
  text: string,
  key: string,
  relation: Claim['relation'],
  bound: Claim['bound'],
  at?: Claim['at'],
): Claim => ({ item, text, value: (m) => m[key], relation, bound, at });

const ratio = (
  item: number,
  text: string,
  [over, under]: readonly [string, string],
  relation: Claim['relation'],
  bound: number,
  at?: Claim['at'],
): Claim => ({ item, text, value: (m) => m[over] / m[under], relation, bound, at });

const best = (m: Metrics): number => m['matrix.svd'];
const many = { n: 256, draws: 64 } as const;

export const lowRankClaims: readonly Claim[] = [
  limit(1, 'Attention is nearly low-rank: the best rank-r matrix is within 5 %', 'matrix.svd', '<=', 0.05),
  limit(1, 'Linformer does not beat the best rank-r matrix', 'matrix.linformer', '>=', best),
  limit(1, 'Nystromformer does not beat the best rank-r matrix', 'matrix.nystrom', '>=', best),
  limit(1, 'The Performer does not beat the best rank-r matrix', 'matrix.performer', '>=', best),
  limit(2, 'Landmarks use locality: Nystromformer is within 6 %', 'error.nystrom', '<=', 0.06),
  ratio(
    2,
    'Nystromformer has at most half the error of Linformer',
    ['error.nystrom', 'error.linformer'],
    '<=',
    0.5,
  ),
  limit(2, 'Pooling uses locality: Linformer is within 30 %', 'error.linformer', '<=', 0.3),
  ratio(
    2,
    'Without locality Nystromformer is at least ten times worse',
    ['error.nystrom.shuffled', 'error.nystrom'],
    '>=',
    10,
  ),
  ratio(
    2,
    'Without locality Linformer is at least twice as bad',
    ['error.linformer.shuffled', 'error.linformer'],
    '>=',
    2,
  ),
  limit(3, 'An untrained Gaussian projection is useless', 'error.linformer.random', '>=', 1),
  ratio(
    4,
    'Four times the features: at least half the squared error',
    ['mse.orthogonal', 'mse.orthogonal.4r'],
    '>=',
    2,
  ),
  ratio(
    4,
    'Four times the features: at most an eighth of the squared error',
    ['mse.orthogonal', 'mse.orthogonal.4r'],
    '<=',
    8,
  ),
  ratio(4, 'Independent rows: at least 0.6 of the predicted error', ['mse.iid', 'mse.theory'], '>=', 0.6),
  ratio(4, 'Independent rows: at most 1.6 of the predicted error', ['mse.iid', 'mse.theory'], '<=', 1.6),
  ratio(
    4,
    'Four times the features lower the error of the output',
    ['error.performer.4r', 'error.performer'],
    '<=',
    0.9,
  ),
  ratio(4, 'The Performer beats the constant output', ['error.performer', 'error.mean'], '<=', 0.9),
  ratio(
    4,
    'Over 64 draws orthogonal rows lower the variance',
    ['mse.orthogonal', 'mse.theory'],
    '<=',
    0.95,
    many,
  ),
  ratio(
    4,
    'Over 64 draws independent rows have at least 0.8 of the predicted error',
    ['mse.iid', 'mse.theory'],
    '>=',
    0.8,
    many,
  ),
  ratio(
    4,
    'Over 64 draws independent rows have at most 1.25 of the predicted error',
    ['mse.iid', 'mse.theory'],
    '<=',
    1.25,
    many,
  ),
  limit(5, 'Positive features stay stable at low temperature', 'high.positive', '<=', 1),
  ratio(5, 'Trigonometric ones fail there: five times the error', ['high.trig', 'high.positive'], '>=', 5),
  limit(6, 'Tiled and untiled attention agree', 'identity.flash', '<=', 1e-4),
  limit(6, 'Linear attention in linear time is its n x n form', 'identity.linear', '<=', 1e-4),
  limit(6, 'Linformer with r = n is exact', 'error.linformer.full', '<=', 1e-4),
];
