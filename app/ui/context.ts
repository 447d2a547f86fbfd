/** Gives components the store and the session without passing them from hand to hand. */
import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { Session } from './session';
import type { PageState, Store } from './store';

export const PageContext = createContext<{ store: Store; session: Session } | null>(null);

function usePageContext() {
  const context = useContext(PageContext);
  if (!context) throw new Error('components of the page need a PageContext around them');
  return context;
}

/** Part of the page's state; the component is drawn again when that part changes. */
export const usePage = <T>(select: (state: PageState) => T): T => useStore(usePageContext().store, select);

export const useSession = (): Session => usePageContext().session;
