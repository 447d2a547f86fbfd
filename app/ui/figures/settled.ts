/** A value that follows another once it rests: charts are too slow to follow a slider, and need not. */
import { useEffect, useRef, useState } from 'react';

const REST = 100;
const LONGEST = 400;

/**
 * The last `value` that stood for 100 ms; under unceasing change (a training run) a newer one every 400 ms.
 * A change of `key` is followed at once.
 */
export function useSettled<T>(value: T, key: string): T {
  const [settled, setSettled] = useState({ value, key });
  const waiting = useRef<number | undefined>(undefined);
  useEffect(() => {
    if (settled.value === value) {
      waiting.current = undefined;
      return;
    }
    const now = performance.now();
    waiting.current ??= now;
    const delay = Math.max(0, Math.min(REST, waiting.current + LONGEST - now));
    const timer = setTimeout(() => {
      waiting.current = undefined;
      setSettled({ value, key });
    }, delay);
    return () => clearTimeout(timer);
  }, [value, key, settled]);
  return settled.key === key ? settled.value : value;
}
