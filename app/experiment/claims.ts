/** Which of a method's claims apply at the values of a run, and whether they hold. */
import type { Claim, Method, Metrics } from '../methods/method';
import type { LooseValues } from '../methods/parameters';
import type { ClaimResult } from './protocol';
import { defaults, quickValues } from './values';

/** More repeats make a mean steadier; they change nothing that a claim is about. */
const IGNORED = 'repeats';

/** The claims that these values are the stated ones of, evaluated over the metrics. */
export function evaluateClaims(
  method: Method,
  values: LooseValues,
  metrics: Metrics,
  home: 'gpu' | 'cpu',
): ClaimResult[] {
  const numbers: Record<string, number> = Object.create(null);
  for (const [key, value] of Object.entries(metrics)) numbers[key] = value ?? Number.NaN;
  return method.claims
    .filter((claim) => applies(method, claim, values) && !(claim.gpuOnly && home === 'cpu'))
    .map((claim) => evaluate(claim, numbers));
}

/** True where the values are those of `at` over the defaults or, unless it needs full size, over `quick`. */
export function applies(method: Method, claim: Claim, values: LooseValues): boolean {
  if (matches(method, values, { ...defaults(method), ...claim.at })) return true;
  return !claim.fullSizeOnly && matches(method, values, { ...quickValues(method), ...claim.at });
}

function matches(method: Method, values: LooseValues, stated: LooseValues): boolean {
  return Object.entries(method.parameters).every(([key, parameter]) => {
    if (parameter.kind === 'seed' || key === IGNORED || values[key] === stated[key]) return true;
    // A parameter that these values leave without effect may have any value.
    return parameter.when !== undefined && !parameter.when(values) && !parameter.when(stated);
  });
}

function evaluate(claim: Claim, metrics: Readonly<Record<string, number>>): ClaimResult {
  const value = claim.value(metrics);
  const bound = typeof claim.bound === 'number' ? claim.bound : claim.bound(metrics);
  const { text, item, relation } = claim;
  return {
    text,
    item,
    holds: compare(value, relation, bound),
    value,
    bound,
    relation,
    advisory: claim.advisory ?? false,
  };
}

/** False for NaN on either side: what could not be measured does not hold. */
function compare(value: number, relation: Claim['relation'], bound: number): boolean {
  switch (relation) {
    case '<=':
      return value <= bound;
    case '>=':
      return value >= bound;
    case '=':
      return value === bound;
    default:
      return relation satisfies never;
  }
}
