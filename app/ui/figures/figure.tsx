/**
 * One figure of a result: title, switches of its axes, the picture, its summary in words, the table behind it
 * and the ways to take it away. Which component draws it is decided by its kind alone.
 */
import { lazy, Suspense, useRef, useState } from 'react';
import type { Figure, Scale } from '../../methods/figures';
import { Defined } from '../glossary/defined';
import { Bars } from './bars';
import type { Context } from './csv';
import { ExportMenu } from './exportmenu';
import css from './figures.module.css';
import type { OnParameter } from './handle';
import { Heatmap } from './heatmap';
import { Picture } from './image';
import { Lines } from './lines';
import { Scatter } from './scatter';
import { Segmented } from './segmented';
import { useSettled } from './settled';
import { Spectrum } from './spectrum';

const FullTable = lazy(() => import('./datatable').then((module) => ({ default: module.FullTable })));

interface Props {
  figure: Figure;
  /** The figure of the last whole run while another is under way: axes keep room for it, so they do not jump. */
  previous?: Figure;
  /** A mark was dragged: `move` while it moves, `settle` when it is let go or moved by a key. */
  onParameter?: OnParameter;
  /** What exported files say about where they come from. */
  context: Context;
  /** Values of the parameters right now, while they are dragged; marks follow these, the data follows after. */
  liveValues?: Readonly<Record<string, number>>;
}

interface Scales {
  x: Scale;
  y: Scale;
}

export function FigurePanel({ figure: newest, previous, onParameter, context, liveValues }: Props) {
  const body = useRef<HTMLDivElement>(null);
  const settled = useSettled(newest, `${newest.kind} ${newest.id}`);
  // Canvases keep pace with a slider; charts do not.
  const figure = newest.kind === 'image' || newest.kind === 'heatmap' ? newest : settled;
  const [chosen, setChosen] = useState<Partial<Scales>>({});
  const scales = { ...scalesOf(figure), ...chosen };
  const heading = `figure-${figure.id}`;
  return (
    <figure className={css.panel} aria-labelledby={heading}>
      <div className={css.header}>
        <h3 id={heading}>{figure.title}</h3>
        <div className={css.switches}>
          <Switches
            figure={figure}
            scales={scales}
            onChange={(change) => setChosen({ ...chosen, ...change })}
          />
          <ExportMenu figure={figure} body={body} context={context} />
        </div>
      </div>
      <div ref={body} className={css.body}>
        <Body {...{ figure, newest, previous, scales, onParameter, liveValues }} />
      </div>
      <figcaption>
        <Defined text={newest.summary} />
      </figcaption>
      {figure.kind !== 'table' && <TableBehind figure={figure} />}
    </figure>
  );
}

function Body({
  figure,
  newest,
  previous,
  scales: { x, y },
  onParameter,
  liveValues,
}: Omit<Props, 'context'> & { newest: Figure; scales: Scales }) {
  switch (figure.kind) {
    case 'spectrum': {
      const at = newest.kind === 'spectrum' ? newest.cut.at : figure.cut.at;
      const cut = liveValues?.[figure.cut.parameter] ?? at;
      return <Spectrum {...{ figure, x, y, cut, onParameter }} />;
    }
    case 'lines': {
      const room = previous?.kind === 'lines' ? previous : undefined;
      return <Lines {...{ figure, previous: room, x, y, onParameter, liveValues }} />;
    }
    case 'scatter':
      return <Scatter {...{ figure, x, y }} />;
    case 'bars':
      return <Bars figure={figure} scale={y} />;
    case 'heatmap':
      return <Heatmap figure={figure} scale={y} />;
    case 'image':
      return <Picture figure={figure} />;
    case 'table':
      return (
        <Suspense>
          <FullTable figure={figure} />
        </Suspense>
      );
    default:
      figure satisfies never;
      return null;
  }
}

/** The scales that a figure asks for before the person chooses. */
function scalesOf(figure: Figure): Scales {
  switch (figure.kind) {
    case 'spectrum':
      return { x: 'linear', y: 'log' };
    case 'lines':
    case 'scatter':
      return { x: figure.x.scale, y: figure.y.scale };
    case 'bars':
      return { x: 'linear', y: figure.y.scale };
    case 'heatmap':
      return { x: 'linear', y: figure.scale };
    default:
      return { x: 'linear', y: 'linear' };
  }
}

const SPECTRUM_SCALES = [
  ['log log', 'Log-log'],
  ['linear log', 'Semilog'],
  ['linear linear', 'Linear'],
] as const;

function Switches({
  figure,
  scales,
  onChange,
}: {
  figure: Figure;
  scales: Scales;
  onChange: (change: Partial<Scales>) => void;
}) {
  const toggle = (axis: 'x' | 'y', text: string) => (
    <button
      type="button"
      aria-pressed={scales[axis] === 'log'}
      onClick={() => onChange({ [axis]: scales[axis] === 'log' ? 'linear' : 'log' })}
    >
      {text}
    </button>
  );
  switch (figure.kind) {
    case 'spectrum': {
      const value = SPECTRUM_SCALES.find(([key]) => key === `${scales.x} ${scales.y}`)?.[0] ?? 'linear log';
      return (
        <Segmented
          label="Scales of the axes"
          options={SPECTRUM_SCALES}
          value={value}
          onChange={(key) =>
            onChange({
              x: key === 'log log' ? 'log' : 'linear',
              y: key === 'linear linear' ? 'linear' : 'log',
            })
          }
        />
      );
    }
    case 'lines':
    case 'scatter':
      return (
        <>
          {toggle('x', 'Log x')}
          {toggle('y', 'Log y')}
        </>
      );
    case 'bars':
      return toggle('y', 'Log');
    case 'heatmap':
      return figure.palette === 'sequential' ? toggle('y', 'Log colours') : null;
    default:
      return null;
  }
}

function TableBehind({ figure }: { figure: Figure }) {
  const [open, setOpen] = useState(false);
  return (
    <details className={css.behind} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Table</summary>
      {open && (
        <Suspense>
          <FullTable figure={figure} />
        </Suspense>
      )}
    </details>
  );
}
