/** `bench --variants`: all kernels of every operation that has several, side by side. */
import type { VariantReport } from '../experiment/bench/variant';
import { choiceText, rateOf } from '../experiment/bench/variant';
import { VARIANT_FAMILIES } from '../experiment/bench/variantlist';
import { measureVariants } from '../experiment/bench/variantrun';
import { toJson } from '../experiment/report';
import { UserError } from '../math/errors';
import { formatMs, formatRate } from '../math/format';
import type { BenchFlags } from './bench';
import { type Io, UsageError } from './io';
import { openPlace } from './place';
import { aligned } from './table';

/** Families whose id begins with one of the parts. @throws UsageError where a part fits none. */
function chosen(only: string | undefined): string[] {
  const ids = VARIANT_FAMILIES.map(({ id }) => id);
  const parts = (only ?? '').split(',').filter((part) => part.trim() !== '');
  const wrong = parts.find((part) => !ids.some((id) => id.startsWith(part)));
  if (wrong !== undefined) {
    throw new UsageError(
      `no operation with variants begins with "${wrong.slice(0, 60)}": choose among ${ids.join(', ')}`,
    );
  }
  return parts.length === 0 ? ids : ids.filter((id) => parts.some((part) => id.startsWith(part)));
}

export async function variantsCommand(flags: BenchFlags, rounds: number, io: Io): Promise<number> {
  const ids = chosen(flags.only);
  if (flags.home === 'cpu')
    throw new UsageError('--variants compares kernels of a GPU: leave out --home cpu');
  const place = await openPlace('gpu');
  try {
    const { gpu } = place;
    if (!gpu) throw new UserError('there is no GPU here whose kernels could be compared');
    const reports: VariantReport[] = [];
    for (const id of ids) {
      const report = await measureVariants(gpu, id, {
        rounds,
        at: flags.set === 'tiny' ? 'tiny' : undefined,
        anyway: flags.anyway ? true : [],
        onProgress: (_done, _of, what) => {
          if (io.isTerminal) void io.err(`\r\x1b[2K${id}: ${what}`);
        },
      });
      reports.push(report);
      if (io.isTerminal) await io.err('\r\x1b[2K');
      if (!flags.json) await io.out(variantsText(report));
    }
    if (flags.json) await io.out(`${toJson(reports)}\n`);
    const wrong = reports.some(({ rows }) => rows.some(({ measured }) => measured && !measured.isRight));
    return wrong ? 1 : 0;
  } finally {
    place.close();
  }
}

function variantsText(report: VariantReport): string {
  const unit = report.limit === 'flop' ? 'FLOP/s' : 'B/s';
  const lines = report.rows.map((row) => {
    const { measured, reason } = row;
    const mark = `${row.here ? '>' : ' '}${row.onGpu ? '*' : ' '}`;
    if (!measured) return [mark, row.name, '–', '–', '–', '–', reason ?? ''];
    const { verdict, isRight, bestMs, medianMs } = measured;
    return [
      mark,
      row.name,
      isRight ? formatMs(medianMs) : 'WRONG',
      formatMs(bestMs),
      formatRate(rateOf(report, measured), unit),
      `${verdict.error.toExponential(1)} of ${verdict.bound.toExponential(1)}`,
      choiceText(report, row),
    ];
  });
  const head = ['', report.title, 'median', 'best', 'rate', 'error of bound', ''];
  return `${report.test}, on ${report.label} (> chosen here, * chosen on a GPU)\n${aligned([head, ...lines]).join('\n')}\n\n`;
}
