/** All kernels of one operation: what each does, its error and speed here, which is chosen and why, and two side by side. */
import { lazy, Suspense, useState } from 'react';
import type { VariantEntry, VariantFamily, VariantReport } from '../../experiment/bench/variant';
import { choiceText, rateOf } from '../../experiment/bench/variant';
import { formatMs, formatNumber, formatRate } from '../../math/format';
import { usePage } from '../context';
import { useVariants } from './measuring';
import styles from './variants.module.css';

const SourcePair = lazy(() => import('./sources').then((module) => ({ default: module.SourcePair })));

export function Variants({ family, shader }: { family: VariantFamily; shader?: string }) {
  const onGpu = usePage((page) => page.open?.home === 'gpu');
  const { report, progress, error, start, stop } = useVariants();
  const [asked, setAsked] = useState<readonly string[]>([]);
  const measure = (anyway: readonly string[]) => {
    setAsked(anyway);
    start({ family: family.id, anyway });
  };
  return (
    <div className={styles.variants}>
      <div className={styles.tools}>
        {progress ? (
          <button type="button" onClick={stop}>
            Stop
          </button>
        ) : (
          <button type="button" disabled={!onGpu} onClick={() => measure(asked)}>
            {report ? 'Measure again' : `Measure the ${family.variants.length} kernels here`}
          </button>
        )}
        <span role="status" className={error ? styles.bad : styles.quiet}>
          {progress && (
            <>
              <progress max={progress.of} value={progress.done} aria-label={`Progress: ${family.title}`} />{' '}
              {progress.what}
            </>
          )}
          {error}
          {!progress && !error && report && whatWasMeasured(report)}
          {!onGpu && 'There is no WebGPU here: kernels can be read, not run.'}
        </span>
      </div>
      <Table family={family} report={report} shader={shader} onRun={(name) => measure([...asked, name])} />
      <Suspense fallback={null}>
        <SourcePair family={family} first={shader} />
      </Suspense>
    </div>
  );
}

function whatWasMeasured({ test, rows, label }: VariantReport): string {
  const times = rows.map(({ measured }) => measured).find((measured) => measured !== null);
  if (!times) return `${test} on ${label}`;
  const clock =
    times.clock === 'kernels' ? 'by timestamps of the kernels' : 'by the clock, many calls at once';
  return `${test} on ${label}: medians of ${times.rounds} rounds in turn, ${clock}.`;
}

function Table({
  family,
  report,
  shader,
  onRun,
}: {
  family: VariantFamily;
  report: VariantReport | null;
  shader?: string;
  onRun: (name: string) => void;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className={styles.scroll} tabIndex={0} aria-label={`Kernels of ${family.title.toLowerCase()}`}>
      <table>
        <thead>
          <tr>
            <th scope="col">Kernel</th>
            <th scope="col" data-number="">
              Time
            </th>
            <th scope="col" data-number="">
              Rate
            </th>
            <th scope="col" data-number="" title="Against float64, and of the bound that is derived for it">
              Error
            </th>
            <th scope="col">What it does; who chooses it</th>
          </tr>
        </thead>
        <tbody>
          {family.variants.map((entry) => (
            <Row key={entry.name} {...{ entry, report, onRun, isShown: entry.shader === shader }} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Row({
  entry,
  report,
  isShown,
  onRun,
}: {
  entry: VariantEntry;
  report: VariantReport | null;
  isShown: boolean;
  onRun: (name: string) => void;
}) {
  const row = report?.rows.find(({ name }) => name === entry.name) ?? null;
  const measured = row?.measured ?? null;
  const rate = report && rateOf(report, measured);
  return (
    <tr data-here={row?.here || undefined}>
      <th scope="row">
        {entry.name}
        <code className={styles.file}>
          {entry.shader}.wgsl{isShown ? ', shown' : ''}
        </code>
      </th>
      <td data-number="" title={measured ? `best ${formatMs(measured.bestMs)}` : undefined}>
        {measured ? (measured.isRight ? formatMs(measured.medianMs) : 'wrong') : '–'}
      </td>
      <td data-number="">
        {rate === null ? '–' : formatRate(rate, report?.limit === 'flop' ? 'FLOP/s' : 'B/s')}
      </td>
      <td data-number="">{measured ? <ErrorOf {...measured.verdict} /> : '–'}</td>
      <td>
        {entry.says}
        {report && row && (row.here || row.onGpu) && <Choice {...{ report, row }} />}
        {row?.reason && (
          <span className={styles.reason}>
            {row.reason}.{' '}
            {row.canRun && (
              <button type="button" onClick={() => onRun(entry.name)} aria-label={`Run ${entry.name} anyway`}>
                Run it anyway
              </button>
            )}
          </span>
        )}
      </td>
    </tr>
  );
}

function Choice({ report, row }: { report: VariantReport; row: VariantReport['rows'][number] }) {
  const [first, ...rest] = choiceText(report, row);
  return (
    <strong className={styles.choice}>
      {first?.toUpperCase()}
      {rest.join('')}.
    </strong>
  );
}

function ErrorOf({ error, bound, measure }: { error: number; bound: number; measure: string }) {
  if (bound === 0) return error === 0 ? 'exact' : <span className={styles.bad}>not exact</span>;
  return (
    <span
      className={error <= bound ? undefined : styles.bad}
      title={`${measure}; bound ${bound.toExponential(2)}`}
    >
      {error.toExponential(1)}
      <span className={styles.of}>{formatNumber(error / bound, 2)} of its bound</span>
    </span>
  );
}
