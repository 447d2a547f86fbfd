/** Scatterbrain step by step: random features everywhere, exact entries where hashing finds large ones. */
import {
  given,
  made,
  now,
  over,
  plus,
  productFlop,
  random,
  type StepsOf,
  step,
  transposed,
} from '../../steps';

interface Sizes {
  n: number;
  d: number;
  rank: number;
  rounds: number;
  chunk: number;
  buckets: number;
}

export const steps: StepsOf<Sizes> = ({ n, d, rank: r, rounds, chunk, buckets }) => {
  const [Q, V] = ['Q', 'V'].map((name) => given(name, n, d));
  const W = random('Wᵀ', d, r);
  const fQ = made('φ(Q)', n, r);
  const fK = made('φ(K)', n, r);
  const sums = made('φ(K)ᵀV', r, d);
  const R = random('Rₜ', d, Math.max(1, Math.floor(buckets / 2)));
  const hashed = made('QRₜ', n, R.cols);
  const S = made('E − φφᵀ on S', n, n, 'sparse');
  const top = made('num', n, d);
  const O = made('O', n, d);
  const c = Math.min(chunk, n);
  // Every query meets about c keys a round.
  const pairs = n * c * rounds;
  return [
    step('Features of queries and keys', [Q, W], 'entrywise', now(fQ), {
      tex: '\\varphi(x) = \\frac{1}{\\sqrt r} \\exp\\bigl( W y - \\lvert y \\rvert^2 / 2 \\bigr),\\qquad y = \\sqrt{\\beta}\\, x',
      text: 'Positive random features with orthogonal rows, right on average, but noisy where scores are large.',
      flop: 2 * productFlop(Q, W),
    }),
    step('The low-rank part, summed up', now(sums), 'equals', [transposed(fK), V], {
      tex: 'F^{\\top} V,\\qquad F = \\varphi(K)',
      text: 'All keys and values, in a matrix that does not grow with n.',
      flop: productFlop(transposed(fK), V),
    }),
    step('Random rotations', now(hashed), 'equals', [Q, R], {
      tex: `x R_t,\\qquad t = 1, \\dots, ${rounds}`,
      text: 'Vectors that point the same way stay together, whatever the rotation.',
      flop: 2 * rounds * productFlop(Q, R),
    }),
    step('Buckets', hashed, 'rowwise', now(made('h', n, 1)), {
      tex: 'h_t(x) = \\arg\\max\\, [\\,x R_t,\\; -x R_t\\,]',
      text: `The nearest of ${2 * R.cols} axes; queries and keys are sorted by it.`,
    }),
    step('Chunks of the sorted order', made('h', n, 1), 'part', now(made('chunk', c, 1)), {
      tex: '(i, j) \\in S \\iff \\text{chunks of the same number}',
      text: `Queries and keys of equal chunk are paired: ${c} keys a query in each of ${rounds} rounds.`,
    }),
    step('Exact entries there', made('all pairs', n, n), 'part', now(S), {
      tex: 'E_{ij} - \\varphi(q_i)^{\\top} \\varphi(k_j),\\qquad (i, j) \\in S',
      text: 'At these pairs the features are taken out and the exact exponential is put in; the dots stand for the pairs.',
      flop: pairs * (2 * d + 2 * r),
    }),
    step('Numerator', now(top), 'equals', plus([fQ, sums], [S, V]), {
      tex: '\\mathrm{num}_i = \\varphi(q_i)\\, (F^{\\top} V) + \\sum_{j \\in S_i} \\bigl( E_{ij} - \\varphi(q_i)^{\\top} \\varphi(k_j) \\bigr)\\, v_j',
      text: 'Low rank plus sparse: each takes what the other is bad at.',
      flop: productFlop(fQ, sums) + 2 * pairs * d,
    }),
    step(
      'Denominator',
      now(made('den', n, 1)),
      'equals',
      plus([fQ, made('Fᵀ1', r, 1)], [S, given('1', n, 1)]),
      {
        tex: '\\mathrm{den}_i = \\varphi(q_i)\\, (F^{\\top} \\mathbf{1}) + \\sum_{j \\in S_i} \\bigl( E_{ij} - \\varphi(q_i)^{\\top} \\varphi(k_j) \\bigr)',
        text: 'The same with ones in place of the values.',
        flop: 3 * n * r + pairs,
      },
    ),
    step('Output', now(O), 'about', over(top, made('den 1ᵀ', n, d)), {
      tex: '\\hat O_i = \\mathrm{num}_i / \\mathrm{den}_i',
      text: 'Every entry is right on average still, since hashing knows nothing of the features.',
      flop: n * d,
    }),
  ];
};
