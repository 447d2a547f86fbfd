/** Part of the x axis, seen larger: dragged out over the plot, moved and left by buttons. */
import { type ReactNode, useState } from 'react';
import type { Scale } from '../../methods/figures';
import css from './figures.module.css';
import type { Domain } from './ticks';

/** The middle `share` of a domain, moved by `shift` of its width, on the axis' own scale. */
export function part([low, high]: Domain, scale: Scale, share: number, shift: number): Domain {
  const [from, to] = scale === 'log' ? [Math.log(low), Math.log(high)] : [low, high];
  const width = to - from;
  const middle = (from + to) / 2 + shift * width;
  const ends: Domain = [middle - (share * width) / 2, middle + (share * width) / 2];
  return scale === 'log' ? [Math.exp(ends[0]), Math.exp(ends[1])] : ends;
}

export interface Zoom {
  /** What is seen. */
  domain: Domain;
  /** Shows the part between two values, in any order; too narrow a part is a slip of the hand. */
  zoomTo: (a: number, b: number) => void;
  /** Buttons, for the header of the plot. */
  buttons: ReactNode;
}

/** The seen part of `whole`; a change of `key` (another figure, another scale) shows all of it again. */
export function useZoom(whole: Domain, scale: Scale, key: string): Zoom {
  const [seen, setSeen] = useState<{ key: string; domain: Domain } | null>(null);
  const zoomed = seen?.key === key ? seen.domain : null;
  const domain = zoomed ?? whole;
  const show = (next: Domain) => setSeen({ key, domain: next });
  return {
    domain,
    zoomTo: (a, b) => {
      if (a !== b) show([Math.min(a, b), Math.max(a, b)]);
    },
    buttons: (
      <div className={css.zoom}>
        <button
          type="button"
          aria-label="Zoom in"
          title="Zoom in (or drag over the plot)"
          onClick={() => show(part(domain, scale, 0.5, 0))}
        >
          +
        </button>
        {zoomed && (
          <>
            <button type="button" aria-label="Move left" onClick={() => show(part(domain, scale, 1, -0.25))}>
              ◂
            </button>
            <button type="button" aria-label="Move right" onClick={() => show(part(domain, scale, 1, 0.25))}>
              ▸
            </button>
            <button type="button" onClick={() => setSeen(null)}>
              Reset zoom
            </button>
          </>
        )}
      </div>
    ),
  };
}

/** The y values of the points within the domain, and of none where none are: the whole then. */
export function within(x: readonly number[], y: readonly number[], [low, high]: Domain): readonly number[] {
  return y.filter((_, i) => x[i] >= low && x[i] <= high);
}
