/** Curves on two axes, with marks across the plot; marks that stand for a parameter can be dragged. */
import { useMemo, useState } from 'react';
import type { LinesFigure, Scale, Series } from '../../methods/figures';
import { Crosshair } from './crosshair';
import css from './figures.module.css';
import { type Frame, fraction, xPixel, yPixel } from './frame';
import { Handle, type OnParameter } from './handle';
import { type Curve, Legend, Overlay, Plot } from './plot';
import { strokesOf } from './stroke';
import { domainOf, isCounting } from './ticks';
import { useZoom, within } from './zoom';

interface Props {
  figure: LinesFigure;
  /** Axes keep room for this figure too. */
  previous?: LinesFigure;
  x: Scale;
  y: Scale;
  liveValues?: Readonly<Record<string, number>>;
  onParameter?: OnParameter;
}

const marked = (figure: LinesFigure, axis: 'x' | 'y') =>
  (figure.marks ?? []).filter((mark) => mark.axis === axis).map((mark) => mark.at);

export function Lines({ figure, previous, x: xScale, y: yScale, liveValues, onParameter }: Props) {
  const { curves, whole, series } = useMemo(() => {
    const strokes = strokesOf(figure.series.map(({ role }) => role));
    const all = [...figure.series, ...(previous?.series ?? [])];
    const xs = [...all.flatMap((one) => one.x), ...marked(figure, 'x')];
    return {
      curves: figure.series.map((one, i) => ({ ...one, stroke: strokes[i] })),
      whole: domainOf(xs, xScale, true),
      series: all,
    };
  }, [figure, previous, xScale]);
  const wholeX = useMemo(() => isCounting(figure.series.flatMap((one) => one.x)), [figure]);
  const zoom = useZoom(whole, xScale, `${figure.id} ${xScale}`);
  const seen = zoom.domain;
  const { x, y } = useMemo(() => {
    const isWhole = seen[0] <= whole[0] && seen[1] >= whole[1];
    const inSight = (one: Series, values: readonly number[]) =>
      isWhole ? values : within(one.x, values, seen);
    const ys = series.flatMap((one) => [
      ...inSight(one, one.y),
      ...(one.spread ? [...inSight(one, one.spread.low), ...inSight(one, one.spread.high)] : []),
    ]);
    return {
      x: { ...figure.x, scale: xScale, domain: seen, whole: wholeX },
      y: {
        ...figure.y,
        scale: yScale,
        domain: domainOf([...ys, ...marked(figure, 'y')], yScale),
        whole: isCounting(ys),
      },
    };
  }, [figure, series, seen, whole, wholeX, xScale, yScale]);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const toggle = (key: string) => {
    const next = new Set(hidden);
    if (!next.delete(key)) next.add(key);
    setHidden(next);
  };
  const drawn = useMemo(() => curves.filter(({ key }) => !hidden.has(key)), [curves, hidden]);
  const fixed = (figure.marks ?? []).filter((mark) => mark.parameter === undefined || !onParameter);
  return (
    <>
      <div className={css.above}>
        <Legend curves={curves} hidden={hidden} onToggle={toggle} />
        {zoom.buttons}
      </div>
      <Plot label={`${figure.title}. ${figure.summary}`} x={x} y={y} curves={drawn} height={280}>
        {(frame) => (
          <Crosshair title={figure.title} frame={frame} curves={drawn} onZoom={zoom.zoomTo}>
            <Overlay frame={frame}>
              <Bands frame={frame} curves={drawn} />
              <Marks frame={frame} marks={fixed} />
              {(figure.marks ?? []).map(
                ({ axis, parameter, label, at }) =>
                  parameter !== undefined &&
                  onParameter && (
                    <Handle
                      key={parameter + axis}
                      frame={frame}
                      axis={axis}
                      parameter={parameter}
                      label={label}
                      at={liveValues?.[parameter] ?? at}
                      whole={axis === 'x' && wholeX}
                      min={(axis === 'x' ? x : y).domain[0]}
                      max={(axis === 'x' ? x : y).domain[1]}
                      onParameter={onParameter}
                    />
                  ),
              )}
            </Overlay>
          </Crosshair>
        )}
      </Plot>
    </>
  );
}

/** The spread round a curve, from its lowest to its highest, in the curve's colour. */
function Bands({ frame, curves }: { frame: Frame; curves: readonly Curve[] }) {
  const clamp = (py: number) =>
    Math.min(frame.bottom, Math.max(frame.top, Number.isNaN(py) ? frame.bottom : py));
  const point = (x: number, y: number) =>
    `${xPixel(frame, x).toFixed(1)},${clamp(yPixel(frame, y)).toFixed(1)}`;
  return curves.map(({ key, spread, x, stroke }) => {
    if (!spread || x.length === 0) return null;
    const over = x.map((at, i) => point(at, spread.high[i]));
    const under = x.map((at, i) => point(at, spread.low[i])).reverse();
    return (
      <polygon key={key} points={[...over, ...under].join(' ')} fill={stroke.color} fillOpacity={0.16} />
    );
  });
}

/** Lines across the plot with their names; names of vertical marks are staggered so that they do not touch. */
export function Marks({
  frame,
  marks,
  above = false,
}: {
  frame: Frame;
  marks: readonly { axis: 'x' | 'y'; at: number; label: string }[];
  /** Names of vertical marks stand over the plot, where what it shows would lie under them. */
  above?: boolean;
}) {
  const within = marks.filter((mark) => {
    const part = fraction(mark.axis === 'x' ? frame.x : frame.y, mark.at);
    return part >= -1e-9 && part <= 1 + 1e-9;
  });
  const upright = within.filter((mark) => mark.axis === 'x');
  return within.map((mark) => {
    if (mark.axis === 'y') {
      const py = yPixel(frame, mark.at);
      return (
        <g key={`y ${mark.label}`}>
          <line x1={frame.left} x2={frame.right} y1={py} y2={py} className={css.mark} />
          <text
            x={frame.right - 4}
            y={py - frame.top < 16 ? py + 13 : py - 5}
            textAnchor="end"
            className={css.markLabel}
          >
            {mark.label}
          </text>
        </g>
      );
    }
    const px = xPixel(frame, mark.at);
    const left = px + mark.label.length * 6.4 + 8 > frame.right;
    return (
      <g key={`x ${mark.label}`}>
        <line
          x1={px}
          x2={px}
          y1={above ? frame.top - 16 : frame.top}
          y2={frame.bottom}
          className={css.mark}
        />
        <text
          x={left ? px - 5 : px + 5}
          y={above ? frame.top - 6 - 13 * upright.indexOf(mark) : frame.top + 13 + 14 * upright.indexOf(mark)}
          textAnchor={left ? 'end' : 'start'}
          className={css.markLabel}
        >
          {mark.label}
        </text>
      </g>
    );
  });
}
