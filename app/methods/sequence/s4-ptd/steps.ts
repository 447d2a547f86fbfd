/** Perturb, then diagonalize, step by step: a small random push makes a hopeless matrix diagonalizable. */
import {
  given,
  made,
  minus,
  now,
  plus,
  productFlop,
  random,
  type StepsOf,
  step,
  transposed,
} from '../../steps';

interface Sizes {
  state: number;
  eps: number;
  draws: number;
  points: number;
  signal: number;
}

export const steps: StepsOf<Sizes> = ({ state: N, eps, draws, points, signal }) => {
  const A = given('A', N, N, 'lower');
  const E = random('E', N, N);
  const P = given('P', N, 1);
  const W = made('W', N, N);
  const mu = made('diag μ', N, N, 'diagonal');
  const inverse = made('W⁻¹', N, N);
  const B = given('B', N, 1);
  const b = made('W⁻¹B', N, 1);
  const c = made('CW', 1, N);
  const x = made('x', N, 1);
  const resolvent = made('b/(s − μ)', N, points);
  const response = made('R_P', N, points);
  return [
    step(
      'Diagonalizing A is hopeless',
      A,
      'equals',
      [now(made('W₀', N, N)), now(made('Λ₀', N, N, 'diagonal')), now(made('W₀⁻¹', N, N))],
      {
        tex: '\\lVert W_0 \\rVert \\sim 2^{4N/3}',
        text: 'The eigenvectors of the HiPPO matrix are nearly parallel: no number format survives their inverse.',
      },
    ),
    step(
      'S4D changes the matrix',
      plus(A, [P, transposed(P)]),
      'equals',
      [now(made('V', N, N)), now(made('Λ', N, N, 'diagonal')), now(made('V*', N, N))],
      {
        tex: 'A + P P^{\\top} = V \\Lambda V^*',
        text: 'Dropping the rank-one part gives unitary V, but the response is far off at spikes that grow with N.',
      },
    ),
    step('Draw a small perturbation', random('G', N, N), 'entrywise', now(E), {
      tex: `E = \\varepsilon\\, \\frac{\\lVert A \\rVert_2}{\\lVert G \\rVert_2}\\, G,\\qquad \\varepsilon = ${eps}`,
      text: `Of ${draws} draws the one whose eigenvectors are conditioned best is kept.`,
    }),
    step('Perturb, then diagonalize', plus(A, E), 'equals', [now(W), now(mu), now(inverse)], {
      tex: 'A + E = W\\, \\mathrm{diag}(\\mu)\\, W^{-1}',
      text: 'The condition of W is of order 1/eps times a power of N, in place of an exponential.',
    }),
    step('Input in that basis', now(b), 'equals', [inverse, B], {
      tex: 'b = W^{-1} B',
      text: 'Once, in float64.',
      flop: 4 * productFlop(inverse, B),
    }),
    step('Output in that basis', now(c), 'equals', [given('C', 1, N), W], {
      tex: 'c = C W',
      text: 'Once as well: from here on the system is diagonal.',
      flop: 4 * productFlop(given('C', 1, N), W),
    }),
    step('Run it', now(x), 'equals', plus([made('μ̄', N, N, 'diagonal'), x], [b, given('u', 1, 1)]), {
      tex: 'x_k = \\bar\\mu \\circ x_{k-1} + \\bar b\\, u_k,\\qquad \\bar\\mu = \\frac{1 + \\Delta \\mu / 2}{1 - \\Delta \\mu / 2}',
      text: `Each mode by itself, for ${signal} samples.`,
      flop: 14 * N * signal,
    }),
    step('Response at all frequencies', now(response), 'equals', [W, resolvent], {
      tex: 'R_P(s) = W\\, \\bigl( s - \\mathrm{diag}(\\mu) \\bigr)^{-1} W^{-1} B',
      text: `At ${points} frequencies along the imaginary axis.`,
      flop: 4 * productFlop(W, resolvent),
    }),
    step(
      'Deviation from S4',
      now(made('R_P − R', N, points)),
      'equals',
      minus(response, given('R', N, points)),
      {
        tex: '\\lVert R_P - R \\rVert = O(\\lVert E \\rVert) \\text{ at every frequency}',
        text: 'The exact response is known in closed form, so the difference is measured, not estimated.',
        flop: 2 * N * points,
      },
    ),
  ];
};
