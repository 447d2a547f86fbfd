/** Attention in its forms, and what trains a network. */
import { attention } from '../../kernels/attention';
import { embeddingGradient, embeddingLookup, logisticGradient, placesOf } from '../../kernels/embedding';
import { featureAttention, features } from '../../kernels/features';
import { blendPaired, lshAttention, lshPlan } from '../../kernels/lsh';
import { monomials, multiply, rowKronecker, softmaxGradient, taylor } from '../../kernels/monomials';
import { adam, adamLines, adamMoments, descend, lineState, momentum } from '../../kernels/optimizer';
import {
  adamDirection,
  applyScaled,
  limitGrowth,
  lineRatio,
  recordCosine,
  scaleRemainder,
} from '../../kernels/projected';
import { randloraGradient, randloraStack } from '../../kernels/randlora';
import { segmentMeans } from '../../kernels/segments';
import { addOnSupport, gatherOnSupport } from '../../kernels/support';
import { tripleAttention } from '../../kernels/triple';
import { monomialTable } from '../../math/multisets';
import { integers, permutation } from '../../math/threefry';
import type { BoundFamily } from './bounds';
import { SIZES } from './dense';

const attentions: BoundFamily = {
  title: 'attention',
  operations: [
    'attention',
    'feature_map',
    'feature_attention',
    'lsh_hash',
    'lsh_plan',
    'lsh_attention',
    'lsh_blend',
    'triple_attention',
    'segment_means',
    'entry_product',
    'softmax_gradient',
    'monomials',
    'row_kronecker',
    'taylor_exp',
  ],
  sizes: SIZES,
  async run(_home, n, draw) {
    const tokens = 2 * n;
    const part = (width: number) => draw.between(-0.8, 0.8, [tokens, width]);
    const [q, k, v] = [part(5), part(5), part(3)];
    await attention(q, k, v);
    await attention(q, k, v, { causal: true, scale: 2 });
    const w = draw.normal([6, 5]);
    const scale = 0.7;
    for (const kind of ['positive', 'logarithm', 'trigonometric'] as const)
      await features(kind, q, w, { scale });
    const [fq, fk] = [
      await features('positive', q, w, { scale }),
      await features('positive', k, w, { scale }),
    ];
    await featureAttention(fq, fk, v);
    await featureAttention(q, k, v, { elu: { scale } });
    const plan = await lshPlan(q, k, draw.normal([2, 5, 3]), n);
    await lshAttention(q, k, v, plan, { scale });
    await blendPaired(draw.normal([tokens, tokens]), draw.normal([tokens, tokens]), plan);
    await tripleAttention({ q, k1: k, k2: part(5), v1: v, v2: part(3) }, 1);
    await segmentMeans(q, n);
    const [f, g] = [draw.normal([n, 7]), draw.normal([n, 7])];
    await multiply(f, g);
    await softmaxGradient(f, g, draw.normal([n, 1]));
    await monomials(draw.normal([n, 3]), monomialTable(3, 4), (e) => 1 / e);
    await rowKronecker(f, draw.normal([n, 3]));
    await taylor(f, 6);
  },
};

const training: BoundFamily = {
  title: 'optimizers and gradients',
  operations: [
    'adam',
    'adamLines',
    'momentum',
    'descend',
    'adamDirection',
    'lineRatio',
    'scaleRemainder',
    'limitGrowth',
    'applyScaled',
    'recordCosine',
    'randloraStack',
    'randloraGradient',
    'embeddingLookup',
    'embeddingGradient',
    'logisticGradient',
    'addOnSupport',
    'gatherOnSupport',
  ],
  sizes: SIZES,
  async run(home, n, draw) {
    const shape = [n, 9];
    const count = 9 * n;
    const w = draw.normal(shape);
    const gradient = draw.normal(shape);
    const moments = adamMoments(w);
    for (const step of [1, 2]) await adam(w, gradient, moments, { rate: 0.01, step, keep: 0.999 });
    const line = Array.from({ length: count }, (_, i) => Math.floor(i / 9));
    const state = lineState(w, line, { lines: n, most: 3 });
    await adamLines(w, gradient, state, { rate: 0.01, from: 0, to: Math.ceil(n / 2) });
    await momentum(w, gradient, draw.normal(shape), { rate: 0.1, momentum: 0.9 });
    await descend(w, gradient, { rate: 0.1, keep: 0.99 });
    await adamDirection(gradient, adamMoments(w));
    const phi = await lineRatio(w, gradient, true);
    const { s, squares } = await scaleRemainder(gradient, phi, true);
    const { factor } = await limitGrowth(squares, draw.between(1, 2, [4]), { at: 2, bound: 1.01 });
    await applyScaled(w, s, factor, 0.1);
    await recordCosine(home.tensor([3]), w, gradient, 1);
    const [bases, r] = [3, 2];
    const at = bases * r;
    const theta = draw.normal([at + bases * n]);
    const a = draw.normal([r, n]);
    await randloraStack(theta, a, { bases, gammaAt: at });
    const t = draw.normal([bases * r, n]);
    await randloraGradient(t, theta, a, home.tensor([at + bases * n]), { bases, gammaAt: at });
    const index = Uint32Array.from(integers(7, n, 2 * n, n));
    await embeddingLookup(w, home.tensor([2 * n], index, 'u32'));
    await embeddingGradient(draw.normal([2 * n, 9]), placesOf(home, index, n));
    await logisticGradient(gradient, draw.between(0, 1, shape), 1 / count);
    const places = home.tensor([n], permutation(7, n, count).subarray(0, n), 'u32');
    await addOnSupport(w, places, draw.normal([n]));
    await gatherOnSupport(w, places);
  },
};

export const layers: readonly BoundFamily[] = [attentions, training];
