/** `#/league`: every method of a testbed on this machine, ranked by the error that they share. */
import { useEffect, useId, useMemo, useRef, useState } from 'react';
import { BUDGETS, COSTS, type CostAxis } from '../../experiment/comparison';
import { estimate } from '../../experiment/estimate';
import { type LeaguePlan, leagueOf, leagueTable, metricOf, standings } from '../../experiment/league';
import {
  encodeLeague,
  type LeagueLink,
  leagueMarkdown,
  openLeague,
  planText,
} from '../../experiment/leaguelink';
import { paretoFigure } from '../../experiment/pareto';
import { figureCsv, toJson } from '../../experiment/report';
import { testbedMethods, testbeds } from '../../experiment/testbed';
import { formatBytes } from '../../math/format';
import type { Method } from '../../methods/method';
import { usePage, useParts } from '../context';
import { download } from '../download';
import { FigurePanel } from '../figures/figure';
import { Segmented } from '../figures/segmented';
import { placeOf } from '../machine';
import { durationText } from '../quantity';
import { machineCard } from '../share/card';
import styles from './league.module.css';
import { type Running, useRunning } from './running';
import { LeagueTable, type Line, measureText } from './table';

export default function LeaguePage({ query }: { query: string }) {
  const opened = useMemo(() => openLeague(query), [query]);
  const slow = usePage((page) => placeOf(page).slow);
  const running = useRunning();
  // A link says what it wants; without one, quick sizes on a slow machine.
  const link: LeagueLink =
    query === '' && slow ? { ...opened, plan: { ...opened.plan, sizes: 'quick' } } : opened;
  const change = (part: Partial<LeaguePlan>, against: CostAxis = link.against) => {
    location.hash = encodeLeague({ plan: { ...link.plan, ...part }, against, sent: {} });
  };
  const { methods, problem } = useMethods(link.plan.testbed);
  return (
    <div className={styles.page}>
      {[...opened.problems, ...(problem === null ? [] : [problem])].map((text) => (
        <p key={text} className={styles.problem} role="alert">
          {text}
        </p>
      ))}
      <p className={styles.lead}>
        Every method of a testbed runs here, one after the other, and is ranked by the error that they share.
        That ranks methods only where what is measured, the data and the budget are the same: hold them equal
        below, and read where a method stands apart.
      </p>
      <Choices plan={link.plan} onChange={change} />
      {methods && (
        <League link={link} methods={methods} running={running} onAgainst={(axis) => change({}, axis)} />
      )}
    </div>
  );
}

/** The declarations of a testbed, loaded when it is chosen. */
function useMethods(testbed: LeaguePlan['testbed']) {
  const [found, setFound] = useState<{ testbed: string; methods: Method[] } | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    let current = true;
    testbedMethods(testbed).then(
      (methods) => current && setFound({ testbed, methods }),
      () => current && setProblem('The methods could not be loaded. Check the connection and reload.'),
    );
    return () => {
      current = false;
    };
  }, [testbed]);
  return { methods: found?.testbed === testbed ? found.methods : null, problem };
}

function Choices({ plan, onChange }: { plan: LeaguePlan; onChange: (part: Partial<LeaguePlan>) => void }) {
  const id = useId();
  return (
    <div className={styles.controls}>
      <label>
        Testbed
        <select
          value={plan.testbed}
          onChange={({ target: { value } }) =>
            onChange({ testbed: testbeds().find(({ testbed }) => testbed === value)?.testbed })
          }
        >
          {testbeds().map(({ testbed, count }) => (
            <option key={testbed} value={testbed}>
              {`${testbed}: ${count} methods`}
            </option>
          ))}
        </select>
      </label>
      <div className={styles.choice}>
        <span>Sizes</span>
        <Segmented
          label="Sizes"
          options={[
            ['default', 'Defaults'],
            ['quick', 'Quick'],
          ]}
          value={plan.sizes}
          onChange={(sizes) => onChange({ sizes })}
        />
      </div>
      <div className={styles.choice}>
        <span>Held equal</span>
        <Segmented
          label="Budget held equal"
          options={BUDGETS.map((one) => [one, one === 'none' ? 'No budget' : one] as const)}
          value={plan.equal}
          onChange={(equal) => onChange({ equal })}
        />
      </div>
      <label className={styles.check}>
        <input
          type="checkbox"
          checked={plan.same}
          onChange={({ target: { checked } }) => onChange({ same: checked })}
        />
        Shared settings as most have them
      </label>
      <label htmlFor={id}>
        Seed
        <input
          id={id}
          type="number"
          min={0}
          max={4294967295}
          placeholder="own"
          value={plan.seed ?? ''}
          onChange={({ target: { value } }) =>
            onChange({ seed: /^\d{1,10}$/.test(value) ? Math.min(Number(value), 4294967295) : null })
          }
        />
      </label>
    </div>
  );
}

function League({
  link,
  methods,
  running,
  onAgainst,
}: {
  link: LeagueLink;
  methods: readonly Method[];
  running: Running;
  onAgainst: (axis: CostAxis) => void;
}) {
  const { plan, against, sent } = link;
  const { machines } = useParts();
  const open = usePage((page) => page.open);
  const state = usePage((page) => page.link);
  const machine = machines.of(placeOf({ open, link: { ...state, home: 'gpu' } }));
  // What is predicted gets better with every run; the settings must not move under the table for that.
  const settled = useRef(machine);
  const league = useMemo(() => leagueOf(methods, plan, settled.current), [methods, plan]);
  const { results, failures, underWay } = running;
  const byId = useMemo(
    () =>
      new Map(
        league.entries.flatMap(({ method, link: at }) => {
          const result = results.get(at);
          return result ? [[method.id, result] as const] : [];
        }),
      ),
    [league, results],
  );
  const rows = useMemo(() => standings(league, byId), [league, byId]);
  const lines = league.entries.map((entry): Line => {
    const standing = rows.find(({ id }) => id === entry.method.id) ?? null;
    return {
      entry,
      standing,
      failure: failures.get(entry.link) ?? null,
      expectedMs: standing ? null : (estimate(entry.method, entry.values, machine)?.ms ?? null),
      sent: sent[entry.method.id] ?? null,
    };
  });
  const left = league.entries.filter((entry) => !byId.has(entry.method.id));
  const expected = left.map(({ method, values }) => estimate(method, values, machine));
  const ms = expected.reduce((sum, one) => sum + (one?.ms ?? 0), 0);
  const bytes = Math.max(0, ...expected.map((one) => one?.bytes ?? 0));
  const untold = expected.filter((one) => one === null).length;
  return (
    <>
      {league.notes.length > 0 && <p className={styles.problem}>{league.notes.join(' ')}</p>}
      <div className={styles.status}>
        {underWay ? (
          <button type="button" onClick={running.stop}>
            Stop
          </button>
        ) : (
          <>
            {left.length > 0 && (
              <button type="button" data-look="primary" onClick={() => running.start(left)}>
                {left.length === league.entries.length
                  ? `Run ${left.length} methods`
                  : `Run the ${left.length} that are left`}
              </button>
            )}
            {rows.length > 0 && (
              <button
                type="button"
                onClick={() => {
                  running.forget();
                  running.start(league.entries);
                }}
              >
                Run all again
              </button>
            )}
          </>
        )}
        <span role="status">
          {underWay ? (
            <>
              <progress
                value={underWay.done + underWay.fraction}
                max={underWay.of}
                aria-label="Progress of the league"
              />{' '}
              {underWay.done + 1} of {underWay.of}: {underWay.title}, {underWay.stage}
            </>
          ) : (
            left.length > 0 &&
            `About ${durationText(ms)} here, up to ${formatBytes(bytes)} at a time` +
              `${untold > 0 ? `; ${untold} do not tell beforehand` : ''}. It can be stopped; what is done stays.`
          )}
        </span>
      </div>
      <LeagueTable lines={lines} measure={league.measure} />
      {rows.length > 0 && (
        <>
          <Take link={link} rows={rows} measure={league.measure} />
          <Front {...{ link, rows, measure: league.measure, onAgainst }} metric={metricOf(league.entries)} />
        </>
      )}
      {rows.length === 0 && (
        <p className={styles.quiet}>
          {planText(plan)}. The front of error against {against} is drawn as the results come in.
        </p>
      )}
    </>
  );
}

type Rows = ReturnType<typeof standings>;

function Front({
  link: { plan, against },
  rows,
  measure,
  metric,
  onAgainst,
}: {
  link: LeagueLink;
  rows: Rows;
  measure: string | null;
  metric: ReturnType<typeof metricOf>;
  onAgainst: (axis: CostAxis) => void;
}) {
  const costs = { time: 'ms', parameters: 'parameters', flop: 'flop' } as const;
  const candidates = rows.flatMap(({ id, title, score, ...row }) => {
    const cost = row[costs[against]];
    return score !== null && cost !== null && cost > 0 ? [{ key: id, label: title, cost, value: score }] : [];
  });
  return (
    <section className={styles.front} aria-label="Front">
      <div className={styles.status}>
        <h2>What is worth its cost</h2>
        <Segmented
          label="Cost on the front"
          options={COSTS.map((one) => [one, one] as const)}
          value={against}
          onChange={onAgainst}
        />
      </div>
      {candidates.length > 0 ? (
        <FigurePanel
          figure={paretoFigure(candidates, against, {
            label: measureText(measure),
            unit: metric?.unit,
            better: metric?.better ?? 'lower',
          })}
          context={{ link: location.href, settings: planText(plan) }}
        />
      ) : (
        <p>No method tells both a score and its {against}.</p>
      )}
    </section>
  );
}

/** Ways to take the league away. */
function Take({ link, rows, measure }: { link: LeagueLink; rows: Rows; measure: string | null }) {
  const open = usePage((page) => page.open);
  const [said, setSaid] = useState('');
  const { plan, against } = link;
  const scores = rows.flatMap(({ id, score }) => (score === null ? [] : [[id, score] as const]));
  const page = encodeLeague({ plan, against, sent: Object.fromEntries(scores) });
  const address = (to: string) => new URL(to, location.href).href;
  const machine = machineCard(open, null);
  const save = (extension: string, text: string, type: string) =>
    download(`rankscope-league-${plan.testbed}.${extension}`, new Blob([text], { type }));
  const copy = (text: string) =>
    navigator.clipboard.writeText(text).then(
      () => setSaid('Copied.'),
      () => setSaid('The browser refused to copy.'),
    );
  const csv = () => {
    const head = [planText(plan), address(page), ...machine].map((line) => `# ${line}\r\n`).join('');
    save('csv', head + figureCsv(leagueTable(plan.testbed, measure, rows)), 'text/csv');
  };
  const json = () =>
    save('json', toJson({ plan, measure, link: address(page), machine, rows }, 1), 'application/json');
  return (
    <div className={styles.status}>
      <button type="button" onClick={() => void copy(address(page))}>
        Copy a link with these scores
      </button>
      <button type="button" onClick={() => void copy(leagueMarkdown(plan, rows, address, page, machine))}>
        Copy as Markdown
      </button>
      <button type="button" onClick={csv}>
        CSV
      </button>
      <button type="button" onClick={json}>
        JSON
      </button>
      <span role="status">{said}</span>
    </div>
  );
}
