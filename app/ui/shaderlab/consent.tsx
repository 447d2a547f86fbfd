/** A link that brings an edited kernel: it is shown, and runs only once the person says so. */
import { useEffect, useState } from 'react';
import { type ShaderEdit, unpackEdit } from '../../experiment/shaderedit';
import type { Method } from '../../methods/method';
import { usePage, useSession } from '../context';
import { ShaderLab } from './lab';
import styles from './shaderlab.module.css';
import { isKernel } from './sources';

export function EditFromLink({ method, packed }: { method: Method; packed: string }) {
  const session = useSession();
  const inUse = usePage((page) => page.edit);
  const [edit, setEdit] = useState<ShaderEdit | null>(null);
  const [problem, setProblem] = useState('');
  const [shown, setShown] = useState(false);
  useEffect(() => {
    unpackEdit(packed, isKernel).then(setEdit, (error: unknown) =>
      setProblem(error instanceof Error ? error.message : String(error)),
    );
  }, [packed]);
  if (problem) {
    return (
      <p className={styles.consent} role="alert">
        {problem}
      </p>
    );
  }
  if (!edit) return null;
  if (inUse) {
    return (
      <div className={styles.consent}>
        <p>
          An edited <code>{inUse.name}</code> runs in place of the original.
        </p>
        <button type="button" onClick={() => session.useEdit(null)}>
          Run with the original
        </button>
      </div>
    );
  }
  return (
    <section className={styles.consent} aria-label="Edited kernel">
      <p>
        This link brings an edited <code>{edit.name}.wgsl</code>. It has not run: what you see is the
        original. A kernel cannot leave the browser’s sandbox, but a bad one can hang the GPU.
      </p>
      <div className={styles.actions}>
        <button type="button" aria-expanded={shown} onClick={() => setShown(!shown)}>
          {shown ? 'Hide it' : 'Read and check it'}
        </button>
        <button type="button" onClick={() => session.useEdit(edit)}>
          Run it
        </button>
        <button type="button" onClick={() => session.useEdit(null)}>
          Leave it out
        </button>
      </div>
      {shown && <ShaderLab method={method} name={edit.name} brought={edit.code} />}
    </section>
  );
}
