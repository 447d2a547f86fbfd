/** What must hold for fira: the card's five items, one comparison each. */
import { claim } from '../../claim';
import type { Claim } from '../../method';

const big = { fullSizeOnly: true } as const;
const exact = { at: { rank: 128, steps: 40 } } as const;

export const claims: readonly Claim[] = [
  claim(
    1,
    'With the same state the loss is at most 0.8 of GaLore’s',
    (m) => m['loss.fira'] / m['loss.galore'],
    '<=',
    0.8,
    big,
  ),
  claim(1, 'and closes at least 40 % of the gap to Adam', (m) => m['gap.closed'], '>=', 0.4, big),
  claim(
    1,
    'The state is as large as GaLore’s',
    (m) => m['state.fira'],
    '=',
    (m) => m['state.galore'],
  ),
  claim(2, 'Full Adam stays clearly ahead here', (m) => m['loss.full'] / m['loss.fira'], '<=', 0.75, big),
  claim(3, 'With the limiter the rest grows by at most 1.1 % a step', (m) => m['growth.fira'], '<=', 1.011),
  claim(3, 'without it by half at least', (m) => m['growth.nolimit'], '>=', 1.5),
  claim(4, 'The scaling is nearly that of full Adam', (m) => m['similarity.scaling'], '>=', 0.8),
  claim(
    5,
    'At full rank Fira is GaLore, within 1 %',
    (m) => Math.abs(m['loss.fira'] / m['loss.galore'] - 1),
    '<=',
    0.01,
    exact,
  ),
];
