/**
 * Scatterbrain: attention from positive random features everywhere, with the exact weights of the pairs that hashing
 * puts together in their place; beside either alone at equal budget.
 */
import { UserError } from '../../math/errors';
import { defineMethod } from '../method';
import { integer, number, seed } from '../parameters';
import { scatterbrainClaims } from './scatterbrain/claims';

const parameters = {
  beta: number({
    label: 'Inverse temperature',
    min: 0,
    max: 32,
    default: 3,
    help: 'Of the middle regime, where the Performer and hashing are about equally bad.',
  }),
  rank: integer({
    label: 'Features',
    min: 2,
    max: 1024,
    default: 16,
    scale: 'log2',
    help: 'Random features of Scatterbrain; the Performer alone gets twice as many.',
  }),
  rounds: integer({
    label: 'Hash rounds',
    min: 1,
    max: 16,
    default: 2,
    help: 'Of Scatterbrain; hashing alone gets twice as many.',
  }),
  chunk: integer({
    label: 'Keys of a chunk',
    min: 4,
    max: 256,
    default: 16,
    scale: 'log2',
    help: 'Sorted queries and keys are cut into chunks of this size, which must divide n.',
  }),
  buckets: integer({
    label: 'Hash values',
    min: 2,
    max: 256,
    default: 32,
    scale: 'log2',
    help: 'An even number b: the hash is the largest of b / 2 random projections and their negatives.',
  }),
  betaLow: number({
    label: 'Low inverse temperature',
    min: 0,
    max: 4,
    default: 0.25,
    help: 'The smooth regime.',
  }),
  betaHigh: number({
    label: 'High inverse temperature',
    min: 1,
    max: 32,
    default: 8,
    help: 'The peaked regime.',
  }),
  draws: integer({
    label: 'Draws',
    min: 1,
    max: 64,
    default: 8,
    help: 'Independent draws of features and hashes; errors are means over them.',
  }),
  n: integer({
    label: 'Tokens n',
    min: 64,
    max: 16384,
    default: 512,
    scale: 'log2',
    help: 'A multiple of the chunk. Above 4096 only errors of the outputs are reported.',
  }),
  d: integer({ label: 'Width d', min: 4, max: 128, default: 32, scale: 'log2', help: 'Numbers of a token.' }),
  clusters: integer({
    label: 'Clusters',
    min: 1,
    max: 256,
    default: 16,
    scale: 'log2',
    help: 'Tokens are drawn around this many centres.',
  }),
  spread: number({
    label: 'Spread',
    min: 0,
    max: 2,
    default: 0.3,
    help: 'Noise inside a cluster, relative to the distance of the centres from zero.',
  }),
  seed: seed(),
} as const;

/** The divisors of n nearest to `chunk` from below and above, within 4..256. */
function divisorsNear(n: number, chunk: number): number[] {
  const all = Array.from({ length: 253 }, (_, i) => i + 4).filter((c) => n % c === 0);
  const below = all.filter((c) => c < chunk).at(-1);
  const above = all.find((c) => c > chunk);
  return [below, above].filter((c) => c !== undefined);
}

export default defineMethod({
  id: 'scatterbrain',
  title: 'Scatterbrain',
  family: 'attention',
  testbed: 'attention',
  summary:
    'Attention as sparse plus low-rank: random features everywhere, exact weights where hashing looks.',
  papers: [
    {
      title: 'Scatterbrain: unifying sparse and low-rank attention approximation',
      authors: 'Chen, Dao, Winsor, Song, Rudra, Ré',
      year: 2021,
      ref: 'arXiv:2110.15343',
      url: 'https://arxiv.org/abs/2110.15343',
    },
    {
      title: 'Rethinking attention with Performers',
      authors: 'Choromanski et al.',
      year: 2021,
      ref: 'arXiv:2009.14794',
      url: 'https://arxiv.org/abs/2009.14794',
    },
    {
      title: 'Reformer: the efficient Transformer',
      authors: 'Kitaev, Kaiser, Levskaya',
      year: 2020,
      ref: 'arXiv:2001.04451',
      url: 'https://arxiv.org/abs/2001.04451',
    },
  ],
  formulas: [
    {
      tex: 'E_{ij} = e^{\\beta\\, q_i \\cdot k_j},\\qquad \\phi(x) = \\tfrac{1}{\\sqrt r} \\exp\\bigl(W y - \\tfrac12 \\lVert y \\rVert^2\\bigr),\\quad y = \\sqrt\\beta\\, x',
      text: 'Exact weights, and positive random features whose products estimate them without bias.',
    },
    {
      tex: 'h_t(x) = \\arg\\max\\, [x R_t,\\, -x R_t]',
      text: 'Each round hashes queries and keys, sorts both, and cuts both orders into chunks of c: query and key are paired when their chunks have the same number.',
    },
    {
      tex: '\\widehat{E}_{ij} = \\begin{cases} E_{ij} & j \\in S_i \\\\ \\phi(q_i) \\cdot \\phi(k_j) & \\text{otherwise} \\end{cases}',
      text: 'Exact on the pairs, features elsewhere; unbiased, because hashes and features are independent.',
    },
    {
      tex: '\\widehat{O}_i = \\frac{\\phi(q_i) (\\phi(K)^{\\top} V) + \\sum_{j \\in S_i} (E_{ij} - \\phi(q_i) \\cdot \\phi(k_j))\\, v_j}{\\phi(q_i) (\\phi(K)^{\\top} 1) + \\sum_{j \\in S_i} (E_{ij} - \\phi(q_i) \\cdot \\phi(k_j))}',
      text: 'The same in time linear in n: each pair of several rounds counts once.',
    },
    {
      tex: '\\mathbb{E}\\,\\lvert \\widehat{E}_{ij} - E_{ij} \\rvert^2 = \\bigl(1 - P(j \\in S_i)\\bigr)\\, \\mathrm{Var}\\,[\\phi(q_i) \\cdot \\phi(k_j)]',
      text: 'The error that is left is that of the features on the pairs that hashing misses, and it misses the small ones.',
    },
  ],
  symbols: { r: 'rank', c: 'chunk', n: 'n', d: 'd', '\\beta': 'beta', t: 'rounds' },
  parameters,
  metrics: {
    'error.scatterbrain': { label: 'Output error: Scatterbrain', better: 'lower' },
    'error.performer': { label: 'Output error: Performer', better: 'lower' },
    'error.lsh': { label: 'Output error: hashing alone', better: 'lower' },
    'error.scatterbrain.low': { label: 'Output error, smooth: Scatterbrain', better: 'lower' },
    'error.performer.low': { label: 'Output error, smooth: Performer', better: 'lower' },
    'error.lsh.low': { label: 'Output error, smooth: hashing alone', better: 'lower' },
    'error.scatterbrain.high': { label: 'Output error, peaked: Scatterbrain', better: 'lower' },
    'error.performer.high': { label: 'Output error, peaked: Performer', better: 'lower' },
    'error.lsh.high': { label: 'Output error, peaked: hashing alone', better: 'lower' },
    'matrix.scatterbrain': { label: 'Matrix error: Scatterbrain', better: 'lower' },
    'matrix.performer': { label: 'Matrix error: features alone', better: 'lower' },
    'matrix.mean': { label: 'Matrix error: mean over the draws', better: 'lower' },
    'identity.mask': { label: 'Error against that on unpaired entries', better: 'lower' },
    'identity.linear': { label: 'Linear time against n x n', better: 'lower' },
    'fill.lsh': { label: 'Share of pairs: hashing alone', unit: '1' },
    'fill.scatterbrain': { label: 'Share of pairs: Scatterbrain', unit: '1' },
    'time.exact': { label: 'Time: exact', unit: 'ms', better: 'lower' },
    'time.method': { label: 'Time: Scatterbrain with hashing', unit: 'ms', better: 'lower' },
  },
  claims: scatterbrainClaims,
  presets: [
    {
      id: 'crossing',
      label: 'Where they cross',
      notice:
        'Performer and hashing are equally bad here; together, at the same budget, they are better than either.',
      values: {},
    },
    {
      id: 'equal',
      label: 'Everything paired',
      notice: 'One chunk of all tokens pairs every query with every key: Scatterbrain and hashing are exact.',
      values: { n: 64, chunk: 64, rounds: 1 },
    },
    {
      id: 'peaked',
      label: 'Too peaked',
      notice:
        'At low temperature the features are noise: hashing alone, with the whole budget, is better than both together.',
      values: { beta: 12 },
      failure: true,
    },
  ],
  quick: { n: 256 },
  accepts: [],
  effort: 'closed form',
  factors: 'The rows of the random features of the first draw.',
  headline: ['error.scatterbrain', 'error.performer', 'error.lsh'],
  shaders: [
    'lsh_attention',
    'lsh_hash',
    'bucket_count',
    'bucket_offsets',
    'bucket_scatter',
    'feature_map',
    'feature_state',
    'feature_output',
    'attention',
    'attention_quad',
    'attention_workgroup',
  ],
  lineage: [
    { from: 'lowrank-attention', change: 'adds exact weights on hashed pairs to the random features' },
  ],
  cost: ({ n, d, rank, rounds, chunk, draws }) => {
    const dense = n <= 4096 ? 1 : 0;
    const one = 8 * n * rank * d + 8 * n * rounds * chunk * (d + rank);
    return {
      flop: 60 * 4 * n * n * d + 3 * draws * 3 * one + dense * n * n * (draws * (2 * rank + 30) + 1500),
      bytes: 4 * (20 * n * (d + rank) + dense * 8 * n * n + draws * (4 * rank * d + 16 * rounds * n)),
      dispatches: 3000,
    };
  },
  budget: ({ n, d, rank, rounds, chunk }) => [
    { label: 'Exact', value: 4 * n * n * d, unit: 'flop' },
    {
      label: 'Scatterbrain',
      value: 8 * n * rank * d + n * chunk * rounds * (4 * d + 2 * rank),
      unit: 'flop',
    },
    { label: 'Pairs looked at exactly, at most', value: n * chunk * rounds, unit: 'count' },
  ],
  check: ({ n, chunk, buckets }) => {
    if (n % chunk !== 0) {
      const near = divisorsNear(n, chunk);
      throw new UserError(
        `chunk ${chunk} does not divide n = ${n}: ` +
          (near.length > 0 ? `choose ${near.join(' or ')}` : 'choose an n with a divisor in 4..256'),
      );
    }
    if (buckets % 2 !== 0) {
      throw new UserError(`buckets ${buckets} is odd: choose ${buckets - 1} or ${buckets + 1}`);
    }
  },
  steps: async () => (await import('./scatterbrain/steps')).steps,
  run: async (lab, values) => (await import('./scatterbrain/run')).runScatterbrain(lab, values),
});
