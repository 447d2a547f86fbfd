/**
 * What the page knows, in one store without React: the link it stands for, the data, the run and what there
 * is of its result. session.ts changes it; components read it.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Estimate } from '../experiment/estimate';
import type { LinkState } from '../experiment/links';
import type { DataSummary, OpenReport, RunResult } from '../experiment/protocol';
import type { ShaderEdit } from '../experiment/shaderedit';
import type { Outcome } from '../methods/method';
import type { LooseValues } from '../methods/parameters';
import type { Route } from './routes';
import type { Theme } from './theme';

export type DataState =
  /** The testbed makes its own. */
  | { status: 'none' }
  | { status: 'loading'; name: string }
  | { status: 'ready'; summary: DataSummary }
  /** A safetensors file whose tensor has to be chosen. */
  | { status: 'choose'; summary: DataSummary }
  /** The link names a file that only the person can give. */
  | { status: 'missing'; name: string; hash: string }
  | { status: 'failed'; message: string };

export type RunState =
  | { status: 'idle' }
  | { status: 'running'; fraction: number; stage: string; paused: boolean; leftMs: number | null }
  /** It would take long here: not begun before the person says so. */
  | { status: 'held'; estimate: Estimate; smaller: Proposal | null }
  | { status: 'done' }
  | { status: 'cancelled' }
  /** `bug` is set where no person can mend it by another value: name, message and stack. */
  | { status: 'failed'; message: string; bug?: string; smaller?: Proposal };

/** Settings that ask for less; `ms` where it can be told. */
export interface Proposal {
  values: LooseValues;
  ms: number | null;
}

export interface PageState {
  /** A page beside the workbench; null for the workbench itself. */
  route: Route | null;
  link: LinkState;
  /** What a link or a file brought that was left out, one sentence each. */
  problems: readonly string[];
  data: DataState;
  open: OpenReport | null;
  run: RunState;
  /** The last complete result of this method; kept, dimmed, while a new run goes on. */
  result: RunResult | null;
  /** What the run that goes on has shown so far. */
  partial: Outcome | null;
  /** What follows a live parameter while it moves. */
  preview: Outcome | null;
  theme: Theme;
  /** A kernel that the person edited, or took from a link, and lets run in place of the original. */
  edit: ShaderEdit | null;
}

export type Store = StoreApi<PageState>;

export const createPageStore = (
  link: LinkState,
  problems: readonly string[],
  theme: Theme,
  route: Route | null = null,
): Store =>
  createStore<PageState>(() => ({
    route,
    link,
    problems,
    data: { status: 'none' },
    open: null,
    run: { status: 'idle' },
    result: null,
    partial: null,
    preview: null,
    theme,
    edit: null,
  }));
