/** The last steps of every time-invariant system: its kernel times the signal, by FFT. */
import { given, made, now, type Step, step, times } from '../steps';

/** Operations of an FFT of this length. */
export const fftFlop = (length: number): number => 5 * length * Math.log2(length);

export function convolutionSteps(length: number): readonly Step[] {
  const u = given('u', 1, length);
  const K = made('K', 1, length);
  const padded = made('(K, 0)', 1, 2 * length);
  const [Kf, uf, yf] = ['F(K)', 'F(u)', 'F(y)'].map((name) => made(name, 1, 2 * length));
  return [
    step('Pad with zeros', K, 'pad', now(padded), {
      tex: '(K, 0),\\; (u, 0) \\in \\mathbb{R}^{2L}',
      text: 'An FFT wraps round: twice the length keeps the end from running into the start.',
    }),
    step('Transform', padded, 'entrywise', now(Kf), {
      tex: '\\mathcal{F}(K),\\quad \\mathcal{F}(u)',
      text: 'Kernel and signal, in O(L log L).',
      flop: 2 * fftFlop(2 * length),
    }),
    step('Multiply', now(yf), 'equals', times(Kf, uf), {
      tex: '\\mathcal{F}(y) = \\mathcal{F}(K) \\circ \\mathcal{F}(u)',
      text: 'A convolution in time is a product in frequency.',
      flop: 6 * length,
    }),
    step('Back, and cut', yf, 'part', now(made('y', 1, u.cols)), {
      tex: 'y = \\mathcal{F}^{-1}\\bigl( \\mathcal{F}(y) \\bigr)_{0 \\dots L-1} = K * u',
      text: 'The first half is the output of all steps at once.',
      flop: fftFlop(2 * length),
    }),
  ];
}
