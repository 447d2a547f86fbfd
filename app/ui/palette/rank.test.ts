import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ranked, score } from './rank';

const ITEMS = [
  { label: 'Randomized SVD', keywords: 'rsvd matrix Halko Martinsson Tropp 2011' },
  { label: 'Low-rank adaptation', keywords: 'lora adapt Hu 2021' },
  { label: 'Nyström attention', keywords: 'nystromformer attention' },
  { label: 'Run again', keywords: 'start compute repeat' },
  { label: 'Change the theme', keywords: 'dark light colours' },
  { label: 'Compare runs', keywords: 'page side by side pareto' },
];
const first = (query: string) => ranked(ITEMS, query)[0]?.label;

describe('the search of the palette', () => {
  it('finds by the beginning of a word, by a name among the keywords, and by initials', () => {
    expect(first('rand')).toBe('Randomized SVD');
    expect(first('lora')).toBe('Low-rank adaptation');
    expect(first('rsv')).toBe('Randomized SVD');
    expect(first('cr')).toBe('Compare runs');
    expect(first('dark')).toBe('Change the theme');
  });

  it('ranks a label above keywords, and a whole word above a part of one', () => {
    expect(first('run')).toBe('Run again');
    const named = [
      { label: 'Colours', keywords: 'theme' },
      { label: 'Change the theme', keywords: '' },
    ];
    expect(ranked(named, 'theme')[0].label).toBe('Change the theme');
    const two = [
      { label: 'Overrun', keywords: '' },
      { label: 'A run', keywords: '' },
    ];
    expect(ranked(two, 'run').map(({ label }) => label)).toEqual(['A run', 'Overrun']);
  });

  it('wants every word of the query, in any order, whatever case and accents', () => {
    expect(first('attention nystrom')).toBe('Nyström attention');
    expect(first('NYSTRÖM')).toBe('Nyström attention');
    expect(ranked(ITEMS, 'randomized theme')).toEqual([]);
  });

  it('does not take letters that are scattered by chance', () => {
    expect(ranked([{ label: 'What computes here on this machine', keywords: '' }], 'wpsm')).toEqual([]);
  });

  it('keeps all, in their order, while nothing is typed', () => {
    expect(ranked(ITEMS, '  ')).toEqual(ITEMS);
  });

  it('finds every label by any of its prefixes', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ITEMS), fc.integer({ min: 1, max: 8 }), (item, length) => {
        expect(score(item.label.slice(0, length), item)).toBeGreaterThan(0);
      }),
    );
  });
});
