/**
 * One parameter as a control, made from its declaration: slider and number, segments or a list, a switch,
 * a seed with a re-roll. A value that is refused stays in the field with its reason until it is mended; the
 * experiment keeps the last good one.
 */
import { type KeyboardEvent, useEffect, useId, useState } from 'react';
import { parseValue } from '../experiment/values';
import { formatNumber } from '../math/format';
import type {
  ChoiceParameter,
  ListParameter,
  NumberParameter,
  Parameter,
  ParameterValue,
  SeedParameter,
} from '../methods/parameters';
import styles from './control.module.css';
import { positionOf, STEPS, stepFrom, valueAt } from './scale';
import { Tip } from './tip';

export type Phase = 'move' | 'settle';
export type Change = (key: string, value: ParameterValue, phase: Phase) => void;

interface ControlProps<P extends Parameter, V extends ParameterValue> {
  name: string;
  parameter: P;
  value: V;
  onChange: Change;
}

/** The control that fits the parameter's kind; `value` must be of that kind. */
export function Control({ name, parameter, value, onChange }: ControlProps<Parameter, ParameterValue>) {
  switch (parameter.kind) {
    case 'integer':
    case 'number':
      return <NumberControl name={name} parameter={parameter} value={Number(value)} onChange={onChange} />;
    case 'seed':
      return <SeedControl name={name} parameter={parameter} value={Number(value)} onChange={onChange} />;
    case 'choice':
      return <ChoiceControl name={name} parameter={parameter} value={String(value)} onChange={onChange} />;
    case 'list':
      return <ListControl name={name} parameter={parameter} value={String(value)} onChange={onChange} />;
    case 'flag':
      return <FlagControl name={name} parameter={parameter} value={value === true} onChange={onChange} />;
  }
}

function NumberControl({ name, parameter, value, onChange }: ControlProps<NumberParameter, number>) {
  const id = useId();
  const shown = `${formatNumber(value, 6)}${parameter.unit ? ` ${parameter.unit}` : ''}`;
  const step = (event: KeyboardEvent) => {
    const next = stepped(event.key, value, parameter);
    if (next === undefined) return;
    event.preventDefault();
    onChange(name, next, 'move');
  };
  return (
    <div className={styles.control} data-parameter={name}>
      <Heading
        id={id}
        name={name}
        parameter={parameter}
        onChange={onChange}
        isDefault={value === parameter.default}
      />
      <div className={styles.row}>
        <input
          type="range"
          aria-label={`${parameter.label}, slider`}
          aria-valuetext={shown}
          min={0}
          max={STEPS}
          step={1}
          value={positionOf(value, parameter)}
          onChange={(event) => onChange(name, valueAt(event.target.valueAsNumber, parameter), 'move')}
          onPointerUp={() => onChange(name, value, 'settle')}
          onKeyDown={step}
        />
        <TypedField id={id} name={name} parameter={parameter} value={value} onChange={onChange} />
      </div>
    </div>
  );
}

const DIRECTIONS: Readonly<Record<string, readonly [1 | -1, boolean]>> = {
  ArrowUp: [1, false],
  ArrowRight: [1, false],
  ArrowDown: [-1, false],
  ArrowLeft: [-1, false],
  PageUp: [1, true],
  PageDown: [-1, true],
};

/** The value after a key, or undefined where the key does not step. */
function stepped(key: string, value: number, parameter: NumberParameter): number | undefined {
  const direction = Object.hasOwn(DIRECTIONS, key) ? DIRECTIONS[key] : undefined;
  return direction && stepFrom(value, direction[0], direction[1], parameter);
}

const INPUT_MODE = { number: 'decimal', integer: 'numeric', seed: 'numeric', list: 'text' } as const;

type Typed = NumberParameter | SeedParameter | ListParameter;

/** A value typed by hand: taken on Enter and on leaving, refused with the range where it does not fit. */
function TypedField(props: ControlProps<Typed, number | string> & { id: string }) {
  const { id, name, parameter, value, onChange } = props;
  const [draft, setDraft] = useState<string | null>(null);
  const text = draft ?? String(value);
  const refusal = draft === null ? undefined : refusalOf(draft, name, parameter);

  // A value that comes from elsewhere (slider, preset, link) replaces what was being typed.
  useEffect(() => setDraft(null), [value]);

  const commit = () => {
    if (draft === null || refusal) return;
    setDraft(null);
    const next = parseValue(name, parameter, draft);
    if (next !== value) onChange(name, next, 'settle');
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Enter') return commit();
    if (event.key === 'Escape' && draft !== null) {
      event.stopPropagation();
      return setDraft(null);
    }
    if (parameter.kind === 'seed' || parameter.kind === 'list' || typeof value === 'string') return;
    if (event.key.startsWith('ArrowL') || event.key.startsWith('ArrowR')) return;
    const next = stepped(event.key, value, parameter);
    if (next === undefined) return;
    event.preventDefault();
    onChange(name, next, 'move');
  };
  return (
    <>
      <input
        id={id}
        className={parameter.kind === 'list' ? styles.list : styles.number}
        type="text"
        inputMode={INPUT_MODE[parameter.kind]}
        autoComplete="off"
        spellCheck={false}
        value={text}
        aria-invalid={refusal ? true : undefined}
        aria-describedby={refusal ? `${id}-refusal` : undefined}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={commit}
        onKeyDown={onKey}
      />
      {refusal && (
        <p id={`${id}-refusal`} className={styles.refusal} role="alert">
          {refusal}
        </p>
      )}
    </>
  );
}

/** Why a typed number is not taken, or undefined where it is. */
export function refusalOf(draft: string, name: string, parameter: Typed): string | undefined {
  try {
    parseValue(name, parameter, draft);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function SeedControl({ name, parameter, value, onChange }: ControlProps<SeedParameter, number>) {
  const id = useId();
  const roll = () => onChange(name, crypto.getRandomValues(new Uint32Array(1))[0], 'settle');
  return (
    <div className={styles.control} data-parameter={name}>
      <Heading
        id={id}
        name={name}
        parameter={parameter}
        onChange={onChange}
        isDefault={value === parameter.default}
      />
      <div className={styles.row}>
        <TypedField id={id} name={name} parameter={parameter} value={value} onChange={onChange} />
        <button type="button" onClick={roll}>
          Re-roll
        </button>
      </div>
    </div>
  );
}

function ListControl({ name, parameter, value, onChange }: ControlProps<ListParameter, string>) {
  const id = useId();
  return (
    <div className={styles.control} data-parameter={name}>
      <Heading
        id={id}
        name={name}
        parameter={parameter}
        onChange={onChange}
        isDefault={value === parameter.default}
      />
      <TypedField id={id} name={name} parameter={parameter} value={value} onChange={onChange} />
    </div>
  );
}

/** Few short options stand side by side; more of them become a list. */
const segmented = (options: ChoiceParameter['options']): boolean =>
  options.length <= 4 && options.reduce((sum, option) => sum + option.label.length + 3, 0) <= 38;

function ChoiceControl({ name, parameter, value, onChange }: ControlProps<ChoiceParameter, string>) {
  const id = useId();
  const isDefault = value === parameter.default;
  const heading = { id, name, parameter, onChange, isDefault };
  if (!segmented(parameter.options)) {
    return (
      <div className={styles.control} data-parameter={name}>
        <Heading {...heading} />
        <select
          id={id}
          className={styles.select}
          value={value}
          onChange={(event) => onChange(name, event.target.value, 'settle')}
        >
          {parameter.options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      </div>
    );
  }
  return (
    <fieldset className={styles.control} data-parameter={name} aria-labelledby={`${id}-label`}>
      <Heading {...heading} group />
      <div className={styles.segments}>
        {parameter.options.map((option) => (
          <label key={option.value} className={styles.segment}>
            <input
              type="radio"
              name={id}
              value={option.value}
              checked={option.value === value}
              onChange={() => onChange(name, option.value, 'settle')}
            />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function FlagControl({
  name,
  parameter,
  value,
  onChange,
}: ControlProps<Extract<Parameter, { kind: 'flag' }>, boolean>) {
  return (
    <div className={styles.control} data-parameter={name}>
      <div className={styles.heading}>
        <label className={styles.switch}>
          <input
            type="checkbox"
            role="switch"
            aria-checked={value}
            checked={value}
            onChange={(event) => onChange(name, event.target.checked, 'settle')}
          />
          {parameter.label}
        </label>
        <Tip label={parameter.label} text={parameter.help} />
      </div>
    </div>
  );
}

interface HeadingProps {
  id: string;
  name: string;
  parameter: Parameter;
  onChange: Change;
  isDefault: boolean;
  /** The label names a group of fields, not one. */
  group?: boolean;
}

function Heading({ id, name, parameter, onChange, isDefault, group }: HeadingProps) {
  return (
    <div className={styles.heading}>
      {group ? (
        <span id={`${id}-label`} className={styles.label}>
          {parameter.label}
        </span>
      ) : (
        <label htmlFor={id} className={styles.label}>
          {parameter.label}
          {'unit' in parameter && parameter.unit && <span className={styles.unit}> ({parameter.unit})</span>}
        </label>
      )}
      <Tip label={parameter.label} text={`${parameter.help}${rangeText(parameter)}`} />
      {!isDefault && (
        <button
          type="button"
          className={styles.reset}
          aria-label={`Set ${parameter.label} back to ${String(parameter.default)}`}
          title={`Back to ${String(parameter.default)}`}
          onClick={() => onChange(name, parameter.default, 'settle')}
        >
          reset
        </button>
      )}
    </div>
  );
}

function rangeText(parameter: Parameter): string {
  if (parameter.kind !== 'integer' && parameter.kind !== 'number') return '';
  return ` From ${formatNumber(parameter.min)} to ${formatNumber(parameter.max)}, normally ${formatNumber(parameter.default)}.`;
}
