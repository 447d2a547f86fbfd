/** The run of the benchmark as the page sees it: one worker at a time, ended to stop it. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { BenchRequest, FromBench } from '../../experiment/bench/protocol';
import type { BenchReport } from '../../experiment/bench/report';
import { fromPlainError } from '../../experiment/protocol';

export interface Progress {
  done: number;
  of: number;
  what: string;
}

export interface Measuring {
  /** What there is: rows come in one by one. */
  report: BenchReport | null;
  progress: Progress | null;
  error: string | null;
  start: (request: BenchRequest) => void;
  stop: () => void;
}

export function useMeasuring(): Measuring {
  const worker = useRef<Worker | null>(null);
  const [report, setReport] = useState<BenchReport | null>(null);
  const [progress, setProgress] = useState<Progress | null>(null);
  const [error, setError] = useState<string | null>(null);

  const stop = useCallback(() => {
    worker.current?.terminate();
    worker.current = null;
    setProgress(null);
  }, []);
  useEffect(() => stop, [stop]);

  const receive = useCallback(
    (message: FromBench) => {
      switch (message.type) {
        case 'progress':
          setProgress({ done: message.done, of: message.of, what: message.what });
          return;
        case 'row': {
          const { label, row, peaks } = message;
          setReport((before) => ({
            ...(before ?? { version: 1, home: 'gpu', isFallback: row.planned.length > 0 }),
            label,
            peaks,
            rows: [...(before?.rows ?? []), row],
          }));
          return;
        }
        case 'done':
          setReport(message.report);
          stop();
          return;
        case 'error':
          setError(fromPlainError(message.error).message);
          stop();
          return;
        default:
          message satisfies never;
      }
    },
    [stop],
  );

  const start = useCallback(
    (request: BenchRequest) => {
      stop();
      setReport(null);
      setError(null);
      setProgress({ done: 0, of: 1, what: 'opening the device' });
      const made = new Worker(new URL('../../experiment/bench/worker.ts', import.meta.url), {
        type: 'module',
        name: 'rankscope benchmark',
      });
      worker.current = made;
      made.onmessage = ({ data }: MessageEvent<FromBench>) => receive(data);
      made.onerror = (event) => {
        setError(event.message || 'the worker could not be started');
        stop();
      };
      made.postMessage(request);
    },
    [receive, stop],
  );
  return { report, progress, error, start, stop };
}
