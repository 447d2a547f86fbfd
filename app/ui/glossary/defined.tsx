/**
 * A text whose terms of the field can be looked up in place: pointed at, focused or pressed, a term shows its
 * definition, which stays while the pointer is on it and leaves with Escape. The glossary is loaded after the
 * text stands.
 */
import { type KeyboardEvent, type PointerEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import styles from './glossary.module.css';
import type { Term } from './terms';

type Marker = typeof import('./marks').segments;

let marker: Marker | null = null;

export function Defined({ text }: { text: string }) {
  const [segments, setSegments] = useState<{ of: Marker } | null>(marker && { of: marker });
  useEffect(() => {
    if (segments) return;
    let current = true;
    // Without the glossary, offline or not, the text is still whole: nothing to tell.
    import('./marks').then(
      (module) => {
        marker = module.segments;
        if (current) setSegments({ of: marker });
      },
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [segments]);
  const pieces = useMemo(() => segments?.of(text) ?? [{ text, term: undefined }], [segments, text]);
  return pieces.map(({ text: piece, term }, index) =>
    term ? <Defining key={term.term} term={term} text={piece} /> : <span key={index}>{piece}</span>,
  );
}

const WIDTH = 280;
const SHUTTING_MS = 200;

function Defining({ term, text }: { term: Term; text: string }) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const note = useRef<HTMLSpanElement>(null);
  const shutting = useRef(0);
  const [shown, setShown] = useState(false);
  const show = () => {
    clearTimeout(shutting.current);
    setShown(true);
  };
  const leave = ({ pointerType }: PointerEvent) => {
    if (pointerType !== 'mouse') return;
    // Time to move from the word to its definition.
    shutting.current = window.setTimeout(() => setShown(false), SHUTTING_MS);
  };
  useEffect(() => () => clearTimeout(shutting.current), []);
  useEffect(() => {
    const box = button.current?.getBoundingClientRect();
    const element = note.current;
    if (!shown || !box || !element) return;
    element.showPopover();
    const { height } = element.getBoundingClientRect();
    const below = box.bottom + 4;
    element.style.left = `${Math.max(8, Math.min(box.left, innerWidth - WIDTH - 8))}px`;
    element.style.top = `${below + height > innerHeight ? Math.max(8, box.top - height - 4) : below}px`;
  }, [shown]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !shown) return;
    // Escape also cancels a run: not from here.
    event.stopPropagation();
    setShown(false);
    if (note.current?.contains(document.activeElement)) button.current?.focus({ preventScroll: true });
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only catches what its button and its note get
    <span
      onKeyDown={onKeyDown}
      onPointerLeave={leave}
      onBlur={({ currentTarget, relatedTarget }) => !currentTarget.contains(relatedTarget) && setShown(false)}
    >
      <button
        ref={button}
        type="button"
        className={styles.term}
        aria-describedby={shown ? id : undefined}
        onPointerEnter={({ pointerType }) => pointerType === 'mouse' && show()}
        onFocus={({ currentTarget }) => currentTarget.matches(':focus-visible') && show()}
        onClick={show}
      >
        {text}
      </button>
      {shown && (
        <span
          ref={note}
          id={id}
          popover="auto"
          role="note"
          className={styles.note}
          onPointerEnter={() => clearTimeout(shutting.current)}
          onToggle={({ newState }) => newState === 'closed' && setShown(false)}
        >
          {term.text} <a href={`#/glossary?term=${term.term.replaceAll(' ', '-')}`}>Glossary</a>
        </span>
      )}
    </span>
  );
}
