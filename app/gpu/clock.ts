/**
 * Time per dispatch: timestamp queries where the device has them; otherwise the wall time of each
 * submission, shared out among its dispatches by their estimated work. Every figure says which it is.
 */
import type { Timing } from './home';

const CAPACITY = 1024; // dispatches between two resolves

interface Entry {
  kernel: string;
  stage: string;
  flop: number;
  bytes: number;
  estimateMs: number;
}

export class Clock {
  private readonly querySet: GPUQuerySet | null;
  private readonly resolved: GPUBuffer | null;
  private open: Entry[] = [];
  private readonly records = new Map<string, Timing>();
  private readonly pending: Promise<void>[] = [];

  constructor(private readonly device: GPUDevice) {
    const usable = device.features.has('timestamp-query');
    this.querySet = usable
      ? device.createQuerySet({ label: 'clock', type: 'timestamp', count: 2 * CAPACITY })
      : null;
    this.resolved = usable
      ? device.createBuffer({
          label: 'clock',
          size: 16 * CAPACITY,
          usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
        })
      : null;
  }

  get isGpu(): boolean {
    return this.querySet !== null;
  }

  get isFull(): boolean {
    return this.open.length >= CAPACITY;
  }

  /** Announces a dispatch; gives the timestamps to write round its pass. */
  mark(entry: Entry): GPUComputePassTimestampWrites | undefined {
    const at = 2 * this.open.push(entry) - 2;
    return this.querySet
      ? { querySet: this.querySet, beginningOfPassWriteIndex: at, endOfPassWriteIndex: at + 1 }
      : undefined;
  }

  /** Ends a submission without timestamps: `wallMs` resolves to what it took. */
  closeWall(wallMs: Promise<number>): void {
    const entries = this.open;
    this.open = [];
    const total = entries.reduce((sum, entry) => sum + entry.estimateMs, 0);
    this.pending.push(
      wallMs.then((ms) => {
        for (const entry of entries) this.add(entry, total > 0 ? (ms * entry.estimateMs) / total : 0, 'wall');
      }),
    );
  }

  /** Encodes the resolve of all timestamps so far; call `collect` after the submission. */
  encodeResolve(encoder: GPUCommandEncoder): (() => void) | null {
    const entries = this.open;
    if (!this.querySet || !this.resolved || entries.length === 0) return null;
    this.open = [];
    const size = 16 * entries.length;
    const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
    const target = this.device.createBuffer({ label: 'clock read', size, usage });
    encoder.resolveQuerySet(this.querySet, 0, 2 * entries.length, this.resolved, 0);
    encoder.copyBufferToBuffer(this.resolved, 0, target, 0, size);
    return () => {
      const done = target.mapAsync(GPUMapMode.READ).then(
        () => {
          const ticks = new BigUint64Array(target.getMappedRange());
          entries.forEach((entry, i) => {
            const ns = Number(ticks[2 * i + 1] - ticks[2 * i]);
            // Some drivers report zero, negative or absurd differences: such a call has no time.
            this.add(entry, ns >= 0 && ns < 1e11 ? ns / 1e6 : null, 'gpu');
          });
          target.destroy();
        },
        () => undefined, // the device was lost; the run will say so
      );
      this.pending.push(done);
    };
  }

  private add(entry: Entry, ms: number | null, clock: Timing['clock']): void {
    const key = `${entry.stage}\n${entry.kernel}`;
    const timing = this.records.get(key);
    if (!timing) {
      const { kernel, stage, flop, bytes } = entry;
      this.records.set(key, { kernel, stage, calls: 1, ms, clock, flop, bytes });
      return;
    }
    timing.calls++;
    timing.flop += entry.flop;
    timing.bytes += entry.bytes;
    timing.ms = timing.ms === null || ms === null ? null : timing.ms + ms;
  }

  /** All records since the last call. The caller has submitted and resolved what was open. */
  async take(): Promise<Timing[]> {
    await Promise.all(this.pending.splice(0));
    const all = [...this.records.values()];
    this.records.clear();
    return all;
  }

  destroy(): void {
    this.querySet?.destroy();
    this.resolved?.destroy();
  }
}
