import { expect, test } from 'vitest';
import { catalogue } from '../../experiment/registry';
import { familyTree, type TreeNode } from './tree';

const entry = (id: string, title: string, ...lineage: [from: string, change: string][]) => ({
  id,
  title,
  summary: '',
  family: 'adapters' as const,
  papers: [],
  lineage: lineage.map(([from, change]) => ({ from, change })),
});

const outline = (node: TreeNode): unknown => [node.title, ...node.children.map(outline)];

test('an id and a name in any case are one node', () => {
  const tree = familyTree([
    entry('lora', 'LoRA', ['full', 'adds a product']),
    entry('dylora', 'DyLoRA', ['lora', 'draws ranks']),
    entry('sltrain', 'SLTrain', ['LORA', 'adds a sparse matrix']),
    entry('full', 'Full fine-tuning', ['Adam', 'on every weight']),
  ]);
  expect(tree.map(outline)).toEqual([['Adam', ['Full fine-tuning', ['LoRA', ['DyLoRA'], ['SLTrain']]]]]);
  expect(tree[0].entry).toBeUndefined();
});

test('a method hangs under the parent of the catalogue and names the others, which are no roots', () => {
  const tree = familyTree([
    entry('lora', 'LoRA'),
    entry('lora-sb', 'LoRA-SB', ['LoRA-XS', 'another start'], ['lora', 'a core']),
  ]);
  expect(tree.map(outline)).toEqual([['LoRA', ['LoRA-SB']]]);
  const [child] = tree[0].children;
  expect(child.change).toBe('a core');
  expect(child.others).toMatchObject([{ title: 'LoRA-XS', id: undefined, change: 'another start' }]);
});

test('a name outside of the catalogue is written as its most careful writer does', () => {
  const tree = familyTree([entry('a', 'A', ['svd', 'x']), entry('b', 'B', ['SVD', 'y'])]);
  expect(tree.map(outline)).toEqual([['SVD', ['A'], ['B']]]);
});

test('a ring of parents still shows every method once', () => {
  const tree = familyTree([entry('a', 'A', ['b', 'x']), entry('b', 'B', ['a', 'y'])]);
  expect(tree.map(outline)).toEqual([['B', ['A']]]);
});

test('every method of the catalogue stands in the tree exactly once', () => {
  const ids: string[] = [];
  const walk = (node: TreeNode) => {
    if (node.entry) ids.push(node.entry.id);
    node.children.forEach(walk);
  };
  familyTree(catalogue).forEach(walk);
  expect(ids.sort()).toEqual(catalogue.map(({ id }) => id).sort());
});
