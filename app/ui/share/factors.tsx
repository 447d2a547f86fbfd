/** The factors of a result: what they are, what storing them at a precision costs, and their files. */
import { useEffect, useRef, useState } from 'react';
import {
  factorNpy,
  factorsFile,
  type Precision,
  precisionFigure,
  precisionLabel,
  storedAt,
  type TakenFactors,
} from '../../experiment/factors/stored';
import { encodeLink } from '../../experiment/links';
import type { Progress, RunRequest, RunResult } from '../../experiment/protocol';
import { formatBytes, formatNumber } from '../../math/format';
import type { Method } from '../../methods/method';
import { usePage, useParts } from '../context';
import { download } from '../download';
import { FigurePanel } from '../figures/figure';
import { Segmented } from '../figures/segmented';
import panels from '../panels.module.css';
import type { PageState } from '../store';
import { settingsText } from '../view';
import { machineCard } from './card';
import styles from './factors.module.css';

type State =
  | { status: 'idle' }
  | { status: 'running'; progress: Progress }
  | { status: 'done'; of: RunResult; taken: TakenFactors }
  | { status: 'failed'; message: string };

export function Factors({ method }: { method: Method }) {
  const { client, store } = useParts();
  const result = usePage((state) => state.result);
  const settled = usePage((state) => state.run.status === 'done');
  const [state, setState] = useState<State>({ status: 'idle' });
  const stop = useRef<() => void>(() => undefined);
  // A run that begins meanwhile must not wait for factors of the one before.
  useEffect(() => {
    if (!settled) stop.current();
  }, [settled]);
  useEffect(() => () => stop.current(), []);
  if (!result) return <p className={panels.quiet}>They can be taken once there is a result.</p>;

  const take = async () => {
    const run = client.factors(requestOf(store.getState()), {
      onProgress: (progress) => setState({ status: 'running', progress }),
    });
    stop.current = run.cancel;
    setState({ status: 'running', progress: { fraction: 0, stage: 'starting' } });
    try {
      setState({ status: 'done', of: result, taken: await run.result });
    } catch (error) {
      if (error instanceof Error && error.name === 'CancelledError') setState({ status: 'idle' });
      else setState({ status: 'failed', message: error instanceof Error ? error.message : String(error) });
    }
  };
  const isFresh = state.status === 'done' && state.of === result;
  return (
    <div className={panels.prose}>
      <p className={panels.quiet}>
        {method.factors} They are read from the device when you ask for them, stored at several precisions,
        and measured again as they come back.
      </p>
      {state.status === 'running' ? (
        <p>
          <progress value={state.progress.fraction} max={1} aria-label="Progress of the factors" />{' '}
          {state.progress.stage}{' '}
          <button type="button" onClick={() => stop.current()}>
            Stop
          </button>
        </p>
      ) : (
        !isFresh && (
          <p>
            <button type="button" data-look="primary" disabled={!settled} onClick={() => void take()}>
              Take the factors
            </button>
          </p>
        )
      )}
      {state.status === 'failed' && <p role="alert">{state.message}</p>}
      {isFresh && <Taken method={method} taken={state.taken} />}
    </div>
  );
}

/** The run that is shown, on the data and with the kernels that it had. */
function requestOf({ link, data, edit, result }: PageState): RunRequest {
  const key = data.status === 'ready' ? data.summary.key : null;
  const edits = edit ? { edits: { [edit.name]: edit.code } } : {};
  return { method: link.method, values: result?.values ?? link.values, home: link.home, data: key, ...edits };
}

function Taken({ method, taken }: { method: Method; taken: TakenFactors }) {
  const link = usePage((state) => state.link);
  const result = usePage((state) => state.result);
  const open = usePage((state) => state.open);
  const [precision, setPrecision] = useState<Precision>('f32');
  const [drawn, setDrawn] = useState('0');
  const { names, measures } = taken;
  const stored = storedAt(taken, precision);
  const address = new URL(encodeLink({ ...link, values: taken.values }), location.href).href;
  const context = { link: address, settings: settingsText(method, taken.values) };
  const save = (name: string, bytes: Uint8Array<ArrayBuffer>) =>
    download(name, new Blob([bytes], { type: 'application/octet-stream' }));
  const all = () => {
    const about = { link: address, machine: machineCard(open, result).join(' ') };
    save(`${method.id}_${precision}.safetensors`, factorsFile(taken, precision, about));
  };
  const figure = measures.length > 0 ? precisionFigure(method, taken, Number(drawn)) : null;
  return (
    <>
      <div className={styles.choice}>
        <Segmented
          label="Stored as"
          options={taken.stored.map(({ precision: one }) => [one, precisionLabel[one]] as const)}
          value={precision}
          onChange={setPrecision}
        />
        <button type="button" data-look="primary" onClick={all}>
          Save all as .safetensors
        </button>
      </div>
      <p role="status">{sentence(taken, precision)}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className={`${panels.scroll} ${styles.precisions}`} tabIndex={0} aria-label="Precisions">
        <Precisions taken={taken} chosen={precision} />
      </section>
      {measures.length > 1 && (
        <Segmented
          label="What is drawn"
          options={measures.map(({ label }, i) => [String(i), label] as const)}
          value={drawn}
          onChange={setDrawn}
        />
      )}
      {figure && <FigurePanel key={figure.id} figure={figure} context={context} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className={`${panels.scroll} ${styles.list}`} tabIndex={0} aria-label="Factors">
        <table>
          <thead>
            <tr>
              <th scope="col">Factor</th>
              <th scope="col">Name in the file</th>
              <th scope="col" data-number>
                Shape
              </th>
              <th scope="col">Kept as</th>
              <th scope="col">
                <span className="hidden-visually">Save</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {names.map(({ name, key, shape }, i) => (
              <tr key={key}>
                <th scope="row">{name}</th>
                <td>
                  <code>{key}</code>
                </td>
                <td data-number>{shape.join(' × ')}</td>
                <td>{stored.parts[i].map(({ dtype }) => dtype).join(' + ')}</td>
                <td>
                  <button
                    type="button"
                    aria-label={`Save ${name} as .npy`}
                    onClick={() => save(`${method.id}_${key}.npy`, factorNpy(taken, precision, i))}
                  >
                    .npy
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p className={panels.quiet}>
        Rounding is the largest ‖stored − given‖ / ‖given‖ of a factor. Whole numbers are codes in blocks of
        64 entries with a scale each; vectors stay in float32. The file says in its metadata how codes are
        read; .npy files hold the entries that they stand for.
      </p>
    </>
  );
}

/** What this precision saves and costs, in words. */
function sentence(taken: TakenFactors, precision: Precision): string {
  const [base, stored] = [storedAt(taken, 'f32'), storedAt(taken, precision)];
  const size = `${precisionLabel[precision]}: ${formatBytes(stored.bytes)}`;
  const share = precision === 'f32' ? '' : `, ${formatNumber((100 * stored.bytes) / base.bytes, 3)} % of F32`;
  const [label] = taken.measures.map((one) => one.label);
  const [value, before] = [stored.measured[0], base.measured[0]];
  if (label === undefined || typeof value !== 'number') return `${size}${share}.`;
  const against =
    precision !== 'f32' && typeof before === 'number' ? `, against ${formatNumber(before)} in F32` : '';
  return `${size}${share}. ${label}: ${formatNumber(value)}${against}.`;
}

function Precisions({ taken, chosen }: { taken: TakenFactors; chosen: Precision }) {
  const { measures, stored } = taken;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Stored as</th>
          <th scope="col" data-number>
            Bytes
          </th>
          <th scope="col" data-number>
            Rounding
          </th>
          {measures.map(({ label }) => (
            <th key={label} scope="col" data-number>
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {stored.map(({ precision, bytes, rounding, measured }) => (
          <tr key={precision} aria-current={precision === chosen || undefined}>
            <th scope="row">{precisionLabel[precision]}</th>
            <td data-number>{formatBytes(bytes)}</td>
            <td data-number>{formatNumber(rounding, 2)}</td>
            {measures.map(({ label }, i) => (
              <td key={label} data-number>
                {formatNumber(measured[i])}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
