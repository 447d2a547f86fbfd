/** Singular values against their index, the float32 floor, the energy ticks and the cut under the hand. */
import { useMemo } from 'react';
import { formatNumber } from '../../math/format';
import type { Scale, SpectrumFigure } from '../../methods/figures';
import { Crosshair } from './crosshair';
import { effectiveRank, energyIndex, joinClose, stableRank } from './energy';
import css from './figures.module.css';
import { type Frame, xPixel, yPixel } from './frame';
import { Handle, type OnParameter } from './handle';
import { type Curve, Legend, Overlay, Plot } from './plot';
import { strokesOf } from './stroke';
import { domainOf, scientific } from './ticks';
import { useZoom, within } from './zoom';

interface Props {
  figure: SpectrumFigure;
  x: Scale;
  y: Scale;
  /** Where the cut stands now, also while it moves. */
  cut: number;
  onParameter?: OnParameter;
}

export function Spectrum({ figure, x: xScale, y: yScale, cut, onParameter }: Props) {
  const { curves, count, exact, all } = useMemo(() => {
    const strokes = strokesOf(figure.series.map(({ role }) => role));
    const curves: Curve[] = figure.series.map(({ values, ...series }, i) => ({
      ...series,
      x: values.map((_, j) => j + 1),
      y: values,
      stroke: strokes[i],
    }));
    const count = Math.max(1, ...figure.series.map(({ values }) => values.length));
    const all = figure.series.flatMap(({ values }) => values);
    return {
      curves,
      count,
      all,
      exact: (figure.series.find(({ role }) => role === 'exact') ?? figure.series[0])?.values ?? [],
    };
  }, [figure]);
  const whole = useMemo(() => domainOf([1, Math.max(2, count)], xScale, true), [count, xScale]);
  const zoom = useZoom(whole, xScale, `${figure.id} ${xScale} ${count}`);
  const seen = zoom.domain;
  const { x, y } = useMemo(() => {
    const shown = seen === whole ? all : curves.flatMap((curve) => within(curve.x, curve.y, seen));
    const positive = shown
      .filter((value) => value > 0)
      .reduce((low, value) => Math.min(low, value), Infinity);
    // The floor belongs in the picture once the values come near it; far above, it would only take room.
    const near = yScale === 'log' && figure.floor > 0 && positive < 100 * figure.floor;
    return {
      x: { label: 'index', scale: xScale, domain: seen, whole: true },
      y: {
        label: 'singular value',
        scale: yScale,
        domain: domainOf(near ? [...shown, figure.floor / 3] : shown, yScale),
      },
    };
  }, [curves, all, figure, seen, whole, xScale, yScale]);
  const energies = useMemo(
    () => [90, 95, 99].map((percent) => ({ percent, index: energyIndex(exact, percent / 100) })),
    [exact],
  );
  return (
    <>
      <div className={css.above}>
        <Legend curves={curves} />
        {zoom.buttons}
      </div>
      <Plot label={`${figure.title}. ${figure.summary}`} x={x} y={y} curves={curves} height={300} above={22}>
        {(frame) => (
          <Crosshair title={figure.title} frame={frame} curves={curves} onZoom={zoom.zoomTo}>
            <Overlay frame={frame}>
              <Floor frame={frame} at={figure.floor} />
              <EnergyTicks frame={frame} energies={energies} />
              <Handle
                frame={frame}
                axis="x"
                parameter={figure.cut.parameter}
                label={figure.cut.parameter}
                at={cut}
                whole
                min={1}
                max={count}
                onParameter={onParameter}
              />
            </Overlay>
          </Crosshair>
        )}
      </Plot>
      <p className={css.facts} data-export="text">
        {facts(energies, exact, figure.floor)}
      </p>
    </>
  );
}

function facts(
  energies: readonly { percent: number; index: number }[],
  exact: readonly number[],
  floor: number,
) {
  const known = exact.length > 0 && exact[0] > 0;
  return [
    ...(known ? energies.map(({ percent, index }) => `${percent} % energy at ${index}`) : []),
    ...(known ? [`stable rank ${formatNumber(stableRank(exact), 3)}`] : []),
    ...(known ? [`effective rank ${formatNumber(effectiveRank(exact), 3)}`] : []),
    `float32 floor ${scientific(floor, 2)}`,
  ].join(' · ');
}

function Floor({ frame, at }: { frame: Frame; at: number }) {
  const py = yPixel(frame, at);
  // On a linear axis the floor is the axis itself: said below the chart, not drawn.
  if (!(py > frame.top && py < frame.bottom) || frame.y.scale === 'linear') return null;
  return (
    <g>
      <rect
        x={frame.left}
        y={py}
        width={frame.right - frame.left}
        height={frame.bottom - py}
        className={css.floor}
      />
      <line x1={frame.left} x2={frame.right} y1={py} y2={py} className={css.mark} />
      <text x={frame.left + 6} y={py - 5} className={css.markLabel}>
        float32 floor
      </text>
    </g>
  );
}

function EnergyTicks({
  frame,
  energies,
}: {
  frame: Frame;
  energies: readonly { percent: number; index: number }[];
}) {
  const ticks = energies
    .filter(({ index }) => index > 0)
    .map(({ percent, index }) => ({ at: xPixel(frame, index), text: String(percent) }))
    .filter(({ at }) => at >= frame.left && at <= frame.right);
  return (
    <g>
      {ticks.map(({ at, text }) => (
        <line key={text} x1={at} x2={at} y1={frame.top - 5} y2={frame.top + 4} className={css.energy} />
      ))}
      {joinClose(ticks, 34).map(({ at, text }) => (
        <text
          key={text}
          x={at}
          y={frame.top - 9}
          textAnchor={at - frame.left < 30 ? 'start' : frame.right - at < 30 ? 'end' : 'middle'}
          className={css.markLabel}
        >
          {text} %
        </text>
      ))}
    </g>
  );
}
