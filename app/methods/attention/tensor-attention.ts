/** Attention to pairs of keys: exact in n^3, by a polynomial nearly in n where entries are small. */
import { UserError } from '../../math/errors';
import { monomialCount } from '../../math/multisets';
import { claim } from '../claim';
import { defineMethod } from '../method';
import { integer, number, seed } from '../parameters';

const RANK_LIMIT = 4096;

const PARAMETERS = {
  seed: seed(),
  n: integer({
    label: 'Tokens n',
    min: 8,
    max: 4096,
    default: 128,
    scale: 'log2',
    help: 'Tokens of the first part. Above 512 the exact form is left out.',
  }),
  d: integer({ label: 'Width d', min: 1, max: 8, default: 4, help: 'Columns of queries, keys and values.' }),
  degree: integer({
    label: 'Degree g',
    min: 0,
    max: 12,
    default: 6,
    help: 'Of the polynomial in place of the exponential; the rank is binom(d + g, g), at most 4096.',
  }),
  clusters: integer({
    label: 'Clusters',
    min: 1,
    max: 64,
    default: 8,
    help: 'Sign patterns that tokens share.',
  }),
  bound: number({
    label: 'Entry bound B',
    min: 0.1,
    max: 4,
    default: 1.25,
    help: 'Largest entry of queries and keys, the easy side.',
  }),
  boundHigh: number({
    label: 'Entry bound B, high',
    min: 0.1,
    max: 4,
    default: 2.5,
    help: 'The same on the hard side, with the same draws.',
  }),
  tolerance: number({
    label: 'Tolerance',
    min: 1e-6,
    max: 0.1,
    default: 1e-3,
    scale: 'log10',
    help: 'Relative error of a weight for which the needed degree is counted.',
  }),
  sequences: integer({
    label: 'Sequences',
    min: 1,
    max: 256,
    default: 16,
    scale: 'log2',
    help: 'Match3: how many sequences are looked at.',
  }),
  tokens: integer({
    label: 'Tokens of a sequence',
    min: 8,
    max: 128,
    default: 32,
    help: 'Match3: numbers in each.',
  }),
  modulus: integer({
    label: 'Modulus p',
    min: 11,
    max: 65521,
    default: 701,
    scale: 'log2',
    help: 'Match3: three tokens match if they sum to 0 mod p. A prime; about 0.7 tokens^2 balances both kinds.',
  }),
  freqs: integer({
    label: 'Frequencies F',
    min: 1,
    max: 64,
    default: 16,
    help: 'Match3: waves that encode a token; the head is 4 F wide.',
  }),
  sharp: number({
    label: 'Inverse temperature',
    min: 1,
    max: 256,
    default: 64,
    scale: 'log2',
    help: 'Match3: how sharply the head looks at its best pair.',
  }),
} as const;

const isPrime = (p: number): boolean => {
  for (let i = 2; i * i <= p; i++) if (p % i === 0) return false;
  return p > 1;
};

const nearestPrimes = (p: number): [number, number] => {
  let [below, above] = [p - 1, p + 1];
  while (!isPrime(below)) below--;
  while (!isPrime(above)) above++;
  return [below, above];
};

const highMetrics = Object.fromEntries(
  [
    ['error.method', 'Error of the polynomial'],
    ['error.mean', 'Error of the constant output'],
    ['error.bound', 'Bound on the error'],
    ['score.triple', 'Largest score of triples'],
    ['score.pair', 'Largest score of pairs'],
    ['degree.triple', 'Degree needed for triples'],
    ['degree.pair', 'Degree needed for pairs'],
  ].flatMap(([key, label]) => [
    [key, { label, ...(key.startsWith('error.m') ? { better: 'lower' as const } : {}) }],
    [`${key}.high`, { label: `${label}, B high` }],
  ]),
);

export default defineMethod({
  id: 'tensor-attention',
  title: 'Tensor attention',
  family: 'attention',
  testbed: 'attention',
  summary:
    'Attention to pairs of keys sees triples of tokens; a polynomial makes it nearly linear while entries are small.',
  papers: [
    {
      title:
        'How to Capture Higher-order Correlations? Generalizing Matrix Softmax Attention to Kronecker Computation',
      authors: 'Alman, Song',
      year: 2024,
      ref: 'arXiv:2310.04064',
      url: 'https://arxiv.org/abs/2310.04064',
    },
  ],
  formulas: [
    {
      tex: 's_{ijl} = \\frac{1}{d} \\sum_c Q_{ic} K^{(1)}_{jc} K^{(2)}_{lc},\\qquad Y_{ic} = \\frac{\\sum_{jl} e^{s_{ijl}}\\, V^{(1)}_{jc} V^{(2)}_{lc}}{\\sum_{jl} e^{s_{ijl}}}',
      text: 'Softmax over all n^2 pairs of keys: n^3 d operations, and no n^2 array if tiles are folded on the way.',
    },
    {
      tex: '\\sum_{t \\le g} \\frac{s^t}{t!} = \\sum_{|a| \\le g} \\frac{d^{-|a|}}{a!}\\, q^a\\, k_1^a\\, k_2^a,\\qquad r = \\binom{d+g}{g}',
      text: 'The Taylor polynomial of degree g splits into r products of monomials.',
    },
    {
      tex: "Y' = \\frac{U_1 \\bigl( (U_2^{\\top} V_1) * (U_3^{\\top} V_2) \\bigr)}{U_1 \\bigl( (U_2^{\\top} 1) * (U_3^{\\top} 1) \\bigr)}",
      text: 'So the sum over pairs becomes two thin products: time n r d.',
    },
    {
      tex: "\\lvert Y' - Y \\rvert \\le \\frac{2 e}{1 - e} \\max |V_1| \\max |V_2|,\\qquad e = \\int_0^{S} \\frac{t^g e^t}{g!}\\, dt,\\quad S \\le B^3",
      text: 'Entries bounded by B give scores up to B^3: beyond B about (log n)^(1/3) no fast way exists (under SETH).',
    },
    {
      tex: '\\sum_c Q_c K^{(1)}_c K^{(2)}_c = \\sum_f \\cos \\frac{2 \\pi w_f (x_i + x_j + x_l)}{p}',
      text: 'Match3 by hand: F waves of each token, and the score is F exactly where three tokens sum to 0 mod p.',
    },
  ],
  parameters: PARAMETERS,
  metrics: {
    ...highMetrics,
    'error.method.low': { label: 'Error at half the degree', better: 'lower' },
    rank: { label: 'Rank of the polynomial', unit: 'count' },
    'identity.pair': { label: 'Pairs of keys with K2 = V2 = 1 against attention', better: 'lower' },
    'identity.kernel': { label: 'Features against the polynomial', better: 'lower' },
    'match.triple': { label: 'Match3 accuracy, triples', better: 'higher' },
    'match.pair': { label: 'Match3 accuracy, pairs', better: 'higher' },
    'match.gap': { label: 'Gap between matching and other tokens', better: 'higher' },
    'match.share': { label: 'Share of matching tokens' },
    'match.bound': { label: 'Entry bound of the Match3 head' },
    'time.exact': { label: 'Time: exact', unit: 'ms', better: 'lower' },
    'time.method': { label: 'Time: polynomial', unit: 'ms', better: 'lower' },
  },
  claims: [
    claim(1, 'Small entries: the polynomial is exact to 2e-4', (m) => m['error.method'], '<=', 2e-4),
    claim(
      1,
      'a hundred times nearer than uniform weights',
      (m) => m['error.method'] / m['error.mean'],
      '<=',
      0.01,
    ),
    claim(
      1,
      'The error falls fast with the degree',
      (m) => m['error.method.low'] / m['error.method'],
      '>=',
      20,
    ),
    claim(
      1,
      'It keeps its bound',
      (m) => m['error.method'],
      '<=',
      (m) => m['error.bound'],
    ),
    claim(2, 'Larger entries at the same rank: it fails', (m) => m['error.method.high'], '>=', 0.05),
    claim(2, 'five hundred times worse', (m) => m['error.method.high'] / m['error.method'], '>=', 500),
    claim(
      3,
      'Triples need more degrees than pairs at large entries',
      (m) => m['degree.triple.high'] / m['degree.pair.high'],
      '>=',
      1.8,
    ),
    claim(
      3,
      'and four times those of small entries',
      (m) => m['degree.triple.high'] / m['degree.triple'],
      '>=',
      4,
    ),
    claim(4, 'Attention to pairs finds every matching triple', (m) => m['match.triple'], '=', 1),
    claim(4, 'with a clear gap', (m) => m['match.gap'], '>=', 0.2),
    claim(4, 'Ordinary attention does not', (m) => m['match.pair'], '<=', 0.7),
    claim(5, 'With K2 = V2 = 1 it is ordinary attention', (m) => m['identity.pair'], '<=', 1e-4),
    claim(5, 'The features multiply to the polynomial', (m) => m['identity.kernel'], '<=', 1e-4),
  ],
  presets: [
    {
      id: 'small',
      label: 'Small entries',
      notice: 'Entries up to 0.5: degree 2, 15 features, is already exact to 1e-5.',
      values: { bound: 0.5, degree: 2 },
    },
    {
      id: 'odd',
      label: 'Odd degree',
      notice:
        'Entries up to 4 and degree 3: the polynomial is far below zero for negative scores, denominators change sign, and the output is nonsense.',
      values: { degree: 3, boundHigh: 4 },
    },
    {
      id: 'blurred',
      label: 'Too few waves',
      notice: 'With 4 frequencies near misses look like matches: the gap is negative and Match3 fails.',
      values: { freqs: 4, sharp: 8 },
      failure: true,
    },
  ],
  quick: { n: 64, sequences: 4 },
  accepts: [],
  effort: 'closed form',
  lineage: [
    { from: 'attention', change: 'attends to pairs of keys, and replaces the exponential by a polynomial' },
  ],
  symbols: { n: 'n', d: 'd', g: 'degree', B: 'bound', F: 'freqs', p: 'modulus' },
  shapes: ({ n, d, degree }) => {
    const r = monomialCount(d, degree);
    return [
      { symbol: 'exp S', rows: n, cols: n },
      { symbol: 'U₁', rows: n, cols: r, joint: '≈' },
      { symbol: 'U₂ᵀ', rows: r, cols: n, joint: '×' },
    ];
  },
  cost: ({ n, d, degree, sequences, tokens, freqs }) => {
    const exact = n <= 512 ? 9 * n ** 3 * (4 * d + 4) : 0;
    const low = 60 * n * monomialCount(d, degree) * (4 * d + 6);
    return {
      flop: exact + low + sequences * tokens ** 3 * (16 * freqs + 4),
      bytes: 4 * (3 * n * monomialCount(d, degree) + 5 * sequences * tokens * 4 * freqs),
      dispatches: 700,
    };
  },
  factors: 'U₁, U₂ and U₃, whose triple product approximates exp of the scores.',
  headline: ['error.method', 'error.method.high', 'match.triple'],
  shaders: ['triple_attention', 'monomials', 'entry_product', 'gemm'],
  budget: ({ n, d, degree }) => {
    const r = monomialCount(d, degree);
    return [
      { label: 'Rank', value: r, unit: 'count' },
      { label: 'flop, polynomial', value: n * r * (4 * d + 6) + 2 * r * d, unit: 'flop' },
      { label: 'flop, exact', value: n ** 3 * (4 * d + 4), unit: 'flop' },
    ];
  },
  check: ({ d, degree, modulus }) => {
    if (monomialCount(d, degree) > RANK_LIMIT) {
      let most = degree;
      while (monomialCount(d, most) > RANK_LIMIT) most--;
      throw new UserError(
        `degree ${degree} at width ${d} has ${monomialCount(d, degree)} features, above ${RANK_LIMIT}: choose degree ${most} or less`,
      );
    }
    if (!isPrime(modulus)) {
      const [below, above] = nearestPrimes(modulus);
      throw new UserError(`modulus ${modulus} is not a prime: choose ${below} or ${above}`);
    }
  },
  steps: async () => (await import('./tensor-attention/steps')).steps,
  run: async (lab, values) => (await import('./tensor-attention/run')).run(lab, values),
});
