/**
 * Pipeline-overridable constants as they stand in WGSL. A line such as
 * `override TILE: u32 = 16; //! one of 4, 8, 16: edge of a tile` says which values the kernel is right for; an edit
 * of the value holds over what the operation would set, for the grid too.
 */

export interface Adjustable {
  name: string;
  value: number;
  /** Ascending. */
  allowed: readonly number[];
  says: string;
}

const OVERRIDE = /^[ \t]*override\s+(\w+)\s*(?::\s*\w+)?\s*=\s*(true|false|[\d.]+)[uif]?\s*;(.*)$/gm;
const ONE_OF = /\/\/! one of ([\d, ]+): (.*\S)/;

const numberOf = (text: string): number => (text === 'true' ? 1 : text === 'false' ? 0 : Number(text));

/** Values of all overridable constants that a source declares with a literal. */
function overridesIn(code: string): Map<string, number> {
  return new Map([...code.matchAll(OVERRIDE)].map(([, name, value]) => [name, numberOf(value)]));
}

/** The constants that a source lets be adjusted, in their order. */
export function adjustablesOf(code: string): Adjustable[] {
  return [...code.matchAll(OVERRIDE)].flatMap(([, name, value, rest]) => {
    const [, list, says] = ONE_OF.exec(rest) ?? [];
    if (list === undefined) return [];
    const allowed = list.split(',').map(Number);
    return [{ name, value: numberOf(value), allowed, says }];
  });
}

/** The source with another value of one constant. */
export const withOverride = (code: string, name: string, value: number): string =>
  code.replaceAll(OVERRIDE, (line, found: string, old: string) => {
    if (found !== name) return line;
    const at = line.indexOf(old, line.indexOf('='));
    return `${line.slice(0, at)}${value}${line.slice(at + old.length)}`;
  });

/** What an edit sets otherwise than the original did. */
export function changedOverrides(original: string, edited: string): Readonly<Record<string, number>> {
  const before = overridesIn(original);
  const changed: Record<string, number> = {};
  for (const [name, value] of overridesIn(edited)) {
    const old = before.get(name);
    if (old !== undefined && !Object.is(old, value)) changed[name] = value;
  }
  return changed;
}

type Edits = Readonly<Record<string, string>> | undefined;
const NOTHING: Readonly<Record<string, number>> = {};

/** A kernel's source with its edit, if there is one, in place of its code. */
export const editedSource = <S extends { name: string; code: string }>(source: S, edits: Edits): S =>
  edits && Object.hasOwn(edits, source.name) ? { ...source, code: edits[source.name] } : source;

/** Constants that an edit of this kernel sets: they hold over what the operation sets, and the grid follows. */
export const editedConstants = ({ name, code }: { name: string; code: string }, edits: Edits) =>
  edits && Object.hasOwn(edits, name) ? changedOverrides(code, edits[name]) : NOTHING;
