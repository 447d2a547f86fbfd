/**
 * All methods, found by glob: adding one is adding its file to a family's folder. The catalogue is here from
 * the start, a declaration comes when it is asked for.
 */
import entries from 'virtual:catalogue';
import { UserError } from '../math/errors';
import type { Family, Method, Paper } from '../methods/method';

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
  /** Of its file, as the loaders below name it. */
  path: string;
  papers: readonly Pick<Paper, 'title' | 'authors' | 'year' | 'ref'>[];
}

/** Every method, by family in the order of the page, within a family by title. */
export const catalogue: readonly CatalogueEntry[] = [...entries].sort(
  (a, b) => FAMILIES.indexOf(a.family) - FAMILIES.indexOf(b.family) || a.title.localeCompare(b.title, 'en'),
);

const loaders = import.meta.glob<Method>(['../methods/*/*.ts', '!../methods/*/*.test.ts'], {
  import: 'default',
});
const loaded = new Map<string, Method>();

/** The declaration of this method. @throws UserError that lists the ids nearest to it. */
export async function loadMethod(id: string): Promise<Method> {
  const known = loaded.get(id);
  if (known) return known;
  const entry = catalogue.find((candidate) => candidate.id === id);
  if (!entry) throw unknownMethod(id, catalogue);
  const method = await loaders[entry.path]();
  loaded.set(id, method);
  return method;
}

/** All declarations, in the order of the catalogue. */
export const loadMethods = (): Promise<Method[]> => Promise.all(catalogue.map(({ id }) => loadMethod(id)));

/** A declaration that is loaded, or one of `among`. @throws UserError that lists the ids nearest to it. */
export function findMethod(id: string, among?: readonly Method[]): Method {
  const method = among ? among.find((candidate) => candidate.id === id) : loaded.get(id);
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

/** Up to five of `words`, the most alike first: those that contain the word, then by edit distance. */
export function nearest(word: string, words: readonly string[]): string[] {
  const wanted = word.slice(0, 60).toLowerCase();
  const rank = (candidate: string) =>
    wanted !== '' && (candidate.includes(wanted) || wanted.includes(candidate))
      ? 0
      : editDistance(wanted, candidate);
  return words
    .map((candidate) => ({ candidate, distance: rank(candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 5)
    .map(({ candidate }) => candidate);
}

/** Levenshtein distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[b.length];
}
