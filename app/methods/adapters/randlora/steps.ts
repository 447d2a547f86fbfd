/** RandLoRA step by step: many fixed random products of low rank, mixed by trained diagonals. */
import {
  given,
  made,
  minus,
  now,
  productFlop,
  random,
  type StepsOf,
  step,
  times,
  trained,
  transposed,
} from '../../steps';

interface Sizes {
  m: number;
  n: number;
  rank: number;
  batch: number;
}

export const steps: StepsOf<Sizes> = ({ m, n, rank, batch }) => {
  const [big, small] = [Math.max(m, n), Math.min(m, n)];
  const r = Math.min(rank, small);
  const N = Math.ceil(small / r);
  const width = N * r;
  const B = random('Bⱼ', big, r);
  const A = random('A', r, small);
  const lambda = trained('Λⱼ', r, r, 'diagonal');
  const gamma = trained('Γⱼ', small, small, 'diagonal');
  const stack = random('[B₁…]', big, width);
  const mixed = made('[ΛⱼAΓⱼ]', width, small);
  const update = made('ΔW', big, small);
  const wanted = given('D', big, small);
  const rest = made('ΔW − D', big, small);
  const G = made('G', big, small);
  // The inputs stand on the side of the n columns, which is the left one where the matrix is wider than tall.
  const X = given('X', m >= n ? small : big, batch);
  const turned = m >= n ? [rest, X, transposed(X)] : [X, transposed(X), rest];
  const b = made('bⱼ', big, r);
  const a = made('aⱼ', r, small);
  return [
    step('One random product', now(made('ΔWⱼ', big, small)), 'equals', [B, lambda, A, gamma], {
      tex: '\\Delta W_j = B_j\\, \\mathrm{diag}(\\lambda_j)\\, A\\, \\mathrm{diag}(\\gamma_j)',
      text: `Base and A are random and stay fixed; only ${r + small} numbers of the diagonals learn.`,
    }),
    step('Enough of them for full rank', now(update), 'equals', [stack, mixed], {
      tex: `\\Delta W = \\sum_{j=1}^{N} \\Delta W_j,\\qquad N = \\lceil ${small} / ${r} \\rceil = ${N}`,
      text: 'Side by side the bases span as many directions as the matrix has columns: the sum has full rank.',
      flop: productFlop(stack, mixed),
    }),
    step('What is missing', now(rest), 'equals', minus(update, wanted), {
      tex: '\\Delta W - D',
      text: 'The wanted change D has a spectrum that may be flat or steep.',
    }),
    step('Gradient', now(G), 'equals', turned, {
      tex: 'G = \\frac{2}{b\\, m\\, v}\\,(\\Delta W - D)\\, X X^{\\top}',
      text:
        m >= n
          ? 'The loss looks at the missing part through a batch of inputs.'
          : 'The loss looks at the missing part through a batch of inputs (transposed, as the matrix is wider than tall).',
      flop: 4 * m * n * batch,
    }),
    step('Scaled bases', now(b), 'equals', [B, lambda], {
      tex: 'b_j = B_j\\, \\mathrm{diag}(\\lambda_j),\\qquad a_j = A\\, \\mathrm{diag}(\\gamma_j)',
      text: 'Each gradient needs one basis with its diagonal, the other without.',
      flop: big * r,
    }),
    step('Gradient of γ', times([transposed(b), G], A), 'columnwise', now(made('∂γⱼᵀ', 1, small)), {
      tex: '\\frac{\\partial L}{\\partial \\gamma_j} = \\mathbf{1}^{\\top} \\bigl( (b_j^{\\top} G) \\circ A \\bigr)',
      text: 'Sums down the columns: one number for every column of the weight.',
      flop: N * productFlop(transposed(b), G),
    }),
    step('Gradient of λ', times([G, transposed(a)], B), 'columnwise', now(made('∂λⱼᵀ', 1, r)), {
      tex: '\\frac{\\partial L}{\\partial \\lambda_j} = \\mathbf{1}^{\\top} \\bigl( (G\\, a_j^{\\top}) \\circ B_j \\bigr)',
      text: 'And one for every column of the basis.',
      flop: N * productFlop(G, transposed(a)),
    }),
    step(
      'Adam on the diagonals',
      now(gamma),
      'equals',
      minus(gamma, made('step', small, small, 'diagonal')),
      {
        tex: '\\gamma_j \\leftarrow \\gamma_j - \\eta\\, \\mathrm{Adam}(\\partial \\gamma_j),\\qquad \\lambda_j \\leftarrow \\lambda_j - \\eta\\, \\mathrm{Adam}(\\partial \\lambda_j)',
        text: `${N * (r + small)} numbers learn, and the change they make is of full rank.`,
      },
    ),
  ];
};
