/** A weight file as the page sees it: one worker, what it has found so far. */
import { useCallback, useEffect, useReducer, useRef } from 'react';
import { fromPlainError } from '../../experiment/protocol';
import type { FileSummary, FromWeights, Resized, Row, ToWeights } from '../../experiment/weights/protocol';

export interface Opened {
  summary: FileSummary | null;
  rows: readonly Row[];
  refused: readonly { name: string; why: string }[];
  progress: { done: number; of: number; what: string } | null;
  /** What computed the spectra, once all are there. */
  label: string | null;
  resized: Resized | null;
  error: string | null;
}

const NOTHING: Opened = {
  summary: null,
  rows: [],
  refused: [],
  progress: null,
  label: null,
  resized: null,
  error: null,
};

type Event = FromWeights | { type: 'start' } | { type: 'stop' } | { type: 'broken'; why: string };

function next(state: Opened, event: Event): Opened {
  switch (event.type) {
    case 'start':
      return { ...NOTHING, progress: { done: 0, of: 1, what: 'reading the header' } };
    case 'stop':
      return { ...state, progress: null };
    case 'opened':
      return { ...state, summary: event.summary, progress: null };
    case 'progress':
      return { ...state, progress: event };
    case 'row':
      return { ...state, rows: [...state.rows, event.row] };
    case 'refused':
      return { ...state, refused: [...state.refused, event] };
    case 'swept':
      return { ...state, progress: null, label: event.label };
    case 'resized':
      return { ...state, progress: null, resized: event.resized };
    case 'error':
      return { ...state, progress: null, error: fromPlainError(event.error).message };
    case 'broken':
      return { ...state, progress: null, error: event.why };
    default:
      return event satisfies never;
  }
}

export interface Weights extends Opened {
  open: (source: Extract<ToWeights, { type: 'open' }>['source']) => void;
  resize: (to: { rank?: number; energy?: number }) => void;
  stop: () => void;
}

export function useWeights(): Weights {
  const [state, dispatch] = useReducer(next, NOTHING);
  const worker = useRef<Worker | null>(null);
  const end = useCallback(() => {
    worker.current?.terminate();
    worker.current = null;
  }, []);
  useEffect(() => end, [end]);

  const open = useCallback<Weights['open']>(
    (source) => {
      end();
      dispatch({ type: 'start' });
      const made = new Worker(new URL('../../experiment/weights/worker.ts', import.meta.url), {
        type: 'module',
        name: 'rankscope weights',
      });
      worker.current = made;
      made.onmessage = ({ data }: MessageEvent<FromWeights>) => {
        dispatch(data);
        if (data.type === 'opened') made.postMessage({ type: 'sweep' } satisfies ToWeights);
      };
      made.onerror = (event) =>
        dispatch({ type: 'broken', why: event.message || 'the worker could not be started' });
      made.postMessage({ type: 'open', source } satisfies ToWeights);
    },
    [end],
  );
  const resize = useCallback<Weights['resize']>((to) => {
    worker.current?.postMessage({ type: 'resize', ...to } satisfies ToWeights);
  }, []);
  const stop = useCallback(() => {
    end();
    dispatch({ type: 'stop' });
  }, [end]);
  return { ...state, open, resize, stop };
}
