/**
 * Time and memory of a run before it starts, from the method's declared cost, this machine's measured speed,
 * and what earlier runs of the method took here; and smaller settings where that is much.
 */
import type { Cost, Method } from '../methods/method';
import type { LooseValues } from '../methods/parameters';
import type { RunResult } from './protocol';
import { quickValues } from './values';

/** What a run costs on one machine: the cost model's own prediction, and what it took. */
interface Calibration {
  modelMs: number;
  tookMs: number;
}

/** What is remembered of one machine (one adapter label). */
export interface Machine {
  gflops: number;
  dispatchMs: number;
  /** True where the two were measured here, not assumed. */
  measured: boolean;
  methods: Readonly<Record<string, Calibration>>;
}

export interface Estimate {
  ms: number;
  bytes: number;
  /** From an earlier run of this method here; else from the machine's speed alone, right within a factor of a few. */
  basis: 'earlier run' | 'speed';
}

/** Before anything was measured: a software adapter or the CPU, else a modest GPU. */
export const assumed = (slow: boolean): Machine =>
  slow
    ? { gflops: 1.5, dispatchMs: 0.1, measured: false, methods: {} }
    : { gflops: 300, dispatchMs: 0.02, measured: false, methods: {} };

const modelMs = ({ flop, dispatches }: Cost, { gflops, dispatchMs }: Machine): number =>
  flop / gflops / 1e6 + dispatches * dispatchMs;

/** null where the method does not declare its cost. */
export function estimate(method: Method, values: LooseValues, machine: Machine): Estimate | null {
  const cost = method.cost?.(values);
  if (!cost) return null;
  const model = modelMs(cost, machine);
  const earlier = machine.methods[method.id];
  return earlier && earlier.modelMs > 0
    ? { ms: (model * earlier.tookMs) / earlier.modelMs, bytes: cost.bytes, basis: 'earlier run' }
    : { ms: model, bytes: cost.bytes, basis: 'speed' };
}

/** The machine after a run on it: the next estimate of this method is scaled to what this one took. */
export function learned(machine: Machine, method: Method, result: RunResult): Machine {
  const cost = method.cost?.(result.values);
  if (!cost || !(result.wallMs > 0)) return machine;
  const calibration = { modelMs: modelMs(cost, machine), tookMs: result.wallMs };
  return { ...machine, methods: { ...machine.methods, [method.id]: calibration } };
}

/** Settings for a run that memory refused: a quarter of the bytes, or of the product of the sizes. */
export function smallerByMemory(method: Method, values: LooseValues): LooseValues | null {
  const sizes = Object.keys(method.quick).filter((key) => method.parameters[key]?.kind === 'integer');
  const measure = (at: LooseValues) =>
    method.cost?.(at).bytes ?? sizes.reduce((product, key) => product * Number(at[key]), 1);
  return smaller(method, values, (candidate) => measure(candidate) <= measure(values) / 4);
}

const SHARES = [0.25, 0.5, 0.75, 1];

/**
 * Settings between these and the method's quick ones, the nearest that `fits`; null where none does. Sizes
 * shrink together and geometrically; what is smaller already stays.
 */
export function smaller(
  method: Method,
  values: LooseValues,
  fits: (values: LooseValues) => boolean,
): LooseValues | null {
  const quick = quickValues(method);
  for (const share of SHARES) {
    const candidate = between(method, values, quick, share);
    if (!candidate || !fits(candidate)) continue;
    try {
      method.check?.(candidate, null);
      return candidate;
    } catch {
      // A rank above the smaller size, say: nearer to the quick settings it fits again.
    }
  }
  return null;
}

function between(method: Method, values: LooseValues, quick: LooseValues, share: number): LooseValues | null {
  const made: Record<string, LooseValues[string]> = { ...values };
  let changed = false;
  for (const [key, parameter] of Object.entries(method.parameters)) {
    const [from, to] = [values[key], quick[key]];
    const sized = parameter.kind === 'integer' && typeof from === 'number' && typeof to === 'number';
    if (!sized || from <= to || to <= 0) continue;
    // The quick settings name what a run's size hangs on; at the last step everything else follows too.
    if (!(key in method.quick) && share < 1) continue;
    made[key] = Math.round(from ** (1 - share) * to ** share);
    changed = true;
  }
  return changed ? made : null;
}
