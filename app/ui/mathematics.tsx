/**
 * The formulas of a method as MathML, with what each says, the symbols tied to the controls, and its papers.
 * The typesetter (temml) is loaded when the panel is opened for the first time, so the page itself does not
 * wait for it.
 */
import { type PointerEvent, useEffect, useRef, useState } from 'react';
import type { Formula, Method } from '../methods/method';
import { usePage } from './context';
import { Defined } from './glossary/defined';
import styles from './panels.module.css';
import { light, markSymbols, parameterUnder, plain } from './symbols';

interface Typeset {
  of: Method;
  formulas: readonly { html: string; formula: Formula }[];
  symbols: readonly { html: string; key: string }[];
}

async function typeset(method: Method): Promise<Typeset> {
  const { default: temml } = await import('temml');
  const html = (tex: string, displayMode: boolean) =>
    temml.renderToString(tex, { displayMode, throwOnError: false });
  return {
    of: method,
    formulas: method.formulas.map((formula) => ({ formula, html: html(formula.tex, true) })),
    symbols: Object.entries(method.symbols ?? {}).map(([tex, key]) => ({ key, html: html(tex, false) })),
  };
}

/** What a symbol's MathML reads as. */
function textOf(html: string): string {
  const holder = document.createElement('div');
  holder.innerHTML = html;
  return plain(holder.querySelector('mi')?.textContent ?? '');
}

const follow = (event: PointerEvent) => light(parameterUnder(event.target));

export function Mathematics({ method }: { method: Method }) {
  const [made, setMade] = useState<Typeset | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    let current = true;
    typeset(method).then(
      (done) => current && setMade(done),
      (error: unknown) => current && setFailure(String(error)),
    );
    return () => {
      current = false;
      light(null);
    };
  }, [method]);
  const ready = made?.of === method ? made : null;
  useEffect(() => {
    if (!ready || !list.current) return;
    markSymbols(list.current, new Map(ready.symbols.map(({ html, key }) => [textOf(html), key])));
  }, [ready]);
  // Controls stand outside of this panel, and light their symbols from there.
  useEffect(() => {
    const listen = (event: globalThis.PointerEvent) => light(parameterUnder(event.target));
    addEventListener('pointerover', listen);
    return () => removeEventListener('pointerover', listen);
  }, []);
  return (
    <div className={styles.prose}>
      {failure && <p>The formulas could not be typeset, so here is their source. ({failure})</p>}
      <ul ref={list} className={styles.formulas} onPointerOver={follow} onPointerLeave={() => light(null)}>
        {method.formulas.map((formula, index) => (
          <li key={formula.tex}>
            {ready ? (
              // Made from the TeX of our own method files, never from what a person or a link brings.
              <div
                className={styles.formula}
                dangerouslySetInnerHTML={{ __html: ready.formulas[index].html }}
              />
            ) : (
              <code className={styles.formula}>{formula.tex}</code>
            )}
            <p>
              <Defined text={formula.text} />
            </p>
          </li>
        ))}
      </ul>
      {ready && ready.symbols.length > 0 && <Symbols method={method} symbols={ready.symbols} />}
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

/** What each symbol stands for and its value now; a press goes to its control. */
function Symbols({ method, symbols }: { method: Method; symbols: Typeset['symbols'] }) {
  const values = usePage((state) => state.link.values);
  return (
    <>
      <h3>Symbols that you set</h3>
      <ul className={styles.symbols}>
        {symbols.map(({ html, key }) => (
          <li key={key}>
            <button
              type="button"
              data-parameter={key}
              onFocus={() => light(key)}
              onBlur={() => light(null)}
              onClick={() => goTo(key)}
            >
              <span dangerouslySetInnerHTML={{ __html: html }} /> = {String(values[key])}
              <span className={styles.quiet}>{method.parameters[key]?.label ?? key}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Puts the focus on the control of a parameter, wherever it stands. */
function goTo(key: string): void {
  const control = [
    ...document.querySelectorAll(
      `div[data-parameter="${CSS.escape(key)}"], fieldset[data-parameter="${CSS.escape(key)}"]`,
    ),
  ].find((element) => !element.closest('[aria-label="Main parameter"]'));
  control?.closest('details')?.setAttribute('open', '');
  control?.scrollIntoView({ block: 'center' });
  control?.querySelector<HTMLElement>('input, select')?.focus();
}
