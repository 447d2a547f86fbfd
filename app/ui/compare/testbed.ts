/** All methods of a testbed as one comparison: on the same data, each else at its defaults. */

import { MOST_RUNS } from '../../experiment/comparison';
import { encodeLink, stateOf } from '../../experiment/links';
import { catalogue, loadMethod } from '../../experiment/registry';
import { quickValues } from '../../experiment/values';
import type { Testbed } from '../../methods/method';

/** Testbeds with at least two methods, and how many they have. */
export function testbeds(): { testbed: Testbed; count: number }[] {
  const counts = new Map<Testbed, number>();
  for (const { testbed } of catalogue) counts.set(testbed, (counts.get(testbed) ?? 0) + 1);
  return [...counts].filter(([, count]) => count > 1).map(([testbed, count]) => ({ testbed, count }));
}

/** Links of its methods, the first twelve by the catalogue; at quick sizes where the machine is slow. */
export async function testbedRuns(testbed: Testbed, slow: boolean): Promise<string[]> {
  const members = catalogue.filter((entry) => entry.testbed === testbed).slice(0, MOST_RUNS);
  const methods = await Promise.all(members.map(({ id }) => loadMethod(id)));
  return methods.map((method) => {
    const state = stateOf(method);
    return encodeLink(slow ? { ...state, values: quickValues(method) } : state);
  });
}
