/** The messages between the benchmark page and its worker, which has a device of its own. */
import type { PlainError } from '../protocol';
import type { CaseSet } from './catalogue';
import type { Peaks } from './peaks';
import type { BenchReport, BenchRow } from './report';

export interface BenchRequest {
  /** By adapter where none is named: standard on software, large on a GPU. */
  set: CaseSet | 'adapter';
  /** Families or beginnings of names, by commas; empty for all. */
  only: string;
  samples: number;
}

export type FromBench =
  | { type: 'progress'; done: number; of: number; what: string }
  | { type: 'row'; label: string; row: BenchRow; peaks: Peaks }
  | { type: 'done'; report: BenchReport }
  | { type: 'error'; error: PlainError };
