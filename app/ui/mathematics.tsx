/**
 * The formulas of a method as MathML, with what each says, and its papers. The typesetter (temml) is
 * loaded when the panel is opened for the first time, so the page itself does not wait for it.
 */
import { useEffect, useState } from 'react';
import type { Formula, Method } from '../methods/method';
import styles from './panels.module.css';

type Rendered = readonly { html: string; formula: Formula }[];

async function render(formulas: readonly Formula[]): Promise<Rendered> {
  const { default: temml } = await import('temml');
  return formulas.map((formula) => ({
    formula,
    html: temml.renderToString(formula.tex, { displayMode: true, throwOnError: false }),
  }));
}

export function Mathematics({ method }: { method: Method }) {
  const [rendered, setRendered] = useState<Rendered | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  useEffect(() => {
    let current = true;
    render(method.formulas).then(
      (done) => current && setRendered(done),
      (error: unknown) => current && setFailure(String(error)),
    );
    return () => {
      current = false;
    };
  }, [method]);
  return (
    <div className={styles.prose}>
      {failure && <p>The formulas could not be typeset, so here is their source. ({failure})</p>}
      <ul className={styles.formulas}>
        {method.formulas.map((formula, index) => (
          <li key={formula.tex}>
            {rendered?.[index]?.formula === formula ? (
              // Made from the TeX of our own method files, never from what a person or a link brings.
              <div className={styles.formula} dangerouslySetInnerHTML={{ __html: rendered[index].html }} />
            ) : (
              <code className={styles.formula}>{formula.tex}</code>
            )}
            <p>{formula.text}</p>
          </li>
        ))}
      </ul>
      <h3>Papers</h3>
      <ul className={styles.papers}>
        {method.papers.map((paper) => (
          <li key={paper.url}>
            <a href={paper.url} target="_blank" rel="noreferrer">
              {paper.title}
            </a>
            <br />
            <span className={styles.quiet}>
              {paper.authors}, {paper.year}. {paper.ref}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
