/** Small parts of the page: what was left out of a link, the citation, and the slider under the thumb. */
import type { ReactNode } from 'react';
import type { Method } from '../methods/method';
import type { LooseValues } from '../methods/parameters';
import { paperText } from './catalogue';
import { usePage, useSession } from './context';
import { Control } from './control';
import { formOrder } from './controls';
import styles from './page.module.css';
import type { DataState } from './store';

/** What a link or file brought that could not be taken, one line each, until it is dismissed. */
export function Problems() {
  const problems = usePage((state) => state.problems);
  const session = useSession();
  if (problems.length === 0) return null;
  return (
    <div className={styles.problems} role="alert">
      {problems.map((problem) => (
        <p key={problem}>
          <span>{problem}</span>
          <button
            type="button"
            data-look="plain"
            aria-label="Dismiss"
            onClick={() => session.dismiss(problem)}
          >
            ✕
          </button>
        </p>
      ))}
    </div>
  );
}

export function Cited({ method }: { method: Method }) {
  const paper = method.papers[0];
  if (!paper) return null;
  return (
    <a href={paper.url} target="_blank" rel="noreferrer">
      {paperText(paper)}
    </a>
  );
}

/** The key of the parameter that the hand wants first: the first live one in the form. */
export function firstLive(method: Method, values: LooseValues): string | undefined {
  return formOrder(method, values, false).find(
    ([, parameter]) => parameter.live && parameter.kind === 'integer',
  )?.[0];
}

/** On a phone the form is below the figures; its first live slider stays at the bottom of the screen. */
export function Dock({ method, children }: { method: Method; children?: ReactNode }) {
  const values = usePage((state) => state.link.values);
  const session = useSession();
  const key = firstLive(method, values);
  if (key === undefined) return null;
  return (
    <section className={styles.dock} aria-label="Main parameter">
      {children}
      <Control name={key} parameter={method.parameters[key]} value={values[key]} onChange={session.change} />
    </section>
  );
}

/** The size of the matrix that a run will meet: the data's, or the testbed's m and n. */
export function shapeOf(values: LooseValues, data: DataState): { m: number; n: number } | null {
  if (data.status === 'ready') return { m: data.summary.rows, n: data.summary.cols };
  if (data.status !== 'none') return null;
  const { m, n } = values;
  return typeof m === 'number' && typeof n === 'number' ? { m, n } : { m: 0, n: 0 };
}
