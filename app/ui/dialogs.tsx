/** The dialogs of the top bar: what computes here, how to share, and help. Native dialogs: focus and Escape are theirs. */
import { lazy, type ReactNode, type RefObject, Suspense, useEffect, useId, useState } from 'react';
import type { OpenReport } from '../experiment/protocol';
import { formatBytes, formatCount } from '../math/format';
import { type Action, keyText } from './actions';
import { Understand } from './catalogue';
import { usePage, useSession } from './context';
import { Copyable } from './copyable';
import styles from './dialogs.module.css';

export type DialogRef = RefObject<HTMLDialogElement | null>;

export function Modal({
  dialog,
  title,
  children,
}: {
  dialog: DialogRef;
  title: string;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      className={styles.dialog}
      // A click on the backdrop arrives at the dialog itself; a link to a page leaves it.
      onClick={({ target }) => {
        const leaves = target instanceof Element && target.closest('a[href^="#/"]');
        if (leaves || target === dialog.current) dialog.current?.close();
      }}
      onKeyDown={(event) => event.stopPropagation()}
    >
      <header>
        <h2 id={id}>{title}</h2>
        <button type="button" data-look="plain" aria-label="Close" onClick={() => dialog.current?.close()}>
          ✕
        </button>
      </header>
      {children}
    </dialog>
  );
}

const Share = lazy(() => import('./share/share').then((module) => ({ default: module.Share })));

export function ShareDialog({ dialog }: { dialog: DialogRef }) {
  const method = usePage((state) => state.link.method);
  const opened = useOpened(dialog);
  return (
    <Modal dialog={dialog} title="Share">
      {opened && (
        <Suspense fallback={<p>Loading …</p>}>
          <Share key={method} />
        </Suspense>
      )}
    </Modal>
  );
}

/** True from the first time that the dialog is open: what it holds is not made before. */
function useOpened(dialog: DialogRef): boolean {
  const [opened, setOpened] = useState(false);
  useEffect(() => {
    const { current } = dialog;
    if (!current) return;
    // Not every browser fires `toggle` on a dialog.
    const observer = new MutationObserver(() => current.open && setOpened(true));
    observer.observe(current, { attributes: true, attributeFilter: ['open'] });
    return () => observer.disconnect();
  }, [dialog]);
  return opened;
}

export function AdapterDialog({ dialog }: { dialog: DialogRef }) {
  const open = usePage((state) => state.open);
  const home = usePage((state) => state.link.home);
  const session = useSession();
  return (
    <Modal dialog={dialog} title="What computes here">
      {open ? <Adapter open={open} /> : <p>The device is being opened …</p>}
      <p>
        <button
          type="button"
          onClick={() => {
            dialog.current?.close();
            location.hash = '#/bench';
          }}
        >
          Measure how fast it is
        </button>
      </p>
      <fieldset className={styles.homes}>
        <legend>Run on</legend>
        <label>
          <input type="radio" name="home" checked={home === 'gpu'} onChange={() => session.setHome('gpu')} />
          the GPU, in float32
        </label>
        <label>
          <input type="radio" name="home" checked={home === 'cpu'} onChange={() => session.setHome('cpu')} />
          the CPU, in float64 (slower; the reference for the GPU’s numbers)
        </label>
      </fieldset>
      {open && (
        <Copyable
          label="For a bug report"
          text={JSON.stringify({ ...open, agent: navigator.userAgent }, null, 1)}
        />
      )}
    </Modal>
  );
}

function Adapter({ open }: { open: OpenReport }) {
  const { adapter } = open;
  return (
    <>
      {open.reason && <p className={styles.warning}>{open.reason}</p>}
      {adapter?.isFallback && (
        <p className={styles.warning}>
          This is a software adapter: right numbers, but a hundred times slower than a GPU. If this machine
          has one, switch on hardware acceleration in the browser’s settings, update the graphics driver, and
          start the browser again.
        </p>
      )}
      <dl className={styles.facts}>
        <Fact name="Adapter" value={open.label} />
        {adapter && (
          <>
            <Fact name="Vendor" value={adapter.vendor} />
            <Fact name="Architecture" value={adapter.architecture} />
            <Fact name="Description" value={adapter.description} />
            <Fact name="Features" value={adapter.features.join(', ') || 'none of the optional ones'} />
          </>
        )}
      </dl>
      {adapter && (
        <details>
          <summary>Limits</summary>
          <dl className={styles.facts}>
            {Object.entries(adapter.limits).map(([name, value]) => (
              <Fact
                key={name}
                name={name}
                value={/Size$/.test(name) ? formatBytes(value) : formatCount(value)}
              />
            ))}
          </dl>
        </details>
      )}
    </>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  if (value === '') return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

export function HelpDialog({ dialog, actions }: { dialog: DialogRef; actions: readonly Action[] }) {
  const now = usePage((state) => state);
  const firstMinute = actions.find(({ id }) => id === 'first-minute');
  return (
    <Modal dialog={dialog} title="Help">
      <p>
        Choose a method, move its rank, and see what the rank buys: the spectrum, the error, the time.
        Everything is computed on this machine. The address of the page always says what is shown, so a copy
        of it is a link to the same.
      </p>
      <p>
        The cut in the spectrum can be dragged. Files (.npy, .csv, .safetensors, pictures) can be dropped or
        pasted anywhere. Checks below the figures compare the run with what the papers claim.
      </p>
      <Understand />
      {firstMinute?.when?.(now) && (
        <p>
          <button
            type="button"
            onClick={() => {
              dialog.current?.close();
              firstMinute.perform();
            }}
          >
            {firstMinute.label}
          </button>
        </p>
      )}
      <h3>Keys</h3>
      <dl className={styles.keys}>
        {actions.map(
          ({ id, label, key }) =>
            key && (
              <div key={id}>
                <dt>
                  <kbd>{keyText(key)}</kbd>
                </dt>
                <dd>{label}</dd>
              </div>
            ),
        )}
      </dl>
    </Modal>
  );
}
