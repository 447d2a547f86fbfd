/**
 * Tunes kernels while nobody waits: some time after a run has ended, one key after the other, each at most a
 * third of a second, until the next message comes. Never before a first result.
 */
import type { GpuDevice } from '../gpu/device';
import { GpuHome } from '../gpu/gpuhome';
import { Tuner, type TuningRecord, type TuningStore } from '../gpu/tuner';

/** Quiet time after a run, and between two keys. */
const QUIET_MS = 1500;
const PAUSE_MS = 200;

interface Timer {
  set: (work: () => void, ms: number) => unknown;
  clear: (handle: unknown) => void;
}

const browserTimer: Timer = {
  set: (work, ms) => setTimeout(work, ms),
  clear: (handle) => clearTimeout(handle as ReturnType<typeof setTimeout>),
};

export class IdleTuning {
  private readonly tuner: Tuner;
  private device: GpuDevice | null = null;
  private handle: unknown;
  private away = new AbortController();
  /** The measurement in progress, settled where there is none: for the tests. */
  working: Promise<void> = Promise.resolve();

  constructor(
    store: TuningStore,
    private readonly timer: Timer = browserTimer,
    now?: () => number,
  ) {
    this.tuner = new Tuner(store, now);
    // Without its store (a private window, say) everything is measured anew.
    this.tuner.load().catch(() => undefined);
  }

  /** A device was opened: its operations choose through the tuner from now on. */
  attach(device: GpuDevice): void {
    this.device = device;
    this.tuner.attach(device.device);
  }

  /** A message came: whatever is being measured is left at its next seam; the message need not wait for that. */
  interrupt(): void {
    this.timer.clear(this.handle);
    this.away.abort();
  }

  /** A run has ended: measure what it asked for, unless something comes. */
  rest(ms = QUIET_MS): void {
    this.timer.clear(this.handle);
    if (this.tuner.pending === 0) return;
    this.away = new AbortController();
    const { signal } = this.away;
    this.handle = this.timer.set(() => {
      this.working = this.tune(signal);
    }, ms);
  }

  /** What was measured, for export. */
  table(): readonly TuningRecord[] {
    return this.tuner.table();
  }

  private async tune(signal: AbortSignal): Promise<void> {
    const { device } = this;
    if (!device || device.isLost() || signal.aborted) return;
    // A home of its own: what it times is not the run's.
    const home = new GpuHome(device);
    try {
      await this.tuner.tuneNext(home, signal);
      if (!signal.aborted) this.rest(PAUSE_MS);
    } catch {
      // Out of memory or a lost device: nothing was promised, and the next run says what is wrong.
    } finally {
      if (!device.isLost()) home.dispose();
    }
  }
}
