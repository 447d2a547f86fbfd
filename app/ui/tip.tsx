/** A small question mark that says more: on click, tap, Enter, and gone with Escape. A native popover. */
import { type ToggleEvent, useId, useRef, useState } from 'react';
import styles from './tip.module.css';

const WIDTH = 260;

export function Tip({ label, text }: { label: string; text: string }) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const [place, setPlace] = useState({ left: 0, top: 0 });
  const onToggle = (event: ToggleEvent) => {
    const box = button.current?.getBoundingClientRect();
    if (event.newState !== 'open' || !box) return;
    // Below the button and inside the window, also on a phone; above it where the window ends.
    const left = Math.max(8, Math.min(box.left - 16, innerWidth - WIDTH - 8));
    setPlace({ left, top: box.bottom + 140 > innerHeight ? Math.max(8, box.top - 140) : box.bottom + 4 });
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        className={styles.button}
        aria-label={`About ${label}`}
        popoverTarget={id}
      >
        ?
      </button>
      <div id={id} popover="auto" role="note" className={styles.tip} style={place} onBeforeToggle={onToggle}>
        {text}
      </div>
    </>
  );
}
