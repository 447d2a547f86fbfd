/**
 * Equal budgets: the main parameter of a method (its rank, mostly) is set so that parameters, work or time
 * come as near to the first run's as whole numbers allow.
 */

import type { Method } from '../methods/method';
import type { LooseValues } from '../methods/parameters';
import type { Budget } from './comparison';
import { estimate, type Machine } from './estimate';
import { parametersOf } from './pareto';

/** What these values cost, before any run; null where the method does not declare it. */
export function amountOf(
  method: Method,
  values: LooseValues,
  budget: Exclude<Budget, 'none'>,
  machine: Machine,
): number | null {
  switch (budget) {
    case 'parameters':
      return parametersOf(method, values);
    case 'flop':
      return method.cost?.(values).flop ?? null;
    case 'time':
      return estimate(method, values, machine)?.ms ?? null;
  }
}

/** The parameter that a method's budget is set by: its rank, or its first live whole number. */
export function knobOf(method: Method): string | null {
  if (method.parameters.rank?.kind === 'integer') return 'rank';
  const live = Object.entries(method.parameters).find(([, one]) => one.kind === 'integer' && one.live);
  return live?.[0] ?? null;
}

/** The values whose amount is nearest to `target`; null where no value of the knob changes or tells it. */
export function fairValues(
  method: Method,
  values: LooseValues,
  target: number,
  amount: (values: LooseValues) => number | null,
): LooseValues | null {
  const key = knobOf(method);
  const knob = key === null ? undefined : method.parameters[key];
  if (key === null || knob?.kind !== 'integer') return null;
  let best: LooseValues | null = null;
  let least = Number.POSITIVE_INFINITY;
  const seen = new Set<number>();
  for (let at = knob.min; at <= knob.max; at++) {
    const candidate = { ...values, [key]: at };
    try {
      method.check?.(candidate, null);
    } catch {
      continue; // a rank above the size of the matrix, say
    }
    const reached = amount(candidate);
    if (reached === null || !(reached > 0)) continue;
    seen.add(reached);
    const distance = Math.abs(Math.log(reached / target));
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return seen.size > 1 ? best : null;
}
