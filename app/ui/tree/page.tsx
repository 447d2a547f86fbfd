/** `#/tree`: which method came from which, and what each changes against its parent. */
import { catalogue } from '../../experiment/registry';
import { paperText } from '../catalogue';
import { familyTree, type TreeNode } from './tree';
import styles from './tree.module.css';

export default function TreePage() {
  const roots = familyTree(catalogue);
  return (
    <>
      <p className={styles.lead}>
        Each method hangs under the one that it changes; the line above its name says how. Methods without a
        link are their ancestors outside of this playground.
      </p>
      <ul className={styles.forest} aria-label="Family tree of the methods">
        {roots.map((root) => (
          <Branch key={root.key} node={root} />
        ))}
      </ul>
    </>
  );
}

function Branch({ node }: { node: TreeNode }) {
  return (
    <li>
      <Card node={node} />
      {node.children.length > 0 && (
        <ul aria-label={`Derived from ${node.title}`}>
          {node.children.map((child) => (
            <Branch key={child.key} node={child} />
          ))}
        </ul>
      )}
    </li>
  );
}

function Card({ node: { title, entry, change, others } }: { node: TreeNode }) {
  if (!entry) return <div className={`${styles.card} ${styles.outside}`}>{title}</div>;
  const [paper] = entry.papers;
  return (
    <div className={styles.card}>
      {change && <p className={styles.change}>{change}</p>}
      <a href={`#/${entry.id}`} title={entry.summary}>
        {title}
      </a>
      {paper && <p className={styles.paper}>{paperText(paper)}</p>}
      {others.map((other) => (
        <p key={other.title} className={styles.also}>
          Also from {other.id ? <a href={`#/${other.id}`}>{other.title}</a> : <b>{other.title}</b>}:{' '}
          {other.change}
        </p>
      ))}
    </div>
  );
}
