/** Which words a mistyped one may have meant. */

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
