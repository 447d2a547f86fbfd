/** Finds the terms of the glossary in a text. */
import { TERMS, type Term } from './terms';

export interface Segment {
  text: string;
  term?: Term;
}

const spellings = new Map<string, Term>();
for (const term of TERMS) for (const one of spellingsOf(term)) spellings.set(one.toLowerCase(), term);

export function spellingsOf({ term, also = [], forms = [] }: Term): readonly string[] {
  return [term, ...also, ...forms].flatMap((one) => [one, `${one}s`]);
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

// The longest spelling first: "stable rank" before "rank". Whole words only, and no part of a hyphenated name.
const pattern = new RegExp(
  `(?<![\\p{L}\\p{N}_-])(?:${[...spellings.keys()]
    .sort((a, b) => b.length - a.length)
    .map(escaped)
    .join('|')})(?![\\p{L}\\p{N}_-])`,
  'giu',
);

/** The text in pieces, of which those that are the first mention of a term carry it. */
export function segments(text: string): Segment[] {
  const pieces: Segment[] = [];
  const seen = new Set<Term>();
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    const term = spellings.get(match[0].toLowerCase());
    if (!term || seen.has(term)) continue;
    seen.add(term);
    if (match.index > from) pieces.push({ text: text.slice(from, match.index) });
    pieces.push({ text: match[0], term });
    from = match.index + match[0].length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from) });
  return pieces;
}
