/** A signal drawn with the pointer, or made by a button: the data of methods that take one. */
import { type PointerEvent, useRef, useState } from 'react';
import { useSession } from './context';
import styles from './datapanel.module.css';
import panels from './panels.module.css';

const SAMPLES = 512;
const WIDTH = 288;
const HEIGHT = 96;

const MADE: readonly (readonly [string, (t: number, i: number) => number])[] = [
  ['Chirp', (t) => Math.sin(2 * Math.PI * (2 * t + 24 * t * t))],
  ['Step', (t) => (t < 0.5 ? -0.6 : 0.6)],
  ['Impulse', (_, i) => (i === 32 ? 1 : 0)],
  ['Square', (t) => (Math.sin(2 * Math.PI * 6 * t) >= 0 ? 0.7 : -0.7)],
];

export const sampled = (of: (t: number, i: number) => number): Float64Array =>
  Float64Array.from({ length: SAMPLES }, (_, i) => of(i / (SAMPLES - 1), i));

/** The samples from one place to another, in a straight line between the two. */
export function drawn(
  samples: Float64Array,
  from: { i: number; value: number },
  to: { i: number; value: number },
): Float64Array {
  const next = Float64Array.from(samples);
  const steps = Math.max(1, Math.abs(to.i - from.i));
  for (let s = 0; s <= steps; s++) {
    const i = Math.round(from.i + ((to.i - from.i) * s) / steps);
    if (i >= 0 && i < next.length) next[i] = from.value + ((to.value - from.value) * s) / steps;
  }
  return next;
}

export function DrawSignal() {
  const { data: desk } = useSession();
  const [samples, setSamples] = useState<Float64Array>(() => new Float64Array(SAMPLES));
  const last = useRef<{ i: number; value: number } | null>(null);
  const use = (taken: Float64Array, name: string) => {
    // Five digits are more than a hand draws, and keep the file short.
    const text = Array.from(taken, (value) => value.toFixed(5)).join('\n');
    void desk.useFile(new File([`${text}\n`], `${name}.csv`, { type: 'text/csv' }));
  };
  const under = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const part = (event.clientX - box.left) / box.width;
    const height = (event.clientY - box.top) / box.height;
    return {
      i: Math.round(Math.min(1, Math.max(0, part)) * (SAMPLES - 1)),
      value: Math.min(1, Math.max(-1, 1 - 2 * height)),
    };
  };
  const down = (event: PointerEvent<SVGSVGElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    last.current = under(event);
  };
  const move = (event: PointerEvent<SVGSVGElement>) => {
    if (!last.current) return;
    const at = under(event);
    setSamples(drawn(samples, last.current, at));
    last.current = at;
  };
  const up = () => {
    if (!last.current) return;
    last.current = null;
    use(samples, 'drawn signal');
  };
  const points = Array.from(
    samples,
    (value, i) => `${((i * WIDTH) / (SAMPLES - 1)).toFixed(1)},${(((1 - value) / 2) * HEIGHT).toFixed(1)}`,
  );
  return (
    <details className={styles.more}>
      <summary>Draw a signal</summary>
      <svg
        role="img"
        aria-label={`A signal of ${SAMPLES} samples from -1 to 1: draw it with the pointer, or take one of those below`}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        className={styles.draw}
        onPointerDown={down}
        onPointerMove={move}
        onPointerUp={up}
        onPointerCancel={up}
      >
        <line x1={0} x2={WIDTH} y1={HEIGHT / 2} y2={HEIGHT / 2} />
        <polyline points={points.join(' ')} />
      </svg>
      <div className={styles.made}>
        {MADE.map(([name, of]) => (
          <button
            key={name}
            type="button"
            onClick={() => {
              const taken = sampled(of);
              setSamples(taken);
              use(taken, name.toLowerCase());
            }}
          >
            {name}
          </button>
        ))}
      </div>
      <p className={panels.quiet}>{SAMPLES} samples from −1 to 1. It becomes the data when you let go.</p>
    </details>
  );
}
