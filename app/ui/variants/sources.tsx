/** The WGSL of two kernels side by side, what they share on the same lines; on a phone one below the other. */
import { useEffect, useMemo, useState } from 'react';
import type { VariantFamily } from '../../experiment/bench/variant';
import { sourceOf } from '../shaderlab/sources';
import { diffLines } from './diff';
import styles from './variants.module.css';

export function SourcePair({ family, first }: { family: VariantFamily; first?: string }) {
  const files = [...new Set(family.variants.flatMap(({ shader, beside = [] }) => [shader, ...beside]))];
  const [left, setLeft] = useState(first !== undefined && files.includes(first) ? first : files[0]);
  const [right, setRight] = useState(files.find((file) => file !== left) ?? files[0]);
  const [opened, setOpened] = useState(false);
  if (files.length < 2) return null;
  return (
    <details className={styles.pair} onToggle={(event) => event.currentTarget.open && setOpened(true)}>
      <summary>Two of them side by side</summary>
      <div className={styles.tools}>
        <Pick label="Left source" files={files} value={left} onChange={setLeft} />
        <Pick label="Right source" files={files} value={right} onChange={setRight} />
      </div>
      {opened && <Pair left={left} right={right} />}
    </details>
  );
}

function Pick({
  label,
  files,
  value,
  onChange,
}: {
  label: string;
  files: readonly string[];
  value: string;
  onChange: (file: string) => void;
}) {
  return (
    <select aria-label={label} value={value} onChange={({ target }) => onChange(target.value)}>
      {files.map((file) => (
        <option key={file} value={file}>
          {file}.wgsl
        </option>
      ))}
    </select>
  );
}

function Pair({ left, right }: { left: string; right: string }) {
  const [texts, setTexts] = useState<{ of: string; left: string; right: string } | null>(null);
  const of = `${left} ${right}`;
  useEffect(() => {
    let current = true;
    const put = (a: string, b: string) => current && setTexts({ of: `${left} ${right}`, left: a, right: b });
    Promise.all([sourceOf(left), sourceOf(right)]).then(
      ([a, b]) => put(a, b),
      () => put('The file could not be loaded.', ''),
    );
    return () => {
      current = false;
    };
  }, [left, right]);
  const rows = useMemo(
    () => (texts ? diffLines(texts.left.trimEnd().split('\n'), texts.right.trimEnd().split('\n')) : []),
    [texts],
  );
  if (texts?.of !== of) return <p>Loading …</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className={styles.diff} tabIndex={0} aria-label={`${left}.wgsl beside ${right}.wgsl`}>
      <table>
        <thead>
          <tr>
            <th scope="col" className={styles.source}>
              {left}.wgsl
            </th>
            <th scope="col" className={styles.source}>
              {right}.wgsl
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={i} data-same={row.same || undefined}>
              <td data-none={row.left === null || undefined}>{row.left ?? ''}</td>
              <td data-none={row.right === null || undefined}>{row.right ?? ''}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
