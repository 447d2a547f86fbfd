/**
 * Which of several kernels for one operation is fastest on this adapter: until it is measured, the default;
 * once it is, the winner, kept in a store. Measuring happens in idle time only, one key at a time: at most four
 * candidates, compiled asynchronously, timed side by side for at most 300 ms, replaced only for more than 5 %.
 *
 * Knows no mathematics: an operation registers how to run a candidate at given sizes (`defineTunable`), and asks
 * `chosen` for the name to run.
 */
import type { AdapterReport } from './device';
import type { GpuHome } from './gpuhome';

export interface TuningRecord {
  /** Adapter, operation, candidates and sizes to the nearest power of two. */
  key: string;
  op: string;
  sizes: Readonly<Record<string, number>>;
  /** What runs where nothing was measured. */
  fallback: string;
  winner: string;
  /** Best ms of each candidate that was measured. */
  ms: Readonly<Record<string, number>>;
}

export interface TuningStore {
  all(): Promise<TuningRecord[]>;
  put(record: TuningRecord): Promise<void>;
}

/** Forgets when the process ends: for Node and the tests. */
export class MemoryStore implements TuningStore {
  private readonly records = new Map<string, TuningRecord>();

  async all(): Promise<TuningRecord[]> {
    return [...this.records.values()];
  }

  async put(record: TuningRecord): Promise<void> {
    this.records.set(record.key, record);
  }
}

export interface Question {
  op: string;
  /** Sizes that matter; each is tuned at the nearest power of two. */
  sizes: Readonly<Record<string, number>>;
  /** The default first, four at most. None that this adapter should not compile. */
  candidates: readonly string[];
}

/** Makes what a candidate needs at these sizes; the function it returns queues it once. */
type Prepare = (
  home: GpuHome,
  sizes: Readonly<Record<string, number>>,
  candidate: string,
) => Promise<() => Promise<unknown>>;

const tunables = new Map<string, Prepare>();

/** Lets an operation be tuned; called once, where the operation is defined. */
export const defineTunable = (op: string, prepare: Prepare): void => void tunables.set(op, prepare);

export const MOST_CANDIDATES = 4;
export const BUDGET_MS = 300;
const ROUNDS = 3;
/** A default is only replaced by what is this much faster: less is noise. */
const WORTH = 0.95;

const tuners = new WeakMap<GPUDevice, Tuner>();

/** The kernel to run: the measured winner where there is one, else the default, and a note to measure. */
export function chosen(home: GpuHome, question: Question): string {
  const tuner = question.candidates.length > 1 ? tuners.get(home.device) : undefined;
  return tuner?.choose(home.adapter, question) ?? question.candidates[0];
}

const bucket = (size: number): number => 2 ** Math.round(Math.log2(Math.max(1, size)));

export class Tuner {
  private readonly records = new Map<string, TuningRecord>();
  private readonly wanted = new Map<string, Question>();

  constructor(
    private readonly store: TuningStore,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Operations on this device ask here from now on. */
  attach(device: GPUDevice): void {
    tuners.set(device, this);
  }

  /** Reads what was measured before. */
  async load(): Promise<void> {
    for (const record of await this.store.all()) this.records.set(record.key, record);
  }

  choose(adapter: AdapterReport, question: Question): string {
    const key = keyOf(adapter, question);
    const record = this.records.get(key);
    if (record && question.candidates.includes(record.winner)) return record.winner;
    if (tunables.has(question.op) && !this.records.has(key)) this.wanted.set(key, question);
    return question.candidates[0];
  }

  /** Keys that were asked for and not measured yet. */
  get pending(): number {
    return this.wanted.size;
  }

  /** What was measured, on this adapter and others, for export. */
  table(): readonly TuningRecord[] {
    return [...this.records.values()];
  }

  /**
   * Measures the key that was asked for last, within the budget; null where there is none or `signal` came first
   * (the key stays wanted). `home` should have nothing queued, and be of the adapter that asked.
   */
  async tuneNext(home: GpuHome, signal?: AbortSignal): Promise<TuningRecord | null> {
    const next = [...this.wanted].at(-1);
    if (!next || signal?.aborted) return null;
    const [key, question] = next;
    const { op, candidates } = question;
    const sizes = Object.fromEntries(
      Object.entries(question.sizes).map(([name, size]) => [name, bucket(size)]),
    );
    const ms = await home.scope(() => this.measure(home, question, sizes, signal));
    if (signal?.aborted) return null;
    this.wanted.delete(key);
    const fallback = candidates[0];
    let winner = fallback;
    for (const [name, time] of Object.entries(ms)) {
      const limit = winner === fallback ? WORTH * (ms[fallback] ?? 0) : ms[winner];
      if (time < limit) winner = name;
    }
    const record: TuningRecord = { key, op, sizes, fallback, winner, ms };
    this.records.set(key, record);
    await this.store.put(record);
    return record;
  }

  /** Best ms of each candidate: one run each to compile and warm up, then rounds of all within the budget. */
  private async measure(
    home: GpuHome,
    { op, candidates }: Question,
    sizes: Readonly<Record<string, number>>,
    signal?: AbortSignal,
  ): Promise<Record<string, number>> {
    const prepare = tunables.get(op);
    if (!prepare) return {};
    const ready: { name: string; run: () => Promise<unknown> }[] = [];
    await home.timings();
    for (const name of candidates.slice(0, MOST_CANDIDATES)) {
      if (signal?.aborted) break;
      const run = await prepare(home, sizes, name);
      home.stage = `${op} by ${name}`;
      await run();
      await home.finish();
      ready.push({ name, run });
    }
    await home.timings();
    const began = this.now();
    const left = () => BUDGET_MS - (this.now() - began);
    const best: Record<string, number> = {};
    for (let round = 0; round < ROUNDS && ready.length > 1; round++) {
      if (signal?.aborted || left() <= 0) break;
      for (const [name, time] of await this.round(home, op, ready, left)) {
        best[name] = Math.min(best[name] ?? Number.POSITIVE_INFINITY, time);
      }
    }
    home.stage = '';
    return best;
  }

  /** All candidates in one submission by timestamps; without those, one after the other by the clock. */
  private async round(
    home: GpuHome,
    op: string,
    ready: readonly { name: string; run: () => Promise<unknown> }[],
    left: () => number,
  ): Promise<Map<string, number>> {
    const walls = new Map<string, number>();
    const timed = home.device.features.has('timestamp-query');
    for (const { name, run } of ready) {
      if (left() <= 0) break;
      home.stage = `${op} by ${name}`;
      const began = this.now();
      await run();
      if (timed) continue;
      await home.finish();
      walls.set(name, this.now() - began);
    }
    const sums = new Map<string, number>();
    for (const { stage, ms, clock } of await home.timings()) {
      const name = ready.find((candidate) => stage === `${op} by ${candidate.name}`)?.name;
      if (name && clock === 'gpu' && ms !== null) sums.set(name, (sums.get(name) ?? 0) + ms);
    }
    // A driver whose timestamps are zero or absurd says nothing; then the default stays.
    return timed ? new Map([...sums].filter(([, ms]) => ms > 0)) : walls;
  }
}

function keyOf(adapter: AdapterReport, { op, sizes, candidates }: Question): string {
  const { vendor, architecture, subgroupMinSize, isFallback } = adapter;
  return JSON.stringify([
    vendor,
    architecture,
    subgroupMinSize,
    isFallback,
    op,
    candidates,
    Object.entries(sizes).map(([name, size]) => [name, bucket(size)]),
  ]);
}
