/**
 * All methods, found by glob: adding one is adding its file to a family's folder. The catalogue is here from
 * the start, a declaration comes when it is asked for.
 */
import entries from 'virtual:catalogue';
import { UserError } from '../math/errors';
import type { Family, Method, Paper } from '../methods/method';
import { loadDeclaration, loadedDeclaration } from './loaders';
import { nearest } from './nearest';

const FAMILIES: readonly Family[] = [
  'basics',
  'adapters',
  'training',
  'compression',
  'attention',
  'sequence',
  'points',
  'optimization',
];

/** What the list and the search need of a method; the declaration itself is loaded when it is chosen. */
export interface CatalogueEntry
  extends Pick<Method, 'id' | 'title' | 'family' | 'testbed' | 'summary' | 'effort' | 'lineage' | 'accepts'> {
  papers: readonly Pick<Paper, 'title' | 'authors' | 'year' | 'ref'>[];
}

/** Every method, by family in the order of the page, within a family by title. */
export const catalogue: readonly CatalogueEntry[] = [...entries].sort(
  (a, b) => FAMILIES.indexOf(a.family) - FAMILIES.indexOf(b.family) || a.title.localeCompare(b.title, 'en'),
);

/** The declaration of this method. @throws UserError that lists the ids nearest to it. */
export async function loadMethod(id: string): Promise<Method> {
  const method = catalogue.some((entry) => entry.id === id) ? await loadDeclaration(id) : null;
  if (!method) throw unknownMethod(id, catalogue);
  return method;
}

/** All declarations, in the order of the catalogue. */
export const loadMethods = (): Promise<Method[]> => Promise.all(catalogue.map(({ id }) => loadMethod(id)));

/** A declaration that is loaded, or one of `among`. @throws UserError that lists the ids nearest to it. */
export function findMethod(id: string, among?: readonly Method[]): Method {
  const method = among ? among.find((candidate) => candidate.id === id) : loadedDeclaration(id);
  if (method) return method;
  if (!among && catalogue.some((entry) => entry.id === id)) throw new Error(`${id} is not loaded yet`);
  throw unknownMethod(id, among ?? catalogue);
}

function unknownMethod(id: string, among: readonly { id: string }[]): UserError {
  const near = nearest(
    id,
    among.map((candidate) => candidate.id),
  );
  return new UserError(
    `no method is called "${id.slice(0, 60)}": choose ${near.join(', ') || 'one of the list'}`,
  );
}
