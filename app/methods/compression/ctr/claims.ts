/** What must hold for ctr: the card's five items, one comparison each. */
import { claim } from '../../claim';
import type { Claim } from '../../method';

type Numbers = Readonly<Record<string, number>>;
const full = { rank: 64, rankEmb: 16 } as const;
const identity: Partial<Claim> = { at: full };
const largestError = (m: Numbers): number =>
  Math.max(m['error.svd.mlp'], m['error.afm.mlp'], m['error.svd.emb'], m['error.afm.emb']);

export const ctrClaims: readonly Claim[] = [
  claim(
    1,
    'Mimicking features keeps 0.025 more AUC than SVD at the same size',
    (m) => m['auc.afm'],
    '>=',
    (m) => m['auc.svd'] + 0.025,
    { fullSizeOnly: true },
  ),
  claim(1, 'and at most 0.96 of its cross-entropy', (m) => m['logloss.afm'] / m['logloss.svd'], '<=', 0.96, {
    fullSizeOnly: true,
  }),
  claim(1, 'at a third of the parameters or less', (m) => m.ratio, '>=', 3, { fullSizeOnly: true }),
  claim(
    1,
    'The table by itself gains 0.02',
    (m) => m['auc.afm.emb'],
    '>=',
    (m) => m['auc.svd.emb'] + 0.02,
    { fullSizeOnly: true },
  ),
  claim(
    1,
    'The layers by themselves lose nothing',
    (m) => m['auc.afm.mlp'],
    '>=',
    (m) => m['auc.svd.mlp'] - 0.003,
    { fullSizeOnly: true },
  ),
  claim(
    2,
    'The feature error of layer 1 is at most 0.8 of that of SVD',
    (m) => m['error.afm.mlp'] / m['error.svd.mlp'],
    '<=',
    0.8,
  ),
  claim(
    2,
    'The feature error of the table is at most 0.8 of that of SVD',
    (m) => m['error.afm.emb'] / m['error.svd.emb'],
    '<=',
    0.8,
  ),
  claim(
    3,
    'The feature error is the dropped share of the eigenvalues',
    (m) => Math.abs(m['error.afm.mlp'] - m['tail.mlp']),
    '<=',
    1e-3,
  ),
  claim(
    4,
    'At full rank feature mimicking changes nothing',
    (m) => Math.abs(m['auc.afm'] - m['auc.full']),
    '<=',
    1e-3,
    identity,
  ),
  claim(
    4,
    'At full rank SVD changes nothing',
    (m) => Math.abs(m['auc.svd'] - m['auc.full']),
    '<=',
    1e-3,
    identity,
  ),
  claim(4, 'At full rank all four feature errors vanish', largestError, '<=', 1e-4, identity),
  claim(5, 'The price of the cut is at most 0.09 of AUC', (m) => m['auc.full'] - m['auc.afm'], '<=', 0.09, {
    fullSizeOnly: true,
  }),
  claim(
    5,
    'With a table that starts near zero there is no false advantage',
    (m) => Math.abs(m['auc.afm'] - m['auc.svd']),
    '<=',
    0.02,
    { at: { initE: 0.01 }, fullSizeOnly: true },
  ),
];
