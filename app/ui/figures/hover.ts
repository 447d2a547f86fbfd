/**
 * What is pointed at, shared by all charts of the page: a rank, a step, a frequency, by the name of what the
 * axis counts. A chart whose axis counts the same shows the same place. Kept outside of React's tree: a pointer
 * that moves draws the marks laid over the charts again, and nothing else.
 */
import { useCallback, useSyncExternalStore } from 'react';
import type { Axis, HeatmapFigure } from '../../methods/figures';

/** Where something stands in a quantity: a number, or the name of a bar or a point. */
export type Place = number | string;
type Places = Readonly<Record<string, Place>>;

/** Of bars and named points: these are the same where they are called the same. */
export const NAME = 'name';

/** Labels that count what others count too: the k-th singular value is what rank k is the first to keep. */
const SAME: Readonly<Record<string, string>> = { index: 'rank', 'rank index': 'rank', direction: 'rank' };

/**
 * What an axis counts: its own `quantity`, else its label without the symbol ("Rank k", "length L") and with its
 * unit, so that a time in ms is no time in s.
 */
export function quantityOf({ label, unit, quantity }: Pick<Axis, 'label' | 'unit' | 'quantity'>): string {
  if (quantity !== undefined) return quantity;
  const name = label.replace(/(?<=\w) [A-Za-z]$/, '').toLowerCase();
  const counted = SAME[name] ?? name;
  return unit === undefined || unit === 'count' ? counted : `${counted} in ${unit}`;
}

export interface Lines {
  /** Empty where the lines of the map are not named: they are like nothing else. */
  quantity: string;
  count: number;
  every: number;
}

/** What the rows or the columns of a map count, and how many of it one line stands for. */
export function linesOf(figure: HeatmapFigure, side: 'rows' | 'cols'): Lines {
  const label = figure.axes?.[side] ?? '';
  return {
    quantity: label && quantityOf({ label, quantity: figure.axes?.quantity?.[side] }),
    count: figure[side],
    every: figure.axes?.every?.[side] ?? 1,
  };
}

let pointed: { source: string; places: Places } | null = null;
const listeners = new Set<() => void>();

export const hover = {
  /** `source` points at these places; the same again tells nobody. */
  point(source: string, places: Places): void {
    const same =
      pointed?.source === source &&
      Object.keys(places).length === Object.keys(pointed.places).length &&
      Object.entries(places).every(([quantity, place]) => pointed?.places[quantity] === place);
    if (same) return;
    pointed = { source, places };
    for (const listener of listeners) listener();
  },
  /** `source` points at nothing any more; what another one points at stays. */
  leave(source: string): void {
    if (pointed?.source !== source) return;
    pointed = null;
    for (const listener of listeners) listener();
  },
  at: (quantity: string): Place | undefined => pointed?.places[quantity],
  source: (): string | undefined => pointed?.source,
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

/** The number pointed at in this quantity; the component is drawn again when it changes, not at every move. */
export function usePointed(quantity: string): number | undefined {
  return useSyncExternalStore(
    hover.subscribe,
    useCallback(() => {
      const at = hover.at(quantity);
      return typeof at === 'number' ? at : undefined;
    }, [quantity]),
  );
}

/** The bar or point that is pointed at, by name. */
export function usePointedName(): string | undefined {
  return useSyncExternalStore(hover.subscribe, () => {
    const at = hover.at(NAME);
    return typeof at === 'string' ? at : undefined;
  });
}

/** Whether `source` is what points. */
export const useIsSource = (source: string): boolean =>
  useSyncExternalStore(hover.subscribe, () => hover.source() === source);
