/**
 * The pages beside the workbench, by the word after `#/`: adding one is adding its line here. Each is loaded
 * when it is opened. No method may have such a name.
 */
import type { ComponentType } from 'react';

export interface Route {
  name: string;
  /** What follows the question mark, as it stands in the address. */
  query: string;
}

export interface PageEntry {
  title: string;
  load: () => Promise<{ default: ComponentType<{ query: string }> }>;
}

export const PAGES: Readonly<Record<string, PageEntry>> = {
  sweep: { title: 'Sweep', load: () => import('./sweep/page') },
  compare: { title: 'Compare', load: () => import('./compare/page') },
  league: { title: 'League of a testbed', load: () => import('./league/page') },
  weights: { title: 'Weights of a file', load: () => import('./weights/page') },
  tree: { title: 'Family tree of the methods', load: () => import('./tree/page') },
  failures: { title: 'Where methods fail', load: () => import('./failures/page') },
  glossary: { title: 'Glossary', load: () => import('./glossary/page') },
  bench: { title: 'Benchmark', load: () => import('./bench/page') },
};

/** The page that an address opens; null where it opens a method. */
export function routeOf(hash: string): Route | null {
  const [, name = '', query = ''] = /^#?\/?([\w-]*)(?:\?(.*))?$/su.exec(hash) ?? [];
  return Object.hasOwn(PAGES, name) ? { name, query } : null;
}
