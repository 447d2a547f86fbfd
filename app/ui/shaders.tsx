/** The WGSL behind a method's pictures, to read and to copy; each file is loaded when it is opened. */
import { useEffect, useState } from 'react';
import styles from './panels.module.css';

const sources = import.meta.glob<string>('../../shaders/*.wgsl', { query: '?raw', import: 'default' });

const loaderOf = (name: string) => sources[`../../shaders/${name}.wgsl`];

export function Shaders({ names }: { names: readonly string[] }) {
  const known = names.filter((name) => loaderOf(name));
  if (known.length === 0) return <p className={styles.quiet}>This method runs no shader of its own.</p>;
  return (
    <div className={styles.prose}>
      <p className={styles.quiet}>
        The programs that the GPU runs for this method, as they stand in the source. Lines that begin with{' '}
        <code>{'//! use'}</code> pull in shared functions.
      </p>
      {known.map((name) => (
        <Shader key={name} name={name} />
      ))}
    </div>
  );
}

function Shader({ name }: { name: string }) {
  const [open, setOpen] = useState(false);
  const [code, setCode] = useState<string | null>(null);
  const [failure, setFailure] = useState(false);
  useEffect(() => {
    if (!open || code !== null) return;
    loaderOf(name)().then(setCode, () => setFailure(true));
  }, [open, code, name]);
  return (
    <details className={styles.shader} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <code>{name}.wgsl</code>
      </summary>
      {failure && <p>The file could not be loaded. Check the connection and open it again.</p>}
      {code !== null && (
        <>
          <button type="button" onClick={() => navigator.clipboard.writeText(code)}>
            Copy
          </button>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
          <section className={styles.code} tabIndex={0} aria-label={`Source of ${name}.wgsl`}>
            <pre>{code}</pre>
          </section>
        </>
      )}
    </details>
  );
}
