/** The rows of a benchmark result, best read beside the peaks above them. */
import type { BenchReport, BenchRow } from '../../experiment/bench/report';
import { shareOf } from '../../experiment/bench/report';
import { formatMs, formatNumber, formatRate } from '../../math/format';
import styles from './bench.module.css';
import { percent } from './figures';

export function ResultTable({ report, other }: { report: BenchReport; other: BenchReport | null }) {
  const planned = report.rows.some((row) => row.planned.length > 0);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className={styles.scroll} aria-label="Results, one operation a row" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Operation</th>
            <Head>Best</Head>
            <Head>Median</Head>
            <Head title="Sum of the timestamps of its kernels">In kernels</Head>
            <Head>Rate</Head>
            <Head title="Of the measured multiply-add or copy peak">Share</Head>
            {other && <Head title="The other's best time over this one's">Times as fast</Head>}
            <Head title="Against float64">Error over bound</Head>
            <Head title="From the first call to the answer, compilation included">First answer</Head>
            <th scope="col">Kernels</th>
            {planned && <th scope="col">A GPU would run</th>}
          </tr>
        </thead>
        <tbody>
          {report.rows.map((row) => (
            <Row key={row.id} {...{ row, report, other, planned }} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Head({ children, title }: { children: string; title?: string }) {
  return (
    <th scope="col" data-number="" title={title}>
      {children}
    </th>
  );
}

interface RowProps {
  row: BenchRow;
  report: BenchReport;
  other: BenchReport | null;
  planned: boolean;
}

function Row({ row, report, other, planned }: RowProps) {
  const { share, of, gflops, gbps } = shareOf(row, report.peaks);
  const rival = other?.rows.find(({ id }) => id === row.id);
  const ratio = row.verdict.bound > 0 ? row.verdict.error / row.verdict.bound : row.verdict.error;
  return (
    <tr>
      <th scope="row">{row.id}</th>
      <td data-number="">{row.isRight ? formatMs(row.bestMs) : 'wrong'}</td>
      <td data-number="">{formatMs(row.medianMs)}</td>
      <td data-number="">{row.kernelMs === null ? '–' : formatMs(row.kernelMs)}</td>
      <td data-number="">{of === 'fma' ? formatRate(gflops, 'FLOP/s') : formatRate(gbps, 'B/s')}</td>
      <td data-number="">
        <span className={styles.bar} aria-hidden="true">
          <span style={{ width: `${Math.min(100, 100 * share)}%` }} />
        </span>
        {percent(share)} <span className={styles.of}>{of}</span>
      </td>
      {other && <td data-number="">{rival ? `${formatNumber(rival.bestMs / row.bestMs, 3)} ×` : '–'}</td>}
      <td
        data-number=""
        title={`${row.verdict.error} of at most ${row.verdict.bound}: ${row.verdict.measure}`}
      >
        {row.verdict.bound === 0 && row.verdict.error === 0 ? 'exact' : formatNumber(ratio, 2)}
      </td>
      <td data-number="">{formatMs(row.firstMs)}</td>
      <td className={styles.kernels}>{kernelsText(row)}</td>
      {planned && <td className={styles.kernels}>{row.planned.join(', ')}</td>}
    </tr>
  );
}

function kernelsText({ kernels }: BenchRow): string {
  const names = Object.entries(kernels);
  const shown = names.slice(0, 4).map(([name, calls]) => (calls > 1 ? `${name} × ${calls}` : name));
  return names.length > 4 ? `${shown.join(', ')} and ${names.length - 4} more` : shown.join(', ');
}
