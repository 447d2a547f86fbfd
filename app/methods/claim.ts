/** One comparison over the metrics of a run, as declarations write what must hold. */
import type { Claim } from './method';

/** `more`: the parameters under which it is stated, or that it needs full size or the GPU. */
export const claim = (
  item: number,
  text: string,
  value: Claim['value'],
  relation: Claim['relation'],
  bound: Claim['bound'],
  more: Partial<Claim> = {},
): Claim => ({ item, text, value, relation, bound, ...more });
