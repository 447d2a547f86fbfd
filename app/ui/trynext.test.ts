import { describe, expect, it } from 'vitest';
import { catalogue, loadMethod } from '../experiment/registry';
import { relatedTo } from './trynext';

describe('what to try next', () => {
  it('leads from a method to those that it grew from and into, each of the catalogue', async () => {
    const child = catalogue.find(({ lineage }) =>
      lineage?.some(({ from }) => catalogue.some(({ id }) => id === from)),
    );
    const parent = child?.lineage?.find(({ from }) => catalogue.some(({ id }) => id === from))?.from;
    if (!child || parent === undefined) throw new Error('no edge of the family tree joins two methods');
    expect(relatedTo(await loadMethod(child.id)).map(({ id }) => id)).toContain(parent);
    const onward = relatedTo(await loadMethod(parent));
    expect(onward.length).toBeGreaterThan(0);
    for (const { id } of onward) expect(catalogue.some((entry) => entry.id === id)).toBe(true);
  });
});
