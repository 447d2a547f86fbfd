/** The runs of this browser as a list: pin, rename, restore, compare, delete. */
import { useState } from 'react';
import { encodeComparison } from '../../experiment/comparison';
import { catalogue } from '../../experiment/registry';
import { useHistory, useParts, useSession } from '../context';
import panels from '../panels.module.css';
import { quantity } from '../quantity';
import type { SavedRun } from './history';
import styles from './runs.module.css';

export function Runs() {
  const runs = useHistory((state) => state.runs);
  const { history } = useParts();
  const pinned = runs.filter((run) => run.pinned);
  if (runs.length === 0) {
    return <p className={panels.quiet}>Every finished run is kept here, in this browser only.</p>;
  }
  return (
    <>
      <p className={panels.quiet}>
        Kept in this browser only: pinned runs until you delete them, of the others the last thirty.
      </p>
      <ul className={styles.runs}>
        {[...pinned, ...runs.filter((run) => !run.pinned)].map((run) => (
          <Row key={run.id} run={run} />
        ))}
      </ul>
      <div className={styles.below}>
        {pinned.length > 0 && (
          <a className="button" href={encodeComparison({ runs: pinned.map((run) => run.link) })}>
            Compare the {pinned.length} pinned
          </a>
        )}
        <button type="button" onClick={history.clear}>
          Delete all
        </button>
      </div>
    </>
  );
}

function Row({ run }: { run: SavedRun }) {
  const { history } = useParts();
  const session = useSession();
  const [draft, setDraft] = useState<string | null>(null);
  const title = titleOf(run);
  const [key, value] = Object.entries(run.result.metrics).find(([, number]) => number !== null) ?? [];
  return (
    <li>
      <button
        type="button"
        data-look="plain"
        aria-pressed={run.pinned}
        aria-label={run.pinned ? `Unpin ${title}` : `Pin ${title}`}
        title={run.pinned ? 'Unpin' : 'Pin'}
        onClick={() => history.pin(run.id, !run.pinned)}
      >
        {run.pinned ? '★' : '☆'}
      </button>
      <div className={styles.what}>
        {draft === null ? (
          <strong>{title}</strong>
        ) : (
          <input
            aria-label={`New name of ${title}`}
            // biome-ignore lint/a11y/noAutofocus: the field takes the place of the button that was pressed
            autoFocus
            value={draft}
            maxLength={80}
            onChange={(event) => setDraft(event.target.value)}
            onBlur={() => {
              history.rename(run.id, draft);
              setDraft(null);
            }}
            onKeyDown={(event) => {
              event.stopPropagation();
              if (event.key === 'Enter') event.currentTarget.blur();
              if (event.key === 'Escape') setDraft(null);
            }}
          />
        )}
        <span>
          {settingsOf(run.link)}
          {key !== undefined && `, ${key} ${quantity(value ?? null)}`}, {new Date(run.at).toLocaleString()}
        </span>
      </div>
      <div className={styles.actions}>
        <button type="button" aria-label={`Restore ${title}`} onClick={() => void session.open(run.link)}>
          Restore
        </button>
        <button type="button" aria-label={`Rename ${title}`} onClick={() => setDraft(title)}>
          Rename
        </button>
        <button type="button" aria-label={`Delete ${title}`} onClick={() => history.remove(run.id)}>
          Delete
        </button>
      </div>
    </li>
  );
}

/** The name that the person gave, or the method's. */
export const titleOf = (run: SavedRun): string =>
  run.name ?? catalogue.find(({ id }) => id === run.result.method)?.title ?? run.result.method;

/** "rank 24, seed 3" of a link; "defaults" where it says no more than the method. */
export function settingsOf(link: string): string {
  const query = link.split('?')[1] ?? '';
  const pairs = query.split('&').filter((pair) => pair !== '');
  return pairs.map((pair) => readable(pair.replace('=', ' '))).join(', ') || 'defaults';
}

function readable(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
