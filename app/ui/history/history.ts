/**
 * The runs of this browser: every finished run is kept, the newest in front; pinned ones stay until they are
 * deleted, of the others the last thirty. A run is its link and its result without the pictures, which are
 * made again when it is restored.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { RunResult } from '../../experiment/protocol';
import { type Archive, openArchive } from './archive';

export interface SavedRun {
  id: string;
  /** Milliseconds since 1970. */
  at: number;
  /** Given by the person; the settings stand for it where there is none. */
  name: string | null;
  pinned: boolean;
  /** The link that shows it again. */
  link: string;
  result: RunResult;
}

export interface HistoryState {
  runs: readonly SavedRun[];
}

export interface History {
  store: StoreApi<HistoryState>;
  /** Keeps a finished run; one of the same link takes the place of the earlier one, with its name and pin. */
  add(link: string, result: RunResult): void;
  pin(id: string, pinned: boolean): void;
  rename(id: string, name: string): void;
  remove(id: string): void;
  /** Everything, pinned or not. */
  clear(): void;
  /** The newest run of this link, if there is one. */
  find(link: string): SavedRun | undefined;
}

export const KEPT = 30;
const NAME_LIMIT = 80;

export function createHistory(archive: Archive = openArchive()): History {
  const store = createStore<HistoryState>(() => ({ runs: [] }));
  const quietly = (work: Promise<void>) => void work.catch(() => undefined);
  archive.all().then(
    (stored) => {
      const known = new Set(store.getState().runs.map(({ link }) => link));
      const rest = stored.filter(({ link }) => !known.has(link));
      store.setState({ runs: [...store.getState().runs, ...rest].sort((a, b) => b.at - a.at) });
    },
    () => undefined,
  );

  const change = (id: string, part: Partial<SavedRun>) => {
    const runs = store.getState().runs.map((run) => (run.id === id ? { ...run, ...part } : run));
    store.setState({ runs });
    const changed = runs.find((run) => run.id === id);
    if (changed) quietly(archive.put(changed));
  };
  const remove = (id: string) => {
    store.setState({ runs: store.getState().runs.filter((run) => run.id !== id) });
    quietly(archive.remove(id));
  };

  return {
    store,
    add(link, result) {
      const { runs } = store.getState();
      const before = runs.find((run) => run.link === link);
      const run: SavedRun = {
        id: before?.id ?? crypto.randomUUID(),
        at: Date.now(),
        name: before?.name ?? null,
        pinned: before?.pinned ?? false,
        link,
        result: { ...result, figures: result.figures.filter(isLight) },
      };
      store.setState({ runs: [run, ...runs.filter(({ id }) => id !== run.id)] });
      quietly(archive.put(run));
      const loose = store.getState().runs.filter(({ pinned }) => !pinned);
      for (const { id } of loose.slice(KEPT)) remove(id);
    },
    pin: (id, pinned) => change(id, { pinned }),
    rename: (id, name) => change(id, { name: name.trim().slice(0, NAME_LIMIT) || null }),
    remove,
    clear() {
      store.setState({ runs: [] });
      quietly(archive.clear());
    },
    find: (link) => store.getState().runs.find((run) => run.link === link),
  };
}

const isLight = ({ kind }: { kind: string }): boolean => kind !== 'image' && kind !== 'heatmap';
