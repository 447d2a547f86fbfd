/** All families of the benchmark, and the choice among them. */
import { UserError } from '../../math/errors';
import { attentions } from './attention';
import type { BenchCase, BenchFamily } from './case';
import { choosing } from './choosing';
import { compressed } from './compressed';
import { factors } from './factors';
import { layers } from './layers';
import { products } from './products';
import { sequences } from './sequences';

export const families: readonly BenchFamily[] = [
  ...products,
  ...attentions,
  ...layers,
  ...sequences,
  ...factors,
  ...compressed,
  ...choosing,
];

export const CASE_SETS = ['standard', 'large', 'sweep', 'tiny'] as const;
export type CaseSet = (typeof CASE_SETS)[number];

/**
 * The cases of a set, those of each family together. `only` keeps those whose id or family begins with one of
 * its comma-separated parts.
 * @throws UserError where a part fits nothing.
 */
export function casesOf(set: CaseSet, only = ''): BenchCase[] {
  const all = families.flatMap((family) => {
    const sizes = set === 'tiny' ? [family.tiny] : family[set];
    return sizes.map((size) => family.at(size));
  });
  const parts = only
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  for (const part of parts) {
    if (all.some((test) => fits(test, part))) continue;
    throw new UserError(
      `no benchmark begins with "${part.slice(0, 60)}": choose among ${families.map(({ id }) => id).join(', ')}`,
    );
  }
  return parts.length === 0 ? all : all.filter((test) => parts.some((part) => fits(test, part)));
}

const fits = ({ id, family }: BenchCase, part: string): boolean => family === part || id.startsWith(part);

/** The case with this id in any set. */
export function findCase(id: string): BenchCase {
  for (const set of CASE_SETS) {
    const found = casesOf(set).find((test) => test.id === id);
    if (found) return found;
  }
  throw new UserError(`there is no benchmark "${id.slice(0, 60)}"`);
}
