/** The table, the front, the figures on the same axes, and any one figure of all runs side by side. */
import { useId, useMemo, useState } from 'react';
import type { CostAxis } from '../../experiment/comparison';
import { type Candidate, costOf, paretoFigure } from '../../experiment/pareto';
import type { RunResult } from '../../experiment/protocol';
import type { Figure } from '../../methods/figures';
import type { Method, Metric } from '../../methods/method';
import { FigurePanel } from '../figures/figure';
import { durationText, quantity } from '../quantity';
import styles from './compare.module.css';
import { differences } from './labels';
import { overlays } from './overlay';
import type { ComputedRun } from './runs';

interface Props {
  runs: readonly ComputedRun[];
  labels: readonly string[];
  methods: readonly Method[];
  against: CostAxis;
  metric?: string;
  onMetric: (metric: string) => void;
}

const resultOf = ({ computed }: ComputedRun): RunResult | null =>
  computed.status === 'done' ? computed.result : null;

export function Outcomes({ runs, labels, methods, against, metric, onMetric }: Props) {
  const id = useId();
  const results = runs.map(resultOf);
  const shared = sharedMetrics(methods, results);
  const ranked = shared.filter(({ metric: { better } }) => better);
  const wanted = [metric, ...methods.flatMap(({ headline }) => headline)];
  const chosen = wanted.map((one) => ranked.find(({ key }) => key === one)).find(Boolean) ?? ranked[0];
  const context = { link: location.href, settings: labels.join('; ') };
  const done = runs.flatMap((run, i) => {
    const result = resultOf(run);
    return result ? [{ label: labels[i], method: result.method, figures: result.figures }] : [];
  });
  const key = results.map((result) => (result ? result.wallMs : 0)).join(' ');
  // The results are new objects at every step of a run; their times tell when one is really new.
  const laid = useMemo(() => overlays(done), [key, labels.join()]);
  const candidates: Candidate[] = runs.flatMap((run, i) => {
    const result = resultOf(run);
    const value = chosen && result?.metrics[chosen.key];
    const cost = result && costOf(methods[i], result, against);
    return typeof value === 'number' && typeof cost === 'number'
      ? [{ key: run.link, label: labels[i], cost, value }]
      : [];
  });
  return (
    <>
      <Numbers {...{ runs, labels, methods, shared, results }} />
      {chosen && (
        <section className={styles.section} aria-labelledby={id}>
          <div className={styles.tools}>
            <h2 id={id}>What is worth its cost</h2>
            <select
              aria-label="Metric of the front"
              value={chosen.key}
              onChange={(event) => onMetric(event.target.value)}
            >
              {ranked.map(({ key: one, metric: { label } }) => (
                <option key={one} value={one}>
                  {label}
                </option>
              ))}
            </select>
          </div>
          {candidates.length > 0 ? (
            <FigurePanel
              figure={paretoFigure(candidates, against, {
                ...chosen.metric,
                better: chosen.metric.better ?? 'lower',
              })}
              context={context}
            />
          ) : (
            <p>No run tells both this metric and its {against}.</p>
          )}
        </section>
      )}
      {laid.length > 0 && (
        <section className={styles.section} aria-label="On the same axes">
          <h2>On the same axes</h2>
          <div className={styles.figures}>
            {laid.map((figure) => (
              <FigurePanel key={figure.id} figure={figure} context={context} />
            ))}
          </div>
        </section>
      )}
      <SideBySide runs={runs} labels={labels} context={context} />
    </>
  );
}

interface Shared {
  key: string;
  metric: Metric;
}

/** Metrics that at least two of the runs have (one, where there is one), in the order of the first. */
function sharedMetrics(methods: readonly Method[], results: readonly (RunResult | null)[]): Shared[] {
  const all = new Map<string, Metric>();
  for (const method of methods)
    for (const [key, metric] of Object.entries(method.metrics)) if (!all.has(key)) all.set(key, metric);
  const count = (key: string) => results.filter((result) => typeof result?.metrics[key] === 'number').length;
  const least = Math.min(2, results.filter(Boolean).length);
  return [...all]
    .filter(([key]) => least > 0 && count(key) >= least)
    .map(([key, metric]) => ({ key, metric }));
}

function Numbers({
  runs,
  labels,
  methods,
  shared,
  results,
}: Pick<Props, 'runs' | 'labels' | 'methods'> & {
  shared: readonly Shared[];
  results: readonly (RunResult | null)[];
}) {
  const [all, setAll] = useState(false);
  const rows = differences(
    runs.map(({ state }) => state),
    methods,
  );
  const main = new Set(methods.flatMap(({ headline }) => headline));
  const first = shared.filter(({ key }) => main.has(key));
  const shown = all || first.length === 0 ? shared : first;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className={styles.scroll} tabIndex={0} aria-label="Settings and numbers of the runs">
      <table>
        <thead>
          <tr>
            <th scope="col">Differs in</th>
            {labels.map((label) => (
              <th key={label} scope="col" data-number>
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, label, values }) => (
            <tr key={key}>
              <th scope="row">{label}</th>
              {values.map((value, i) => (
                <td key={labels[i]} data-number>
                  {value ?? '–'}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        <tbody>
          <tr>
            <th scope="row">Time of the run</th>
            {results.map((result, i) => (
              <td key={labels[i]} data-number>
                {result ? durationText(result.wallMs) : '–'}
              </td>
            ))}
          </tr>
          {shown.map(({ key, metric }) => (
            <MetricRow key={key} name={key} metric={metric} labels={labels} results={results} />
          ))}
        </tbody>
      </table>
      {first.length > 0 && first.length < shared.length && (
        <button type="button" className={styles.all} aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? 'Main metrics only' : `All ${shared.length} metrics`}
        </button>
      )}
    </section>
  );
}

function MetricRow({
  name,
  metric,
  labels,
  results,
}: {
  name: string;
  metric: Metric;
  labels: readonly string[];
  results: readonly (RunResult | null)[];
}) {
  const values = results.map((result) => result?.metrics[name] ?? null);
  const numbers = values.filter((value): value is number => value !== null && Number.isFinite(value));
  const pick = metric.better === 'higher' ? Math.max : Math.min;
  const best = metric.better && new Set(numbers).size > 1 ? pick(...numbers) : null;
  return (
    <tr>
      <th scope="row">{metric.label}</th>
      {values.map((value, i) => (
        <td key={labels[i]} data-number data-best={(best !== null && value === best) || undefined}>
          {quantity(value, metric.unit)}
          {best !== null && value === best && <span className="hidden-visually"> (best)</span>}
        </td>
      ))}
    </tr>
  );
}

/** One figure of all runs, beside one another; pictures and maps are there when they were made on this page. */
function SideBySide({
  runs,
  labels,
  context,
}: Pick<Props, 'runs' | 'labels'> & { context: { link: string; settings: string } }) {
  const titles = new Map<string, string>();
  for (const run of runs)
    for (const { id, title } of resultOf(run)?.figures ?? []) if (!titles.has(id)) titles.set(id, title);
  const [wanted, setWanted] = useState<string>();
  const id = wanted !== undefined && titles.has(wanted) ? wanted : [...titles.keys()][0];
  if (id === undefined) return null;
  const of = (run: ComputedRun): Figure | undefined =>
    resultOf(run)?.figures.find((figure) => figure.id === id);
  return (
    <section className={styles.section} aria-label="Side by side">
      <div className={styles.tools}>
        <h2>Side by side</h2>
        <select
          aria-label="Figure shown side by side"
          value={id}
          onChange={(event) => setWanted(event.target.value)}
        >
          {[...titles].map(([key, title]) => (
            <option key={key} value={key}>
              {title}
            </option>
          ))}
        </select>
      </div>
      <div className={styles.figures}>
        {runs.map((run, i) => {
          const figure = of(run);
          return (
            <div key={run.link}>
              <h3>{labels[i]}</h3>
              {figure ? (
                <FigurePanel
                  figure={{ ...figure, id: `${figure.id}-${i}`, title: figure.title }}
                  context={{ ...context, settings: labels[i] }}
                />
              ) : (
                <p className={styles.quiet}>This run has no such figure.</p>
              )}
            </div>
          );
        })}
      </div>
    </section>
  );
}
