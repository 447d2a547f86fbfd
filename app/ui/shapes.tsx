/** The matrices of a method to one scale: what the rank does to their widths is seen before anything runs. */
import type { Method, Shape } from '../methods/method';
import type { LooseValues } from '../methods/parameters';
import panels from './panels.module.css';
import styles from './shapes.module.css';

const WIDTH = 288;
const HEIGHT = 112;
const GAP = 20;
/** Thinner than this, px, is not seen; such a side is drawn wider than it is. */
const LEAST = 2;

export interface Placed {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Where each matrix stands, px: side by side, centred in height, all to one scale. */
export function placeShapes(shapes: readonly Shape[], room = { width: WIDTH, height: HEIGHT }): Placed[] {
  const columns = shapes.reduce((sum, { cols }) => sum + cols, 0);
  const tallest = Math.max(1, ...shapes.map(({ rows }) => rows));
  const free = room.width - GAP * Math.max(0, shapes.length - 1);
  const scale = Math.min(free / Math.max(1, columns), room.height / tallest);
  let x = 0;
  return shapes.map(({ rows, cols }) => {
    const width = Math.max(LEAST, cols * scale);
    const height = Math.max(LEAST, rows * scale);
    const placed = { x, y: (room.height - height) / 2, width, height };
    x += width + GAP;
    return placed;
  });
}

const GREEK: Readonly<Record<string, string>> = {
  Lambda: 'Λ',
  Sigma: 'Σ',
  Phi: 'Φ',
  Psi: 'Ψ',
  Omega: 'Ω',
  Delta: 'Δ',
  Gamma: 'Γ',
  Theta: 'Θ',
  lambda: 'λ',
  sigma: 'σ',
  phi: 'φ',
  psi: 'ψ',
  omega: 'ω',
  delta: 'δ',
  gamma: 'γ',
  alpha: 'α',
  beta: 'β',
};

/** A symbol as text: declarations write simple TeX, which an SVG text cannot set. */
export const symbolText = (tex: string): string =>
  tex
    .replaceAll(/\\(?:hat|tilde|bar|mathrm|text|operatorname)\s*\{?(\w+)\}?/g, '$1')
    .replaceAll(/\\([A-Za-z]+)/g, (whole, name: string) => GREEK[name] ?? whole.slice(1))
    .replaceAll(/\^\{?(?:T|top|\\top)\}?/g, 'ᵀ')
    .replaceAll(/\^\{?\*\}?/g, '*')
    .replaceAll(/[{}_]/g, '');

export function Shapes({
  method,
  values,
  shape,
}: {
  method: Method;
  values: LooseValues;
  shape: { m: number; n: number } | null;
}) {
  if (!method.shapes || !shape) return null;
  const shapes = method
    .shapes(values, shape)
    .filter(({ rows, cols }) => rows > 0 && cols > 0)
    .map((one) => ({ ...one, symbol: symbolText(one.symbol) }));
  if (shapes.length === 0) return null;
  const placed = placeShapes(shapes);
  const last = placed[placed.length - 1];
  const width = Math.max(WIDTH, last.x + last.width);
  const words = shapes.map(
    ({ symbol, rows, cols, joint = '', frozen }) =>
      `${joint} ${symbol} ${rows} × ${cols}${frozen ? ' (kept as it is)' : ''}`,
  );
  return (
    <section className={panels.panel} aria-labelledby="shapes-title">
      <h2 id="shapes-title">Shapes, to scale</h2>
      <svg
        role="img"
        aria-label={words.join(' ').trim()}
        viewBox={`0 0 ${width} ${HEIGHT + 18}`}
        className={styles.drawing}
      >
        {shapes.map(({ symbol, rows, cols, joint, frozen }, i) => {
          const { x, y, width: wide, height: high } = placed[i];
          return (
            <g key={i}>
              {joint && (
                <text x={x - GAP / 2} y={HEIGHT / 2 + 5} textAnchor="middle" className={styles.joint}>
                  {joint}
                </text>
              )}
              <rect
                x={x}
                y={y}
                width={wide}
                height={high}
                className={frozen ? styles.frozen : styles.trained}
              />
              <text x={x + wide / 2} y={HEIGHT + 14} textAnchor="middle" className={styles.symbol}>
                {symbol}
              </text>
              <title>{`${symbol}: ${rows} × ${cols}`}</title>
            </g>
          );
        })}
      </svg>
      <p className={panels.quiet}>
        {shapes.map(({ symbol, rows, cols }) => `${symbol} ${rows} × ${cols}`).join(', ')}
        {shapes.some(({ frozen }) => frozen) && '. Grey is kept as it is.'}
      </p>
    </section>
  );
}
