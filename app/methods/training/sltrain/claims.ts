/** What must hold for sltrain: the card's five items, one comparison each. */
import { claim } from '../../claim';
import type { Claim } from '../../method';

export const claims: readonly Claim[] = [
  claim(
    1,
    'With no more numbers the loss is at most 0.95 of that of low rank',
    (m) => m['loss.sltrain'] / m['loss.lowrank'],
    '<=',
    0.95,
  ),
  claim(
    1,
    'It has no more numbers than low rank',
    (m) => m['params.sltrain'],
    '<=',
    (m) => m['params.lowrank'],
  ),
  claim(
    2,
    'The sparse part is worth it: at most 0.8 of the loss at the same rank',
    (m) => m['loss.sltrain'] / m['loss.lowrankSame'],
    '<=',
    0.8,
  ),
  claim(3, 'The weight has nearly full rank', (m) => m['rank.numerical'], '>=', 100),
  claim(
    3,
    'The low-rank weight has its own rank and no more',
    (m) => m['rank.numericalLow'],
    '=',
    (m) => m['rank.lowrank'],
  ),
  claim(4, 'It trains 5298 numbers', (m) => m['params.sltrain'], '=', 5298),
  claim(4, 'Low rank trains 5472 numbers', (m) => m['params.lowrank'], '=', 5472),
  claim(4, 'at rank 9', (m) => m['rank.lowrank'], '=', 9),
  claim(4, 'Full training has 28672 numbers', (m) => m['params.full'], '=', 28672),
  claim(4, 'Sparse alone trains 5296 numbers', (m) => m['params.sparse'], '=', 5296),
  claim(
    5,
    'Sparse alone, as many numbers, is about as good here',
    (m) => m['loss.sparse'] / m['loss.sltrain'],
    '<=',
    1.05,
    { fullSizeOnly: true },
  ),
];
