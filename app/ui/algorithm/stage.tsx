/** The blocks of one step, drawn to scale; a matrix that the next step needs too moves to its place there. */
import { useLayoutEffect, useRef, useState } from 'react';
import { blocksOf, type Step } from '../../methods/steps';
import styles from './algorithm.module.css';
import { type PlacedBlock, placeStep } from './layout';
import { equationWords, lookOf, looksIn, partsOf } from './words';

const HEIGHT = 180;

export function Stage({ step, steps }: { step: Step; steps: readonly Step[] }) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () => setWidth(Math.floor(element.clientWidth));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const layout = width > 0 ? placeStep(step, steps, { width, height: HEIGHT }) : null;
  const blocks = blocksOf(step);
  return (
    <div className={styles.stage}>
      <div ref={box} />
      {layout && (
        <svg
          role="img"
          aria-label={equationWords(step)}
          width={width}
          height={layout.height + 6}
          className={styles.drawing}
        >
          <defs>
            <pattern id="random-block" width="6" height="6" patternUnits="userSpaceOnUse">
              <rect width="6" height="6" className={styles.patternGround} />
              <circle cx="1.5" cy="1.5" r="1.1" className={styles.patternInk} />
              <circle cx="4.5" cy="4.5" r="1.1" className={styles.patternInk} />
            </pattern>
          </defs>
          {layout.joints.map(({ text, x, y }, i) => (
            <text key={`${step.title} ${i}`} x={x} y={y + 5} textAnchor="middle" className={styles.joint}>
              {text}
            </text>
          ))}
          {layout.blocks.map((placed) => (
            <BlockShape key={placed.key} placed={placed} />
          ))}
        </svg>
      )}
      <ul className={styles.legend}>
        {looksIn(blocks).map(({ role, text }) => (
          <li key={role}>
            <svg width={14} height={14} aria-hidden="true">
              <rect width={14} height={14} rx={2} data-look={role} className={styles.fill} />
            </svg>
            {text}
          </li>
        ))}
        {layout && !layout.shared && <li>drawn to a scale of its own</li>}
      </ul>
    </div>
  );
}

function BlockShape({ placed: { block, x, y, width, height, labelX, labelY } }: { placed: PlacedBlock }) {
  const look = lookOf(block);
  const { symbol, rows, cols, form } = block;
  return (
    <g className={styles.block}>
      <title>{`${symbol}: ${rows} × ${cols}`}</title>
      <g className={styles.moved} style={{ transform: `translate(${x}px, ${y}px)` }}>
        <g className={look === 'now' ? styles.growing : undefined}>
          <rect
            style={{ width, height }}
            data-look={look}
            data-empty={form !== undefined || undefined}
            className={styles.fill}
          />
          {form && <FormShape form={form} look={look} width={width} height={height} />}
        </g>
      </g>
      <text
        className={styles.symbol}
        textAnchor="middle"
        style={{ transform: `translate(${labelX}px, ${labelY}px)` }}
      >
        <Name symbol={symbol} />
      </text>
    </g>
  );
}

/** A symbol with its low and high parts; what follows one of these stands on the line again. */
function Name({ symbol }: { symbol: string }) {
  const shift = { plain: 0, low: 3, high: -4 };
  const parts = partsOf(symbol);
  return parts.map(({ text, set }, i) => (
    <tspan
      key={text}
      dy={shift[set] - (i > 0 ? shift[parts[i - 1].set] : 0)}
      className={set === 'plain' ? undefined : styles.small}
    >
      {text}
    </tspan>
  ));
}

/** What of the block is not zero. */
function FormShape({
  form,
  look,
  width: w,
  height: h,
}: {
  form: NonNullable<PlacedBlock['block']['form']>;
  look: string;
  width: number;
  height: number;
}) {
  const paint = { 'data-look': look, className: styles.fill };
  switch (form) {
    case 'lower':
      return <polygon points={`0,0 ${w},${h} 0,${h}`} {...paint} />;
    case 'upper':
      return <polygon points={`0,0 ${w},0 ${w},${h}`} {...paint} />;
    case 'diagonal':
      return <line x1={0} y1={0} x2={w} y2={h} data-look={look} className={styles.diagonal} />;
    case 'blocks':
      return [0, 1, 2, 3].map((i) => (
        <rect key={i} x={(i * w) / 4} y={(i * h) / 4} width={w / 4} height={h / 4} {...paint} />
      ));
    case 'sparse':
      return Array.from({ length: 40 }, (_, i) => {
        // Points of the plane spread evenly by two irrational steps, so that the picture is always the same.
        const size = Math.min(3, w, h);
        const [px, py] = [(i * 0.754877666) % 1, (i * 0.569840291) % 1];
        return <rect key={i} x={px * (w - size)} y={py * (h - size)} width={size} height={size} {...paint} />;
      });
  }
}
