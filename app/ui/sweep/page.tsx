/** One parameter over a range and several seeds, with one button: mean and spread of every metric. */
import { useEffect, useRef, useState } from 'react';
import { estimate } from '../../experiment/estimate';
import { encodeLink } from '../../experiment/links';
import {
  aggregate,
  encodeSweep,
  type OpenedSweep,
  openSweep,
  parseOver,
  parseSeeds,
  type SweepPlan,
  type SweepRun,
  sweepFigure,
  sweepRuns,
  sweepTable,
} from '../../experiment/sweep';
import { valueText } from '../../experiment/values';
import type { Method } from '../../methods/method';
import type { LooseValues, Parameter } from '../../methods/parameters';
import { compute } from '../compute';
import { usePage, useParts } from '../context';
import { FigurePanel } from '../figures/figure';
import { settingsOf } from '../history/runs';
import { placeOf } from '../machine';
import { durationText } from '../quantity';
import styles from './sweep.module.css';

export default function SweepPage({ query }: { query: string }) {
  const [opened, setOpened] = useState<OpenedSweep | null>(null);
  useEffect(() => {
    let current = true;
    void openSweep(query).then((read) => current && setOpened(read));
    return () => {
      current = false;
    };
  }, [query]);
  if (!opened) return <p>Reading the link …</p>;
  return <Sweep key={encodeLink(opened.state)} opened={opened} />;
}

type Progress =
  | { status: 'idle' }
  | { status: 'running'; done: number; of: number }
  | { status: 'done' }
  | { status: 'failed'; message: string };

function Sweep({ opened: { state, method, plan, problems } }: { opened: OpenedSweep }) {
  const parts = useParts();
  const open = usePage((page) => page.open);
  const keys = Object.entries(method.parameters).filter(([, parameter]) => parameter.kind !== 'seed');
  const [key, setKey] = useState(plan?.key ?? preferred(method));
  const [list, setList] = useState(
    plan ? plan.values.map(valueText).join(', ') : proposed(method, key, state.values),
  );
  const hasSeed = Object.values(method.parameters).some(({ kind }) => kind === 'seed');
  const [seeds, setSeeds] = useState(plan?.seeds.length ? plan.seeds.join(',') : '0..2');
  const [runs, setRuns] = useState<readonly SweepRun[]>([]);
  const [ran, setRan] = useState(key);
  const [progress, setProgress] = useState<Progress>({ status: 'idle' });
  const abort = useRef<AbortController | null>(null);
  useEffect(() => () => abort.current?.abort(), []);

  const asked = planOf(method, state.values, key, list, hasSeed ? seeds : '');
  const start = async () => {
    if (!('runs' in asked)) return;
    const mine = new AbortController();
    abort.current = mine;
    history.replaceState(null, '', encodeSweep(state, asked.plan));
    setRuns([]);
    setRan(key);
    const made: SweepRun[] = [];
    try {
      for (const { value, seed, values } of asked.runs) {
        setProgress({ status: 'running', done: made.length, of: asked.runs.length });
        const result = await compute(parts, { ...state, values }, { signal: mine.signal });
        made.push({ value, seed, result });
        setRuns([...made]);
      }
      setProgress({ status: 'done' });
    } catch (error) {
      const cancelled = error instanceof Error && error.name === 'CancelledError';
      if (cancelled) setProgress({ status: 'idle' });
      else setProgress({ status: 'failed', message: error instanceof Error ? error.message : String(error) });
    }
  };
  const machine = parts.machines.of(placeOf({ open, link: state }));
  const expected =
    'runs' in asked
      ? asked.runs.reduce((sum, run) => sum + (estimate(method, run.values, machine)?.ms ?? Number.NaN), 0)
      : Number.NaN;
  return (
    <div className={styles.page}>
      {problems.map((problem) => (
        <p key={problem} className={styles.problem} role="alert">
          {problem}
        </p>
      ))}
      <p className={styles.quiet}>
        <a href={encodeLink(state)}>{method.title}</a>: {settingsOf(encodeLink(state))}
      </p>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          void start();
        }}
      >
        <label>
          <span>Parameter</span>
          <select
            value={key}
            onChange={({ target: { value } }) => {
              setKey(value);
              setList(proposed(method, value, state.values));
            }}
          >
            {keys.map(([one, { label }]) => (
              <option key={one} value={one}>
                {label}
              </option>
            ))}
          </select>
        </label>
        <label className={styles.wide}>
          <span>Values</span>
          <input value={list} spellCheck={false} onChange={(event) => setList(event.target.value)} />
        </label>
        {hasSeed && (
          <label>
            <span>Seeds</span>
            <input value={seeds} spellCheck={false} onChange={(event) => setSeeds(event.target.value)} />
          </label>
        )}
        {progress.status === 'running' ? (
          <button type="button" onClick={() => abort.current?.abort()}>
            Stop
          </button>
        ) : (
          <button type="submit" data-look="primary" disabled={!('runs' in asked)}>
            Run {'runs' in asked ? asked.runs.length : ''} runs
          </button>
        )}
      </form>
      {'refusal' in asked && <p role="alert">{asked.refusal}</p>}
      {Number.isFinite(expected) && progress.status === 'idle' && (
        <p className={styles.quiet}>About {durationText(expected)} here.</p>
      )}
      {progress.status === 'running' && (
        <p className={styles.quiet}>
          <progress value={progress.done} max={progress.of} aria-label="Progress of the sweep" /> run{' '}
          {progress.done + 1} of {progress.of}
        </p>
      )}
      {progress.status === 'failed' && <p role="alert">{progress.message}</p>}
      {runs.length > 0 && <Results method={method} parameter={ran} runs={runs} />}
    </div>
  );
}

/** The runs of what is typed, or why there are none. */
function planOf(
  method: Method,
  base: LooseValues,
  key: string,
  list: string,
  seeds: string,
): { plan: SweepPlan; runs: ReturnType<typeof sweepRuns> } | { refusal: string } {
  try {
    const plan = { ...parseOver(method, `${key}=${list}`), seeds: seeds === '' ? [] : parseSeeds(seeds) };
    const runs = sweepRuns(method, base, plan);
    for (const { values } of runs) method.check?.(values, null);
    return { plan, runs };
  } catch (error) {
    return { refusal: error instanceof Error ? error.message : String(error) };
  }
}

function Results({
  method,
  parameter,
  runs,
}: {
  method: Method;
  parameter: string;
  runs: readonly SweepRun[];
}) {
  const rows = aggregate(runs);
  const all = Object.keys(method.metrics).filter((key) =>
    rows.some((row) => Object.hasOwn(row.metrics, key)),
  );
  const [chosen, setChosen] = useState<readonly string[]>(method.headline);
  const shown = chosen.filter((key) => all.includes(key));
  const context = { link: location.href, settings: `${method.title} over ${parameter}` };
  return (
    <>
      <h2 className="hidden-visually">Results</h2>
      <details className={styles.metrics}>
        <summary>Metrics drawn ({shown.length})</summary>
        <div>
          {all.map((key) => (
            <label key={key}>
              <input
                type="checkbox"
                checked={shown.includes(key)}
                onChange={({ target: { checked } }) =>
                  setChosen(checked ? [...shown, key] : shown.filter((one) => one !== key))
                }
              />
              {method.metrics[key].label}
            </label>
          ))}
        </div>
      </details>
      <div className={styles.figures}>
        {shown.map((key) => (
          <FigurePanel key={key} figure={sweepFigure(method, parameter, key, rows)} context={context} />
        ))}
      </div>
      <FigurePanel figure={sweepTable(method, parameter, rows)} context={context} />
    </>
  );
}

/** The parameter that a person moves first. */
function preferred(method: Method): string {
  const entries = Object.entries(method.parameters).filter(([, { kind }]) => kind !== 'seed');
  return (entries.find(([, { live }]) => live) ?? entries[0])?.[0] ?? '';
}

/** Values worth a try: doublings or even steps round the one there is; all options of a choice. */
function proposed(method: Method, key: string, values: LooseValues): string {
  const parameter: Parameter | undefined = method.parameters[key];
  const now = values[key];
  const allowed = (value: number): boolean => {
    try {
      method.check?.({ ...values, [key]: value }, null);
      return true;
    } catch {
      return false;
    }
  };
  switch (parameter?.kind) {
    case 'choice':
      return parameter.options.map(({ value }) => value).join(', ');
    case 'flag':
      return '0, 1';
    case 'integer':
    case 'number': {
      const { min, max, scale, kind } = parameter;
      const at = Number(now);
      const raw =
        scale === 'linear'
          ? [-2, -1, 0, 1, 2].map((step) => at + (step * (max - min)) / 10)
          : [-2, -1, 0, 1, 2].map((step) => at * (scale === 'log2' ? 2 : 10) ** step);
      const fit = raw
        .map((value) => (kind === 'integer' ? Math.round(value) : Number(value.toPrecision(3))))
        .filter((value) => value >= min && value <= max && allowed(value));
      return [...new Set(fit)].join(', ');
    }
    default:
      return String(now ?? '');
  }
}
