/** The family tree of the methods, from what each declaration says that it changes against its parents. */
import type { CatalogueEntry } from '../../experiment/registry';

type Entry = Pick<CatalogueEntry, 'id' | 'title' | 'summary' | 'family' | 'papers' | 'lineage'>;

export interface TreeNode {
  key: string;
  title: string;
  /** The method of the catalogue; undefined for one that is only named, such as Adam. */
  entry?: Entry;
  /** What it changes against the parent that it hangs under. */
  change?: string;
  /** Its other parents. */
  others: readonly { title: string; id?: string; change: string }[];
  children: TreeNode[];
}

/**
 * Roots of the tree, the largest first. A method hangs under the first parent that is in the catalogue, or
 * else under the first it names; its other parents are named on it. `from` may be an id, a title or any name,
 * in either case: "LoRA" and "lora" are one node.
 */
export function familyTree(entries: readonly Entry[]): TreeNode[] {
  const known = new Map<string, Entry>();
  for (const entry of entries) known.set(keyOf(entry.title), entry);
  for (const entry of entries) known.set(keyOf(entry.id), entry);
  const nodes = new Map<string, TreeNode>();
  const nodeOf = (name: string): TreeNode => {
    const entry = known.get(keyOf(name));
    const key = entry?.id ?? keyOf(name);
    const found = nodes.get(key);
    if (found) {
      if (!found.entry && capitals(name) > capitals(found.title)) found.title = name;
      return found;
    }
    const made: TreeNode = { key, title: entry?.title ?? name, entry, others: [], children: [] };
    nodes.set(key, made);
    return made;
  };
  const parents = new Map<TreeNode, TreeNode>();
  const named = new Set<TreeNode>();
  for (const entry of entries) {
    const node = nodeOf(entry.id);
    const lines = (entry.lineage ?? []).map(({ from, change }) => ({ parent: nodeOf(from), change }));
    const able = lines.filter(({ parent }) => !descendsFrom(parent, node, parents));
    const main = able.find(({ parent }) => parent.entry) ?? able[0];
    if (main) {
      parents.set(node, main.parent);
      main.parent.children.push(node);
      node.change = main.change;
    }
    const rest = lines.filter((line) => line !== main);
    for (const { parent } of rest) named.add(parent);
    node.others = rest.map(({ parent, change }) => ({
      get title() {
        return parent.title;
      },
      id: parent.entry?.id,
      change,
    }));
  }
  const isShown = (node: TreeNode) => node.entry || node.children.length > 0 || !named.has(node);
  return [...nodes.values()]
    .filter((node) => !parents.has(node) && isShown(node))
    .sort((a, b) => sizeOf(b) - sizeOf(a));
}

const keyOf = (name: string): string => name.trim().toLowerCase();

const capitals = (name: string): number => name.replace(/[^A-Z]/g, '').length;

/** Whether `node` is `ancestor` or below it: hanging the ancestor under it would close a ring. */
function descendsFrom(node: TreeNode, ancestor: TreeNode, parents: ReadonlyMap<TreeNode, TreeNode>): boolean {
  for (let at: TreeNode | undefined = node; at; at = parents.get(at)) if (at === ancestor) return true;
  return false;
}

const sizeOf = (node: TreeNode): number =>
  node.children.reduce((sum, child) => sum + sizeOf(child), node.entry ? 1 : 0);
