/** The WGSL behind a method's pictures: to read, to edit, and to put on trial. Each file is loaded when it is opened. */
import { lazy, Suspense, useState } from 'react';
import type { Method } from '../methods/method';
import styles from './panels.module.css';
import { isKernel } from './shaderlab/sources';

const ShaderLab = lazy(() => import('./shaderlab/lab').then((module) => ({ default: module.ShaderLab })));

export function Shaders({ method }: { method: Method }) {
  const known = method.shaders.filter(isKernel);
  if (known.length === 0) return <p className={styles.quiet}>This method runs no shader of its own.</p>;
  return (
    <div className={styles.prose}>
      <p className={styles.quiet}>
        The programs that the GPU runs for this method, as they stand in the source. Lines that begin with{' '}
        <code>{'//! use'}</code> pull in shared functions. Change one: it is checked against float64 before
        its time counts.
      </p>
      {known.map((name) => (
        <Shader key={name} name={name} method={method} />
      ))}
    </div>
  );
}

function Shader({ name, method }: { name: string; method: Method }) {
  const [opened, setOpened] = useState(false);
  return (
    <details className={styles.shader} onToggle={(event) => event.currentTarget.open && setOpened(true)}>
      <summary>
        <code>{name}.wgsl</code>
      </summary>
      {opened && (
        <Suspense fallback="Loading …">
          <ShaderLab method={method} name={name} />
        </Suspense>
      )}
    </details>
  );
}
