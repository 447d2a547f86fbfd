/** What this browser remembers of the machines it ran on: speeds, and what each method took. On this machine only. */
import { assumed, learned, type Machine } from '../experiment/estimate';
import type { RunResult, Speeds } from '../experiment/protocol';
import type { Method } from '../methods/method';
import type { PageState } from './store';

const KEY = 'rankscope.machines';
/** More would be a shared computer's whole history. */
const MOST = 6;

export interface Machines {
  of(place: Place): Machine;
  learn(place: Place, method: Method, result: RunResult): void;
  measured(place: Place, speeds: Speeds): void;
}

interface Place {
  label: string;
  slow: boolean;
}

/** Where the next run computes. */
export function placeOf({ open, link }: Pick<PageState, 'open' | 'link'>): Place {
  if (link.home === 'cpu' || open?.home === 'cpu') return { label: 'CPU, float64', slow: true };
  return { label: open?.label ?? 'GPU', slow: open?.adapter?.isFallback === true };
}

type Stored = Pick<Storage, 'getItem' | 'setItem'>;

export function createMachines(storage: Stored | null = storageOf()): Machines {
  const known = new Map<string, Machine>(parsed(storage));
  const put = (label: string, machine: Machine) => {
    known.delete(label);
    known.set(label, machine);
    try {
      storage?.setItem(KEY, JSON.stringify([...known].slice(-MOST)));
    } catch {
      // Storage is full or forbidden: it is remembered as long as the page lasts.
    }
  };
  const of = ({ label, slow }: Place) => known.get(label) ?? assumed(slow);
  return {
    of,
    learn: (place, method, result) => put(place.label, learned(of(place), method, result)),
    measured: (place, { gflops, dispatchMs }) =>
      // What methods took was scaled to the speeds assumed before.
      put(place.label, { gflops, dispatchMs, measured: true, methods: {} }),
  };
}

function storageOf(): Stored | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}

/** What was stored, as far as it makes sense: other versions of the page may have written it. */
function parsed(storage: Stored | null): [string, Machine][] {
  try {
    const read: unknown = JSON.parse(storage?.getItem(KEY) ?? '[]');
    if (!Array.isArray(read)) return [];
    return read.filter((entry): entry is [string, Machine] => {
      const [label, machine] = Array.isArray(entry) ? entry : [];
      const { gflops, dispatchMs, methods } = (machine ?? {}) as Partial<Machine>;
      return typeof label === 'string' && Number(gflops) > 0 && Number(dispatchMs) > 0 && !!methods;
    });
  } catch {
    return [];
  }
}
