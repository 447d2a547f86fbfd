/** Attention exactly, by random features, and by landmarks: where the n x n matrix is met and how it is avoided. */
import { given, made, now, over, productFlop, random, type StepsOf, step, transposed } from '../../steps';

interface Sizes {
  n: number;
  d: number;
  rank: number;
  iters: number;
}

export const steps: StepsOf<Sizes> = ({ n, d, rank, iters }) => {
  const r = Math.min(rank, n);
  const [Q, K, V] = ['Q', 'K', 'V'].map((name) => given(name, n, d));
  const P = made('P', n, n);
  const O = made('O', n, d);
  const W = random('Wᵀ', d, r);
  const projected = made('QWᵀ', n, r);
  const fQ = made('φ(Q)', n, r);
  const fK = made('φ(K)', n, r);
  const sums = made('φ(K)ᵀV', r, d);
  const top = made('num', n, d);
  const ones = made('φ(K)ᵀ1', r, 1);
  const [Qt, Kt] = [made('Q̃', r, d), made('K̃', r, d)];
  const F = made('F', n, r);
  const M = made('M', r, r);
  const Z = made('Z', r, r);
  const B = made('B', r, n);
  return [
    step('Exact: all scores', [Q, transposed(K)], 'entrywise', now(P), {
      tex: 'P = \\mathrm{softmax}\\bigl( \\beta\\, Q K^{\\top} \\bigr)',
      text: 'Every query meets every key: work and memory grow with the square of n.',
      flop: productFlop(Q, transposed(K)),
    }),
    step('Exact: weighted values', now(O), 'equals', [P, V], {
      tex: 'O = P V',
      text: 'Tiled, the matrix is never stored whole, but all of its entries are computed.',
      flop: productFlop(P, V),
    }),
    step(
      'The best of rank r',
      P,
      'about',
      [made('Lᵣ', n, r), made('Σᵣ', r, r, 'diagonal'), made('Rᵣᵀ', r, n)].map(now),
      {
        tex: `P \\approx L_r \\Sigma_r R_r^{\\top},\\qquad r = ${r}`,
        text: 'What rank could do at best; it needs the matrix first, so it is a yardstick and no method.',
      },
    ),
    step('Random directions', now(projected), 'equals', [Q, W], {
      tex: '\\sqrt{\\beta}\\, Q W^{\\top}',
      text: 'The Performer: every query is measured along r random directions; keys likewise.',
      flop: 2 * productFlop(Q, W),
    }),
    step('Positive features', projected, 'entrywise', now(fQ), {
      tex: '\\varphi(x) = \\frac{1}{\\sqrt r} \\exp\\bigl( W y - \\lvert y \\rvert^2 / 2 \\bigr),\\qquad y = \\sqrt{\\beta}\\, x',
      text: 'Their inner product is the exponential of the score on average, and never negative.',
      flop: 4 * n * r,
    }),
    step('Sum over the keys once', now(sums), 'equals', [transposed(fK), V], {
      tex: '\\varphi(K)^{\\top} V',
      text: 'All keys and values are summed up in a matrix that does not grow with n.',
      flop: productFlop(transposed(fK), V),
    }),
    step('Read it out', now(top), 'equals', [fQ, sums], {
      tex: '\\varphi(Q)\\, \\bigl( \\varphi(K)^{\\top} V \\bigr)',
      text: 'The brackets are moved: (n r) times (r d), and no n x n matrix anywhere.',
      flop: productFlop(fQ, sums),
    }),
    step('Normalizer', now(made('den', n, 1)), 'equals', [fQ, ones], {
      tex: '\\varphi(Q)\\, \\bigl( \\varphi(K)^{\\top} \\mathbf{1} \\bigr)',
      text: 'The same for ones in place of the values: the row sums.',
      flop: productFlop(fQ, ones) + n * r,
    }),
    step('Divide', now(O), 'about', over(top, made('den 1ᵀ', n, d)), {
      tex: 'O_i = \\frac{\\varphi(q_i)\\, \\varphi(K)^{\\top} V}{\\varphi(q_i)\\, \\varphi(K)^{\\top} \\mathbf{1}}',
      text: 'Rows that sum to one again.',
      flop: n * d,
    }),
    step('Landmarks', K, 'columnwise', now(Kt), {
      tex: `\\tilde K_g = \\text{mean of segment } g,\\qquad g = 1, \\dots, ${r}`,
      text: 'The Nyströmformer: means of r segments of the keys, and of the queries.',
      flop: 2 * n * d,
    }),
    step('Queries against landmarks', [Q, transposed(Kt)], 'entrywise', now(F), {
      tex: 'F = \\mathrm{softmax}(\\beta\\, Q \\tilde K^{\\top}),\\qquad B = \\mathrm{softmax}(\\beta\\, \\tilde Q K^{\\top})',
      text: 'Thin softmaxes: some columns of the whole, and, with B, some rows.',
      flop: 2 * productFlop(Q, transposed(Kt)),
    }),
    step('Landmarks against landmarks', [Qt, transposed(Kt)], 'entrywise', now(M), {
      tex: 'M = \\mathrm{softmax}(\\beta\\, \\tilde Q \\tilde K^{\\top})',
      text: 'Where those columns and rows cross.',
      flop: productFlop(Qt, transposed(Kt)),
    }),
    step('Its pseudoinverse', M, 'entrywise', now(Z), {
      tex: `Z \\leftarrow \\tfrac14 Z \\bigl( 13 I - Y (15 I - Y (7 I - Y)) \\bigr),\\quad Y = M Z,\\qquad ${iters} \\text{ times}`,
      text: 'An iteration of products alone, with no decomposition.',
      flop: iters * 8 * r ** 3,
    }),
    step('Output through landmarks', now(O), 'about', [F, Z, B, V], {
      tex: 'O \\approx F\\, \\bigl( Z\\, (B V) \\bigr)',
      text: 'From right to left, so that nothing of size n x n is formed.',
      flop: productFlop(B, V) + 2 * r * r * d + 2 * n * r * d,
    }),
  ];
};
