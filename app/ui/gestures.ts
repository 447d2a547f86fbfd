/** Keys for the whole page, and files that are dropped or pasted anywhere. */
import { useEffect, useEffectEvent, useState } from 'react';
import type { Method } from '../methods/method';
import { usePage, useSession } from './context';
import type { DialogRef } from './dialogs';
import { firstLive } from './pieces';
import { stepFrom } from './scale';

interface Shortcuts {
  method: Method;
  catalogue: DialogRef;
  share: DialogRef;
  help: DialogRef;
  onTheme: () => void;
}

const STEPS_OF_KEY: Readonly<Record<string, readonly [1 | -1, boolean]>> = {
  '[': [-1, false],
  ']': [1, false],
  '{': [-1, true],
  '}': [1, true],
};

/** Keys that a person types into a field are theirs, except Escape. */
const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.matches('input:not([type="range"], [type="checkbox"], [type="radio"]), textarea, select');

export function useShortcuts({ method, catalogue, share, help, onTheme }: Shortcuts): void {
  const session = useSession();
  const values = usePage((state) => state.link.values);

  const step = (direction: 1 | -1, large: boolean) => {
    const name = firstLive(method, values);
    const parameter = name === undefined ? undefined : method.parameters[name];
    if (name === undefined || parameter?.kind !== 'integer') return;
    session.change(name, stepFrom(Number(values[name]), direction, large, parameter), 'move');
  };

  const run = usePage((state) => state.run);
  const togglePause = () => {
    if (run.status === 'running') (run.paused ? session.resume : session.pause)();
  };

  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
    if (event.key === 'Escape') return session.cancel();
    if (isTyping(event.target)) return;
    const moved = Object.hasOwn(STEPS_OF_KEY, event.key) ? STEPS_OF_KEY[event.key] : undefined;
    if (moved) return step(...moved);
    switch (event.key) {
      case '/':
        event.preventDefault();
        return searchMethods(catalogue);
      case 'r':
        return session.runNow();
      case 'p':
        return togglePause();
      case '.':
        return session.step();
      case 't':
        return onTheme();
      case 's':
        return share.current?.showModal();
      case '?':
        return help.current?.showModal();
    }
  });

  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKey(event);
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, []);
}

/** Puts the cursor into the search field that can be seen: beside the figures, or in the drawer. */
function searchMethods(catalogue: DialogRef): void {
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
