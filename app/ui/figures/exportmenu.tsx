/** Takes a figure away: SVG and PNG as it stands, CSV with all of its data. */
import { type RefObject, useRef, useState } from 'react';
import type { Figure } from '../../methods/figures';
import { download } from '../download';
import type { Context } from './csv';
import css from './figures.module.css';

interface Props {
  figure: Figure;
  body: RefObject<HTMLElement | null>;
  context: Context;
}

export function ExportMenu({ figure, body, context }: Props) {
  const menu = useRef<HTMLDetailsElement>(null);
  const [failure, setFailure] = useState<string>();
  const save = async (kind: 'svg' | 'png' | 'csv') => {
    menu.current?.removeAttribute('open');
    setFailure(undefined);
    try {
      download(`${figure.id}.${kind}`, await blobOf(kind, figure, body.current, context));
    } catch (error) {
      setFailure(
        `${kind.toUpperCase()} could not be made: ${error instanceof Error ? error.message : error}`,
      );
    }
  };
  const kinds = figure.kind === 'table' ? (['csv'] as const) : (['svg', 'png', 'csv'] as const);
  return (
    <details
      ref={menu}
      className={css.menu}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        menu.current?.removeAttribute('open');
        menu.current?.querySelector('summary')?.focus();
      }}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) menu.current?.removeAttribute('open');
      }}
    >
      <summary aria-label={`Export ${figure.title}`}>Export</summary>
      <div>
        {kinds.map((kind) => (
          <button key={kind} type="button" onClick={() => void save(kind)}>
            {kind.toUpperCase()}
          </button>
        ))}
      </div>
      {failure && <p role="alert">{failure}</p>}
    </details>
  );
}

async function blobOf(
  kind: 'svg' | 'png' | 'csv',
  figure: Figure,
  body: HTMLElement | null,
  context: Context,
) {
  // Whoever takes nothing away does not load what writes it.
  if (kind === 'csv') {
    const { csvOf } = await import('./csv');
    return new Blob(csvOf(figure, context), { type: 'text/csv;charset=utf-8' });
  }
  if (!body) throw new Error('the figure is not on the page');
  const { pngOf, svgOf } = await import('./picture');
  const svg = svgOf(body, figure.title, context);
  return kind === 'png' ? pngOf(svg) : new Blob([svg.source], { type: 'image/svg+xml' });
}
