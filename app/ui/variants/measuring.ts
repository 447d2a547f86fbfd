/** One measurement of variants as the page sees it: one worker at a time, ended to stop it. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { VariantReport } from '../../experiment/bench/variant';
import type { FromVariants, VariantRequest } from '../../experiment/bench/variantworker';
import { fromPlainError } from '../../experiment/protocol';

export interface Progress {
  done: number;
  of: number;
  what: string;
}

export function useVariants() {
  const worker = useRef<Worker | null>(null);
  const [report, setReport] = useState<VariantReport | null>(null);
  const [progress, setProgress] = useState<Progress | null>(null);
  const [error, setError] = useState<string | null>(null);

  const stop = useCallback(() => {
    worker.current?.terminate();
    worker.current = null;
    setProgress(null);
  }, []);
  useEffect(() => stop, [stop]);

  const start = useCallback(
    (request: VariantRequest) => {
      stop();
      setError(null);
      setProgress({ done: 0, of: 1, what: 'opening the device' });
      const made = new Worker(new URL('../../experiment/bench/variantworker.ts', import.meta.url), {
        type: 'module',
        name: 'rankscope variants',
      });
      worker.current = made;
      made.onmessage = ({ data }: MessageEvent<FromVariants>) => {
        if (data.type === 'progress') return setProgress({ done: data.done, of: data.of, what: data.what });
        if (data.type === 'done') setReport(data.report);
        else setError(fromPlainError(data.error).message);
        stop();
      };
      made.onerror = (event) => {
        setError(event.message || 'the worker could not be started');
        stop();
      };
      made.postMessage(request);
    },
    [stop],
  );
  return { report, progress, error, start, stop };
}
