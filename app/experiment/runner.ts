/**
 * One run of a method on one home, from checked values to a plain result. Whatever the method made on the
 * device is released when the run ends, except what the cache keeps.
 */
import { CancelledError } from '../gpu/errors';
import { GpuHome } from '../gpu/gpuhome';
import type { Home, Timing } from '../gpu/home';
import type { Figure } from '../methods/figures';
import type { Lab, Method, Outcome } from '../methods/method';
import type { LooseValues } from '../methods/parameters';
import type { Cache } from './cache';
import { evaluateClaims } from './claims';
import type { Gate } from './gate';
import type { Progress, RunResult } from './protocol';
import { checkValues } from './values';

export interface Experiment {
  method: Method;
  values: LooseValues;
  home: Home;
  /** The person's own data; null for what the testbed generates. */
  data: Lab['data'];
  /** Names the data in cache keys; 'testbed' where there is none. */
  dataKey: string;
  cache: Cache;
  signal?: AbortSignal;
  /** Holds the run at its seams while it is paused. */
  gate?: Gate;
  onProgress?: (progress: Progress) => void;
  /** What there is so far, all parts merged. */
  onPartial?: (outcome: Outcome) => void;
  /** Takes the factors that the method offers. */
  onFactors?: Lab['factors'];
}

/** A preview asked for something that no run has made yet. */
class NotCachedError extends Error {
  override readonly name = 'NotCachedError';
}

const BREATH_MS = 40;

/**
 * Runs the experiment.
 * @throws UserError where a value does not fit, CancelledError, DeviceLostError, or whatever the method throws.
 */
export async function runExperiment(experiment: Experiment): Promise<RunResult> {
  const { method, home, cache, data } = experiment;
  const values = checkValues(method, experiment.values);
  method.check?.(values, data);
  const began = performance.now();
  await home.timings(); // what a cancelled run left
  const whole = new Whole();
  const ledger = new Ledger();
  const deviations = watchDeviations(home);
  cache.beginRun();
  try {
    const lab = makeLab(experiment, whole, ledger);
    whole.add(await home.scope(() => method.run(lab, values)));
    ledger.add(await home.timings());
  } finally {
    home.stage = '';
    cache.endRun();
  }
  const { metrics, figures, notes, reasons } = whole.outcome();
  return {
    method: method.id,
    values: { ...values },
    adapter: home.label,
    home: home.kind,
    metrics,
    reasons,
    figures,
    notes,
    // Claims speak of the testbed's data; a person's own data promises nothing.
    claims: data === null ? evaluateClaims(method, values, metrics, home.kind) : [],
    timings: ledger.rows(),
    wallMs: performance.now() - began,
    ...(deviations ? { deviations: Object.fromEntries(deviations) } : {}),
  };
}

/** Collects the worst error of each operation over its bound; null where nothing is verified. */
function watchDeviations(home: Home): Map<string, number> | null {
  if (!(home instanceof GpuHome) || !home.verify) return null;
  const worst = new Map<string, number>();
  const before = home.onVerified;
  home.onVerified = (seen) => {
    worst.set(seen.operation, Math.max(seen.ratio, worst.get(seen.operation) ?? 0));
    before?.(seen);
  };
  return worst;
}

/** The method's preview from what is cached, or null where that does not suffice or the method has none. */
export async function previewExperiment(experiment: Experiment): Promise<Outcome | null> {
  const { method, home, cache, data } = experiment;
  if (!method.preview) return null;
  const values = checkValues(method, experiment.values);
  method.check?.(values, data);
  cache.beginRun();
  const lab = makeLab(experiment, new Whole(), new Ledger());
  const cached: Lab['cached'] = (key, make) => {
    if (!cache.has(cacheKey(experiment, key))) throw new NotCachedError(key);
    return lab.cached(key, make);
  };
  try {
    return await home.scope(async () => (await method.preview?.({ ...lab, cached }, values)) ?? null);
  } catch (error) {
    if (error instanceof NotCachedError) return null;
    throw error;
  } finally {
    cache.endRun();
  }
}

const cacheKey = ({ dataKey }: Experiment, key: string): string => `${dataKey}\n${key}`;

function makeLab(experiment: Experiment, whole: Whole, ledger: Ledger): Lab {
  const { home, cache, data, dataKey, signal, gate, onProgress, onPartial } = experiment;
  let lastBreath = performance.now();
  const seam = async () => {
    if (performance.now() - lastBreath > BREATH_MS) {
      // Promises alone let no message in, so a cancel would wait until the end.
      await new Promise((resolve) => setTimeout(resolve, 0));
      lastBreath = performance.now();
    }
    await gate?.pass();
    if (signal?.aborted) throw new CancelledError();
    await home.checkpoint();
  };
  return {
    home,
    data,
    dataKey,
    async step(fraction, stage) {
      home.stage = stage;
      onProgress?.({ fraction: Math.min(1, Math.max(0, fraction)), stage });
      await seam();
    },
    partial(outcome) {
      whole.add(outcome);
      onPartial?.(whole.outcome());
    },
    cached: (key, make) => cache.get(cacheKey(experiment, key), make),
    factors: async (make) => experiment.onFactors?.(make),
    time: (label, repeats, call) =>
      timeCalls(home, { label, repeats, call, seam, onTimings: (timings) => ledger.add(timings) }),
  };
}

interface TimedCalls {
  /** Stands as the stage in the timings. */
  label: string;
  repeats: number;
  call: () => Promise<unknown>;
  /** Called before each repeat. */
  seam?: () => Promise<void>;
  /** Takes what the home has timed, the warm-up included. */
  onTimings?: (timings: readonly Timing[]) => void;
}

/** Median ms of a call after one to warm up: the sum of its kernels' timestamps, or wall time without them. */
export async function timeCalls(home: Home, timed: TimedCalls): Promise<number> {
  const { label, repeats, call, seam, onTimings } = timed;
  if (!(repeats >= 1)) throw new Error(`${label}: cannot time ${repeats} calls`);
  const stage = home.stage;
  home.stage = label;
  const once = () =>
    home.scope(async () => {
      await call();
    });
  await once();
  onTimings?.(await home.timings());
  const samples: number[] = [];
  for (let i = 0; i < repeats; i++) {
    await seam?.();
    const began = performance.now();
    await once();
    await home.finish();
    const wallMs = performance.now() - began;
    const timings = await home.timings();
    onTimings?.(timings);
    samples.push(gpuMs(timings) ?? wallMs);
  }
  home.stage = stage;
  samples.sort((a, b) => a - b);
  const middle = samples.length >> 1;
  return samples.length % 2 === 1 ? samples[middle] : (samples[middle - 1] + samples[middle]) / 2;
}

/** The sum of the timestamps, null where any kernel has none. */
function gpuMs(timings: readonly Timing[]): number | null {
  if (timings.length === 0) return null;
  let sum = 0;
  for (const { clock, ms } of timings) {
    if (clock !== 'gpu' || ms === null) return null;
    sum += ms;
  }
  return sum;
}

/** The parts of an outcome, merged: later metrics and reasons win, figures by id, notes once each. */
class Whole {
  private metrics: Record<string, number | null> = {};
  private reasons: Record<string, string> = {};
  private readonly figures = new Map<string, Figure>();
  private readonly notes = new Set<string>();

  add(part: Outcome): void {
    Object.assign(this.metrics, part.metrics);
    Object.assign(this.reasons, part.reasons);
    for (const figure of part.figures ?? []) this.figures.set(figure.id, figure);
    for (const note of part.notes ?? []) this.notes.add(note);
  }

  outcome(): Required<Outcome> {
    return {
      metrics: { ...this.metrics },
      reasons: { ...this.reasons },
      figures: [...this.figures.values()],
      notes: [...this.notes],
    };
  }
}

/** Timings by stage and kernel, over the whole run. */
class Ledger {
  private readonly byKey = new Map<string, Timing>();

  add(timings: readonly Timing[]): void {
    for (const timing of timings) {
      const key = `${timing.stage}\n${timing.kernel}\n${timing.clock}`;
      const sum = this.byKey.get(key);
      if (!sum) {
        this.byKey.set(key, { ...timing });
        continue;
      }
      sum.calls += timing.calls;
      sum.flop += timing.flop;
      sum.bytes += timing.bytes;
      sum.ms = sum.ms === null || timing.ms === null ? null : sum.ms + timing.ms;
    }
  }

  rows(): Timing[] {
    return [...this.byKey.values()];
  }
}
