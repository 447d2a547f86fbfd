/** What must hold for trp: the card's five items, one comparison each. */
import { claim } from '../../claim';
import type { Claim } from '../../method';

const big = { fullSizeOnly: true } as const;

export const claims: readonly Claim[] = [
  claim(
    1,
    'At equal ranks the loss is at most 0.65 of that of cutting afterwards',
    (m) => m['loss.trp'] / m['loss.svd'],
    '<=',
    0.65,
    big,
  ),
  claim(
    1,
    'and at most that of cutting a network with weight decay',
    (m) => m['loss.trp'],
    '<=',
    (m) => m['loss.decay_svd'],
    big,
  ),
  claim(2, 'The last cut costs at most 12 %', (m) => m['loss.trp'] / m['loss.before'], '<=', 1.12),
  claim(
    3,
    'It is no worse than plain training uncut',
    (m) => m['loss.trp'],
    '<=',
    (m) => m['loss.full'],
    big,
  ),
  claim(3, 'with at most half the numbers', (m) => m.ratio, '>=', 2, big),
  claim(
    4,
    'The energy rule leaves plain training at least 2.4 times the ranks',
    (m) => m['rank.svd_energy'] / m['rank.total'],
    '>=',
    2.4,
    big,
  ),
  claim(
    4,
    'and a network with weight decay at least 1.8 times',
    (m) => m['rank.decay'] / m['rank.total'],
    '>=',
    1.8,
    big,
  ),
  claim(
    4,
    'Truncation alone still gains 5 % at its own ranks',
    (m) => m['loss.trp.plain'] / m['loss.svd.plain'],
    '<=',
    0.95,
    big,
  ),
  claim(
    4,
    'but leaves at least 1.4 times the ranks',
    (m) => m['rank.total.plain'] / m['rank.total'],
    '>=',
    1.4,
    big,
  ),
  claim(
    4,
    'and at least 1.6 times the nuclear norms',
    (m) => m['nuclear.trp.plain'] / m['nuclear.trp'],
    '>=',
    1.6,
    big,
  ),
  claim(
    5,
    'Without truncation and nuclear term it is plain training, within 1 %',
    (m) => Math.abs(m['loss.trp'] / m['loss.full'] - 1),
    '<=',
    0.01,
    {
      at: { nuclear: 0, energy: 1 },
    },
  ),
];
