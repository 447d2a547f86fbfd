/** Keys for the whole page, and files that are dropped or pasted anywhere. */
import { useEffect, useEffectEvent, useLayoutEffect, useState } from 'react';
import type { Action } from './actions';
import { useParts, useSession } from './context';
import type { DialogRef } from './dialogs';

/** Keys that a person types into a field are theirs, except Escape. */
const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.matches('input:not([type="range"], [type="checkbox"], [type="radio"]), textarea, select');

/** The action that this key press means. */
function actionOf(event: KeyboardEvent, actions: readonly Action[]): Action | undefined {
  if (event.altKey) return undefined;
  const key = event.ctrlKey || event.metaKey ? `Mod+${event.key.toLowerCase()}` : event.key;
  return actions.find((action) => action.key === key);
}

export function useShortcuts(actions: readonly Action[]): void {
  const { store } = useParts();

  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || document.querySelector('dialog[open]')) return;
    const action = actionOf(event, actions);
    if (!action || action.when?.(store.getState()) === false) return;
    // A letter or a sign would be part of what is typed.
    if (action.key?.length === 1 && isTyping(event.target)) return;
    if (action.key !== 'Escape') event.preventDefault();
    action.perform();
  });

  // Before the first paint: who sees the page may already press a key.
  useLayoutEffect(() => {
    const listen = (event: KeyboardEvent) => onKey(event);
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, []);
}

/** Puts the cursor into the search field that can be seen: beside the figures, or in the drawer. */
export function searchMethods(catalogue: DialogRef): void {
  const fields = [...document.querySelectorAll<HTMLInputElement>('[data-shortcut="search"]')];
  const visible = () => fields.find((field) => field.offsetParent !== null);
  if (!visible()) catalogue.current?.showModal();
  visible()?.focus();
}

let taker: ((file: File) => void) | null = null;

const offerFile = (file: File): boolean => {
  taker?.(file);
  return taker !== null;
};

/** While the caller is on the page, files that are dropped or pasted anywhere are its own. */
export function useFileTaker(take: (file: File) => void): void {
  useEffect(() => {
    taker = take;
    return () => {
      taker = null;
    };
  }, [take]);
}

/** True while a file is held over the page. Dropped and pasted files become the data. */
export function useFileGestures(): boolean {
  const { data } = useSession();
  const [over, setOver] = useState(false);

  const take = useEffectEvent((files: FileList | undefined) => {
    const file = files?.[0];
    if (file && !offerFile(file)) void data.useFile(file);
    return file !== undefined;
  });

  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;
    const onOver = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const onLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const onDrop = (event: DragEvent) => {
      setOver(false);
      if (!hasFiles(event)) return;
      event.preventDefault();
      take(event.dataTransfer?.files);
    };
    const onPaste = (event: ClipboardEvent) => {
      if (take(event.clipboardData?.files)) event.preventDefault();
    };
    addEventListener('dragover', onOver);
    addEventListener('dragleave', onLeave);
    addEventListener('drop', onDrop);
    addEventListener('paste', onPaste);
    return () => {
      removeEventListener('dragover', onOver);
      removeEventListener('dragleave', onLeave);
      removeEventListener('drop', onDrop);
      removeEventListener('paste', onPaste);
    };
  }, []);
  return over;
}
