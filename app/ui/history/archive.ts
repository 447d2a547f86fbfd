/**
 * Runs kept in this browser, in IndexedDB; in memory alone where storage is forbidden. Nothing else is ever
 * stored here, and none of it leaves the machine.
 */
import type { SavedRun } from './history';

const DATABASE = 'rankscope';
const STORE = 'runs';

export interface Archive {
  all(): Promise<SavedRun[]>;
  put(run: SavedRun): Promise<void>;
  remove(id: string): Promise<void>;
  clear(): Promise<void>;
}

const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('the store of runs gave no answer'));
  });

async function database(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'id' });
  return settled(request);
}

/** The archive of this browser. A failure to store is no reason to fail a run: such a run lasts as long as the page. */
export function openArchive(): Archive {
  const opened = database().catch(() => null);
  const use = async <T>(mode: IDBTransactionMode, call: (store: IDBObjectStore) => IDBRequest<T>) => {
    const base = await opened;
    return base ? settled(call(base.transaction(STORE, mode).objectStore(STORE))) : null;
  };
  return {
    all: async () => (await use('readonly', (store) => store.getAll())) ?? [],
    put: async (run) => void (await use('readwrite', (store) => store.put(run))),
    remove: async (id) => void (await use('readwrite', (store) => store.delete(id))),
    clear: async () => void (await use('readwrite', (store) => store.clear())),
  };
}
