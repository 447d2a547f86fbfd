/** Attention over triples step by step: n^3 weights exactly, or a polynomial of them through three thin matrices. */
import { monomialCount } from '../../../math/multisets';
import { given, made, now, over, productFlop, type StepsOf, step, times, transposed } from '../../steps';

interface Sizes {
  n: number;
  d: number;
  degree: number;
}

export const steps: StepsOf<Sizes> = ({ n, d, degree }) => {
  const r = monomialCount(d, degree);
  const Q = given('Q', n, d);
  const [K1, K2, V1, V2] = ['K₁', 'K₂', 'V₁', 'V₂'].map((name) => given(name, n, d));
  const scaled = made('K₁∘qᵢ', n, d);
  const A = made('Aᵢ', n, n);
  const AV = made('AᵢV₂', n, d);
  const [U1, U2, U3] = ['U₁', 'U₂', 'U₃'].map((name) => made(name, n, r));
  const T = made('T', r, d);
  const top = made('num', n, d);
  const ones = given('1', n, 1);
  const t = made('t', r, 1);
  return [
    step('Exact: one query', times(K1, made('1qᵢᵀ', n, d)), 'entrywise', now(scaled), {
      tex: 'K_1 \\circ (\\mathbf{1} q_i^{\\top})',
      text: 'A query scores pairs of keys, so it multiplies the first key entry by entry.',
      flop: n * n * d,
    }),
    step('Exact: scores of all pairs', [scaled, transposed(K2)], 'entrywise', now(A), {
      tex: 'A_{i,(j,l)} = \\exp\\Bigl( \\frac{1}{d} \\sum_c Q_{ic} K_{1,jc} K_{2,lc} \\Bigr)',
      text: `This n x n matrix belongs to one query; there are ${n} of them.`,
      flop: n * productFlop(scaled, transposed(K2)),
    }),
    step('Exact: second values', now(AV), 'equals', [A, V2], {
      tex: 'A_i V_2',
      text: 'Summed over the second key.',
      flop: n * productFlop(A, V2),
    }),
    step('Exact: first values', times(V1, AV), 'columnwise', now(made('Yᵢ', 1, d)), {
      tex: 'Y_i = \\frac{\\mathbf{1}^{\\top} (V_1 \\circ A_i V_2)}{\\mathbf{1}^{\\top} A_i \\mathbf{1}}',
      text: 'And over the first: for all queries together the work grows with the cube of n.',
      flop: 2 * n * n * d,
    }),
    step('Polynomial features of the queries', Q, 'rowwise', now(U1), {
      tex: `e^x \\approx \\sum_{t \\le g} \\frac{x^t}{t!},\\qquad r = \\binom{d + g}{g} = ${r}`,
      text: `All monomials of a query up to degree ${degree}, with the coefficients of the multinomial theorem.`,
      flop: 2 * n * r,
    }),
    step('And of both keys', K1, 'rowwise', now(U2), {
      tex: 'U_2 = K_1^{a},\\qquad U_3 = K_2^{a}',
      text: 'The same monomials of either key: the polynomial of a triple is a sum over them.',
      flop: 2 * n * r,
    }),
    step('Sum over all pairs at once', now(T), 'equals', times([transposed(U2), V1], [transposed(U3), V2]), {
      tex: 'T = (U_2^{\\top} V_1) \\circ (U_3^{\\top} V_2)',
      text: 'The sum over pairs falls apart into two sums, multiplied entry by entry.',
      flop: productFlop(transposed(U2), V1) + productFlop(transposed(U3), V2) + r * d,
    }),
    step('Read it out', now(top), 'equals', [U1, T], {
      tex: 'U_1 T',
      text: 'Thin products only: the work grows with n, not with its cube.',
      flop: productFlop(U1, T),
    }),
    step('Normalizer', now(t), 'equals', times([transposed(U2), ones], [transposed(U3), ones]), {
      tex: 't = (U_2^{\\top} \\mathbf{1}) \\circ (U_3^{\\top} \\mathbf{1}),\\qquad \\mathrm{den} = U_1 t',
      text: 'The same with ones in place of the values.',
      flop: 4 * n * r + productFlop(U1, t),
    }),
    step('Divide', now(made('Y', n, d)), 'about', over(top, made('den 1ᵀ', n, d)), {
      tex: "Y' = \\frac{U_1 T}{U_1 t}",
      text: 'Good while the entries are bounded: the degree that is needed grows with the largest score.',
      flop: n * d,
    }),
  ];
};
