/** S4D step by step: a diagonal system, its kernel as a Vandermonde product, convolution by FFT. */
import { given, made, now, plus, type StepsOf, step, times, transposed } from '../../steps';
import { convolutionSteps } from '../convolutionsteps';

interface Sizes {
  state: number;
  length: number;
}

export const steps: StepsOf<Sizes> = ({ state: N, length: L }) => {
  const half = N / 2;
  const P = given('P', N, 1);
  const whole = made('Λ all', N, N, 'diagonal');
  const Lambda = made('Λ', half, half, 'diagonal');
  const Ab = made('Ā', half, half, 'diagonal');
  const powers = made('[1, Ā, Ā², …]', half, L);
  const CB = made('C ∘ B̄', 1, half);
  const x = made('x', half, 1);
  const u = given('u', 1, 1);
  return [
    step(
      'Leave the low-rank part out',
      plus(given('A', N, N, 'lower'), [P, transposed(P)]),
      'equals',
      [now(made('V', N, N)), now(whole), now(made('V*', N, N))],
      {
        tex: 'A + P P^{\\top} = V \\Lambda V^*,\\qquad \\lambda = -\\tfrac12 + i w',
        text: 'What S4 corrects by Woodbury is dropped: a diagonal system is left.',
      },
    ),
    step('One of each conjugate pair', whole, 'part', now(Lambda), {
      tex: `y = 2\\, \\mathrm{Re}(C x),\\qquad ${half} \\text{ poles}`,
      text: 'Real inputs and outputs need only the half with positive frequency.',
    }),
    step('Discretize', Lambda, 'entrywise', now(Ab), {
      tex: '\\bar A = e^{\\Delta \\Lambda},\\qquad \\bar B = \\frac{e^{\\Delta \\Lambda} - 1}{\\Lambda} B',
      text: 'Every mode by itself: an exponential, and no matrix inverse.',
      flop: 20 * half,
    }),
    step('As a recurrence', now(x), 'equals', plus([Ab, x], [made('B̄', half, 1), u]), {
      tex: 'x_k = \\bar A x_{k-1} + \\bar B u_k',
      text: 'Each mode turns and decays independently.',
      flop: 12 * half * L,
    }),
    step('Powers of every pole', Ab, 'rowwise', now(powers), {
      tex: '\\mathcal{V}_{ik} = \\bar A_i^{\\,k},\\qquad k < L',
      text: 'A Vandermonde matrix, made on the way and never stored.',
      flop: 6 * half * L,
    }),
    step('The kernel', now(made('K', 1, L)), 'equals', [CB, powers], {
      tex: 'K_k = 2\\, \\mathrm{Re} \\sum_i C_i \\bar B_i \\bar A_i^{\\,k}',
      text: 'One row times that matrix: the whole kernel in two lines of code.',
      flop: 4 * N * L,
    }),
    ...convolutionSteps(L),
    step(
      'Read a delayed input',
      now(made('ŷ', 1, L)),
      'equals',
      [given('wᵀ', 1, N), made('Re x, Im x', N, L)],
      {
        tex: '\\hat u_{k - \\tau} = w^{\\top} \\begin{pmatrix} \\mathrm{Re}\\, x_k \\\\ \\mathrm{Im}\\, x_k \\end{pmatrix}',
        text: 'Linear readouts of the states show how much of the past an initialization keeps.',
        flop: 2 * N * L,
      },
    ),
    step('Against S4', times(made('R', N, 1), made('1/(1 + T)', N, 1)), 'equals', now(made('R_D', N, 1)), {
      tex: 'R_D(s) = \\frac{R(s)}{1 + T_N(s)},\\qquad |T_N(i w)| = \\frac{|w|}{\\sqrt{w^2 + N^2}}',
      text: 'Exactly: at a fixed frequency the diagonal system comes to S4 as N grows.',
    }),
  ];
};
