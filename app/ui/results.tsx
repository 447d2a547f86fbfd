/** The middle of the page: headline numbers, the state of the run, and the figures. */
import { lazy, Suspense } from 'react';
import { encodeLink } from '../experiment/links';
import { formatBytes } from '../math/format';
import type { Method } from '../methods/method';
import { useHistory, usePage, useParts, useSession } from './context';
import { durationText, quantity } from './quantity';
import styles from './results.module.css';
import type { PageState, Proposal } from './store';
import { grouped, numbersOf, settingsText, type View } from './view';

// The figures bring the chart library, which must not hold up the first paint.
const FigurePanel = lazy(() =>
  import('./figures/figure').then((module) => ({ default: module.FigurePanel })),
);

const HeatmapGroup = lazy(() =>
  import('./figures/group').then((module) => ({ default: module.HeatmapGroup })),
);

/** The two or three metrics that a person wants first, large. */
export function Headline({ method, view }: { method: Method; view: View }) {
  return (
    <dl className={styles.headline} aria-label="Main numbers">
      {method.headline.map((key) => {
        const metric = method.metrics[key];
        const number = view.metrics[key];
        if (!metric) return null;
        return (
          <div key={key} data-stale={number?.stale || undefined}>
            <dt>{metric.label}</dt>
            <dd title={number?.reason}>{number ? quantity(number.value, metric.unit) : '–'}</dd>
          </div>
        );
      })}
    </dl>
  );
}

/** Keeps the finished run that is shown, under the name of its settings. */
export function PinRun() {
  const link = usePage((state) => encodeLink({ ...state.link, embed: false, show: [] }));
  const status = usePage((state) => state.run.status);
  const run = useHistory((state) => state.runs.find((kept) => kept.link === link));
  const { history } = useParts();
  if (status !== 'done' || !run) return null;
  return (
    <button
      type="button"
      data-look="plain"
      className={styles.pin}
      aria-pressed={run.pinned}
      title="Pinned runs are kept in this browser and can be compared"
      onClick={() => history.pin(run.id, !run.pinned)}
    >
      {run.pinned ? '★ Pinned' : '☆ Pin this run'}
    </button>
  );
}

/** Progress and its cancel button, or why there is no result and what to do. */
export function RunStatus({ method }: { method: Method }) {
  const run = usePage((state) => state.run);
  const session = useSession();
  switch (run.status) {
    case 'running':
      return (
        <div className={styles.status} data-running>
          <progress value={run.fraction} max={1} aria-label="Progress of the run" />
          <span className={styles.stage}>
            {run.paused ? 'Paused: ' : ''}
            {run.stage}
            {run.leftMs !== null && <span className={styles.left}>, {durationText(run.leftMs)} left</span>}
          </span>
          {run.paused && (
            <button type="button" onClick={session.step}>
              Step <kbd>.</kbd>
            </button>
          )}
          <button type="button" onClick={run.paused ? session.resume : session.pause}>
            {run.paused ? 'Resume' : 'Pause'} <kbd>p</kbd>
          </button>
          <button type="button" onClick={session.cancel}>
            Cancel <kbd>Esc</kbd>
          </button>
        </div>
      );
    case 'held':
      return (
        <div className={styles.held} role="status">
          <p>
            This would take about <strong>{durationText(run.estimate.ms)}</strong> and{' '}
            {formatBytes(run.estimate.bytes)} here
            {run.estimate.basis === 'speed' ? ' (a rough estimate: it has not run here before)' : ''}.
          </p>
          <div className={styles.actions}>
            {run.smaller && <Smaller method={method} proposal={run.smaller} />}
            <button type="button" onClick={session.runAnyway}>
              Run anyway
            </button>
          </div>
        </div>
      );
    case 'cancelled':
      return (
        <div className={styles.status}>
          <span className={styles.stage}>Cancelled. What is shown belongs to the run before.</span>
          <button type="button" onClick={session.runNow}>
            Run again
          </button>
        </div>
      );
    case 'failed':
      return (
        <div className={styles.failed} role="alert">
          <p>
            {run.bug ? <strong>Rankscope itself failed. </strong> : null}
            {run.message}
          </p>
          <div className={styles.actions}>
            {run.smaller && <Smaller method={method} proposal={run.smaller} />}
            <button type="button" onClick={session.runNow}>
              Run again
            </button>
            {run.bug && (
              <button type="button" onClick={() => navigator.clipboard.writeText(run.bug ?? '')}>
                Copy details for a bug report
              </button>
            )}
          </div>
        </div>
      );
    case 'done':
    case 'idle':
      return null;
  }
}

/** A button that takes smaller settings, named by what they change. */
function Smaller({ method, proposal }: { method: Method; proposal: Proposal }) {
  const session = useSession();
  const values = usePage((state) => state.link.values);
  const changes = Object.entries(proposal.values)
    .filter(([key, value]) => value !== values[key])
    .map(([key, value]) => `${method.parameters[key]?.label ?? key} ${String(value)}`);
  return (
    <button type="button" data-look="primary" onClick={() => session.take(proposal.values)}>
      Try {changes.join(', ')}
      {proposal.ms !== null && <> (about {durationText(proposal.ms)})</>}
    </button>
  );
}

interface FiguresProps {
  method: Method;
  view: View;
}

export function Figures({ method, view }: FiguresProps) {
  const link = usePage((state) => state.link);
  const status = usePage((state) => state.run.status);
  const data = usePage((state) => state.data);
  const session = useSession();
  const unread = data.status === 'missing' || data.status === 'choose' || data.status === 'failed';
  if (unread || view.figures.length === 0) return <Empty status={status} data={data} method={method} />;
  const numbers = numbersOf(link.values);
  const context = {
    link: new URL(encodeLink(link), location.href).href,
    settings: settingsText(method, link.values),
  };
  return (
    <div className={styles.figures}>
      <h2 className="hidden-visually">Figures</h2>
      {grouped(view.figures).map((members) => {
        const [{ figure, stale }] = members;
        const maps = members.map((one) => one.figure).filter((one) => one.kind === 'heatmap');
        return (
          <div
            key={figure.id}
            className={styles.figure}
            data-figure={figure.id}
            data-title={figure.title}
            tabIndex={-1}
            data-kind={maps.length > 1 ? 'group' : figure.kind}
            data-stale={stale || undefined}
          >
            <Suspense fallback={<div className={styles.waiting}>{figure.title}</div>}>
              {maps.length > 1 ? (
                <HeatmapGroup figures={maps} context={context} />
              ) : (
                <FigurePanel
                  figure={figure}
                  onParameter={session.change}
                  context={context}
                  liveValues={numbers}
                />
              )}
            </Suspense>
          </div>
        );
      })}
    </div>
  );
}

function Empty({ status, data, method }: { status: string; data: PageState['data']; method: Method }) {
  const session = useSession();
  if (data.status === 'missing') {
    return (
      <div className={styles.empty}>
        <p>
          This link is about the file <strong>{data.name}</strong>, which stayed on the sender’s machine.
        </p>
        <p>
          Open your copy of it under “Data”, or drop it anywhere on this page: it is compared with the link.
        </p>
        <button type="button" onClick={session.data.useTestbed}>
          Use generated data instead
        </button>
      </div>
    );
  }
  if (data.status === 'choose') {
    return (
      <div className={styles.empty}>
        <p>
          <strong>{data.summary.name}</strong> holds {data.summary.tensors?.length ?? 0} tensors: choose one
          under “Data”.
        </p>
      </div>
    );
  }
  if (data.status === 'failed') {
    return (
      <div className={styles.empty}>
        <p>{data.message}</p>
        <button type="button" onClick={session.data.useTestbed}>
          Use generated data instead
        </button>
      </div>
    );
  }
  if (status === 'running' || status === 'idle' || data.status === 'loading') {
    return (
      <div className={styles.empty} data-busy>
        <p>{data.status === 'loading' ? `Reading ${data.name} …` : `Running ${method.title} …`}</p>
      </div>
    );
  }
  return (
    <div className={styles.empty}>
      <p>No figures yet.</p>
      <button type="button" onClick={session.runNow}>
        Run
      </button>
    </div>
  );
}
