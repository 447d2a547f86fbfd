/** The messages between the page and the worker that computes. Plain data: everything survives a structured clone. */
import type { AdapterReport } from '../gpu/device';
import { CancelledError, DeviceLostError } from '../gpu/errors';
import type { Timing } from '../gpu/home';
import type { TuningRecord } from '../gpu/tuner';
import { UserError } from '../math/errors';
import type { Figure } from '../methods/figures';
import type { Metrics, Outcome } from '../methods/method';
import type { LooseValues } from '../methods/parameters';
import type { TakenFactors } from './factors/stored';

/** Where data comes from. The page keeps the file, so that a restarted worker can read it again. */
export type DataSource =
  | { kind: 'sample'; url: string }
  | { kind: 'file'; file: File }
  | { kind: 'url'; url: string };

export interface DataOptions {
  /** Which tensor of a safetensors file; needed where it has several. */
  tensor?: string;
  /** A picture's three channels instead of its grey. */
  colour?: boolean;
}

/** One entry of a safetensors file. */
export interface TensorSummary {
  name: string;
  dtype: string;
  shape: readonly number[];
}

export interface DataSummary {
  /** Names the data in requests and cache keys; null where a tensor must be chosen first. */
  key: string | null;
  name: string;
  rows: number;
  cols: number;
  colour: boolean;
  /** The first 16 hexadecimal digits of the SHA-256 of the bytes, as links carry it. */
  hash: string;
  /** Said to the person: a picture that was made smaller, a header that was ignored. */
  note?: string;
  /** The tensors to choose from. */
  tensors?: readonly TensorSummary[];
}

export interface RunRequest {
  method: string;
  values: LooseValues;
  home: 'gpu' | 'cpu';
  /** Key of loaded data; null for the testbed's own. */
  data: string | null;
  /** Compare every operation with its float64 twin as it goes. */
  verify?: boolean;
  /** Edited WGSL by kernel, in place of the kernels' own. */
  edits?: Readonly<Record<string, string>>;
}

/** What computes here. `reason` says why it is not the GPU. */
export interface OpenReport {
  home: 'gpu' | 'cpu';
  label: string;
  adapter: AdapterReport | null;
  reason: string | null;
}

export interface ClaimResult {
  text: string;
  item: number;
  holds: boolean;
  value: number;
  bound: number;
  relation: '<=' | '>=' | '=';
  /** Not numerical (a clock, say): shown, but no reason to fail. */
  advisory: boolean;
}

export interface RunResult {
  method: string;
  values: LooseValues;
  /** What computed it, for people. */
  adapter: string;
  home: 'gpu' | 'cpu';
  metrics: Metrics;
  /** Why a metric is null, by metric key. */
  reasons: Readonly<Record<string, string>>;
  figures: readonly Figure[];
  notes: readonly string[];
  claims: readonly ClaimResult[];
  timings: readonly Timing[];
  wallMs: number;
  /** Where every operation was compared with float64: the worst error of each, over its bound. */
  deviations?: Readonly<Record<string, number>>;
}

export interface Progress {
  /** 0..1 */
  fraction: number;
  stage: string;
}

/** Measured on the home where runs compute. */
export interface Speeds {
  /** Multiply-adds in registers: the roof. */
  peakGflops: number;
  /** Copying through memory: the slope. */
  peakGbps: number;
  /** A square product: what methods see. */
  gflops: number;
  /** Wall time of one small operation. */
  dispatchMs: number;
  /** Kernels that were chosen by measurement in idle time, in a browser. */
  tuned?: readonly TuningRecord[];
}

export interface Answers {
  measure: Speeds;
  open: OpenReport;
  load: DataSummary;
  run: RunResult;
  preview: Outcome | null;
  factors: TakenFactors;
}

export type Call =
  | { type: 'open' }
  | { type: 'load'; source: DataSource; options: DataOptions }
  | { type: 'run'; request: RunRequest }
  | { type: 'preview'; request: RunRequest }
  /** The run as far as its factors, which come back at every precision. */
  | { type: 'factors'; request: RunRequest }
  | { type: 'measure'; home: 'gpu' | 'cpu' };

/** What is said to a run under way. */
export type Word = 'cancel' | 'pause' | 'resume' | 'step';

export type ToWorker =
  | (Call & { id: number })
  | { type: 'cancel'; id: number }
  | { type: 'pause'; id: number }
  | { type: 'resume'; id: number }
  | { type: 'step'; id: number };

export type FromWorker =
  | { type: 'answer'; id: number; value: Answers[keyof Answers] }
  | { type: 'error'; id: number; error: PlainError }
  | { type: 'progress'; id: number; progress: Progress }
  | { type: 'partial'; id: number; outcome: Outcome }
  /** The cancel has been heard; the run ends at its next seam. */
  | { type: 'cancelling'; id: number };

/** The worker no longer (or not yet) has the data that a request names; the client loads it again. */
export class DataMissingError extends Error {
  override readonly name = 'DataMissingError';
}

/** An error as it crosses the border. */
export interface PlainError {
  name: string;
  message: string;
  stack?: string;
}

export function toPlainError(error: unknown): PlainError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  return { name: error.name, message: error.message, stack: error.stack };
}

export function fromPlainError(plain: PlainError): Error {
  switch (plain.name) {
    case 'UserError':
      return new UserError(plain.message);
    case 'CancelledError':
      return new CancelledError();
    case 'DeviceLostError':
      return new DeviceLostError(plain.message);
    case 'DataMissingError':
      return new DataMissingError(plain.message);
    default: {
      const error = new Error(plain.message);
      error.name = plain.name;
      if (plain.stack) error.stack = plain.stack;
      return error;
    }
  }
}
