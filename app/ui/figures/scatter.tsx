/** Named points on two axes with guide lines: a roofline, a Pareto front. */
import { useEffect, useId, useMemo } from 'react';
import type { Scale, ScatterFigure } from '../../methods/figures';
import { Crosshair } from './crosshair';
import css from './figures.module.css';
import { type Frame, xPixel, yPixel } from './frame';
import { hover, NAME, usePointedName } from './hover';
import { placeLabels } from './labels';
import { Legend, Overlay, Plot } from './plot';
import { type Stroke, strokesOf } from './stroke';
import { domainOf, isCounting, scientific } from './ticks';

export function Scatter({ figure, x: xScale, y: yScale }: { figure: ScatterFigure; x: Scale; y: Scale }) {
  const { curves, colors, x, y } = useMemo(() => {
    const lines = figure.lines ?? [];
    const strokes = strokesOf(lines.map(({ role }) => role));
    const roles = [...new Set(figure.points.map(({ role }) => role))];
    const colorOf = strokesOf(roles);
    const xs = [...figure.points.map((point) => point.x), ...lines.flatMap((line) => line.x)];
    const ys = [...figure.points.map((point) => point.y), ...lines.flatMap((line) => line.y)];
    return {
      curves: lines.map((line, i) => ({ ...line, stroke: strokes[i] })),
      colors: figure.points.map(({ role }) => colorOf[roles.indexOf(role)]),
      x: { ...figure.x, scale: xScale, domain: domainOf(xs, xScale), whole: isCounting(xs) },
      y: { ...figure.y, scale: yScale, domain: domainOf(ys, yScale), whole: isCounting(ys) },
    };
  }, [figure, xScale, yScale]);
  return (
    <>
      {curves.length > 0 && <Legend curves={curves} />}
      <Plot
        label={`${figure.title}. ${figure.summary}`}
        x={x}
        y={y}
        curves={curves}
        height={figure.equal ? 360 : 320}
        equal={figure.equal}
      >
        {(frame) => (
          <Crosshair title={figure.title} frame={frame} curves={curves}>
            <Overlay frame={frame}>
              <Points frame={frame} figure={figure} colors={colors} />
            </Overlay>
          </Crosshair>
        )}
      </Plot>
    </>
  );
}

function Points({
  frame,
  figure,
  colors,
}: {
  frame: Frame;
  figure: ScatterFigure;
  colors: readonly Stroke[];
}) {
  const id = useId();
  useEffect(() => () => hover.leave(id), [id]);
  const pointed = usePointedName();
  const placed = figure.points
    .map((point, i) => ({
      ...point,
      color: colors[i].color,
      px: xPixel(frame, point.x),
      py: yPixel(frame, point.y),
    }))
    .filter(({ px, py }) => Number.isFinite(px) && Number.isFinite(py));
  const labels = placeLabels(
    placed.map(({ px, py, label }) => ({ x: px, y: py, text: label })),
    frame,
  );
  return placed.map(({ key, label, role, color, px, py, x, y }, i) => (
    <g
      key={key}
      onPointerEnter={() => hover.point(id, { [NAME]: label })}
      onPointerLeave={() => hover.leave(id)}
    >
      {label === pointed && <circle cx={px} cy={py} r={11} className={css.pointed} data-linked />}
      {role === 'exact' ? (
        <rect x={px - 4} y={py - 4} width={8} height={8} fill={color} className={css.dot} />
      ) : (
        <circle cx={px} cy={py} r={5} fill={color} className={css.dot} />
      )}
      <title>{`${label}: ${scientific(x)}, ${scientific(y)}`}</title>
      {labels[i] && (
        <text x={labels[i].x} y={labels[i].y} textAnchor={labels[i].anchor} className={css.pointLabel}>
          {label}
        </text>
      )}
    </g>
  ));
}
