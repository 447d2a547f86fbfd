/** What must hold for lord: the card's five items, one comparison each. */
import { claim } from '../../claim';
import type { Claim } from '../../method';

type Numbers = Readonly<Record<string, number>>;
const away = (m: Numbers, one: string, other: string): number => Math.abs(m[one] / m[other] - 1);

export const lordClaims: readonly Claim[] = [
  claim(
    1,
    'At the same size LoRD changes the output by at most half of what SVD does',
    (m) => m['loss.lord'] / m['loss.svd'],
    '<=',
    0.5,
  ),
  claim(
    1,
    'and each layer’s output by at most 0.3 of it',
    (m) => m['error.lord'] / m['error.svd'],
    '<=',
    0.3,
  ),
  claim(
    2,
    'A layer’s error is the dropped share of the eigenvalues, within 2 %',
    (m) => away(m, 'error.lord', 'error.tail'),
    '<=',
    0.02,
  ),
  claim(
    2,
    'Multiplying the factors out changes nothing, within 1 %',
    (m) => away(m, 'loss.merged', 'loss.lord'),
    '<=',
    0.01,
  ),
  claim(2, 'At full rank nothing is lost', (m) => m['loss.lord'], '<=', 1e-4, { at: { keep: 1 } }),
  claim(
    3,
    'Layer-wise ranks leave at most 0.75 of the change of one share',
    (m) => m['loss.layerwise'] / m['loss.uniform'],
    '<=',
    0.75,
  ),
  claim(
    3,
    'with no more numbers',
    (m) => m['params.layerwise'],
    '<=',
    (m) => m['params.uniform'],
  ),
  claim(4, 'Half of the numbers are saved', (m) => m.reduction, '>=', 0.5),
  claim(4, 'at a change of 6 % or less', (m) => m['loss.layerwise'], '<=', 0.06),
  claim(
    5,
    'Quantization at 8 bits stacks on top',
    (m) => m['loss.quant'],
    '<=',
    (m) => 1.2 * m['loss.lord'] + 1e-3,
  ),
];
