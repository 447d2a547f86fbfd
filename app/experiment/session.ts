/**
 * The worker's side of the protocol: one call after the other, on the GPU where there is one, with the data
 * and the caches that outlive a call. A device that is lost in the middle of a run is opened again and the
 * run repeated, up to a limit.
 */
import type { ImageDecoder } from '../data/source';
import { CpuHome } from '../gpu/cpuhome';
import { type GpuDevice, openGpu } from '../gpu/device';
import { CancelledError, DeviceLostError } from '../gpu/errors';
import { GpuHome, type GpuHomeOptions } from '../gpu/gpuhome';
import type { Home } from '../gpu/home';
import { isUserError, UserError } from '../math/errors';
import { Cache } from './cache';
import { type Dataset, openDataset } from './datasets';
import { Gate } from './gate';
import type { IdleTuning } from './idletuning';
import { loadDeclaration } from './loaders';
import {
  type Answers,
  DataMissingError,
  type FromWorker,
  type OpenReport,
  type RunRequest,
  type ToWorker,
  toPlainError,
  type Word,
} from './protocol';

import { type Experiment, previewExperiment, runExperiment } from './runner';

type CallMessage = Exclude<ToWorker, { type: Word }>;

/** A home with what belongs to it. `switchboard.signal` is that of the run in progress. */
interface Workplace {
  home: Home;
  cache: Cache;
  switchboard: { signal?: AbortSignal };
  dispose(): void;
}

export interface SessionParts {
  post: (message: FromWorker) => void;
  decodeImage: ImageDecoder;
  openDevice?: () => Promise<GpuDevice>;
  /** Tunes kernels between the runs. */
  tuning?: IdleTuning;
}

const DATASETS = 3;
const LOSSES = 3;
const LOSS_WINDOW_MS = 60_000;

export class Session {
  private queue: Promise<void> = Promise.resolve();
  private readonly aborts = new Map<number, AbortController>();
  private readonly gates = new Map<number, Gate>();
  private readonly datasets = new Map<string, Dataset>();
  private device: GpuDevice | null = null;
  private refusal: string | null = null;
  private gpu: Workplace | null = null;
  private cpu: Workplace | null = null;
  private losses: number[] = [];

  constructor(private readonly parts: SessionParts) {}

  /** Takes one message; answers come through `post`. */
  handle(message: ToWorker): void {
    if (message.type === 'cancel') {
      const abort = this.aborts.get(message.id);
      if (!abort) return;
      abort.abort();
      this.gates.get(message.id)?.resume();
      this.parts.post({ type: 'cancelling', id: message.id });
      return;
    }
    if (message.type === 'pause' || message.type === 'resume' || message.type === 'step') {
      this.gates.get(message.id)?.[message.type]();
      return;
    }
    const abort = new AbortController();
    this.aborts.set(message.id, abort);
    this.gates.set(message.id, new Gate());
    this.queue = this.queue.then(() => this.answer(message, abort.signal));
  }

  private async answer(message: CallMessage, signal: AbortSignal): Promise<void> {
    const { id } = message;
    try {
      this.parts.tuning?.interrupt();
      if (signal.aborted) throw new CancelledError();
      this.parts.post({ type: 'answer', id, value: await this.call(message, signal) });
    } catch (error) {
      this.parts.post({ type: 'error', id, error: toPlainError(error) });
    } finally {
      this.aborts.delete(id);
      this.gates.delete(id);
      // Between runs, never before the first.
      if (message.type === 'run' && this.aborts.size === 0) this.parts.tuning?.rest();
    }
  }

  private call(message: CallMessage, signal: AbortSignal): Promise<Answers[keyof Answers]> {
    switch (message.type) {
      case 'open':
        return this.open();
      case 'load':
        return this.load(message);
      case 'run':
        return this.withDevice(message.request, signal, (experiment) =>
          runExperiment({ ...experiment, ...this.watched(message.id) }),
        );
      case 'factors':
        return this.withDevice(message.request, signal, async (experiment) => {
          const { takeFactors } = await import('./factors/take');
          return takeFactors({ ...experiment, ...this.watched(message.id) });
        });
      case 'measure':
        return this.measure(message.home);
      case 'preview':
        return this.withDevice(message.request, signal, previewExperiment);
      default:
        return message satisfies never;
    }
  }

  private watched(id: number): Pick<Experiment, 'gate' | 'onProgress' | 'onPartial'> {
    return {
      gate: this.gates.get(id),
      onProgress: (progress) => this.parts.post({ type: 'progress', id, progress }),
      onPartial: (outcome) => this.parts.post({ type: 'partial', id, outcome }),
    };
  }

  private async open(): Promise<OpenReport> {
    const device = await this.openedDevice();
    if (device) return { home: 'gpu', label: device.report.label, adapter: device.report, reason: null };
    return { home: 'cpu', label: this.cpuPlace().home.label, adapter: null, reason: this.refusal };
  }

  private async measure(wanted: 'gpu' | 'cpu'): Promise<Answers['measure']> {
    const { measureSpeeds } = await import('./speed');
    const { home } = await this.place({ home: wanted });
    const slow = home.kind === 'cpu' || this.device?.report.isFallback === true;
    return { ...(await measureSpeeds(home, slow)), tuned: this.parts.tuning?.table() };
  }

  private async load(message: Extract<CallMessage, { type: 'load' }>): Promise<Answers['load']> {
    const dataset = await openDataset(message.source, message.options, this.parts.decodeImage);
    const { key } = dataset.summary;
    if (key !== null) {
      this.datasets.delete(key);
      this.datasets.set(key, dataset);
      for (const oldest of this.datasets.keys())
        if (this.datasets.size > DATASETS) this.datasets.delete(oldest);
    }
    return dataset.summary;
  }

  /** Calls `body` with the experiment on its home; again on a new device when that was lost. */
  private async withDevice<T>(
    request: RunRequest,
    signal: AbortSignal,
    body: (experiment: Experiment) => Promise<T>,
  ): Promise<T> {
    const method = await loadDeclaration(request.method);
    if (!method) throw new UserError(`no method is called "${request.method.slice(0, 60)}": reload the page`);
    const data = request.data === null ? null : this.datasets.get(request.data)?.data;
    if (data === undefined) throw new DataMissingError(`no data "${request.data}" is loaded`);
    const dataKey = request.data ?? 'testbed';
    for (;;) {
      const place = await this.place(request);
      place.switchboard.signal = signal;
      try {
        const { home, cache } = place;
        return await body({ method, values: request.values, home, data, dataKey, cache, signal });
      } catch (error) {
        place.switchboard.signal = undefined;
        if (!(error instanceof DeviceLostError)) {
          await this.dropIfBroken(place);
          throw error;
        }
        this.dropGpu();
        this.countLoss();
      } finally {
        place.switchboard.signal = undefined;
        if (isOnce(request)) place.dispose();
      }
    }
  }

  private countLoss(): void {
    const now = performance.now();
    this.losses = [...this.losses.filter((at) => now - at < LOSS_WINDOW_MS), now];
    if (this.losses.length <= LOSSES) return;
    this.losses = [];
    throw new UserError(
      `The GPU was lost ${LOSSES + 1} times within a minute. Choose smaller sizes, run on the CPU, or restart the browser.`,
    );
  }

  /** A failed allocation or a rejected command stays with its home: such a home is replaced. */
  private async dropIfBroken(place: Workplace): Promise<void> {
    try {
      await place.home.finish();
    } catch {
      if (place === this.gpu) this.dropGpu();
    }
  }

  private dropGpu(): void {
    this.gpu?.dispose();
    this.gpu = null;
  }

  private async place(request: Pick<RunRequest, 'home' | 'verify' | 'edits'>): Promise<Workplace> {
    const device = request.home === 'gpu' ? await this.openedDevice() : null;
    if (!device) return this.cpuPlace();
    if (isOnce(request)) return gpuPlace(device, request);
    this.gpu ??= gpuPlace(device, {});
    return this.gpu;
  }

  private cpuPlace(): Workplace {
    if (!this.cpu) {
      const switchboard: Workplace['switchboard'] = {};
      const home = new CpuHome(switchboard);
      const cache = new Cache(home);
      this.cpu = { home, cache, switchboard, dispose: () => cache.clear() };
    }
    return this.cpu;
  }

  /** The device, opened again if it was lost; null, with the refusal kept, where there is none. */
  private async openedDevice(): Promise<GpuDevice | null> {
    if (this.device && !this.device.isLost()) return this.device;
    this.device = null;
    this.dropGpu();
    if (this.refusal !== null) return null;
    try {
      this.device = await (this.parts.openDevice ?? openGpu)();
      this.parts.tuning?.attach(this.device);
    } catch (error) {
      if (!isUserError(error)) throw error;
      this.refusal = error.message;
    }
    return this.device;
  }
}

/** A home that verifies or runs edited kernels is used once: what is cached was made without either. */
const isOnce = ({ verify, edits }: Pick<RunRequest, 'verify' | 'edits'>): boolean =>
  verify === true || edits !== undefined;

function gpuPlace(device: GpuDevice, { verify, edits }: Pick<RunRequest, 'verify' | 'edits'>): Workplace {
  const switchboard: GpuHomeOptions = { verify, edits };
  const home = new GpuHome(device, switchboard);
  const cache = new Cache(home);
  const dispose = () => {
    if (device.isLost()) return; // its memory went with it
    cache.clear();
    home.dispose();
  };
  return { home, cache, switchboard, dispose };
}
