/** Gives components the store and the session without passing them from hand to hand. */
import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { ExperimentClient } from '../experiment/client';
import type { History, HistoryState } from './history/history';
import type { Machines } from './machine';
import type { Session } from './session';
import type { PageState, Store } from './store';

export interface PageParts {
  store: Store;
  session: Session;
  client: ExperimentClient;
  history: History;
  machines: Machines;
  /** Of the shipped picture. */
  sampleUrl: string;
}

export const PageContext = createContext<PageParts | null>(null);

function usePageContext() {
  const context = useContext(PageContext);
  if (!context) throw new Error('components of the page need a PageContext around them');
  return context;
}

/** Part of the page's state; the component is drawn again when that part changes. */
export const usePage = <T>(select: (state: PageState) => T): T => useStore(usePageContext().store, select);

/** The runs of this browser, newest first. */
export const useHistory = <T>(select: (state: HistoryState) => T): T =>
  useStore(usePageContext().history.store, select);

export const useParts = (): PageParts => usePageContext();

export const useSession = (): Session => usePageContext().session;
