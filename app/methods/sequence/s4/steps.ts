/** S4 step by step: HiPPO, discretization, the kernel by Cauchy sums, convolution by FFT. */
import { given, made, minus, now, plus, type StepsOf, step, times, transposed } from '../../steps';
import { convolutionSteps, fftFlop } from '../convolutionsteps';

interface Sizes {
  state: number;
  length: number;
}

export const steps: StepsOf<Sizes> = ({ state: N, length: L }) => {
  const A = given('A', N, N, 'lower');
  const x = made('x', N, 1);
  const P = given('P', N, 1);
  const V = made('V', N, N);
  const Lambda = made('Λ', N, N, 'diagonal');
  const Vs = made('V*', N, N);
  const Ab = made('Ā', N, N);
  const Bb = made('B̄', N, 1);
  const C = given('C', 1, N);
  const u = given('u', 1, 1);
  const [k00, k01, k10, k11] = ['k₀₀', 'k₀₁', 'k₁₀', 'k₁₁'].map((name) => made(name, 1, L));
  const hat = made('K̂', 1, L);
  const K = made('K', 1, L);
  return [
    step('A system with a memory', now(made('ẋ', N, 1)), 'equals', plus([A, x], [given('B', N, 1), u]), {
      tex: '\\dot x = A x + B u,\\qquad A_{nk} = -\\sqrt{(2n+1)(2k+1)}\\; (n > k)',
      text: 'HiPPO-LegS: the state holds the Legendre coefficients of the history of the input.',
    }),
    step('Normal plus low rank', A, 'equals', minus([now(V), now(Lambda), now(Vs)], [P, transposed(P)]), {
      tex: 'A = V \\Lambda V^* - P P^{\\top},\\qquad P_n = \\sqrt{n + \\tfrac12}',
      text: 'The eigenvectors of A itself reach 2^(4N/3); up to a matrix of rank one it is normal, with a unitary V.',
    }),
    step('Discretize', now(Ab), 'equals', [made('(I − dt/2·A)⁻¹', N, N), made('I + dt/2·A', N, N)], {
      tex: '\\bar A = \\bigl( I - \\tfrac{\\Delta}{2} A \\bigr)^{-1} \\bigl( I + \\tfrac{\\Delta}{2} A \\bigr)',
      text: 'The bilinear rule: a stable system stays stable.',
    }),
    step('As a recurrence', now(x), 'equals', plus([Ab, x], [Bb, u]), {
      tex: 'x_k = \\bar A x_{k-1} + \\bar B u_k,\\qquad y_k = C x_k',
      text: 'One step after the other: the way to generate, and the reference here.',
      flop: (2 * N * N + 4 * N) * L,
    }),
    step('As a kernel', now(K), 'equals', [C, made('[B̄, ĀB̄, …]', N, L)], {
      tex: 'K_j = C \\bar A^{\\,j} \\bar B,\\qquad j < L',
      text: 'The same numbers as one filter; by powers of a dense matrix it would cost N² L.',
      flop: 2 * N * N * L,
    }),
    step('Cauchy sums instead', now(k00), 'equals', [made('c̃ ∘ b', 1, N), made('1/(g − λ)', N, L)], {
      tex: 'k_{00}(z) = \\sum_i \\frac{\\tilde c_i\\, b_i}{g(z) - \\lambda_i},\\qquad z = e^{-2 \\pi i k / L}',
      text: 'At the roots of unity the generating function of the kernel needs only the poles: four such sums.',
      flop: 16 * N * L,
    }),
    step(
      'The rank-one part',
      now(hat),
      'equals',
      minus(k00, times(k01, k10, made('1/(1 + k₁₁)', 1, k11.cols))),
      {
        tex: '\\hat K = \\frac{2}{1 + z} \\Bigl[ k_{00} - \\frac{k_{01}\\, k_{10}}{1 + k_{11}} \\Bigr]',
        text: 'Woodbury: the low-rank correction costs three more sums and one division.',
        flop: 20 * L,
      },
    ),
    step('Inverse FFT', hat, 'entrywise', now(K), {
      tex: 'K = \\mathrm{Re}\\, \\mathcal{F}^{-1}(\\hat K)',
      text: 'From the generating function to the kernel.',
      flop: fftFlop(L),
    }),
    ...convolutionSteps(L),
  ];
};
