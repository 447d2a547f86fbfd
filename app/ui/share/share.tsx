/** What the share dialog holds: the link, with or without figures, a QR code, an embedding, and the teacher's view. */
import { useId, useMemo, useState } from 'react';
import { renderSVG } from 'uqr';
import { encodeLink, type LinkState } from '../../experiment/links';
import { findMethod } from '../../experiment/registry';
import { usePage } from '../context';
import { Copyable } from '../copyable';
import styles from './share.module.css';

export function Share() {
  const link = usePage((state) => state.link);
  const result = usePage((state) => state.result);
  const method = findMethod(link.method);
  const [figures, setFigures] = useState(false);
  const page = `${location.origin}${location.pathname}`;
  const sent = useMemo(() => {
    if (!figures || !result) return undefined;
    const values = method.headline.flatMap((key): [string, number][] => {
      const value = result.metrics[key];
      return typeof value === 'number' && Number.isFinite(value) ? [[key, Number(value.toPrecision(5))]] : [];
    });
    return Object.fromEntries(values);
  }, [figures, result, method]);
  const address = `${page}${encodeLink({ ...link, sent })}`;
  return (
    <>
      <Copyable label="Link to exactly this: method, settings, seed and data" text={address} />
      <label className={styles.option}>
        <input type="checkbox" checked={figures} onChange={({ target }) => setFigures(target.checked)} />
        with my main figures, so that the reader sees how their own run compares
      </label>
      <details>
        <summary>QR code</summary>
        <Qr text={address} />
      </details>
      <Embed link={link} page={page} />
      <Teacher link={link} page={page} />
      {link.data.kind === 'file' && (
        <p>
          The file itself stays here: the link names it, and whoever opens the link is asked for their own
          copy.
        </p>
      )}
    </>
  );
}

/** The most that a QR code holds at the lowest correction, in bytes. */
const QR_LIMIT = 2900;

function Qr({ text }: { text: string }) {
  if (text.length > QR_LIMIT) return <p>The link is too long for a QR code.</p>;
  const svg = renderSVG(text, { ecc: 'L', border: 2 });
  return (
    <img
      className={styles.qr}
      src={`data:image/svg+xml,${encodeURIComponent(svg)}`}
      alt="QR code of the link above"
      width={240}
      height={240}
    />
  );
}

function Embed({ link, page }: { link: LinkState; page: string }) {
  const result = usePage((state) => state.result);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const frame = `${page}${encodeLink({ ...link, embed: true, show: chosen })}`;
  const snippet = `<iframe src="${frame.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}" title="Rankscope" width="720" height="480" style="border:0" allow="webgpu"></iframe>`;
  const toggle = (id: string) =>
    setChosen(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id]);
  return (
    <details>
      <summary>Embed figures in another page</summary>
      <fieldset className={styles.figures}>
        <legend>Figures, all where none is chosen</legend>
        {(result?.figures ?? []).map(({ id, title }) => (
          <label key={id} className={styles.option}>
            <input type="checkbox" checked={chosen.includes(id)} onChange={() => toggle(id)} />
            {title}
          </label>
        ))}
      </fieldset>
      <Copyable label="The figures alone, without the page around them" text={snippet} />
    </details>
  );
}

const ACCESS = [
  ['free', 'free'],
  ['lock', 'seen, not changed'],
  ['hide', 'hidden'],
] as const;
type Access = (typeof ACCESS)[number][0];

function Teacher({ link, page }: { link: LinkState; page: string }) {
  const id = useId();
  const method = findMethod(link.method);
  const [opened, setOpened] = useState(false);
  const [access, setAccess] = useState<Readonly<Record<string, Access>>>({});
  const keys = Object.keys(method.parameters);
  const of = (wanted: Access) => keys.filter((key) => access[key] === wanted);
  const all = (one: Access) => setAccess(Object.fromEntries(keys.map((key) => [key, one])));
  const address = `${page}${encodeLink({ ...link, lock: of('lock'), hide: of('hide') })}`;
  return (
    <details onToggle={(event) => event.currentTarget.open && setOpened(true)}>
      <summary>For a class: lock or hide controls</summary>
      <p>
        <button type="button" onClick={() => all('lock')}>
          Lock all
        </button>{' '}
        <button type="button" onClick={() => all('hide')}>
          Hide all
        </button>{' '}
        <button type="button" onClick={() => all('free')}>
          Free all
        </button>
      </p>
      <div className={styles.access}>
        {(opened ? keys : []).map((key) => (
          <div key={key}>
            <label htmlFor={`${id}-${key}`}>{method.parameters[key].label}</label>
            <select
              id={`${id}-${key}`}
              value={access[key] ?? 'free'}
              onChange={({ target }) => setAccess({ ...access, [key]: target.value as Access })}
            >
              {ACCESS.map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          </div>
        ))}
      </div>
      <Copyable label="The link for the class" text={address} />
    </details>
  );
}
