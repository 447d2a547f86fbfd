/** While the rank moves: errors and maps at the new rank from the cached tokens and exact attention, one draw. */
import type { Tensor } from '../../../gpu/home';
import { nystromAttention, performerAttention, segmentAttention } from '../../../kernels/lowrankattention';
import { DENSE_LIMIT, identityTensor, picture, relativeError } from '../../../testbeds/attention';
import type { Lab, Outcome } from '../../method';
import { type AttentionMap, mapFigures } from '../figures';
import { exactMatrix } from './outputs';
import { bedOf, featureRows, type LowRankValues, type Numbers } from './values';

/** Above this many tokens the maps would not follow the hand. */
const FLUENT = 1024;

export async function previewLowRank(lab: Lab, v: LowRankValues): Promise<Outcome> {
  const { home } = lab;
  const { tokens, exact } = await bedOf(lab, v);
  const { q, k, v: values } = tokens;
  const w = featureRows(home, v, 0, v.rank);
  const methods: readonly [id: string, title: string, make: (values: Tensor) => Promise<Tensor>][] = [
    ['linformer', 'Linformer', (x) => segmentAttention(q, k, x, v.rank, v.beta)],
    ['nystrom', 'Nystromformer', (x) => nystromAttention(q, k, x, v.rank, v.beta, v.iters)],
    ['performer', 'Performer', (x) => performerAttention(q, k, x, w, v.beta)],
  ];
  const metrics: Numbers = {};
  for (const [id, , make] of methods) {
    metrics[`error.${id}`] = await home.scope(async () => relativeError(await make(values), exact));
  }
  if (v.n > Math.min(FLUENT, DENSE_LIMIT)) return { metrics };
  const identity = identityTensor(home, v.n);
  const show = async (id: string, title: string, matrix: Tensor): Promise<AttentionMap> => ({
    id: `map-${id}`,
    title,
    summary: `Attention matrix of ${title.toLowerCase()} at rank ${v.rank}, in the colours of the exact one.`,
    ...(await picture(matrix)),
  });
  const maps = [
    {
      ...(await show('exact', 'Exact', await exactMatrix(lab, v, tokens))),
      summary: `Softmax attention of ${v.n} tokens at inverse temperature ${v.beta}.`,
    },
  ];
  for (const [id, title, make] of methods) {
    maps.push(await home.scope(async () => show(id, title, await make(identity))));
  }
  return { metrics, figures: mapFigures(maps) };
}
