/** A selective state space model step by step: input-dependent steps, the scan, and the block form of Mamba-2. */
import { given, made, now, plus, productFlop, type StepsOf, step, times, transposed } from '../../steps';

interface Sizes {
  length: number;
  d: number;
  state: number;
  rank: number;
  heads: number;
  chunk: number;
}

export const steps: StepsOf<Sizes> = ({ length: L, d, state: N, rank, heads, chunk }) => {
  const q = Math.min(chunk, L);
  const width = Math.max(1, Math.floor(d / heads));
  const X = given('X', L, d);
  const [W1, W2] = [given('W₁', d, rank), given('W₂', rank, d)];
  const Delta = made('Δ', L, d);
  const B = made('B', L, N);
  const h = made('h', N, d);
  const a = made('aₜ', N, d);
  const b = made('bₜ', N, d);
  const all = made('a, b', L, d * N);
  const [Bq, Cq] = [made('B_q', q, N), made('C_q', q, N)];
  const Xq = made('X_q', q, width);
  const M = made('M', q, q, 'lower');
  const S = made('S', N, width);
  const passes = Math.ceil(Math.log2(Math.max(2, L)));
  return [
    step('Steps that depend on the input', [X, W1, W2], 'entrywise', now(Delta), {
      tex: '\\Delta = \\mathrm{softplus}(\\mathrm{bias} + X W_1 W_2)',
      text: `How far the state moves at every token, through a projection of rank ${rank}.`,
      flop: productFlop(X, W1) + 2 * L * rank * d,
    }),
    step('What to write, what to read', now(B), 'equals', [X, given('W_B', d, N)], {
      tex: 'B = X W_B,\\qquad C = X W_C',
      text: 'Also from the input, so no convolution can do this any more.',
      flop: 2 * productFlop(X, given('W_B', d, N)),
    }),
    step('Decay and input of every state', Delta, 'rowwise', now(all), {
      tex: 'a_{tcn} = e^{\\Delta_{tc} A_n},\\qquad b_{tcn} = \\Delta_{tc}\\, B_{tn}\\, x_{tc}',
      text: `${d} channels with ${N} states each, at ${L} tokens.`,
      flop: 4 * L * d * N,
    }),
    step('The recurrence', now(h), 'equals', plus(times(a, h), b), {
      tex: 'h_t = a_t \\circ h_{t-1} + b_t',
      text: 'One token after the other: exact, and with nothing to do in parallel along the sequence.',
      flop: 2 * L * d * N,
    }),
    step('The same as a scan', all, 'entrywise', now(made('h', L, d * N)), {
      tex: '(a_1, b_1) \\cdot (a_2, b_2) = (a_1 a_2,\\; a_2 b_1 + b_2)',
      text: `Pairs combine in any grouping: ${2 * passes} passes of a tree (Blelloch) in place of ${L} steps.`,
      flop: 6 * L * d * N,
    }),
    step('Read out', now(made('yₜ', 1, d)), 'equals', [made('Cₜ', 1, N), h], {
      tex: 'y_{tc} = \\sum_n C_{tn}\\, h_{tcn}',
      text: 'Every token reads the states through its own C.',
      flop: 2 * L * N * d,
    }),
    step(
      'Mamba-2: a chunk as a matrix',
      now(M),
      'equals',
      times(made('decay', q, q, 'lower'), [Cq, transposed(Bq)]),
      {
        tex: 'M_{ij} = e^{c_i - c_j}\\, C_i \\cdot B_j,\\qquad i \\ge j',
        text: `With one decay a head, ${q} tokens are an attention matrix without softmax.`,
        flop: heads * L * (2 * q * N + 2 * q),
      },
    ),
    step(
      'Within the chunk, and from before',
      now(made('Y_q', q, width)),
      'equals',
      plus([M, Xq], [made('C_q eᶜ', q, N), S]),
      {
        tex: 'Y = M X_\\Delta + e^{c_i} C_i\\, S',
        text: 'Products of matrices, which GPUs are built for; the past comes in through the state alone.',
        flop: heads * L * (2 * q * width + 2 * N * width),
      },
    ),
    step('Hand the state on', now(S), 'equals', plus(S, [transposed(made('B_q eᶜ', q, N)), Xq]), {
      tex: 'S \\leftarrow e^{c_{\\mathrm{last}}} S + \\sum_j e^{c_{\\mathrm{last}} - c_j}\\, B_j x_j^{\\top}',
      text: 'From chunk to chunk, decayed by what lies between.',
      flop: heads * L * 2 * N * width,
    }),
    step(
      'Why it is low rank',
      made('block under the diagonal', q, q),
      'equals',
      [made('C_q eᶜ', q, N), transposed(made('B_q eᶜ', q, N))],
      {
        tex: '\\mathrm{rank}\\, M_{\\mathrm{below}} \\le N',
        text: `All that later tokens know of earlier ones fits in ${N} numbers a channel.`,
      },
    ),
  ];
};
