/**
 * A picture and its approximation: one over the other with a handle between, side by side, or their difference.
 * Moving the handle only moves a clip; a new approximation repaints one canvas (a few ms at 768 x 512).
 */
import {
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { formatNumber } from '../../math/format';
import type { ImageFigure } from '../../methods/figures';
import css from './canvas.module.css';
import { Segmented } from './segmented';
import { paintDifference, paintPlanes, wipeAt, wipeKey } from './wipe';

type View = 'wipe' | 'sides' | 'difference';
type Painter = (out: Uint8ClampedArray) => void;

const VIEWS = [
  ['wipe', 'Wipe'],
  ['sides', 'Side by side'],
  ['difference', 'Difference'],
] as const;
const AMPLIFY = [
  ['1', '×1'],
  ['4', '×4'],
  ['16', '×16'],
  ['64', '×64'],
] as const;
const ZOOM = [
  ['fit', 'Fit'],
  ['2', '2×'],
  ['4', '4×'],
] as const;

export function Picture({ figure }: { figure: ImageFigure }) {
  const [view, setView] = useState<View>('wipe');
  const [amplify, setAmplify] = useState<(typeof AMPLIFY)[number][0]>('4');
  const [zoom, setZoom] = useState<(typeof ZOOM)[number][0]>('fit');
  const { original, approximation, range, approximationLabel } = figure;
  const { rows, cols } = original;
  const first: Painter = (out) => paintPlanes(original, range, out);
  const second: Painter = (out) => paintPlanes(approximation, range, out);
  const size = { rows, cols, zoom: zoom === 'fit' ? undefined : Number(zoom) };
  const label = `${figure.title}. ${figure.summary}`;
  return (
    <>
      <div className={css.tools}>
        <Segmented label="View" options={VIEWS} value={view} onChange={setView} />
        {view === 'difference' && (
          <Segmented label="Amplification" options={AMPLIFY} value={amplify} onChange={setAmplify} />
        )}
        <Segmented label="Zoom" options={ZOOM} value={zoom} onChange={setZoom} />
        <span className={css.psnr} data-export="text">
          PSNR <b>{formatNumber(figure.psnr, 4)}</b> dB
        </span>
      </div>
      {view === 'wipe' && <Wipe {...{ figure, first, second, size, label }} />}
      {view === 'sides' && (
        <div className={css.sides}>
          <Captioned caption="original">
            <Canvas paint={first} of={original} size={size} label={`Original. ${label}`} />
          </Captioned>
          <Captioned caption={approximationLabel}>
            <Canvas paint={second} of={approximation} size={size} label={`${approximationLabel}. ${label}`} />
          </Captioned>
        </div>
      )}
      {view === 'difference' && (
        <Captioned caption={`${approximationLabel} − original, ×${amplify}; middle grey is no difference`}>
          <Canvas
            paint={(out) => paintDifference(original, approximation, range, Number(amplify), out)}
            of={`${amplify}`}
            also={approximation}
            size={size}
            label={`Difference. ${label}`}
          />
        </Captioned>
      )}
    </>
  );
}

interface Size {
  rows: number;
  cols: number;
  /** Screen pixels for a picture's pixel; absent to fit the width. */
  zoom?: number;
}

function Captioned({ caption, children }: { caption: string; children: ReactNode }) {
  return (
    <div className={css.captioned}>
      <div className={css.scroll}>{children}</div>
      <p data-export="text">{caption}</p>
    </div>
  );
}

interface CanvasProps {
  paint: Painter;
  /** What the picture is made from; a change of either repaints. */
  of: unknown;
  also?: unknown;
  size: Size;
  label: string;
  clip?: number;
}

function Canvas({ paint, of, also, size: { rows, cols, zoom }, label, clip }: CanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const painter = useRef(paint);
  painter.current = paint;
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const image = context.createImageData(cols, rows);
    painter.current(image.data);
    context.putImageData(image, 0, 0);
  }, [of, also, rows, cols]);
  return (
    <canvas
      ref={canvas}
      width={cols}
      height={rows}
      role="img"
      aria-label={label}
      className={css.picture}
      data-export="canvas"
      data-clip={clip}
      style={{
        width: zoom ? cols * zoom : '100%',
        aspectRatio: `${cols} / ${rows}`,
        clipPath: clip === undefined ? undefined : `inset(0 0 0 ${100 * clip}%)`,
        // Small matrices are read pixel by pixel; photographs are shown smooth until they are enlarged.
        imageRendering: zoom || cols < 256 ? 'pixelated' : 'auto',
      }}
    />
  );
}

interface WipeProps {
  figure: ImageFigure;
  first: Painter;
  second: Painter;
  size: Size;
  label: string;
}

function Wipe({ figure, first, second, size, label }: WipeProps) {
  const [at, setAt] = useState(0.5);
  const held = useRef(false);
  const follow = (event: PointerEvent<HTMLDivElement>) => {
    if (held.current) setAt(wipeAt(event.clientX, event.currentTarget.getBoundingClientRect()));
  };
  const down = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    held.current = true;
    event.currentTarget.setPointerCapture(event.pointerId);
    follow(event);
  };
  const key = (event: KeyboardEvent) => {
    const to = wipeKey(event.key, at);
    if (to === undefined) return;
    event.preventDefault();
    setAt(to);
  };
  const width = size.zoom ? size.cols * size.zoom : undefined;
  return (
    <div className={css.scroll}>
      <div
        className={css.wipe}
        style={{ width }}
        onPointerDown={down}
        onPointerMove={follow}
        onPointerUp={() => {
          held.current = false;
        }}
        onPointerCancel={() => {
          held.current = false;
        }}
      >
        <Canvas
          paint={first}
          of={figure.original}
          also={figure.range}
          size={size}
          label={`Original. ${label}`}
        />
        <div className={css.over}>
          <Canvas
            paint={second}
            of={figure.approximation}
            also={figure.range}
            size={size}
            clip={at}
            label={`${figure.approximationLabel}. ${label}`}
          />
        </div>
        <span className={css.chipLeft} data-export="text">
          original
        </span>
        <span className={css.chipRight} data-export="text">
          {figure.approximationLabel}
        </span>
        <div
          role="slider"
          tabIndex={0}
          aria-label="Wipe between original and approximation"
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(100 * at)}
          aria-valuetext={`${Math.round(100 * at)} % original`}
          className={css.wipeHandle}
          style={{ left: `${100 * at}%` }}
          onKeyDown={key}
        />
      </div>
    </div>
  );
}
