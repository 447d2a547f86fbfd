/** What is told of the kernels that an operation has: data alone, without a kernel. */
import type { Verdict } from './case';

export interface VariantEntry {
  /** Unique within its operation. */
  name: string;
  /** The kernel that does the work, as its file is named, and what runs beside it. */
  shader: string;
  beside?: readonly string[];
  /** Constants that tell it from another variant of the same file. */
  constants?: Readonly<Record<string, number>>;
  /** What it does, one sentence. */
  says: string;
  /** Waits at workgroup barriers: not compiled where those are slow, unless the person asks for it. */
  barriers?: boolean;
  needs?: 'subgroups';
  /** For looking at: no operation chooses it. */
  shownOnly?: boolean;
}

export interface VariantFamily {
  id: string;
  title: string;
  /** What limits a good implementation on a GPU. */
  limit: 'flop' | 'bytes';
  variants: readonly VariantEntry[];
  /** Why the choice on a software adapter, and on a GPU, is what it is. */
  why: { software: string; hardware: string };
  /** The variants that a GPU would choose, where that is found out there and not planned here. */
  onGpu?: readonly string[];
}

export interface VariantRow {
  name: string;
  /** null where it did not run here, `reason` says why. */
  measured: VariantTimes | null;
  reason: string | null;
  /** It can run here if the person asks for it. */
  canRun: boolean;
  here: boolean;
  onGpu: boolean;
}

export interface VariantTimes {
  verdict: Verdict;
  isRight: boolean;
  firstMs: number;
  /** ms a call, the least and the median of the rounds: in kernels by timestamps where they are long enough, else by the clock. */
  bestMs: number;
  medianMs: number;
  clock: 'kernels' | 'wall';
  rounds: number;
}

export interface VariantReport {
  version: 1;
  family: string;
  title: string;
  limit: 'flop' | 'bytes';
  /** "matmul 256" */
  test: string;
  flop: number;
  bytes: number;
  label: string;
  isFallback: boolean;
  rows: readonly VariantRow[];
  /** Why the choices are what they are. */
  why: VariantFamily['why'];
}

/** Reasons that several operations share. */
export const NO_BARRIER =
  'a barrier costs a software adapter some 0.1 µs an invocation, more than the loads that it saves';
export const SUBGROUP_ROW = 'a subgroup a row reads neighbouring words, which is how a GPU fetches memory';
export const THREAD_ROW = 'a thread a row needs no exchange, and the CPU’s caches hold the row for it';

/** GFLOP/s or GB/s by what limits the operation; null where there is no time. */
export function rateOf(
  { limit, flop, bytes }: Pick<VariantReport, 'limit' | 'flop' | 'bytes'>,
  times: VariantTimes | null,
): number | null {
  if (!times || !(times.medianMs > 0)) return null;
  return (limit === 'flop' ? flop : bytes) / times.medianMs / 1e6;
}

/** Why a row is chosen or not, in words. */
export function choiceText(
  { isFallback, why }: Pick<VariantReport, 'isFallback' | 'why'>,
  { here, onGpu }: Pick<VariantRow, 'here' | 'onGpu'>,
): string {
  const reasons: string[] = [];
  if (here) reasons.push(`chosen here: ${isFallback ? why.software : why.hardware}`);
  if (onGpu && isFallback) reasons.push(`a GPU’s choice: ${why.hardware}`);
  return reasons.join('; ');
}
