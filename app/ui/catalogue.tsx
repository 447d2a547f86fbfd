/** All methods by family, with search: each a link, so that it can be opened beside this one. */
import { useId, useState } from 'react';
import { type CatalogueEntry, catalogue } from '../experiment/registry';
import thumbnailPaths from '../experiment/thumbnails.json';
import type { Family } from '../methods/method';
import styles from './catalogue.module.css';

const FAMILY_LABELS: Readonly<Record<Family, string>> = {
  basics: 'Basics',
  adapters: 'Adapters',
  training: 'Training',
  compression: 'Compression',
  attention: 'Attention',
  sequence: 'Sequence models',
  points: 'Points and embeddings',
  optimization: 'Optimization',
};

type Effort = NonNullable<CatalogueEntry['effort']>;
const EFFORTS: readonly Effort[] = ['closed form', 'trained'];

interface CatalogueProps {
  current: string;
  /** Called with the method's id; the link itself is followed where this is not prevented. */
  onChoose: (id: string) => void;
}

export function Catalogue({ current, onChoose }: CatalogueProps) {
  const [query, setQuery] = useState('');
  const [effort, setEffort] = useState<Effort>();
  const id = useId();
  const found = search(catalogue, query).filter((entry) => !effort || entry.effort === effort);
  const families = [...new Set(found.map((method) => method.family))];
  return (
    <nav className={styles.catalogue} aria-label="Methods">
      <label htmlFor={id} className="hidden-visually">
        Search methods
      </label>
      <input
        id={id}
        type="search"
        placeholder="Search methods  ( / )"
        data-shortcut="search"
        value={query}
        onChange={(event) => setQuery(event.target.value)}
        onKeyDown={(event) => {
          // Enter takes the first match, as in every search.
          if (event.key !== 'Enter' || query === '' || !found[0]) return;
          event.currentTarget.blur();
          onChoose(found[0].id);
        }}
      />
      <fieldset className={styles.filters} aria-label="Filter methods">
        {EFFORTS.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={one === effort}
            onClick={() => setEffort(one === effort ? undefined : one)}
          >
            {one}
          </button>
        ))}
      </fieldset>
      {found.length === 0 && (
        <p className={styles.empty}>
          No method matches{query === '' ? '' : ` “${query}”`}. Search by name, author, year or purpose.{' '}
          <button
            type="button"
            onClick={() => {
              setQuery('');
              setEffort(undefined);
            }}
          >
            Show all
          </button>
        </p>
      )}
      {families.map((family) => (
        <section key={family} aria-labelledby={`${id}-${family}`}>
          <h3 id={`${id}-${family}`}>{FAMILY_LABELS[family]}</h3>
          <ul>
            {found
              .filter((method) => method.family === family)
              .map((method) => (
                <li key={method.id}>
                  <a
                    href={`#/${method.id}`}
                    aria-current={method.id === current ? 'page' : undefined}
                    onClick={(event) => {
                      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
                      event.preventDefault();
                      onChoose(method.id);
                    }}
                  >
                    <span className={styles.head}>
                      <span className={styles.title}>{method.title}</span>
                      <Thumbnail id={method.id} />
                    </span>
                    <span className={styles.summary}>{method.summary}</span>
                    {method.papers[0] && <span className={styles.paper}>{paperText(method.papers[0])}</span>}
                  </a>
                </li>
              ))}
          </ul>
        </section>
      ))}
      <Understand />
    </nav>
  );
}

/** The pages that explain rather than compute. */
export function Understand() {
  return (
    <p className={styles.understand}>
      <a href="#/tree">Family tree</a>
      <a href="#/failures">Where methods fail</a>
      <a href="#/glossary">Glossary</a>
    </p>
  );
}

const thumbnails: Readonly<Record<string, readonly { role: string; d: string }[]>> = thumbnailPaths;

/** The first chart of the method at its quick size, drawn small (npm run thumbnails). */
function Thumbnail({ id }: { id: string }) {
  const paths = thumbnails[id];
  if (!paths) return null;
  return (
    <svg className={styles.thumbnail} viewBox="0 0 56 32" aria-hidden="true">
      {paths.map(({ role, d }) => (
        <path key={d} d={d} stroke={`var(--role-${role})`} />
      ))}
    </svg>
  );
}

/** "Halko et al., 2011"; authors as the declaration writes them, the first name up to a comma or "and". */
export function paperText(paper: { authors: string; year: number }): string {
  const names = paper.authors.split(/,\s*|\s+and\s+|\s*&\s*/).filter((name) => name !== '');
  if (names.length <= 2) return `${names.join(' & ')}, ${paper.year}`;
  return `${names[0]} et al., ${paper.year}`;
}

/** The methods that hold every word of the query in title, id, summary, family, testbed, effort or papers. */
export function search(among: readonly CatalogueEntry[], query: string): readonly CatalogueEntry[] {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return among;
  return among.filter((method) => {
    const papers = method.papers.map((paper) => `${paper.title} ${paper.authors} ${paper.year} ${paper.ref}`);
    const text = [
      method.title,
      method.id,
      method.summary,
      FAMILY_LABELS[method.family],
      method.testbed,
      method.effort ?? '',
      ...papers,
    ]
      .join(' ')
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
