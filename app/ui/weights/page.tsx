/**
 * `#/weights`: every matrix of a .safetensors file by its spectrum, and LoRA files resized. `url=` in the address
 * opens a file on a server, of which only the header and one tensor at a time travel.
 */
import { type FormEvent, useEffect, useMemo, useState } from 'react';
import type { Row } from '../../experiment/weights/protocol';
import { useFileTaker } from '../gestures';
import { Lora } from './lora';
import { useWeights, type Weights } from './opened';
import { Detail, SpectraTable } from './table';
import styles from './weights.module.css';

export default function WeightsPage({ query }: { query: string }) {
  const weights = useWeights();
  const [chosen, setChosen] = useState<string | null>(null);
  const { open } = weights;
  const take = useMemo(
    () => (file: File) => {
      setChosen(null);
      open({ kind: 'file', file });
    },
    [open],
  );
  useFileTaker(take);
  const url = new URLSearchParams(query).get('url');
  useEffect(() => {
    if (url) open({ kind: 'url', url });
  }, [url, open]);
  const { summary, rows } = weights;
  const row = rows.find(({ name }) => name === chosen) ?? longest(rows);
  return (
    <>
      <p className={styles.lead}>
        Drop a <code>.safetensors</code> file anywhere on this page, or choose one: how much rank every matrix
        in it needs, how heavy the tail of its spectrum is, and for LoRA files what rank would do. The file
        stays on this machine.
      </p>
      <Source weights={weights} onFile={take} />
      <Status weights={weights} />
      {summary && (
        <p className={styles.summary}>
          <strong>{summary.name}</strong>: {count(summary.matrices.length, 'matrix', 'matrices')}
          {summary.pairs.length > 0 && `, ${count(summary.pairs.length, 'LoRA pair', 'LoRA pairs')}`}
          {summary.others > 0 && `, ${count(summary.others, 'other tensor', 'other tensors')} left out`}.
        </p>
      )}
      {summary && summary.pairs.length > 0 && <Lora weights={weights} summary={summary} />}
      {rows.length > 0 && summary && (
        <>
          <SpectraTable summary={summary} rows={rows} chosen={row?.name ?? null} onChoose={setChosen} />
          {row && <Detail row={row} file={summary.name} />}
        </>
      )}
      <Refused weights={weights} />
    </>
  );
}

/** Until one is chosen: the matrix with the most to show. */
const longest = (rows: readonly Row[]): Row | undefined =>
  rows.reduce<Row | undefined>(
    (best, row) => (best && best.spectrum.sigma.length >= row.spectrum.sigma.length ? best : row),
    undefined,
  );

const count = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;

function Source({ weights, onFile }: { weights: Weights; onFile: (file: File) => void }) {
  const [address, setAddress] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (address.trim()) weights.open({ kind: 'url', url: address.trim() });
  };
  return (
    <div className={styles.controls}>
      <label className={styles.file}>
        Choose a file
        <input
          type="file"
          accept=".safetensors"
          onChange={({ target }) => {
            const [file] = target.files ?? [];
            target.value = '';
            if (file) onFile(file);
          }}
        />
      </label>
      <form onSubmit={submit} className={styles.address}>
        <label>
          or its address
          <input
            type="url"
            inputMode="url"
            placeholder="https://"
            value={address}
            onChange={({ target }) => setAddress(target.value)}
          />
        </label>
        <button type="submit">Open</button>
      </form>
    </div>
  );
}

function Status({ weights: { progress, error, stop, label } }: { weights: Weights }) {
  return (
    <div className={styles.status} role="status">
      {progress && (
        <>
          <progress max={progress.of} value={progress.done} aria-label="Progress" />
          <span>
            {progress.done} of {progress.of}: {progress.what}
          </span>
          <button type="button" onClick={stop}>
            Stop
          </button>
        </>
      )}
      {!progress && label && <span>All spectra found on {label}.</span>}
      {error && (
        <span className={styles.bad} role="alert">
          {error}
        </span>
      )}
    </div>
  );
}

function Refused({ weights: { refused } }: { weights: Weights }) {
  if (refused.length === 0) return null;
  return (
    <details className={styles.refused}>
      <summary>{count(refused.length, 'tensor was', 'tensors were')} left out</summary>
      <ul>
        {refused.map(({ name, why }) => (
          <li key={name}>
            <code>{name}</code>: {why}
          </li>
        ))}
      </ul>
    </details>
  );
}
