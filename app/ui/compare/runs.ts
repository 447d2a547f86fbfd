/** The runs of a comparison: from the history of this browser where they are there, else computed one after the other. */
import { useEffect, useState } from 'react';
import { encodeLink, type LinkState } from '../../experiment/links';
import type { RunResult } from '../../experiment/protocol';
import { compute } from '../compute';
import { useParts } from '../context';

export type Computed =
  | { status: 'waiting' }
  | { status: 'running'; fraction: number; stage: string }
  | { status: 'done'; result: RunResult }
  | { status: 'failed'; message: string };

export interface ComputedRun {
  link: string;
  state: LinkState;
  computed: Computed;
}

/** Every link with what there is of it; a change of `afresh` computes all of them again. */
export function useRuns(states: readonly LinkState[], afresh: number): readonly ComputedRun[] {
  const parts = useParts();
  const [found, setFound] = useState<Readonly<Record<string, Computed>>>({});
  const links = states.map((state) => encodeLink(state)).join('\n');
  // The links stand for the states, which are read anew with every change of the address.
  useEffect(() => {
    const abort = new AbortController();
    const put = (link: string, computed: Computed) => {
      if (!abort.signal.aborted) setFound((before) => ({ ...before, [link]: computed }));
    };
    void (async () => {
      for (const state of states) {
        const link = encodeLink(state);
        const kept = afresh === 0 ? parts.history.find(link) : undefined;
        if (kept) {
          put(link, { status: 'done', result: kept.result });
          continue;
        }
        put(link, { status: 'running', fraction: 0, stage: 'starting' });
        try {
          const result = await compute(parts, state, {
            signal: abort.signal,
            onProgress: (progress) => put(link, { status: 'running', ...progress }),
          });
          put(link, { status: 'done', result });
          parts.history.add(link, result);
        } catch (error) {
          put(link, { status: 'failed', message: error instanceof Error ? error.message : String(error) });
        }
        if (abort.signal.aborted) return;
      }
    })();
    return () => abort.abort();
  }, [links, afresh]);
  return states.map((state) => {
    const link = encodeLink(state);
    return { link, state, computed: found[link] ?? { status: 'waiting' } };
  });
}
