import { expect, test } from 'vitest';
import { segments } from './marks';
import { idOf, matching, TERMS } from './terms';

const marked = (text: string) =>
  segments(text).flatMap((piece) => (piece.term ? [`${piece.text}=${idOf(piece.term)}`] : []));

test('the pieces of a text are the text', () => {
  for (const text of ['', 'rank', 'The stable rank of W, and its rank.', 'Nothing here.', '24 %']) {
    expect(
      segments(text)
        .map((piece) => piece.text)
        .join(''),
    ).toBe(text);
  }
});

test('the longest term is marked, in any case and in the plural', () => {
  expect(marked('Stable rank, not Rank; a singular value decomposition has singular values.')).toEqual([
    'Stable rank=stable-rank',
    'Rank=rank',
    'singular value decomposition=singular-value-decomposition',
    'singular values=singular-value',
  ]);
});

test('only the first mention in a text is marked, and only whole words', () => {
  expect(marked('rank 4, rank 8, ranking, DyLoRA, LoRA-SB')).toEqual(['rank=rank']);
});

test('every term has an id, a spelling and a definition of its own', () => {
  const spelled = TERMS.flatMap(({ term, also = [], forms = [] }) => [term, ...also, ...forms]).map((one) =>
    one.toLowerCase(),
  );
  expect(new Set(spelled).size).toBe(spelled.length);
  expect(new Set(TERMS.map(idOf)).size).toBe(TERMS.length);
  for (const { text } of TERMS) expect(text).toMatch(/^[\p{Lu}\d].{20,300}\.$/u);
  for (const { see = [] } of TERMS) {
    for (const other of see) expect(TERMS.map(({ term }) => term)).toContain(other);
  }
});

test('a search finds by name, by other names and within definitions, names first', () => {
  expect(matching('svd').map(({ term }) => term)).toContain('singular value decomposition');
  expect(matching('stable rank')[0].term).toBe('stable rank');
  expect(matching('zzz')).toEqual([]);
  const all = matching('').map(({ term }) => term);
  expect(all).toEqual([...all].sort((a, b) => a.localeCompare(b, 'en')));
  expect(all).toHaveLength(TERMS.length);
});
