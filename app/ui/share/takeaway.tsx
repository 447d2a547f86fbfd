/** Everything of a run to take away: scripts that repeat it, its numbers, and a text about it. */
import { useState } from 'react';
import { encodeLink } from '../../experiment/links';
import { resultMarkdown } from '../../experiment/markdown';
import { metricsCsv, runReport, toJson } from '../../experiment/report';
import { pythonScript, type ScriptKind, scriptKinds } from '../../experiment/script';
import type { Method } from '../../methods/method';
import { usePage } from '../context';
import { download } from '../download';
import styles from '../panels.module.css';
import { machineCard } from './card';

export function Takeaway({ method }: { method: Method }) {
  const link = usePage((state) => state.link);
  const result = usePage((state) => state.result);
  const open = usePage((state) => state.open);
  const [said, setSaid] = useState('');
  if (!result) return <p className={styles.quiet}>It can be taken away once there is a result.</p>;
  const kinds = scriptKinds(method);
  const address = new URL(encodeLink({ ...link, values: result.values }), location.href).href;
  const machine = machineCard(open, result);
  const file = (extension: string) => `${method.id}.${extension}`;
  const save = (name: string, text: string, type: string) => download(name, new Blob([text], { type }));
  const script = async (kind: ScriptKind) => {
    const dataName =
      link.data.kind === 'testbed' ? null : link.data.kind === 'file' ? link.data.name : link.data.kind;
    const text = await pythonScript(method, result.values, kind, {
      link: address,
      machine,
      result,
      dataName,
    });
    save(`${method.id}_${kind}.py`, text, 'text/x-python');
  };
  const json = () =>
    save(file('json'), toJson({ ...runReport(result), link: address, machine }, 1), 'application/json');
  const markdown = () =>
    navigator.clipboard.writeText(resultMarkdown(method, result, address, machine)).then(
      () => setSaid('Copied.'),
      () => setSaid('The browser refused to copy.'),
    );
  return (
    <div className={styles.prose}>
      <p className={styles.quiet}>
        The scripts stand on their own: they draw the same random numbers, run the same experiment, and print
        their numbers beside those of this page.
      </p>
      <p>
        {kinds.includes('numpy') && (
          <button type="button" onClick={() => void script('numpy')}>
            NumPy script
          </button>
        )}{' '}
        {kinds.includes('dask') && (
          <button type="button" onClick={() => void script('dask')}>
            Dask script, for a larger matrix
          </button>
        )}{' '}
        <button type="button" onClick={json}>
          All numbers as JSON
        </button>{' '}
        <button type="button" onClick={() => save(file('csv'), metricsCsv(method, result), 'text/csv')}>
          Metrics as CSV
        </button>{' '}
        <button type="button" onClick={() => void markdown()}>
          Copy as Markdown
        </button>{' '}
        <span role="status">{said}</span>
      </p>
      {kinds.length === 0 && <p className={styles.quiet}>This method has no script yet.</p>}
    </div>
  );
}
