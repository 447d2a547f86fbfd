/** The command palette: type, choose, do. A combobox whose list follows what is typed. */
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { findMethod } from '../../experiment/registry';
import { type Action, keyText } from '../actions';
import { useParts } from '../context';
import { entriesOf } from './entries';
import styles from './palette.module.css';
import { ranked } from './rank';

/** More cannot be taken in; what is meant is brought up by another letter. */
const SHOWN = 40;

interface PaletteProps {
  actions: readonly Action[];
  onClose: () => void;
}

export default function Palette({ actions, onClose }: PaletteProps) {
  const { store, session } = useParts();
  const dialog = useRef<HTMLDialogElement>(null);
  const chosen = useRef<(() => void) | null>(null);
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const list = useId();
  // What there is to do is as it was when the palette opened: lines that come and go could not be aimed at.
  const entries = useMemo(() => {
    const now = store.getState();
    return entriesOf(now, findMethod(now.link.method), actions, session);
  }, [store, session, actions]);
  const found = ranked(entries, query).slice(0, SHOWN);
  const active = Math.min(at, found.length - 1);
  const optionId = (index: number) => `${list}-${index}`;

  useEffect(() => {
    if (dialog.current && !dialog.current.open) dialog.current.showModal();
  }, []);

  useEffect(() => {
    document.getElementById(`${list}-${active}`)?.scrollIntoView({ block: 'nearest' });
  }, [list, active]);

  // Done once the dialog is closed and has given the focus back: what is done may open a dialog, or move it.
  const take = (perform: () => void) => {
    chosen.current = perform;
    dialog.current?.close();
  };
  const onClosed = () => {
    onClose();
    chosen.current?.();
  };

  const onKey = (event: KeyboardEvent) => {
    event.stopPropagation();
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: (active + 1) % found.length,
      ArrowUp: (active + found.length - 1) % found.length,
      PageDown: Math.min(active + 8, found.length - 1),
      PageUp: Math.max(active - 8, 0),
    };
    if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault();
      if (found[active]) take(found[active].perform);
    } else if ((event.ctrlKey || event.metaKey) && event.key === 'k') {
      event.preventDefault();
      dialog.current?.close();
    } else if (Object.hasOwn(moves, event.key) && found.length > 0) {
      event.preventDefault();
      setAt(moves[event.key]);
    }
  };

  return (
    <dialog
      ref={dialog}
      aria-label="Command palette"
      className={styles.palette}
      onClick={(event) => event.target === dialog.current && dialog.current?.close()}
      onClose={onClosed}
      onKeyDown={onKey}
    >
      <input
        type="text"
        role="combobox"
        aria-label="Search methods, actions and what is shown"
        aria-expanded={found.length > 0}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={found.length > 0 ? optionId(active) : undefined}
        placeholder="A method, a page, an action …"
        autoComplete="off"
        spellCheck={false}
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setAt(0);
        }}
      />
      <div id={list} role="listbox" aria-label="Results" className={styles.list}>
        {found.map((entry, index) => (
          // The keyboard is with the combobox, as its pattern wants it; the pointer may come here.
          // biome-ignore lint/a11y/useKeyWithClickEvents: see above
          <div
            key={entry.id}
            id={optionId(index)}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            className={styles.option}
            onPointerMove={() => index !== active && setAt(index)}
            onClick={() => take(entry.perform)}
          >
            <span className={styles.label}>{entry.label}</span>
            {entry.kind && <span className={styles.kind}>{entry.kind}</span>}
            {entry.key && <kbd>{keyText(entry.key)}</kbd>}
          </div>
        ))}
      </div>
      <p className={styles.none} role="status">
        {found.length === 0 && `Nothing here is called “${query}”.`}
      </p>
    </dialog>
  );
}
