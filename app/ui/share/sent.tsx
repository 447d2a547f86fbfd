/** The sender's figures from the link beside the reader's own. */
import type { Method } from '../../methods/method';
import { quantity } from '../quantity';
import type { View } from '../view';
import styles from './share.module.css';

export function SentFigures({
  method,
  view,
  sent,
}: {
  method: Method;
  view: View;
  sent: Readonly<Record<string, number>>;
}) {
  const rows = Object.entries(sent).filter(([key]) => Object.hasOwn(method.metrics, key));
  if (rows.length === 0) return null;
  return (
    <section className={styles.sent} aria-label="The sender’s figures">
      <h2>The sender saw</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">Metric</th>
            <th scope="col" data-number="">
              Sender
            </th>
            <th scope="col" data-number="">
              Here
            </th>
            <th scope="col">Difference</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([key, value]) => {
            const own = view.metrics[key]?.value ?? null;
            const { label, unit } = method.metrics[key];
            return (
              <tr key={key}>
                <td>{label}</td>
                <td data-number="">{quantity(value, unit)}</td>
                <td data-number="">{quantity(own, unit)}</td>
                <td>{differenceText(value, own, unit)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

/** Links carry five digits: closer than that is the same. */
const SAME = 2e-5;

export function differenceText(sent: number, own: number | null, unit?: string): string {
  if (own === null) return 'not there yet';
  if (unit === 'ms') return own > 0 ? `${Number((sent / own).toPrecision(2))} times the time` : '';
  const away = Math.abs(own - sent) / Math.max(Math.abs(sent), 1e-30);
  if (sent === own || away <= SAME) return 'the same';
  return `${Number((100 * away).toPrecision(2))} % off`;
}
