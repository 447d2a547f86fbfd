/** The gradient of LoRA on attention, densely and through a chain of low-rank products. */
import { monomialCount } from '../../../math/multisets';
import {
  given,
  made,
  minus,
  now,
  plus,
  productFlop,
  type StepsOf,
  step,
  times,
  trained,
  transposed,
} from '../../steps';

interface Sizes {
  n: number;
  d: number;
  rank: number;
  degree: number;
}

export const steps: StepsOf<Sizes> = ({ n, d, rank, degree }) => {
  const r = Math.min(rank, d);
  const F = monomialCount(d, degree);
  const X = given('X', n, d);
  const Xt = transposed(X);
  const W = made('W_Q', d, d);
  const B = trained('B', d, r);
  const A = trained('A', r, d);
  const [Q, K, V] = ['Q', 'K', 'V'].map((name) => made(name, n, d));
  const f = made('f', n, n);
  const p = made('p', n, n);
  const E = made('E', n, d);
  const U = made('U', n, F);
  const Phi = made('Φ', n, F);
  const sums = made('ΦᵀV', F, d);
  const U1 = made('U₁', n, F * d);
  const Phi1 = made('Φ₁', n, F * d);
  const scaled = made('diag(ρ)U', n, F);
  const dW = made('∂W_Q', d, d);
  return [
    step('Adapted weight', now(W), 'equals', plus(given('W*', d, d), [B, A]), {
      tex: 'W_Q = W_Q^* + \\frac{s}{r} B A',
      text: 'Query, key and value weights each have an adapter; this one stands for all three.',
      flop: productFlop(B, A),
    }),
    step('Queries', now(Q), 'equals', [X, W], {
      tex: 'Q = c\\, X W_Q',
      text: 'Tokens are rows; keys and values likewise.',
      flop: 3 * productFlop(X, W),
    }),
    step('Dense: attention', [Q, transposed(K)], 'entrywise', now(f), {
      tex: 'f = \\mathrm{softmax}(Q K^{\\top})',
      text: 'The n x n matrix whose gradient costs the square of n.',
      flop: productFlop(Q, transposed(K)),
    }),
    step('Error of the output', now(E), 'equals', minus([f, V], given('Y', n, d)), {
      tex: 'E = f V - Y',
      text: 'The loss is half its squared norm.',
      flop: productFlop(f, V),
    }),
    step(
      'Dense: gradient of the scores',
      now(p),
      'equals',
      minus(times(f, [E, transposed(V)]), made('diag(ρ)f', n, n)),
      {
        tex: 'p = f \\circ (E V^{\\top}) - \\mathrm{diag}(\\rho)\\, f,\\qquad \\rho_i = \\langle E_i, o_i \\rangle',
        text: 'Back through the softmax: n x n once more.',
        flop: productFlop(E, transposed(V)) + 3 * n * n,
      },
    ),
    step('Dense: gradient of the weight', now(dW), 'equals', [Xt, p, K], {
      tex: '\\frac{\\partial L}{\\partial W_Q} = c\\, X^{\\top} p\\, K',
      text: 'Small in the end, but it went through n x n.',
      flop: productFlop(p, K) + productFlop(Xt, K),
    }),
    step('Features of the keys', K, 'rowwise', now(Phi), {
      tex: `\\varphi_g(x)_t = \\frac{\\prod_{a \\in t} x_a}{\\sqrt{\\prod_a e_a!}},\\qquad F = \\binom{d + g}{g} = ${F}`,
      text: `All monomials up to degree ${degree}: their inner products are the Taylor series of the exponential.`,
      flop: 2 * n * F,
    }),
    step('Features of the queries, normalized', Q, 'rowwise', now(U), {
      tex: 'U = \\mathrm{diag}\\Bigl( \\frac{1}{\\varphi(Q)\\, \\Phi^{\\top} \\mathbf{1}} \\Bigr)\\, \\varphi(Q),\\qquad f \\approx U \\Phi^{\\top}',
      text: 'The attention matrix, as a product of two thin ones.',
      flop: 6 * n * F,
    }),
    step('Chain: output', now(made('o', n, d)), 'about', [U, sums], {
      tex: 'o \\approx U\\, (\\Phi^{\\top} V)',
      text: 'Brackets moved: nothing of size n x n is formed.',
      flop: productFlop(transposed(Phi), V) + productFlop(U, sums),
    }),
    step('Chain: products of rows', U, 'rowwise', now(U1), {
      tex: 'U_1 = U \\otimes E,\\quad \\Phi_1 = \\Phi \\otimes V,\\qquad f \\circ (E V^{\\top}) \\approx U_1 \\Phi_1^{\\top}',
      text: 'An entrywise product of two low-rank matrices is of low rank too, of the product of their ranks.',
      flop: 2 * n * F * d,
    }),
    step(
      'Chain: gradient of the weight',
      now(dW),
      'about',
      minus([Xt, U1, transposed(Phi1), K], [Xt, scaled, transposed(Phi), K]),
      {
        tex: '\\frac{\\partial L}{\\partial W_Q} \\approx c\\, \\bigl[ (X^{\\top} U_1)(\\Phi_1^{\\top} K) - (X^{\\top} \\mathrm{diag}(\\rho) U)(\\Phi^{\\top} K) \\bigr]',
        text: 'Work grows with n times F: less than dense as long as F stays below n.',
        flop: 2 * productFlop(Xt, U1) + 2 * productFlop(Xt, U),
      },
    ),
    step('To the adapter', now(made('∂A', r, d)), 'equals', [transposed(B), dW], {
      tex: '\\frac{\\partial L}{\\partial A} = \\frac{s}{r} B^{\\top} \\frac{\\partial L}{\\partial W_Q},\\qquad \\frac{\\partial L}{\\partial B} = \\frac{s}{r} \\frac{\\partial L}{\\partial W_Q} A^{\\top}',
      text: 'The last step is that of every LoRA.',
      flop: 2 * productFlop(transposed(B), dW),
    }),
  ];
};
