/** What the page of weight files and its worker say to each other. */
import type { DataSource, PlainError } from '../protocol';
import type { Pair } from './lora';
import type { Spectrum } from './spectra';

export interface FileEntry {
  name: string;
  dtype: string;
  shape: readonly number[];
  /** As it is folded to a matrix. */
  rows: number;
  cols: number;
}

/** What a file holds: single matrices, and LoRA pairs. */
export interface FileSummary {
  name: string;
  matrices: readonly FileEntry[];
  pairs: readonly (Pair & { rows: number; cols: number; rank: number })[];
  /** Tensors that are no matrices (vectors, scalars, unread types). */
  others: number;
}

/** One row of the table: a matrix, or the product of a pair. */
export interface Row {
  /** Tensor name, or the base of a pair. */
  name: string;
  spectrum: Spectrum;
}

export type ToWeights =
  | { type: 'open'; source: Extract<DataSource, { kind: 'file' | 'url' }> }
  /** All spectra, rows in the order of the file. */
  | { type: 'sweep' }
  /** The pairs cut to `rank`, or to the rank that keeps `energy` in each, as a .safetensors file. */
  | { type: 'resize'; rank?: number; energy?: number };

export interface Resized {
  bytes: Uint8Array<ArrayBuffer>;
  /** Rank of every pair, and the share of its energy that is kept. */
  kept: { base: string; from: number; rank: number; energy: number }[];
}

export type FromWeights =
  | { type: 'opened'; summary: FileSummary }
  | { type: 'progress'; done: number; of: number; what: string }
  | { type: 'row'; row: Row }
  /** A tensor that could not be taken: too large, or with values that are not finite. */
  | { type: 'refused'; name: string; why: string }
  | { type: 'swept'; label: string }
  | { type: 'resized'; resized: Resized }
  | { type: 'error'; error: PlainError };
