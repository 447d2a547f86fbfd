/** Which of several runs are worth their cost: the front of error against time, parameters or work. */

import type { ScatterFigure } from '../methods/figures';
import type { Method } from '../methods/method';
import type { LooseValues } from '../methods/parameters';
import type { CostAxis } from './comparison';
import type { RunResult } from './protocol';

export interface Candidate {
  key: string;
  label: string;
  cost: number;
  value: number;
}

/**
 * True for each candidate that another one beats: not worse in cost and value, better in one of them. What
 * has no cost or value neither beats nor is beaten.
 */
export function dominated(candidates: readonly Candidate[], better: 'lower' | 'higher'): boolean[] {
  const sign = better === 'lower' ? 1 : -1;
  return candidates.map((a) =>
    candidates.some(
      (b) =>
        b.cost <= a.cost &&
        sign * b.value <= sign * a.value &&
        (b.cost < a.cost || sign * b.value < sign * a.value),
    ),
  );
}

const AXES: Readonly<Record<CostAxis, { label: string; unit?: string }>> = {
  time: { label: 'time of the run', unit: 'ms' },
  parameters: { label: 'parameters' },
  flop: { label: 'work', unit: 'flop' },
};

/** What a run cost; null where that cannot be told. */
export function costOf(method: Method, result: RunResult, axis: CostAxis): number | null {
  switch (axis) {
    case 'time':
      return result.wallMs;
    case 'flop': {
      const counted = result.timings.reduce((sum, { flop }) => sum + flop, 0);
      return counted > 0 ? counted : (method.cost?.(result.values).flop ?? null);
    }
    case 'parameters':
      return parametersOf(method, result.values);
  }
}

/**
 * The parameters that these values stand for, from the method's declared budget; null where it declares none.
 * A budget may count the uncompressed original too: the smallest count of parameters or numbers is the method's.
 */
export function parametersOf(method: Method, values: LooseValues): number | null {
  const { m, n } = values;
  const shape = { m: typeof m === 'number' ? m : 0, n: typeof n === 'number' ? n : 0 };
  const counts = (method.budget?.(values, shape) ?? [])
    .filter(
      ({ label, unit }) => /param|numbers/i.test(label) && /^(count|parameters|params|numbers)$/i.test(unit),
    )
    .map(({ value }) => value)
    .filter((value) => value > 0 && Number.isFinite(value));
  return counts.length > 0 ? Math.min(...counts) : null;
}

/** The front as a figure: what is dominated is grey, the others are joined. */
export function paretoFigure(
  candidates: readonly Candidate[],
  axis: CostAxis,
  metric: { label: string; unit?: string; better: 'lower' | 'higher' },
): ScatterFigure {
  const beaten = dominated(candidates, metric.better);
  const front = candidates.filter((_, i) => !beaten[i]).sort((a, b) => a.cost - b.cost || a.value - b.value);
  const positive = candidates.every(({ value }) => value > 0);
  return {
    kind: 'scatter',
    id: 'pareto',
    title: `${metric.label} against ${AXES[axis].label}`,
    summary:
      `${front.map(({ label }) => label).join(', ')} ${front.length === 1 ? 'is' : 'are'} not beaten by any other run ` +
      `in both; ${beaten.filter(Boolean).length} of ${candidates.length} are (grey).`,
    x: { ...AXES[axis], scale: 'log' },
    y: { label: metric.label, unit: metric.unit, scale: positive ? 'log' : 'linear' },
    points: candidates.map(({ key, label, cost, value }, i) => ({
      key,
      label,
      role: beaten[i] ? 'guide' : 'method',
      x: cost,
      y: value,
    })),
    lines: [
      {
        key: 'front',
        label: 'Pareto front',
        role: 'bound',
        x: front.map(({ cost }) => cost),
        y: front.map(({ value }) => value),
      },
    ],
  };
}
