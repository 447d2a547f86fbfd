/** Workgroup size, tile and depth of a kernel as sliders over the values that it is right for: each is an edit. */
import { useId } from 'react';
import { type Adjustable, adjustablesOf, withOverride } from '../../gpu/overrides';
import styles from './shaderlab.module.css';

interface ConstantsProps {
  code: string;
  original: string;
  onChange: (code: string) => void;
}

export function Constants({ code, original, onChange }: ConstantsProps) {
  const before = adjustablesOf(original);
  const now = adjustablesOf(code).filter(({ name }) => before.some((one) => one.name === name));
  if (now.length === 0) return null;
  return (
    <fieldset className={styles.constants}>
      <legend>Constants: a change here is an edit, checked and timed below</legend>
      {now.map((constant) => (
        <Slider
          key={constant.name}
          constant={constant}
          original={before.find(({ name }) => name === constant.name)?.value ?? constant.value}
          onChange={(value) => onChange(withOverride(code, constant.name, value))}
        />
      ))}
    </fieldset>
  );
}

function Slider({
  constant: { name, value, allowed, says },
  original,
  onChange,
}: {
  constant: Adjustable;
  original: number;
  onChange: (value: number) => void;
}) {
  const id = useId();
  const at = allowed.indexOf(value);
  return (
    <div className={styles.constant}>
      <label htmlFor={id}>
        <code>{name}</code>
      </label>
      <input
        id={id}
        type="range"
        min={0}
        max={allowed.length - 1}
        step={1}
        value={Math.max(0, at)}
        aria-valuetext={String(value)}
        aria-describedby={`${id}-says`}
        onChange={(event) => onChange(allowed[Number(event.target.value)])}
      />
      <output htmlFor={id}>{value}</output>
      <span id={`${id}-says`} className={at < 0 ? styles.outside : styles.says}>
        {at < 0 ? `not one of ${allowed.join(', ')}` : says}
        {value !== original && `; ${original} in the original`}
      </span>
    </div>
  );
}
