/** The parameters of a method as a form: what moves live first, the seed last, hidden ones left out. */

import { estimate } from '../experiment/estimate';
import { formatBytes } from '../math/format';
import type { Method, Preset, Testbed } from '../methods/method';
import type { LooseValues, Parameter } from '../methods/parameters';
import { usePage, useParts } from './context';
import { type Change, Control } from './control';
import { placeOf } from './machine';
import styles from './panels.module.css';
import { durationText, quantity } from './quantity';

/** What describes the generated matrix plays no part once the data is the person's own. */
const OF_GENERATED: Readonly<Partial<Record<Testbed, readonly string[]>>> = {
  matrix: ['m', 'n', 'spectrum', 'rate', 'alpha', 'noise', 'stepRank'],
};

/** The parameters to show, in the order of the form. `ownData`: not the testbed's. */
export function formOrder(
  method: Method,
  values: LooseValues,
  ownData: boolean,
): readonly (readonly [string, Parameter])[] {
  const place = (parameter: Parameter) => (parameter.kind === 'seed' ? 2 : parameter.live ? 0 : 1);
  const unused = ownData ? (OF_GENERATED[method.testbed] ?? []) : [];
  return Object.entries(method.parameters)
    .filter(([key, parameter]) => !unused.includes(key) && parameter.when?.(values) !== false)
    .map(([key, parameter], index) => ({ key, parameter, index }))
    .sort((a, b) => place(a.parameter) - place(b.parameter) || a.index - b.index)
    .map(({ key, parameter }) => [key, parameter] as const);
}

/** So many stand open; the others are one click away, so that presets and data stay in sight. */
const FIRST = 4;

interface ControlsProps {
  method: Method;
  values: LooseValues;
  ownData: boolean;
  onChange: Change;
  onReset: () => void;
  /** The address of the page that runs a parameter over a range. */
  sweep?: string;
}

export function Controls({ method, values, ownData, onChange, onReset, sweep }: ControlsProps) {
  const link = usePage((state) => state.link);
  const shown = formOrder(method, values, ownData).filter(([key]) => !link.hide?.includes(key));
  const held = (link.lock?.length ?? 0) + (link.hide?.length ?? 0) > 0;
  const changed = ([key, parameter]: readonly [string, Parameter]) => values[key] !== parameter.default;
  const first = shown.length <= FIRST + 2 ? shown : shown.slice(0, FIRST);
  const more = shown.slice(first.length);
  const control = ([key, parameter]: readonly [string, Parameter]) => {
    const own = <Control name={key} parameter={parameter} value={values[key]} onChange={onChange} />;
    return (
      <fieldset key={`${method.id} ${key}`} className={styles.hold} disabled={link.lock?.includes(key)}>
        {own}
      </fieldset>
    );
  };
  return (
    <section className={styles.panel} aria-labelledby="controls-title">
      <header className={styles.header}>
        <h2 id="controls-title">Parameters</h2>
        {sweep && (
          <a href={sweep} className={styles.sweep}>
            Sweep …
          </a>
        )}
        <button type="button" data-look="plain" disabled={held || !shown.some(changed)} onClick={onReset}>
          Reset all
        </button>
      </header>
      {held && <p className={styles.quiet}>Some controls are locked or hidden by the link.</p>}
      {first.map(control)}
      {more.length > 0 && (
        <details className={styles.more}>
          <summary>
            {more.length} more{more.some(changed) && <span> (some changed)</span>}
          </summary>
          {more.map(control)}
        </details>
      )}
    </section>
  );
}

interface PresetsProps {
  method: Method;
  values: LooseValues;
  /** The kind of data that is shown. */
  data: string;
  onApply: (index: number) => void;
}

/** Whether the page stands at this preset, whatever the seed. */
export const isShown = (preset: Preset, method: Method, values: LooseValues, data: string): boolean =>
  (preset.data ?? data) === data &&
  Object.entries(method.parameters).every(
    ([key, { default: normal, kind }]) => kind === 'seed' || values[key] === (preset.values[key] ?? normal),
  );

/** Named settings worth a look; the sentence says what to notice in the one that is shown. */
export function Presets({ method, values, data, onApply }: PresetsProps) {
  const current = method.presets.find((preset) => isShown(preset, method, values, data));
  if (method.presets.length === 0) return null;
  return (
    <section className={styles.panel} aria-labelledby="presets-title">
      <h2 id="presets-title">Worth a look</h2>
      <ul className={styles.presets}>
        {method.presets.map((preset, index) => (
          <li key={preset.id}>
            <button type="button" aria-pressed={preset === current} onClick={() => onApply(index)}>
              <span className={styles.presetLabel}>{preset.label}</span>
              {preset.failure && <span className={styles.failure}>where it fails</span>}
            </button>
            {preset === current && <p className={styles.notice}>{preset.notice}</p>}
          </li>
        ))}
      </ul>
    </section>
  );
}

interface BudgetProps {
  method: Method;
  values: LooseValues;
  /** The matrix that the values will meet; null while it is not known. */
  shape: { m: number; n: number } | null;
}

/** What the settings stand for, and what a run of them is expected to take here, before anything runs. */
export function Budget({ method, values, shape }: BudgetProps) {
  const { machines } = useParts();
  const open = usePage((state) => state.open);
  const link = usePage((state) => state.link);
  const lines = (shape && method.budget?.(values, shape)) ?? [];
  const expected =
    link.data.kind === 'testbed' ? estimate(method, values, machines.of(placeOf({ open, link }))) : null;
  if (lines.length === 0 && !expected) return null;
  return (
    <section className={styles.panel} aria-labelledby="budget-title">
      <h2 id="budget-title">What this stands for</h2>
      <dl className={styles.budget}>
        {lines.map((line) => (
          <div key={line.label}>
            <dt>{line.label}</dt>
            <dd>{quantity(line.value, line.unit)}</dd>
          </div>
        ))}
        {expected && (
          <>
            <div>
              <dt title={BASIS[expected.basis]}>
                Time of a run{expected.basis === 'speed' ? ', roughly' : ', from the last'}
              </dt>
              <dd>{durationText(expected.ms)}</dd>
            </div>
            <div>
              <dt>Memory</dt>
              <dd>{formatBytes(expected.bytes)}</dd>
            </div>
          </>
        )}
      </dl>
    </section>
  );
}

const BASIS = {
  'earlier run': 'Scaled by the declared work from the last run of this method on this adapter',
  speed: 'From the declared work and the speed of this adapter: right within a factor of a few',
} as const;
