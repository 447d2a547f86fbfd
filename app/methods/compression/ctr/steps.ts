/** Atomic feature mimicking step by step: the table and the layers are cut where what they emit lies. */
import { given, made, minus, now, plus, productFlop, type StepsOf, step, transposed } from '../../steps';
import { type CtrShape, layerShapes, ranksOf } from './counts';

type Sizes = CtrShape & { batch: number };

export const steps: StepsOf<Sizes> = (v) => {
  const { fields, vocab, d, batch } = v;
  const {
    table: rt,
    layers: [r],
  } = ranksOf(v);
  const [[out, into]] = layerShapes(v);
  const E = given('E', fields * vocab, d);
  const H = made('H', batch, d);
  const centred = made('H − μ', batch, d);
  const C = made('C', d, d);
  const Q = made('Q', d, d);
  const Qr = made('Qᵣ', d, rt);
  const low = made('E_low', fields * vocab, rt);
  const W = given('W₁', out, into);
  const P = made('P', out, r);
  const A = made('A', r, into);
  const X = made('X', into, batch);
  const Y = made('Y', out, batch);
  return [
    step('Look up', E, 'columnwise', now(H), {
      tex: 'h_i = E_{\\,\\mathrm{row}(i)}',
      text: `Each of the ${fields} fields of a sample picks its row of the table; drawn are the rows that one field of a batch picks.`,
    }),
    step('Subtract the mean', now(centred), 'equals', minus(H, made('1μᵀ', batch, d)), {
      tex: 'h_i - \\mu',
      text: 'Popular rows count as often as they occur: the mean of what is looked up, not of the table.',
      flop: 2 * batch * d,
    }),
    step('Covariance of the features', now(C), 'equals', [transposed(centred), centred], {
      tex: 'C = \\frac{1}{N} \\sum_i (h_i - \\mu)(h_i - \\mu)^{\\top}',
      text: 'Summed up in one pass over the training rows, for the table and all layers at once.',
      flop: productFlop(transposed(centred), centred),
    }),
    step('Its eigenvectors', C, 'equals', [now(Q), now(made('Λ', d, d, 'diagonal')), now(transposed(Q))], {
      tex: 'C = Q \\Lambda Q^{\\top}',
      text: 'The dropped eigenvalues are the mean squared error of the features, the least at this rank.',
    }),
    step('Keep the leading r', Q, 'part', now(Qr), {
      tex: `r = ${rt}`,
      text: `Of the ${d} directions of an embedding.`,
    }),
    step('Narrow table', now(low), 'equals', [made('E − 1μᵀ', fields * vocab, d), Qr], {
      tex: 'E_{\\mathrm{low}} = (E - \\mathbf{1} \\mu^{\\top})\\, Q_r',
      text: `Rows of ${rt} numbers in place of ${d}: most of the memory of such a model is its table.`,
      flop: productFlop(E, Qr),
    }),
    step(
      'After the look-up, widen',
      now(H),
      'about',
      plus([made('H_low', batch, rt), transposed(Qr)], made('1μᵀ', batch, d)),
      {
        tex: 'h \\approx Q_r\\, h_{\\mathrm{low}} + \\mu',
        text: 'A small linear map gives the next layer what it is used to.',
        flop: 2 * batch * rt * d,
      },
    ),
    step('The same for a layer', now(A), 'equals', [transposed(P), W], {
      tex: 'A = P^{\\top} W_1,\\qquad P = \\text{leading eigenvectors of } \\mathrm{cov}(W_1 x)',
      text: `The covariance of what the layer emits gives its own ${r} directions.`,
      flop: productFlop(transposed(P), W),
    }),
    step('The split layer', now(Y), 'about', plus([P, A, X], made('c1ᵀ', out, batch)), {
      tex: 'y \\approx P\\,(A x) + c,\\qquad c = \\mu_y - P P^{\\top} \\mu_y + P P^{\\top} b',
      text: 'Two thin products and a bias; the ReLU follows as before.',
      flop: 2 * r * (out + into) * batch,
    }),
  ];
};
