/** Where the matrix comes from: generated, the shipped picture, or the person's own file or address. */
import { type FormEvent, useId, useRef, useState } from 'react';
import type { DataSummary } from '../experiment/protocol';
import type { Method } from '../methods/method';
import { usePage, useSession } from './context';
import styles from './datapanel.module.css';
import { DrawSignal } from './drawsignal';
import panels from './panels.module.css';

const TYPES = '.npy,.csv,.txt,.tsv,.safetensors,.wav,image/*';

export function DataPanel({ method }: { method: Method }) {
  const link = usePage((state) => state.link);
  const data = usePage((state) => state.data);
  const { data: desk } = useSession();
  const picker = useRef<HTMLInputElement>(null);
  if (method.accepts.length === 0) return null;
  const kind = link.data.kind;
  const own = kind === 'file' || kind === 'url';
  return (
    <section className={panels.panel} aria-labelledby="data-title">
      <h2 id="data-title">Data</h2>
      <div className={styles.sources}>
        <button type="button" aria-pressed={kind === 'testbed'} onClick={desk.useTestbed}>
          Generated
        </button>
        {method.accepts.includes('picture') && (
          <button type="button" aria-pressed={kind === 'sample'} onClick={desk.useSample}>
            Picture
          </button>
        )}
        <button type="button" aria-pressed={own} onClick={() => picker.current?.click()}>
          Own file …
        </button>
        <input
          ref={picker}
          type="file"
          accept={TYPES}
          className="hidden-visually"
          tabIndex={-1}
          aria-label="Choose a file with a matrix or picture"
          onChange={(event) => {
            const file = event.target.files?.[0];
            event.target.value = '';
            if (file) void desk.useFile(file);
          }}
        />
      </div>
      {data.status === 'loading' && <p className={panels.quiet}>Reading {data.name} …</p>}
      {data.status === 'failed' && (
        <p className={styles.failed} role="alert">
          {data.message}
        </p>
      )}
      {data.status === 'missing' && (
        <p className={styles.missing}>
          Asked for: <strong>{data.name}</strong> (content {data.hash})
        </p>
      )}
      {(data.status === 'ready' || data.status === 'choose') && <Summary summary={data.summary} />}
      {kind !== 'testbed' && data.status === 'ready' && isPicture(data.summary) && (
        <label className={styles.colour}>
          <input
            type="checkbox"
            checked={link.colour}
            onChange={(event) => void desk.setColour(event.target.checked)}
          />
          Three colour channels, each by itself
        </label>
      )}
      {(data.status === 'ready' || data.status === 'choose') && (data.summary.tensors?.length ?? 0) > 0 && (
        <Tensors summary={data.summary} chosen={link.tensor} />
      )}
      {method.accepts.includes('signal') && <DrawSignal />}
      <details className={styles.more}>
        <summary>From an address</summary>
        <Address />
      </details>
      <p className={panels.quiet}>
        .npy, .csv, .safetensors, .wav or a picture: choose, drop or paste it anywhere. Your data never leaves
        this machine.
      </p>
    </section>
  );
}

/** Tensors and tables have no channels; anything read as a picture does. */
const isPicture = (summary: DataSummary): boolean =>
  !summary.tensors && !/\.(npy|csv|tsv|txt|safetensors)$/i.test(summary.name);

function Summary({ summary }: { summary: DataSummary }) {
  return (
    <div className={styles.summary}>
      <strong>{summary.name}</strong>
      {summary.key !== null && (
        <span>
          {summary.rows} × {summary.cols}
          {summary.colour ? ', colour' : ''}
        </span>
      )}
      {summary.note && <p className={panels.quiet}>{summary.note}</p>}
    </div>
  );
}

/** The list is cut for drawing only; the search goes over all of it. */
const MOST_TENSORS = 100;

function Tensors({ summary, chosen }: { summary: DataSummary; chosen: string | undefined }) {
  const [query, setQuery] = useState('');
  const { data: desk } = useSession();
  const id = useId();
  const all = summary.tensors ?? [];
  const found = all.filter((tensor) => tensor.name.toLowerCase().includes(query.toLowerCase()));
  return (
    <div className={styles.tensors}>
      <label htmlFor={id} className={panels.quiet}>
        {all.length} tensors
      </label>
      <input
        id={id}
        type="search"
        placeholder="Search by name"
        value={query}
        onChange={(event) => setQuery(event.target.value)}
      />
      <ul>
        {found.slice(0, MOST_TENSORS).map((tensor) => (
          <li key={tensor.name}>
            <button
              type="button"
              aria-pressed={tensor.name === chosen}
              onClick={() => void desk.chooseTensor(tensor.name)}
            >
              <span>{tensor.name}</span>
              <span className={panels.quiet}>
                {tensor.shape.join(' × ') || 'scalar'} {tensor.dtype}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className={panels.quiet}>No tensor has “{query}” in its name.</p>}
      {found.length > MOST_TENSORS && (
        <p className={panels.quiet}>And {found.length - MOST_TENSORS} more: search to narrow them down.</p>
      )}
    </div>
  );
}

function Address() {
  const [text, setText] = useState('');
  const id = useId();
  const { data: desk } = useSession();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void desk.useUrl(text);
  };
  return (
    <form className={styles.address} onSubmit={submit}>
      <label htmlFor={id} className="hidden-visually">
        https address of a file
      </label>
      <input
        id={id}
        type="text"
        inputMode="url"
        placeholder="https://…"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <button type="submit" disabled={text.trim() === ''}>
        Load
      </button>
    </form>
  );
}
