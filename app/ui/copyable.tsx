/** A text to copy, which can also be selected where the clipboard is closed to pages. */
import { useId, useState } from 'react';
import styles from './dialogs.module.css';

export function Copyable({ label, text }: { label: string; text: string }) {
  const [state, setState] = useState('');
  const id = useId();
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setState('Copied.'),
      () => setState('The browser refused: select the text and copy it by hand.'),
    );
  return (
    <div className={styles.copyable}>
      <label htmlFor={id}>{label}</label>
      <textarea id={id} readOnly rows={3} value={text} onFocus={(event) => event.target.select()} />
      <div>
        <button type="button" data-look="primary" onClick={copy}>
          Copy
        </button>
        <span role="status">{state}</span>
      </div>
    </div>
  );
}
