/**
 * The page's end of the worker: calls with promises. A cancelled run rejects at once; the worker stops at its
 * next seam, and one that does not even hear the cancel is ended and replaced. Data is loaded again in a new
 * worker when a request needs it, from the file or address that the page still holds.
 */
import { CancelledError } from '../gpu/errors';
import type { Outcome } from '../methods/method';
import type { TakenFactors } from './factors/stored';
import {
  type Answers,
  type Call,
  DataMissingError,
  type DataOptions,
  type DataSource,
  type DataSummary,
  type FromWorker,
  fromPlainError,
  type OpenReport,
  type Progress,
  type RunRequest,
  type RunResult,
  type Speeds,
  type ToWorker,
} from './protocol';

/** What the client needs of a Worker. */
export interface WorkerLike {
  postMessage(message: ToWorker): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<FromWorker>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

export interface RunHandlers {
  onProgress?: (progress: Progress) => void;
  /** What there is so far; already merged with the partial outcomes before. */
  onPartial?: (outcome: Outcome) => void;
}

export interface Run<T = RunResult> {
  result: Promise<T>;
  /** Rejects `result` with a CancelledError, at once. */
  cancel(): void;
  /** Holds the run at its next seam. */
  pause(): void;
  resume(): void;
  /** While paused: goes on to the next seam. */
  step(): void;
}

interface Pending {
  call: Call;
  resolve: (value: Answers[keyof Answers]) => void;
  reject: (error: Error) => void;
  handlers: RunHandlers;
}

/** A worker that hears nothing for this long is busy in one long computation. */
const HEAR_MS = 200;
/** A run that heard the cancel has this long to come to a seam. */
const END_MS = 3000;

function spawnWorker(): WorkerLike {
  return new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'rankscope' });
}

export class ExperimentClient {
  private worker: WorkerLike | null = null;
  private readonly pending = new Map<number, Pending>();
  private readonly cancelled = new Map<number, ReturnType<typeof setTimeout>>();
  private readonly sources = new Map<string, { source: DataSource; options: DataOptions }>();
  private nextId = 1;
  private previewing = false;
  private waitingPreview: { request: RunRequest; resolve: (outcome: Outcome | null) => void } | null = null;

  constructor(private readonly spawn: () => WorkerLike = spawnWorker) {}

  /** Opens the GPU, or the CPU home with the reason why it is not the GPU. */
  open(): Promise<OpenReport> {
    return this.call({ type: 'open' });
  }

  /**
   * Reads and decodes data. A summary with `key: null` asks for one of its `tensors`.
   * @throws UserError where the data cannot be read.
   */
  async loadData(source: DataSource, options: DataOptions = {}): Promise<DataSummary> {
    const summary = await this.call({ type: 'load', source, options });
    if (summary.key !== null) this.sources.set(summary.key, { source, options });
    return summary;
  }

  /** Speeds of a home, for estimates and the roofline. */
  measure(home: 'gpu' | 'cpu'): Promise<Speeds> {
    return this.call({ type: 'measure', home });
  }

  run(request: RunRequest, handlers: RunHandlers = {}): Run {
    return this.begin({ type: 'run', request }, handlers);
  }

  /** The factors of a run, at every precision. What the run has cached is not computed again. */
  factors(request: RunRequest, handlers: RunHandlers = {}): Run<TakenFactors> {
    return this.begin({ type: 'factors', request }, handlers);
  }

  private begin<C extends Extract<Call, { type: 'run' | 'factors' }>>(
    call: C,
    handlers: RunHandlers,
  ): Run<Answers[C['type']]> {
    let cancel = () => {};
    let over = false;
    let id = 0;
    const result = new Promise<Answers[C['type']]>((resolve, reject) => {
      const start = () => {
        const { id: started, answer } = this.send(call, handlers);
        id = started;
        return answer;
      };
      cancel = () => {
        if (over) return;
        over = true;
        reject(new CancelledError());
        this.cancel(id);
      };
      this.withData(call.request, start, () => over).then(resolve, reject);
    });
    const settled = () => {
      over = true;
    };
    result.then(settled, settled);
    const say = (word: 'pause' | 'resume' | 'step') => () => {
      if (!over) this.worker?.postMessage({ type: word, id });
    };
    return { result, cancel: () => cancel(), pause: say('pause'), resume: say('resume'), step: say('step') };
  }

  /**
   * The picture and main numbers while a live parameter moves; null where nothing is cached yet, or where a
   * later call has overtaken this one.
   */
  preview(request: RunRequest): Promise<Outcome | null> {
    return new Promise((resolve, reject) => {
      if (this.previewing) {
        this.waitingPreview?.resolve(null);
        this.waitingPreview = { request, resolve };
        return;
      }
      this.previewing = true;
      this.withData(
        request,
        () => this.call({ type: 'preview', request }),
        () => false,
      )
        .then(resolve, reject)
        .finally(() => {
          this.previewing = false;
          const next = this.waitingPreview;
          this.waitingPreview = null;
          if (next) this.preview(next.request).then(next.resolve, () => next.resolve(null));
        });
    });
  }

  /** Ends the worker; whatever was under way is rejected. */
  close(): void {
    this.end();
    for (const { reject } of this.pending.values()) reject(new CancelledError());
    this.pending.clear();
  }

  /** Runs `start`, and once more after loading the data where the worker does not have it. */
  private async withData<T>(request: RunRequest, start: () => Promise<T>, isOver: () => boolean): Promise<T> {
    try {
      return await start();
    } catch (error) {
      const kept = request.data === null ? undefined : this.sources.get(request.data);
      if (!(error instanceof DataMissingError) || !kept || isOver()) throw error;
      await this.call({ type: 'load', ...kept });
      if (isOver()) throw new CancelledError();
      return start();
    }
  }

  private async call<C extends Call>(call: C): Promise<Answers[C['type']]> {
    return this.send(call, {}).answer;
  }

  private send<C extends Call>(
    call: C,
    handlers: RunHandlers,
  ): { id: number; answer: Promise<Answers[C['type']]> } {
    const id = this.nextId++;
    const answer = new Promise<Answers[C['type']]>((resolve, reject) => {
      // The worker answers a call with that call's type; TypeScript cannot follow the id.
      const typed = resolve as Pending['resolve'];
      this.pending.set(id, { call, resolve: typed, reject, handlers });
    });
    this.ready().postMessage({ ...call, id });
    return { id, answer };
  }

  private cancel(id: number): void {
    const pending = this.pending.get(id);
    if (!pending || !this.worker) return;
    // Its caller has its answer; the entry stays until the worker is free again, without being sent anew.
    this.worker.postMessage({ type: 'cancel', id });
    this.cancelled.set(
      id,
      setTimeout(() => this.restart(), HEAR_MS),
    );
  }

  private ready(): WorkerLike {
    if (this.worker) return this.worker;
    const worker = this.spawn();
    this.worker = worker;
    worker.onmessage = ({ data }) => this.receive(data);
    worker.onerror = (event) => {
      const error = new Error(event.message || 'the worker could not be started');
      this.end();
      const all = [...this.pending.values()];
      this.pending.clear();
      for (const { reject } of all) reject(error);
    };
    return worker;
  }

  private receive(message: FromWorker): void {
    const pending = this.pending.get(message.id);
    if (!pending) return;
    const isCancelled = this.cancelled.has(message.id);
    switch (message.type) {
      case 'progress':
        if (!isCancelled) pending.handlers.onProgress?.(message.progress);
        return;
      case 'partial':
        if (!isCancelled) pending.handlers.onPartial?.(message.outcome);
        return;
      case 'cancelling':
        clearTimeout(this.cancelled.get(message.id));
        this.cancelled.set(
          message.id,
          setTimeout(() => this.restart(), END_MS),
        );
        return;
      case 'answer':
        this.forget(message.id);
        pending.resolve(message.value);
        return;
      case 'error':
        this.forget(message.id);
        pending.reject(fromPlainError(message.error));
        return;
      default:
        message satisfies never;
    }
  }

  private forget(id: number): void {
    this.pending.delete(id);
    clearTimeout(this.cancelled.get(id));
    this.cancelled.delete(id);
  }

  /** A new worker for what is still wanted. */
  private restart(): void {
    const dropped = [...this.cancelled.keys()];
    this.end();
    for (const id of dropped) {
      this.pending.get(id)?.reject(new CancelledError());
      this.pending.delete(id);
    }
    if (this.pending.size === 0) return;
    const worker = this.ready();
    for (const [id, { call }] of this.pending) worker.postMessage({ ...call, id });
  }

  private end(): void {
    this.worker?.terminate();
    this.worker = null;
    for (const timer of this.cancelled.values()) clearTimeout(timer);
    this.cancelled.clear();
  }
}
