/** The runs of a league, one after the other: what is done stays when it is stopped, and the rest can go on. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { LeagueEntry } from '../../experiment/league';
import { stateOf } from '../../experiment/links';
import type { RunResult } from '../../experiment/protocol';
import { compute } from '../compute';
import { usePage, useParts } from '../context';
import { placeOf } from '../machine';

export interface UnderWay {
  done: number;
  of: number;
  title: string;
  fraction: number;
  stage: string;
}

export interface Running {
  /** By link: another plan finds what was run at the same settings. */
  results: ReadonlyMap<string, RunResult>;
  failures: ReadonlyMap<string, string>;
  underWay: UnderWay | null;
  start: (entries: readonly LeagueEntry[]) => void;
  stop: () => void;
  forget: () => void;
}

export function useRunning(): Running {
  const parts = useParts();
  const open = usePage((page) => page.open);
  const [results, setResults] = useState<ReadonlyMap<string, RunResult>>(new Map());
  const [failures, setFailures] = useState<ReadonlyMap<string, string>>(new Map());
  const [underWay, setUnderWay] = useState<UnderWay | null>(null);
  const abort = useRef<AbortController | null>(null);
  const stop = useCallback(() => abort.current?.abort(), []);
  useEffect(() => stop, [stop]);

  const run = async (entries: readonly LeagueEntry[], { signal }: AbortController) => {
    setFailures(new Map());
    for (const [done, { method, values, link }] of entries.entries()) {
      const show = (fraction: number, stage: string) => {
        if (!signal.aborted) setUnderWay({ done, of: entries.length, title: method.title, fraction, stage });
      };
      show(0, 'starting');
      const state = { ...stateOf(method), values };
      try {
        const result = await compute(parts, state, {
          signal,
          fresh: true,
          onProgress: ({ fraction, stage }) => show(fraction, stage),
        });
        setResults((before) => new Map(before).set(link, result));
        parts.machines.learn(placeOf({ open, link: state }), method, result);
      } catch (error) {
        if (signal.aborted) break;
        const message = error instanceof Error ? error.message : String(error);
        setFailures((before) => new Map(before).set(link, message));
      }
    }
    setUnderWay(null);
  };
  return {
    results,
    failures,
    underWay,
    stop,
    start: (entries) => {
      stop();
      const mine = new AbortController();
      abort.current = mine;
      void run(entries, mine);
    },
    forget: () => {
      setResults(new Map());
      setFailures(new Map());
    },
  };
}
