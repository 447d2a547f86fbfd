/** `#/failures`: where every method breaks, with what to notice there; one press opens it. */
import { useEffect, useState } from 'react';
import { loadMethods } from '../../experiment/registry';
import type { Method } from '../../methods/method';
import { Defined } from '../glossary/defined';
import { failuresOf } from './failures';
import styles from './failures.module.css';

export default function FailuresPage() {
  const [methods, setMethods] = useState<readonly Method[] | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  useEffect(() => {
    let current = true;
    loadMethods().then(
      (loaded) => current && setMethods(loaded),
      (error: unknown) => current && setFailure(String(error)),
    );
    return () => {
      current = false;
    };
  }, []);
  return (
    <>
      <p className={styles.lead}>
        To know a method is to know where it stops working. These settings break each of them; the run shows
        how.
      </p>
      {failure && <p role="alert">The methods could not be loaded: reload the page. ({failure})</p>}
      {!methods && !failure && <p role="status">Loading …</p>}
      {methods && (
        <ul className={styles.gallery}>
          {methods.flatMap((method) =>
            failuresOf(method).map(({ label, notice, link }) => (
              <li key={link}>
                <h2>
                  <span className={styles.method}>{method.title}</span> {label}
                </h2>
                <p>
                  <Defined text={notice} />
                </p>
                <a className="button" href={link} aria-label={`Open ${method.title}: ${label}`}>
                  Open
                </a>
              </li>
            )),
          )}
        </ul>
      )}
    </>
  );
}
