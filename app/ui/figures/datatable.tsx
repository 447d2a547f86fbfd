/** The table behind a figure, in pages: all of the data, of which only one page is in the document. */
import { useEffect, useId, useMemo, useRef, useState } from 'react';
import type { Figure } from '../../methods/figures';
import css from './figures.module.css';
import { hover } from './hover';
import { type Cell, type Rows, rowsOf } from './rows';
import { scientific } from './ticks';

const PAGE = 50;

/** Everything that a figure shows, as a table. */
export function FullTable({ figure }: { figure: Figure }) {
  const rows = useMemo(() => rowsOf(figure), [figure]);
  return <DataTable rows={rows} label={`Data of ${figure.title}`} />;
}

export function DataTable({ rows, label }: { rows: Rows; label: string }) {
  const [page, setPage] = useState(0);
  const last = Math.max(0, Math.ceil(rows.count / PAGE) - 1);
  const at = Math.min(page, last);
  const start = at * PAGE;
  const shown = Array.from({ length: Math.min(PAGE, rows.count - start) }, (_, i) => start + i);
  const body = useRef<HTMLTableSectionElement>(null);
  const id = useId();
  const { place } = rows;
  useEffect(() => {
    if (!place) return;
    // Straight on the rows: a pointer that moves over a chart must not draw a table of 50 rows again.
    const mark = () => {
      const at = hover.at(place.quantity);
      const linked = at !== undefined && hover.source() !== id;
      for (const [i, row] of Array.from(body.current?.rows ?? []).entries()) {
        const here = linked && rows.row(start + i)[place.column] === at;
        row.toggleAttribute('data-linked', here);
        if (here) keepInSight(row);
      }
    };
    mark();
    const stop = hover.subscribe(mark);
    return () => {
      stop();
      hover.leave(id);
    };
  }, [rows, place, start, id]);
  const point = (i: number) => {
    const at = place && rows.row(i)[place.column];
    if (place && at !== null && at !== undefined) hover.point(id, { [place.quantity]: at });
  };
  const numeric = rows.columns.map((_, c) => shown.some((i) => typeof rows.row(i)[c] === 'number'));
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className={css.table} aria-label={label} tabIndex={0}>
        <table>
          <thead>
            <tr>
              {rows.columns.map((column, c) => (
                <th key={column} scope="col" data-number={numeric[c] ? '' : undefined}>
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody ref={body} onPointerLeave={() => hover.leave(id)}>
            {shown.map((i) => (
              <tr key={i} onPointerEnter={() => point(i)}>
                {rows.row(i).map((cell, c) => (
                  <td key={rows.columns[c]} data-number={numeric[c] ? '' : undefined}>
                    {text(cell)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {last > 0 && (
        <div className={css.pager}>
          <button type="button" disabled={at === 0} onClick={() => setPage(at - 1)}>
            Previous
          </button>
          <span>
            rows {start + 1} to {start + shown.length} of {rows.count}
          </span>
          <button type="button" disabled={at === last} onClick={() => setPage(at + 1)}>
            Next
          </button>
        </div>
      )}
    </>
  );
}

/** Scrolls the table, and never the page, until the row is seen. */
function keepInSight(row: HTMLTableRowElement): void {
  const box = row.closest('section');
  if (!box) return;
  const seen = box.getBoundingClientRect();
  const { top, bottom, height } = row.getBoundingClientRect();
  // The head of the table stays at the top, over the rows.
  if (top < seen.top + height) box.scrollTop -= seen.top + height - top;
  else if (bottom > seen.bottom) box.scrollTop += bottom - seen.bottom;
}

const text = (cell: Cell): string =>
  cell === null ? '–' : typeof cell === 'number' ? scientific(cell, 6) : cell;
