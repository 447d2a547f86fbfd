/** What stands below the figures: checks, metrics and timings, as tables that say where each number comes from. */
import type { ReactNode } from 'react';
import { applies } from '../experiment/claims';
import type { ClaimResult, RunResult } from '../experiment/protocol';
import { metricsCsv } from '../experiment/report';
import { formatNumber } from '../math/format';
import type { Claim, Method } from '../methods/method';
import type { LooseValues } from '../methods/parameters';
import { usePage, useSession } from './context';
import styles from './panels.module.css';
import { quantity } from './quantity';
import type { View } from './view';

interface FoldProps {
  title: string;
  aside?: string;
  open?: boolean;
  /** Made only once it is opened, for what is dear to make. */
  children: ReactNode;
}

export function Fold({ title, aside, open = false, children }: FoldProps) {
  return (
    <details className={styles.fold} open={open}>
      <summary>
        {title} {aside && <span>{aside}</span>}
      </summary>
      <div className={styles.body}>{children}</div>
    </details>
  );
}

/** "6 of 6 hold" for the checks that apply at these settings. */
export function checksText(claims: readonly ClaimResult[]): string {
  if (claims.length === 0) return 'none applies at these settings';
  return `${claims.filter((claim) => claim.holds).length} of ${claims.length} hold`;
}

/** What the paper claims, checked on this run; claims about other settings wait, grouped, with a button. */
export function Checks({ method, result }: { method: Method; result: RunResult | null }) {
  const link = usePage((state) => state.link);
  const session = useSession();
  const answers = result?.claims ?? [];
  const answerOf = (claim: Claim) =>
    answers.find((one) => one.text === claim.text && one.item === claim.item);
  const isHere = (claim: Claim) =>
    answerOf(claim) !== undefined ||
    (result === null && link.data.kind === 'testbed' && applies(method, claim, link.values));
  const here = method.claims.filter(isHere);
  const elsewhere = new Map<string, Claim[]>();
  for (const claim of method.claims.filter((one) => !isHere(one))) {
    const setting = settingText(claim.at);
    elsewhere.set(setting, [...(elsewhere.get(setting) ?? []), claim]);
  }
  return (
    <div className={styles.prose}>
      {here.length > 0 && (
        <ul className={styles.checks}>
          {here.map((claim) => (
            <Check key={`${claim.item} ${claim.text}`} claim={claim} answer={answerOf(claim)} />
          ))}
        </ul>
      )}
      {[...elsewhere].map(([setting, claims]) => (
        <div key={setting} className={styles.elsewhere}>
          <details>
            <summary>
              {claims.length} stated for {setting}
            </summary>
            <ul>
              {claims.map((claim) => (
                <li key={`${claim.item} ${claim.text}`}>{claim.text}</li>
              ))}
            </ul>
          </details>
          <button type="button" onClick={() => session.applyClaim(method.claims.indexOf(claims[0]))}>
            Go there<span className="hidden-visually">: {setting}</span>
          </button>
        </div>
      ))}
    </div>
  );
}

const settingText = (at: LooseValues | undefined): string =>
  Object.entries(at ?? {})
    .map(([key, value]) => `${key} ${String(value)}`)
    .join(', ') || 'generated data at the defaults';

function Check({ claim, answer }: { claim: Claim; answer: ClaimResult | undefined }) {
  const holds = answer?.holds;
  return (
    <li>
      <span className={styles.mark} data-holds={holds}>
        <span aria-hidden="true">{holds === undefined ? '·' : holds ? '✓' : '✗'}</span>
        {answer && <span className="hidden-visually">{holds ? 'Holds:' : 'Does not hold:'}</span>}
      </span>
      <div>
        <p>{claim.text}</p>
        <p className={styles.margin}>{answer ? marginText(answer) : 'Checked when the run is done.'}</p>
      </div>
    </li>
  );
}

/** "1.02 <= 1.05, 3 % to spare", or by how much it fails. */
export function marginText({ value, bound, relation, holds, advisory }: ClaimResult): string {
  const sign = { '<=': '≤', '>=': '≥', '=': '=' }[relation];
  const comparison = `${formatNumber(value)} ${holds ? sign : `is not ${sign}`} ${formatNumber(bound)}`;
  const share = Math.abs(bound - value) / Math.max(Math.abs(bound), Math.abs(value));
  const spare =
    relation === '=' || !Number.isFinite(share) ? '' : `, ${percent(share)} ${holds ? 'to spare' : 'off'}`;
  return `${comparison}${spare}${advisory ? ' (depends on the machine)' : ''}`;
}

const percent = (share: number): string =>
  share >= 0.995 ? '> 99 %' : `${Number((share * 100).toPrecision(2))} %`;

/** All metrics with their units; where one has no value, why. */
export function MetricsTable({
  method,
  view,
  result,
}: {
  method: Method;
  view: View;
  result: RunResult | null;
}) {
  const rows = Object.entries(method.metrics).filter(([key]) => key in view.metrics);
  if (rows.length === 0) return <p className={styles.quiet}>They appear with the first result.</p>;
  return (
    <>
      <div className={styles.scroll}>
        <table>
          <thead>
            <tr>
              <th scope="col">Metric</th>
              <th scope="col">Key</th>
              <th scope="col" data-number>
                Value
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([key, metric]) => {
              const { value, reason } = view.metrics[key];
              return (
                <tr key={key}>
                  <td>{metric.label}</td>
                  <td>
                    <code>{key}</code>
                  </td>
                  {value === null && reason ? (
                    <td className={styles.reason}>{reason}</td>
                  ) : (
                    <td data-number>{quantity(value, metric.unit)}</td>
                  )}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {result && <CopyButton label="Copy as CSV" text={() => metricsCsv(method, result)} />}
    </>
  );
}

export function CopyButton({ label, text }: { label: string; text: () => string }) {
  return (
    <button type="button" className={styles.copy} onClick={() => navigator.clipboard.writeText(text())}>
      {label}
    </button>
  );
}
