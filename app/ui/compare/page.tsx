/** Runs compared: what differs, their numbers, their figures on the same axes, and which are worth their cost. */
import { useEffect, useMemo, useState } from 'react';
import {
  BUDGETS,
  COSTS,
  encodeComparison,
  type OpenedComparison,
  openComparison,
} from '../../experiment/comparison';
import { amountOf, fairValues, knobOf } from '../../experiment/fair';
import { encodeLink, type LinkState } from '../../experiment/links';
import { findMethod } from '../../experiment/registry';
import { testbedRuns, testbeds } from '../../experiment/testbed';
import { formatNumber } from '../../math/format';
import { useHistory, usePage, useParts } from '../context';
import { Segmented } from '../figures/segmented';
import { settingsOf, titleOf } from '../history/runs';
import { placeOf } from '../machine';
import styles from './compare.module.css';
import { labelsOf } from './labels';
import { Outcomes } from './outcomes';
import { type ComputedRun, useRuns } from './runs';

const go = (link: string) => {
  location.hash = link;
};

export default function ComparePage({ query }: { query: string }) {
  const [opened, setOpened] = useState<OpenedComparison | null>(null);
  useEffect(() => {
    let current = true;
    void openComparison(query).then((read) => current && setOpened(read));
    return () => {
      current = false;
    };
  }, [query]);
  if (!opened) return <p>Reading the link …</p>;
  return <Compared opened={opened} />;
}

function Compared({ opened: { comparison, states: asked, problems } }: { opened: OpenedComparison }) {
  const [afresh, setAfresh] = useState(0);
  const { states, notes } = useFair(asked, comparison.equal);
  const runs = useRuns(states, afresh);
  const methods = states.map(({ method }) => findMethod(method));
  const labels = labelsOf(states, methods);
  const change = (part: Partial<typeof comparison>) => go(encodeComparison({ ...comparison, ...part }));
  return (
    <div className={styles.page}>
      {[...problems, ...notes].map((problem) => (
        <p key={problem} className={styles.problem} role="alert">
          {problem}
        </p>
      ))}
      <div className={styles.tools}>
        <AddRun onAdd={(link) => change({ runs: [...comparison.runs, link] })} />
        <AddTestbed onAdd={(links) => change({ runs: links })} />
        <a href="#/league">League of a testbed</a>
        <div className={styles.choice}>
          <span>Equal</span>
          <Segmented
            label="Budget held equal"
            options={BUDGETS.map((one) => [one, one === 'none' ? 'Nothing' : one] as const)}
            value={comparison.equal}
            onChange={(equal) => change({ equal })}
          />
        </div>
        <div className={styles.choice}>
          <span>Front against</span>
          <Segmented
            label="Cost on the front"
            options={COSTS.map((one) => [one, one] as const)}
            value={comparison.against}
            onChange={(against) => change({ against })}
          />
        </div>
        {runs.length > 0 && (
          <button type="button" onClick={() => setAfresh(afresh + 1)}>
            Run all here
          </button>
        )}
      </div>
      {runs.length === 0 ? (
        <p>
          Nothing is compared yet. Add a run above, or pin runs under “Runs in this browser” below a method’s
          figures.
        </p>
      ) : (
        <>
          <ul className={styles.runs} aria-label="Compared runs">
            {runs.map((run, i) => (
              <RunCard
                key={run.link}
                run={run}
                label={labels[i]}
                index={i}
                onRemove={() => change({ runs: comparison.runs.filter((_, at) => at !== i) })}
              />
            ))}
          </ul>
          <Outcomes
            runs={runs}
            labels={labels}
            methods={methods}
            against={comparison.against}
            metric={comparison.metric}
            onMetric={(metric) => change({ metric })}
          />
        </>
      )}
    </div>
  );
}

/** The states with every run after the first set to the first's budget, and what could not be set. */
function useFair(asked: readonly LinkState[], equal: (typeof BUDGETS)[number]) {
  const { machines } = useParts();
  const open = usePage((state) => state.open);
  return useMemo(() => {
    const notes: string[] = [];
    if (equal === 'none' || asked.length < 2) return { states: asked, notes };
    const amount = (state: LinkState, values: LinkState['values']) =>
      amountOf(findMethod(state.method), values, equal, machines.of(placeOf({ open, link: state })));
    const target = amount(asked[0], asked[0].values);
    if (target === null) {
      notes.push(
        `${findMethod(asked[0].method).title} does not declare its ${equal}: nothing is held equal.`,
      );
      return { states: asked, notes };
    }
    const states = asked.map((state, i) => {
      if (i === 0) return state;
      const method = findMethod(state.method);
      const values = fairValues(method, state.values, target, (candidate) => amount(state, candidate));
      if (!values) {
        notes.push(
          `${method.title}: its ${equal} cannot be set by ${knobOf(method) ?? 'a rank'}, so it stays as it is.`,
        );
        return state;
      }
      const reached = amount(state, values);
      if (reached !== null && Math.abs(Math.log(reached / target)) > Math.log(1.1)) {
        notes.push(
          `${method.title} comes no nearer than ${formatNumber(reached)} ${equal} to the first run's ${formatNumber(target)}.`,
        );
      }
      return { ...state, values };
    });
    return { states, notes };
  }, [asked, equal, machines, open]);
}

function RunCard({
  run: { link, state, computed },
  label,
  index,
  onRemove,
}: {
  run: ComputedRun;
  label: string;
  index: number;
  onRemove: () => void;
}) {
  return (
    <li className={styles.run} data-index={index}>
      <strong>{label}</strong>
      <span className={styles.quiet}>
        {findMethod(state.method).title}: {settingsOf(link)}
      </span>
      {computed.status === 'running' && (
        <span className={styles.quiet}>
          <progress value={computed.fraction} max={1} aria-label={`Progress of ${label}`} /> {computed.stage}
        </span>
      )}
      {computed.status === 'waiting' && <span className={styles.quiet}>waits for its turn</span>}
      {computed.status === 'failed' && (
        <span className={styles.bad} role="alert">
          {computed.message}
        </span>
      )}
      {computed.status === 'done' && <span className={styles.quiet}>on {computed.result.adapter}</span>}
      <span className={styles.buttons}>
        <a className="button" href={link}>
          Open
        </a>
        <button type="button" aria-label={`Take ${label} out`} onClick={onRemove}>
          Remove
        </button>
      </span>
    </li>
  );
}

/** All methods of one testbed in place of what is compared. */
function AddTestbed({ onAdd }: { onAdd: (links: string[]) => void }) {
  const slow = usePage((state) => placeOf(state).slow);
  return (
    <select
      aria-label="All methods of a testbed"
      value=""
      onChange={({ target: { value } }) => {
        const chosen = testbeds().find(({ testbed }) => testbed === value);
        if (chosen) void testbedRuns(chosen.testbed, slow).then(onAdd);
      }}
    >
      <option value="">All of a testbed …</option>
      {testbeds().map(({ testbed, count }) => (
        <option key={testbed} value={testbed}>
          {`${testbed}: ${count} methods`}
        </option>
      ))}
    </select>
  );
}

/** What stands on the workbench, and the kept runs. */
function AddRun({ onAdd }: { onAdd: (link: string) => void }) {
  const runs = useHistory((state) => state.runs);
  const current = usePage((state) => state.link);
  return (
    <select
      aria-label="Add a run"
      value=""
      onChange={(event) => event.target.value && onAdd(event.target.value)}
    >
      <option value="">Add a run …</option>
      <option value={encodeLink({ ...current, embed: false, show: [] })}>
        {`What the workbench shows: ${findMethod(current.method).title}`}
      </option>
      {runs.map((run) => (
        <option key={run.id} value={run.link}>
          {`${run.pinned ? '★ ' : ''}${titleOf(run)}: ${settingsOf(run.link)}`}
        </option>
      ))}
    </select>
  );
}
