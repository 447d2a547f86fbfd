/** The methods of a testbed; and as one comparison: on the same data, each else at its defaults. */
import type { Method, Testbed } from '../methods/method';
import { MOST_RUNS } from './comparison';
import { encodeLink, stateOf } from './links';
import { catalogue, loadMethod } from './registry';
import { quickValues } from './values';

/** Testbeds with at least two methods, and how many they have. */
export function testbeds(): { testbed: Testbed; count: number }[] {
  const counts = new Map<Testbed, number>();
  for (const { testbed } of catalogue) counts.set(testbed, (counts.get(testbed) ?? 0) + 1);
  return [...counts].filter(([, count]) => count > 1).map(([testbed, count]) => ({ testbed, count }));
}

/** Its methods, in the order of the catalogue. */
export const testbedMethods = (testbed: Testbed): Promise<Method[]> =>
  Promise.all(catalogue.filter((entry) => entry.testbed === testbed).map(({ id }) => loadMethod(id)));

/** Links of its methods, the first twelve by the catalogue; at quick sizes where the machine is slow. */
export async function testbedRuns(testbed: Testbed, slow: boolean): Promise<string[]> {
  const methods = await testbedMethods(testbed);
  return methods.slice(0, MOST_RUNS).map((method) => {
    const state = stateOf(method);
    return encodeLink(slow ? { ...state, values: quickValues(method) } : state);
  });
}
