/** Randomized SVD step by step: sketch, basis, projection, small SVD, truncation. */
import {
  given,
  made,
  now,
  productFlop,
  random,
  type Step,
  type StepsOf,
  step,
  transposed,
} from '../../steps';

interface Sizes {
  rank: number;
  oversample: number;
  power: number;
  reorth: boolean;
}

export const steps: StepsOf<Sizes> = ({ rank, oversample, power, reorth }, { m, n }) => {
  const l = Math.min(rank + oversample, m, n);
  const k = Math.min(rank, l);
  const A = given('A', m, n);
  const At = transposed(A);
  const Omega = random('Ω', n, l);
  const Y = made('Y', m, l);
  const Q = made('Q', m, l);
  const Z = made('Z', n, l);
  const B = made('B', l, n);
  const small = made('Ũ', l, l);
  const S = made('Σ', l, l, 'diagonal');
  const Vt = made('Vᵀ', l, n);
  const U = made('U', m, l);
  const each = productFlop(A, Omega);
  const orthonormal = 'Two passes of CholeskyQR make an orthonormal basis Q of the columns of Y.';
  const powers: Step[] = reorth
    ? [
        step('Power iteration, back', now(Z), 'equals', [At, Q], {
          tex: `Z = \\mathrm{orth}(A^{\\top} Q)\\qquad (q = ${power}\\text{ times})`,
          text: 'Multiplying by the transpose and back raises every singular value to a higher power.',
          flop: power * each,
        }),
        step('Power iteration, forth', now(Q), 'equals', [A, Z], {
          tex: 'Q = \\mathrm{orth}(A\\, Z)',
          text: 'Orthonormalized after each product, so that small singular values are not lost in rounding.',
          flop: power * each,
        }),
      ]
    : [
        step('Powers without orthonormalizing', now(Y), 'equals', [A, At, Y], {
          tex: `Y \\leftarrow (A A^{\\top})^{q}\\, Y,\\qquad q = ${power}`,
          text: 'In float32 everything below the largest singular value times eps^(1/(2q+1)) drowns here.',
          flop: 2 * power * each,
        }),
      ];
  const basis = step('Orthonormal basis', Y, 'equals', [now(Q), now(made('R', l, l, 'upper'))], {
    tex: 'Y = Q R,\\qquad Q^{\\top} Q = I',
    text: orthonormal,
    flop: 8 * m * l * l,
  });
  const iterated = power > 0 ? powers : [];
  return [
    step('Sketch the range', now(Y), 'equals', [A, Omega], {
      tex: `Y = A\\,\\Omega,\\qquad \\ell = \\min(k + p,\\, m,\\, n) = ${l}`,
      text: 'Random combinations of the columns of A point, most of all, along its leading singular vectors.',
      flop: each,
    }),
    ...(reorth ? [basis, ...iterated] : [...iterated, basis]),
    step('Project', now(B), 'equals', [transposed(Q), A], {
      tex: 'B = Q^{\\top} A',
      text: 'All that A does within the basis is held by a matrix of few rows.',
      flop: each,
    }),
    step('SVD of the small matrix', B, 'equals', [now(small), now(S), now(Vt)], {
      tex: 'B = \\tilde U\\, \\Sigma\\, V^{\\top}',
      text: 'A QR factorization of the transpose of B and Jacobi rotations on its small triangle.',
    }),
    step('Turn back', now(U), 'equals', [Q, small], {
      tex: 'U = Q\\, \\tilde U',
      text: 'The basis carries the left singular vectors back to the rows of A.',
      flop: productFlop(Q, small),
    }),
    step(
      'Truncate',
      A,
      'about',
      [now(made('Uₖ', m, k)), now(made('Σₖ', k, k, 'diagonal')), now(made('Vₖᵀ', k, n))],
      {
        tex: `A \\approx U_k\\, \\Sigma_k\\, V_k^{\\top},\\qquad k = ${k}`,
        text: 'The leading k triplets stay; the p extra ones have done their work.',
      },
    ),
  ];
};
