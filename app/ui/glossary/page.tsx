/** `#/glossary`: the terms of the field, searched; `term=` in the address goes to one of them. */
import { useEffect, useId, useRef, useState } from 'react';
import styles from './glossary.module.css';
import { idOf, matching, TERMS, type Term } from './terms';

export default function GlossaryPage({ query }: { query: string }) {
  const [sought, setSought] = useState('');
  const field = useId();
  const found = matching(sought);
  const target = new URLSearchParams(query).get('term');
  return (
    <>
      <div className={styles.search}>
        <label htmlFor={field}>Search {TERMS.length} terms</label>
        <input id={field} type="search" value={sought} onChange={(event) => setSought(event.target.value)} />
      </div>
      <p className="hidden-visually" role="status">
        {sought !== '' && `${found.length} found`}
      </p>
      {found.length === 0 && <p>No term matches “{sought}”.</p>}
      <dl className={styles.list}>
        {found.map((term) => (
          <Entry key={term.term} term={term} isTarget={idOf(term) === target} />
        ))}
      </dl>
    </>
  );
}

function Entry({ term, isTarget }: { term: Term; isTarget: boolean }) {
  const id = idOf(term);
  const entry = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isTarget) entry.current?.scrollIntoView({ block: 'center' });
  }, [isTarget]);
  return (
    <div ref={entry} id={`term-${id}`} className={isTarget ? styles.target : undefined}>
      <dt>
        <a href={`#/glossary?term=${id}`} aria-current={isTarget || undefined}>
          {term.term}
        </a>
        {term.also && <span className={styles.also}>{term.also.join(', ')}</span>}
      </dt>
      <dd>
        {term.text}
        {term.see && (
          <span className={styles.see}>
            {' '}
            See{' '}
            {term.see.map((other, index) => (
              <span key={other}>
                {index > 0 && ', '}
                <a href={`#/glossary?term=${idOf({ term: other })}`}>{other}</a>
              </span>
            ))}
            .
          </span>
        )}
      </dd>
    </div>
  );
}
