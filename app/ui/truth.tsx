/** The same experiment in float64 on the CPU, beside what the GPU found in float32: the difference of every number. */
import { useEffect, useRef, useState } from 'react';
import type { RunResult } from '../experiment/protocol';
import { formatNumber } from '../math/format';
import type { Method } from '../methods/method';
import { compute } from './compute';
import { usePage, useParts } from './context';
import styles from './panels.module.css';
import { durationText, quantity } from './quantity';

type State =
  | { status: 'idle' }
  | { status: 'running'; fraction: number; stage: string }
  | { status: 'done'; of: RunResult; truth: RunResult }
  | { status: 'failed'; message: string };

export function Truth({ method, result }: { method: Method; result: RunResult | null }) {
  const parts = useParts();
  const link = usePage((state) => state.link);
  const [state, setState] = useState<State>({ status: 'idle' });
  const abort = useRef<AbortController | null>(null);
  useEffect(() => () => abort.current?.abort(), []);
  if (!result) return <p className={styles.quiet}>It can be asked for once there is a result.</p>;
  if (result.home === 'cpu') {
    return <p className={styles.quiet}>What is shown was computed in float64 already.</p>;
  }
  const start = async () => {
    const mine = new AbortController();
    abort.current = mine;
    setState({ status: 'running', fraction: 0, stage: 'starting' });
    try {
      const asked = { ...link, values: result.values, home: 'cpu' as const };
      const truth = await compute(parts, asked, {
        signal: mine.signal,
        onProgress: (progress) => setState({ status: 'running', ...progress }),
      });
      setState({ status: 'done', of: result, truth });
    } catch (error) {
      if (mine.signal.aborted) setState({ status: 'idle' });
      else setState({ status: 'failed', message: error instanceof Error ? error.message : String(error) });
    }
  };
  const fresh = state.status === 'done' && state.of === result;
  return (
    <div className={styles.prose}>
      <p className={styles.quiet}>
        The experiment again in float64 on the CPU, with the same random numbers: what float32 and the GPU’s
        order of summation change.
      </p>
      {state.status === 'running' ? (
        <p>
          <progress value={state.fraction} max={1} aria-label="Progress of the float64 run" /> {state.stage}{' '}
          <button type="button" onClick={() => abort.current?.abort()}>
            Stop
          </button>
        </p>
      ) : (
        !fresh && (
          <button type="button" data-look="primary" onClick={() => void start()}>
            Run in float64
          </button>
        )
      )}
      {state.status === 'failed' && <p role="alert">{state.message}</p>}
      {fresh && <Differences method={method} gpu={state.of} truth={state.truth} />}
    </div>
  );
}

/** Clocks differ for reasons of their own. */
const isTime = (unit = '') => /^(ms|s|gflop\/s|gb\/s)$/i.test(unit);

function Differences({ method, gpu, truth }: { method: Method; gpu: RunResult; truth: RunResult }) {
  const rows = Object.entries(method.metrics)
    .filter(
      ([key, { unit }]) =>
        !isTime(unit) && typeof gpu.metrics[key] === 'number' && typeof truth.metrics[key] === 'number',
    )
    .map(([key, metric]) => {
      const [a, b] = [Number(gpu.metrics[key]), Number(truth.metrics[key])];
      const difference = a === b ? 0 : a - b;
      return { key, metric, a, b, difference, relative: b === 0 ? Number.NaN : Math.abs(difference / b) };
    });
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className={styles.scroll} tabIndex={0} aria-label="Differences from float64">
        <table>
          <thead>
            <tr>
              <th scope="col">Metric</th>
              <th scope="col" data-number>
                GPU, float32
              </th>
              <th scope="col" data-number>
                float64
              </th>
              <th scope="col" data-number>
                Difference
              </th>
              <th scope="col" data-number>
                Relative
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ key, metric, a, b, difference, relative }) => (
              <tr key={key}>
                <th scope="row">{metric.label}</th>
                <td data-number>{quantity(a, metric.unit)}</td>
                <td data-number>{quantity(b, metric.unit)}</td>
                <td data-number>{formatNumber(difference, 2)}</td>
                <td data-number>{Number.isNaN(relative) ? '–' : formatNumber(relative, 2)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p className={styles.quiet}>
        Took {durationText(truth.wallMs)} on the CPU, {durationText(gpu.wallMs)} on {gpu.adapter}. Errors near
        rounding (below about 1e-7 of the largest number) are not expected to agree in their digits.
      </p>
    </>
  );
}
