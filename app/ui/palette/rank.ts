/** Fuzzy search: which of the labels a few typed letters mean, the likeliest first. */

export interface Searched {
  label: string;
  /** Counts for less than the label, and is not searched letter by letter. */
  keywords: string;
}

const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase();

const startsWord = (text: string, at: number): boolean => at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1]);

/** In (0, 1]: where `word` stands in `text` as it is; 0 where it does not. */
function whole(text: string, word: string): number {
  let best = 0;
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const ends = at + word.length === text.length || !/[\p{L}\p{N}]/u.test(text[at + word.length]);
    best = Math.max(best, !startsWord(text, at) ? 0.5 : ends ? 1 : at === 0 ? 0.95 : 0.85);
  }
  return best;
}

/**
 * In [0, 0.45]: the letters of `word` in their order with gaps between, of which those that begin a word or
 * follow one another say most ("rsv" in "Randomized SVD"). Greedy from each place of the first letter.
 */
function scattered(text: string, word: string): number {
  let best = 0;
  for (let from = text.indexOf(word[0]); from >= 0; from = text.indexOf(word[0], from + 1)) {
    let at = from;
    let good = startsWord(text, from) ? 1 : 0;
    for (const letter of word.slice(1)) {
      const next = text[at + 1] === letter ? at + 1 : nextOf(text, letter, at + 1);
      if (next < 0) {
        at = -1;
        break;
      }
      if (next === at + 1 || startsWord(text, next)) good++;
      at = next;
    }
    if (at >= 0) best = Math.max(best, good / word.length);
  }
  // Fewer good letters than this match by chance: almost any short word is scattered over a long label.
  return best >= 0.75 ? 0.45 * best : 0;
}

/** The next place of the letter, at the beginning of a word where there is one. */
function nextOf(text: string, letter: string, from: number): number {
  for (let at = text.indexOf(letter, from); at >= 0; at = text.indexOf(letter, at + 1)) {
    if (startsWord(text, at)) return at;
  }
  return text.indexOf(letter, from);
}

/** Above 0 where every word of the query is found: the mean over the words, a little more for a short label. */
export function score(query: string, { label, keywords }: Searched): number {
  const words = plain(query).split(/\s+/).filter(Boolean);
  const text = plain(label);
  const others = plain(keywords);
  let sum = 0;
  for (const word of words) {
    const found = Math.max(whole(text, word), 0.6 * whole(others, word), scattered(text, word));
    if (found === 0) return 0;
    sum += found;
  }
  return words.length === 0 ? 1 : sum / words.length + 0.05 / (1 + text.length / 20);
}

/** Those that match, best first; equals stay in their order. An empty query keeps all. */
export function ranked<T extends Searched>(among: readonly T[], query: string): T[] {
  if (query.trim() === '') return [...among];
  return among
    .map((item) => ({ item, points: score(query, item) }))
    .filter(({ points }) => points > 0)
    .sort((a, b) => b.points - a.points)
    .map(({ item }) => item);
}
