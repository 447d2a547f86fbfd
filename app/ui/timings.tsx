/** Where the time went: by stage and operation in the order of the run, and against the roofline of this adapter. */
import { lazy, Suspense, useState } from 'react';
import type { RunResult, Speeds } from '../experiment/protocol';
import { byKernel } from '../experiment/report';
import type { Timing } from '../gpu/home';
import { ENOUGH_TICKS, quantumOf } from '../gpu/quantum';
import type { TuningRecord } from '../gpu/tuner';
import { formatCount, formatMs, formatRate } from '../math/format';
import type { ScatterFigure, TableFigure } from '../methods/figures';
import { usePage, useParts } from './context';
import { placeOf } from './machine';
import styles from './panels.module.css';

const FigurePanel = lazy(() =>
  import('./figures/figure').then((module) => ({ default: module.FigurePanel })),
);

export function Timings({ result }: { result: RunResult | null }) {
  const [sorted, setSorted] = useState(false);
  if (!result || result.timings.length === 0) {
    return <p className={styles.quiet}>They appear with the first result.</p>;
  }
  const { timings } = result;
  const quantum = quantumOf(timings);
  const counted = timings.reduce((sum, { ms }) => sum + (ms ?? 0), 0);
  const starts = startsOf(timings);
  const rows = timings.map((timing, i) => ({ ...timing, start: starts[i] }));
  if (sorted) rows.sort((a, b) => (b.ms ?? 0) - (a.ms ?? 0));
  return (
    <>
      <p className={styles.quiet}>
        {formatMs(result.wallMs)} from start to end on {result.adapter}, of which {formatMs(counted)} in the
        operations below. “GPU” times come from the device’s own clock; “wall” times from the page’s clock
        around each submission, shared out by estimated work.
        {quantum !== null &&
          ` The device’s clock ticks every ${formatMs(quantum)} here: a time of fewer than ${ENOUGH_TICKS} ticks is marked ~.`}
      </p>
      <div className={styles.toolRow}>
        <button type="button" aria-pressed={!sorted} onClick={() => setSorted(false)}>
          In order
        </button>
        <button type="button" aria-pressed={sorted} onClick={() => setSorted(true)}>
          Longest first
        </button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className={styles.scroll} tabIndex={0} aria-label="Timings by operation">
        <table>
          <thead>
            <tr>
              <th scope="col">Stage</th>
              <th scope="col">Operation</th>
              <th scope="col" data-number>
                Calls
              </th>
              <th scope="col" data-number>
                Time
              </th>
              <th scope="col">
                <span className="hidden-visually">When</span>
              </th>
              <th scope="col" data-number>
                Work
              </th>
              <th scope="col" data-number>
                Traffic
              </th>
              <th scope="col">Clock</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, i) => (
              <tr key={`${row.kernel} ${row.stage} ${row.clock}`}>
                <td>{sorted || rows[i - 1]?.stage !== row.stage ? row.stage : ''}</td>
                <td>
                  <code>{row.kernel}</code>
                </td>
                <td data-number>{formatCount(row.calls)}</td>
                <td data-number>
                  {isRough(row, quantum) ? '~ ' : ''}
                  {formatMs(row.ms)}
                </td>
                <td>
                  <Bar start={row.start} ms={row.ms ?? 0} whole={counted} />
                </td>
                <td data-number>{rate(row.flop, row.ms, 'FLOP/s')}</td>
                <td data-number>{rate(row.bytes, row.ms, 'B/s')}</td>
                <td>{row.clock === 'gpu' ? 'GPU' : 'wall'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <Roofline result={result} />
    </>
  );
}

/** When each row begins if all rows run one after the other, ms. */
const startsOf = (timings: readonly Timing[]): number[] => {
  let at = 0;
  return timings.map(({ ms }) => {
    const start = at;
    at += ms ?? 0;
    return start;
  });
};

const isRough = ({ clock, ms }: Timing, quantum: number | null): boolean =>
  clock === 'gpu' && quantum !== null && ms !== null && ms < ENOUGH_TICKS * quantum;

const WIDTH = 160;

function Bar({ start, ms, whole }: { start: number; ms: number; whole: number }) {
  if (!(whole > 0)) return null;
  return (
    <svg width={WIDTH} height={12} aria-hidden="true" className={styles.waterfall}>
      <rect x={0} y={5} width={WIDTH} height={2} />
      <rect x={(WIDTH * start) / whole} y={0} width={Math.max(1, (WIDTH * ms) / whole)} height={12} />
    </svg>
  );
}

const rate = (amount: number, ms: number | null, unit: 'FLOP/s' | 'B/s'): string =>
  ms && amount > 0 ? formatRate(amount / ms / 1e6, unit) : '–';

/** The operations under the roof of what this adapter can do at best, measured when asked for. */
function Roofline({ result }: { result: RunResult }) {
  const { client, machines } = useParts();
  const open = usePage((state) => state.open);
  const link = usePage((state) => state.link);
  const [speeds, setSpeeds] = useState<Speeds | null>(null);
  const [state, setState] = useState<'idle' | 'measuring' | string>('idle');
  const measure = async () => {
    setState('measuring');
    try {
      const measured = await client.measure(result.home);
      machines.measured(placeOf({ open, link }), measured);
      setSpeeds(measured);
      setState('idle');
    } catch (error) {
      setState(error instanceof Error ? error.message : String(error));
    }
  };
  if (!speeds) {
    return (
      <p>
        <button type="button" disabled={state === 'measuring'} onClick={() => void measure()}>
          {state === 'measuring' ? 'Measuring this adapter …' : 'Draw the roofline of this adapter'}
        </button>{' '}
        {state !== 'idle' && state !== 'measuring' && <span role="alert">{state}</span>}
      </p>
    );
  }
  return (
    <Suspense fallback={<p>Loading …</p>}>
      <FigurePanel
        figure={rooflineFigure(result, speeds)}
        context={{ link: location.href, settings: result.adapter }}
      />
      {speeds.tuned && speeds.tuned.length > 0 && (
        <FigurePanel
          figure={tuningTable(speeds.tuned)}
          context={{ link: location.href, settings: result.adapter }}
        />
      )}
    </Suspense>
  );
}

/** What was tuned in this browser's idle time: the winner of each key, beside the default. */
export function tuningTable(records: readonly TuningRecord[]): TableFigure {
  return {
    kind: 'table',
    id: 'tuned',
    title: 'Kernels chosen by measurement',
    summary:
      'Between runs the kernels of an operation are timed side by side; a default gives way to what is more than 5 % ' +
      'faster on this adapter.',
    columns: [
      { key: 'op', label: 'Operation' },
      { key: 'sizes', label: 'Sizes, to a power of two' },
      { key: 'winner', label: 'Kernel' },
      { key: 'ms', label: 'Best time', unit: 'ms' },
      { key: 'fallback', label: 'Default' },
      { key: 'fallbackMs', label: 'Its best time', unit: 'ms' },
    ],
    rows: records.map(({ op, sizes, winner, fallback, ms }) => ({
      op,
      sizes: Object.entries(sizes)
        .map(([name, size]) => `${name} ${size}`)
        .join(', '),
      winner,
      ms: ms[winner] ?? null,
      fallback,
      fallbackMs: ms[fallback] ?? null,
    })),
  };
}

export function rooflineFigure(result: RunResult, { peakGflops, peakGbps }: Speeds): ScatterFigure {
  const work = new Map<string, { flop: number; bytes: number }>();
  for (const { kernel, flop, bytes } of result.timings) {
    const sum = work.get(kernel) ?? { flop: 0, bytes: 0 };
    work.set(kernel, { flop: sum.flop + flop, bytes: sum.bytes + bytes });
  }
  const points = byKernel(result.timings).flatMap(({ kernel, gflops }) => {
    const { flop, bytes } = work.get(kernel) ?? { flop: 0, bytes: 0 };
    if (gflops === null || flop <= 0 || bytes <= 0) return [];
    return [{ key: kernel, label: kernel, role: 'method' as const, x: flop / bytes, y: gflops }];
  });
  const ridge = peakGflops / peakGbps;
  const xs = [...points.map(({ x }) => x), ridge];
  const [left, right] = [Math.min(...xs) / 2, Math.max(...xs) * 4];
  return {
    kind: 'scatter',
    id: 'roofline',
    title: 'Roofline of this adapter',
    summary:
      `At best ${formatRate(peakGflops, 'FLOP/s')} in registers and ${formatRate(peakGbps, 'B/s')} through memory, ` +
      'measured just now; an operation under the slope waits for memory, under the flat roof for arithmetic. ' +
      'Work and traffic are the declared ones of each operation.',
    x: { label: 'work per traffic', unit: 'flop/B', scale: 'log' },
    y: { label: 'speed', unit: 'GFLOP/s', scale: 'log' },
    points,
    lines: [
      {
        key: 'roof',
        label: 'roof',
        role: 'bound',
        x: [left, ridge, right],
        y: [left * peakGbps, peakGflops, peakGflops],
      },
    ],
  };
}
