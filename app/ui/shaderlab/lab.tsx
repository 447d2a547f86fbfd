/** One kernel: read it, edit it, have it checked and timed, and let the experiment run with it. */
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { familyOfShader } from '../../experiment/bench/variantlist';
import { encodeLink } from '../../experiment/links';
import { packEdit } from '../../experiment/shaderedit';
import { formatMs, formatNumber } from '../../math/format';
import type { Method } from '../../methods/method';
import { usePage, useParts, useSession } from '../context';
import { Constants } from './constants';
import styles from './shaderlab.module.css';
import { sourceOf } from './sources';
import { type Trial, tryEdit, type Verdict } from './trial';

const Variants = lazy(() => import('../variants/variants').then((module) => ({ default: module.Variants })));
const Editor = lazy(() => import('./editor').then((module) => ({ default: module.Editor })));

type State =
  | { status: 'still' }
  | { status: 'trying'; stage: string }
  | { status: 'judged'; code: string; verdict: Verdict }
  | { status: 'failed'; message: string };

interface LabProps {
  method: Method;
  name: string;
  /** What a link brought in place of the source. */
  brought?: string;
}

export function ShaderLab({ method, name, brought }: LabProps) {
  const { client } = useParts();
  const session = useSession();
  const link = usePage((page) => page.link);
  const inUse = usePage((page) => page.edit);
  const onGpu = usePage((page) => page.open?.home === 'gpu');
  const [original, setOriginal] = useState<string | null>(null);
  const [code, setCode] = useState<string | null>(brought ?? null);
  const [state, setState] = useState<State>({ status: 'still' });
  const [said, setSaid] = useState('');
  const trial = useRef<Trial | null>(null);
  useEffect(() => {
    sourceOf(name).then(setOriginal, () =>
      setState({
        status: 'failed',
        message: 'The file could not be loaded. Check the connection and open it again.',
      }),
    );
    return () => trial.current?.cancel();
  }, [name]);
  if (original === null) return <p>{state.status === 'failed' ? state.message : 'Loading …'}</p>;
  const text = code ?? original;
  const edited = text !== original;
  const verdict = state.status === 'judged' && state.code === text ? state.verdict : null;
  const running = inUse?.name === name;

  const start = () => {
    setState({ status: 'trying', stage: 'starting' });
    session.cancel();
    const begun = tryEdit(client, method, { name, code: text }, (stage) =>
      setState({ status: 'trying', stage }),
    );
    trial.current = begun;
    begun.verdict.then(
      (found) => setState({ status: 'judged', code: text, verdict: found }),
      (error: unknown) => {
        const message = error instanceof Error ? error.message : String(error);
        setState(
          error instanceof Error && error.name === 'CancelledError'
            ? { status: 'still' }
            : { status: 'failed', message },
        );
      },
    );
  };
  const share = async () => {
    const address = encodeLink({ ...link, wgsl: await packEdit({ name, code: text }) });
    if (address.length > 8000) {
      setSaid('The edit is too long for a link: shorten its comments, or send the file.');
      return;
    }
    await navigator.clipboard.writeText(new URL(address, location.href).href);
    setSaid('Copied. Whoever opens it is asked before the kernel runs.');
  };
  return (
    <div className={styles.lab}>
      <Suspense fallback={<pre className={styles.plain}>{text}</pre>}>
        <Editor
          name={name}
          code={text}
          onChange={setCode}
          diagnostics={verdict?.kind === 'broken' ? verdict.diagnostics : []}
        />
      </Suspense>
      <Constants code={text} original={original} onChange={setCode} />
      <div className={styles.actions}>
        {state.status === 'trying' ? (
          <button type="button" onClick={() => trial.current?.cancel()}>
            Stop
          </button>
        ) : (
          <button type="button" data-look="primary" disabled={!edited || !onGpu} onClick={start}>
            Check and time the edit
          </button>
        )}
        <button type="button" disabled={!edited} onClick={() => setCode(original)}>
          Back to the original
        </button>
        <button type="button" onClick={() => void navigator.clipboard.writeText(text)}>
          Copy
        </button>
        {edited && (
          <button type="button" onClick={() => void share()}>
            Copy a link with the edit
          </button>
        )}
        {verdict?.kind === 'right' && !running && (
          <button type="button" onClick={() => session.useEdit({ name, code: text })}>
            Run the experiment with it
          </button>
        )}
        {running && (
          <button type="button" onClick={() => session.useEdit(null)}>
            Run with the original again
          </button>
        )}
      </div>
      <div role="status" className={styles.status}>
        {state.status === 'trying' && <p>{state.stage} …</p>}
        {state.status === 'failed' && <p className={styles.bad}>{state.message}</p>}
        {!onGpu && <p>There is no WebGPU here: kernels can be read, not run.</p>}
        {said && <p>{said}</p>}
        {verdict && <Judgement name={name} verdict={verdict} />}
      </div>
      <Others name={name} />
    </div>
  );
}

/** The other kernels of the same operation. */
function Others({ name }: { name: string }) {
  const family = familyOfShader(name);
  const [opened, setOpened] = useState(false);
  if (!family) return null;
  return (
    <details className={styles.others} onToggle={(event) => event.currentTarget.open && setOpened(true)}>
      <summary>
        {family.title}: {family.variants.length} kernels side by side
      </summary>
      {opened && (
        <Suspense fallback="Loading …">
          <Variants family={family} shader={name} />
        </Suspense>
      )}
    </details>
  );
}

function Judgement({ name, verdict }: { name: string; verdict: Verdict }) {
  switch (verdict.kind) {
    case 'broken':
      return (
        <div className={styles.bad}>
          <p>It does not compile.</p>
          <ul>
            {verdict.diagnostics.map(({ line, column, message }) => (
              <li key={`${line}:${column} ${message}`}>
                Line {line}, column {column}: {message}
              </li>
            ))}
          </ul>
          {verdict.diagnostics.length === 0 && <p>{verdict.message}</p>}
        </div>
      );
    case 'wrong':
      return (
        <p className={styles.bad}>
          It compiles, but its answer is wrong: {verdict.message}. Its time would mean nothing, so it was not
          taken.
        </p>
      );
    case 'unused':
      return (
        <p>
          On this device the experiment runs another variant in place of {name}: the edit was neither compiled
          nor run.
        </p>
      );
    case 'right':
      return <Right verdict={verdict} />;
    default:
      return verdict satisfies never;
  }
}

function Right({ verdict }: { verdict: Extract<Verdict, { kind: 'right' }> }) {
  const { originalMs, editedMs, calls, errors, changes } = verdict;
  return (
    <div className={styles.good}>
      <p>
        Right: every operation stays within its bound of float64.{' '}
        {originalMs !== null && editedMs !== null ? (
          <>
            In {calls} calls the original took {formatMs(originalMs)}, the edit {formatMs(editedMs)}:{' '}
            <strong>{formatNumber(originalMs / editedMs, 3)} times as fast</strong> (least of three rounds in
            turn).
          </>
        ) : (
          'The clock of this device gave no time worth telling.'
        )}
      </p>
      {errors.map(({ operation, original, edited }) => (
        <p key={operation}>
          Error of {operation}: at worst {formatNumber(edited, 3)} of its bound, with the original{' '}
          {formatNumber(original, 3)}.
        </p>
      ))}
      {changes.length === 0 ? (
        <p>No number of the experiment changed by more than a millionth.</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">What changed</th>
              <th scope="col" data-number="">
                Original
              </th>
              <th scope="col" data-number="">
                Edit
              </th>
            </tr>
          </thead>
          <tbody>
            {changes.slice(0, 8).map(({ key, label, original, edited }) => (
              <tr key={key}>
                <td>{label}</td>
                <td data-number="">{formatNumber(original, 7)}</td>
                <td data-number="">{formatNumber(edited, 7)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
