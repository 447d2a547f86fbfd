/** What must hold for eora: the card's five items, one comparison each. */
import { claim } from '../../claim';
import type { Claim } from '../../method';

const full = { rank: 128 } as const;

export const eoraClaims: readonly Claim[] = [
  claim(
    1,
    'EoRA leaves at most 0.7 of the change that SVD leaves',
    (m) => m['loss.eora'] / m['loss.svd'],
    '<=',
    0.7,
  ),
  claim(
    1,
    'and at most 0.85 of that of SVD with scaled columns',
    (m) => m['loss.eora'] / m['loss.act'],
    '<=',
    0.85,
  ),
  claim(1, 'and at most 0.55 of that of no compensation', (m) => m['loss.eora'] / m['loss.none'], '<=', 0.55),
  claim(
    2,
    'It beats SVD at twice the rank by a tenth',
    (m) => m['loss.eora'] / m['loss.svd.double'],
    '<=',
    0.9,
    { fullSizeOnly: true },
  ),
  claim(
    3,
    'Layer 1: at most 0.9 of the output error of SVD',
    (m) => m['error.eora'] / m['error.svd'],
    '<=',
    0.9,
  ),
  claim(
    3,
    'Layer 1: no more output error than with scaled columns',
    (m) => m['error.eora'],
    '<=',
    (m) => m['error.act'],
  ),
  claim(
    3,
    'Layer 1: the output error is the tail of P, within 0.1 %',
    (m) => Math.abs(m['error.eora'] / m['error.tail'] - 1),
    '<=',
    1e-3,
  ),
  claim(
    4,
    'In plain distance of the weights SVD is the better one',
    (m) => m['weight.svd'] / m['weight.eora'],
    '<=',
    0.97,
  ),
  claim(5, 'At full rank EoRA undoes the compression', (m) => m['loss.eora'], '<=', 1e-4, { at: full }),
  claim(
    5,
    'At full rank layer 1 is exact for EoRA and SVD',
    (m) => Math.max(m['error.eora'], m['error.svd']),
    '<=',
    1e-3,
    { at: full },
  ),
];
