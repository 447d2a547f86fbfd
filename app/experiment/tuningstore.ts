/** Keeps what the tuner measured in this browser's IndexedDB, so that the next visit starts with it. */
import type { TuningRecord, TuningStore } from '../gpu/tuner';

const DATABASE = 'rankscope-tuning';
const STORE = 'records';

const done = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'key' });
  return done(request);
}

const isRecord = (value: unknown): value is TuningRecord =>
  typeof value === 'object' &&
  value !== null &&
  'key' in value &&
  typeof value.key === 'string' &&
  'winner' in value &&
  typeof value.winner === 'string';

export const browserTuningStore: TuningStore = {
  async all() {
    const database = await open();
    try {
      const records: unknown[] = await done(database.transaction(STORE).objectStore(STORE).getAll());
      return records.filter(isRecord);
    } finally {
      database.close();
    }
  },
  async put(record) {
    const database = await open();
    try {
      await done(database.transaction(STORE, 'readwrite').objectStore(STORE).put(record));
    } finally {
      database.close();
    }
  },
};
