/** `sweep`: one parameter over several values and seeds, with mean and spread of every metric. */
import { Cache } from '../experiment/cache';
import { toJson } from '../experiment/report';
import { runExperiment } from '../experiment/runner';
import { aggregate, parseOver, parseSeeds, type SweepRun, sweepRuns } from '../experiment/sweep';
import { valueText } from '../experiment/values';
import { formatNumber } from '../math/format';
import { type Io, UsageError } from './io';
import { openPlace } from './place';
import { asUsage, prepare, type RunFlags } from './run';
import { aligned } from './table';

export interface SweepFlags extends RunFlags {
  over?: string;
  seeds?: string;
  metric?: string[];
}

export async function sweepCommand(target: string, flags: SweepFlags, io: Io): Promise<number> {
  const { over } = flags;
  if (over === undefined) throw new UsageError('sweep needs --over key=a,b,c');
  if (flags.factors !== undefined) throw new UsageError('a sweep keeps no factors: leave out --factors');
  const { method, values, dataset, home } = await asUsage(() => prepare(target, flags, io));
  const plan = await asUsage(async () => ({
    ...parseOver(method, over),
    seeds: flags.seeds === undefined ? [] : parseSeeds(flags.seeds),
  }));
  const asked = await asUsage(async () => {
    const runs = sweepRuns(method, values, plan);
    for (const run of runs) method.check?.(run.values, dataset?.data ?? null);
    return runs;
  });
  const unknown = flags.metric?.find((key) => !Object.hasOwn(method.metrics, key));
  if (unknown !== undefined) {
    throw new UsageError(
      `${method.id} has no metric "${unknown}": it has ${Object.keys(method.metrics).join(', ')}`,
    );
  }
  const place = await openPlace(home, flags.verify);
  if (place.reason !== null) await io.err(`On the CPU: ${place.reason}\n`);
  try {
    const cache = new Cache(place.home);
    const runs: SweepRun[] = [];
    let broken = false;
    for (const [i, { value, seed, values: at }] of asked.entries()) {
      if (io.isTerminal)
        await io.err(`\r\x1b[2K${i + 1} of ${asked.length}: ${plan.key} ${valueText(value)}`);
      const result = await runExperiment({
        method,
        values: at,
        home: place.home,
        data: dataset?.data ?? null,
        dataKey: dataset?.summary.key ?? 'testbed',
        cache,
      });
      broken ||= result.claims.some(({ holds, advisory }) => !holds && !advisory);
      runs.push({ value, seed, result });
    }
    if (io.isTerminal) await io.err('\r\x1b[2K');
    cache.clear();
    const summary = aggregate(runs);
    if (flags.json) {
      const report = {
        method: method.id,
        parameters: values,
        over: { key: plan.key, values: plan.values },
        seeds: plan.seeds,
        adapter: place.home.label,
        home: place.home.kind,
        runs: runs.map(({ value, seed, result: { metrics, claims, wallMs } }) => ({
          value,
          seed,
          metrics,
          claims,
          wallMs,
        })),
        summary,
      };
      await io.out(`${toJson(report)}\n`);
    } else {
      const shown = flags.metric ?? method.headline;
      const rows = summary.map(({ value, metrics }) => [
        valueText(value),
        ...shown.map((key) => {
          const spread = metrics[key];
          if (!spread) return '–';
          const { mean, deviation, count } = spread;
          return count > 1 ? `${formatNumber(mean)} ± ${formatNumber(deviation, 2)}` : formatNumber(mean);
        }),
      ]);
      await io.out(`${aligned([[plan.key, ...shown], ...rows]).join('\n')}\n`);
    }
    return flags.claims && broken ? 1 : 0;
  } finally {
    place.close();
  }
}
