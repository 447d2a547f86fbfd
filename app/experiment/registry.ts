/** All methods, found by glob: adding one is adding its file to a family's folder. */
import { UserError } from '../math/errors';
import type { Family, Method } from '../methods/method';

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

const found = import.meta.glob<Method>(['../methods/*/*.ts', '!../methods/*/*.test.ts'], {
  eager: true,
  import: 'default',
});

/** Every method, by family in the order of the page, within a family by title. */
export const methods: readonly Method[] = Object.values(found)
  .filter((method) => typeof method?.run === 'function')
  .sort(
    (a, b) => FAMILIES.indexOf(a.family) - FAMILIES.indexOf(b.family) || a.title.localeCompare(b.title, 'en'),
  );

/** The method with this id. @throws UserError that lists the ids nearest to it. */
export function findMethod(id: string, among: readonly Method[] = methods): Method {
  const method = among.find((candidate) => candidate.id === id);
  if (method) return method;
  const near = nearest(
    id,
    among.map((candidate) => candidate.id),
  );
  throw new UserError(
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
