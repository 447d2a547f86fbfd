/** `run`: one experiment from a method id or a link, with the flags over it. */
import { Cache } from '../experiment/cache';
import type { TakenFactors } from '../experiment/factors/stored';
import { none, storedFactors } from '../experiment/factors/take';
import { encodeLink, type LinkState, openLink, stateOf } from '../experiment/links';
import type { Progress, RunResult } from '../experiment/protocol';
import { findMethod, loadMethod } from '../experiment/registry';
import { byKernel, runReport, toJson } from '../experiment/report';
import { runExperiment } from '../experiment/runner';
import { pythonScript, type ScriptKind, scriptKinds } from '../experiment/script';
import { parameterOf, parseValue, quickValues } from '../experiment/values';
import { isUserError } from '../math/errors';
import { formatMs, formatNumber, formatRate } from '../math/format';
import type { Method } from '../methods/method';
import type { LooseValues, ParameterValue } from '../methods/parameters';
import { type FactorFlags, factorPlan, precisionReport, precisionText, writeFactors } from './factors';
import { readDataset } from './files';
import { type Io, UsageError } from './io';
import { openPlace } from './place';
import { aligned } from './table';

export interface RunFlags extends FactorFlags {
  set?: string[];
  seed?: string;
  quick?: boolean;
  file?: string;
  tensor?: string;
  colour?: boolean;
  home?: string;
  verify?: boolean;
  claims?: boolean;
  json?: boolean;
  script?: string;
}

export async function runCommand(target: string, flags: RunFlags, io: Io): Promise<number> {
  const { state, method, values, dataset, home } = await asUsage(() => prepare(target, flags, io));
  const kind = scriptKind(flags, method);
  const plan = factorPlan(flags, method);
  const place = await openPlace(home, flags.verify);
  if (place.reason !== null) await io.err(`On the CPU: ${place.reason}\n`);
  try {
    const cache = new Cache(place.home);
    const offered: TakenFactors[] = [];
    const result = await runExperiment({
      method,
      values,
      home: place.home,
      data: dataset?.data ?? null,
      dataKey: dataset?.summary.key ?? 'testbed',
      cache,
      onProgress: io.isTerminal ? (progress) => void io.err(progressLine(progress)) : undefined,
      onFactors: plan
        ? async (make) => {
            offered.push(await storedFactors({ home: place.home, method, values }, make));
          }
        : undefined,
    });
    if (io.isTerminal) await io.err('\r\x1b[2K');
    cache.clear();
    if (flags.claims && result.claims.length === 0) {
      const why =
        state.data.kind === 'testbed' && !flags.file
          ? 'at these values'
          : "on data that is not the testbed's";
      await io.err(`No claim of ${method.id} applies ${why}.\n`);
    }
    const link = encodeLink({ ...state, values });
    const factors = plan ? (offered[0] ?? none(method)) : null;
    if (plan && factors)
      await io.err(await writeFactors(plan, factors, { link, computed: machineOf(result)[0] }));
    if (kind) {
      const dataName = dataset?.summary.name ?? null;
      const context = { link, machine: machineOf(result), result, dataName };
      await io.out(await pythonScript(method, values, kind, context));
    } else if (flags.json) {
      const report = { ...runReport(result), ...(factors ? { factors: precisionReport(factors) } : {}) };
      await io.out(`${toJson(report)}\n`);
    } else await io.out(`${resultText(method, result)}${factors ? precisionText(factors) : ''}`);
    const broken = result.claims.some(({ holds, advisory }) => !holds && !advisory);
    return flags.claims && broken ? 1 : 0;
  } finally {
    place.close();
  }
}

function scriptKind({ script, json }: RunFlags, method: Method): ScriptKind | null {
  if (script === undefined) return null;
  if (json) throw new UsageError('--script prints a script, --json a result: choose one');
  const kinds = scriptKinds(method);
  const kind = kinds.find((one) => one === script);
  if (kind) return kind;
  const choice = kinds.length === 0 ? 'it has none' : `choose ${kinds.join(' or ')}`;
  throw new UsageError(`${method.id} has no script "${script.slice(0, 20)}": ${choice}`);
}

const machineOf = ({ adapter, wallMs }: RunResult): string[] => [
  `Computed on ${adapter} with Node ${process.versions.node} in ${formatMs(wallMs)}, ${new Date().toISOString().slice(0, 10)}.`,
];

/** Everything that can be wrong about the call, before a device is opened. */
export async function prepare(target: string, flags: RunFlags, io: Io) {
  const state = await stateFrom(target, io);
  const method = findMethod(state.method);
  const values = valuesFrom(method, state, flags);
  const { home } = flags;
  if (home !== undefined && home !== 'gpu' && home !== 'cpu') {
    throw new UsageError(`--home "${home}" is unknown: choose gpu or cpu`);
  }
  if (flags.file !== undefined && method.accepts.length === 0) {
    throw new UsageError(`${method.id} makes its own data: leave out --file`);
  }
  const options = { tensor: flags.tensor ?? state.tensor, colour: flags.colour ?? state.colour };
  const dataset = await readDataset(flags.file, state.data, options);
  const wanted = state.data.kind === 'file' ? state.data.hash : undefined;
  if (wanted !== undefined && dataset && dataset.summary.hash !== wanted) {
    await io.err(`The link was made with other content than ${dataset.summary.name} has.\n`);
  }
  if (dataset?.summary.note) await io.err(`${dataset.summary.note}\n`);
  method.check?.(values, dataset?.data ?? null);
  const place: 'gpu' | 'cpu' | undefined = home ?? (state.home === 'cpu' ? 'cpu' : undefined);
  return { state, method, values, dataset, home: place };
}

async function stateFrom(target: string, io: Io): Promise<LinkState> {
  if (!target.includes('#') && !target.includes('?')) return stateOf(await loadMethod(target));
  const { state, problems } = await openLink(target);
  for (const problem of problems) await io.err(`${problem}\n`);
  const named = target
    .slice(target.indexOf('#') + 1)
    .replace(/^\//, '')
    .split('?')[0];
  // A page opens on something else where a link names no method; a command must not.
  if (named !== state.method) await loadMethod(named);
  return state;
}

function valuesFrom(method: Method, state: LinkState, flags: RunFlags): LooseValues {
  const values: Record<string, ParameterValue> = {
    ...(flags.quick ? quickValues(method) : stateOf(method).values),
  };
  const start = stateOf(method).values;
  for (const [key, value] of Object.entries(state.values)) if (value !== start[key]) values[key] = value;
  const set = (key: string, text: string) => {
    values[key] = parseValue(key, parameterOf(method, key), text);
  };
  for (const pair of flags.set ?? []) {
    const equals = pair.indexOf('=');
    if (equals < 1) throw new UsageError(`--set "${pair}" is not of the form key=value`);
    set(pair.slice(0, equals), pair.slice(equals + 1));
  }
  if (flags.seed !== undefined) set('seed', flags.seed);
  return values;
}

/** A UserError about the call is a wrong call. */
export async function asUsage<T>(body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    throw isUserError(error) ? new UsageError(error.message) : error;
  }
}

const progressLine = ({ fraction, stage }: Progress): string =>
  `\r\x1b[2K${String(Math.round(100 * fraction)).padStart(3)} %  ${stage}`;

function resultText(method: Method, result: RunResult): string {
  const lines = [`${method.title}, on ${result.adapter}, ${formatMs(result.wallMs)}`, ''];
  const metrics = Object.entries(result.metrics).map(([key, value]) => {
    const { label = key, unit = '' } = method.metrics[key] ?? {};
    const text =
      value === null ? `– (${result.reasons[key] ?? 'not computed'})` : `${formatNumber(value)} ${unit}`;
    return [label, text.trim()];
  });
  lines.push(...aligned(metrics), '');
  for (const { text, holds, value, bound, relation, advisory } of result.claims) {
    const verdict = holds ? 'holds' : advisory ? 'differs' : 'FAILS';
    lines.push(`${verdict}: ${text} (${formatNumber(value)} ${relation} ${formatNumber(bound)})`);
  }
  if (result.claims.length > 0) lines.push('');
  const kernels = byKernel(result.timings).slice(0, 8);
  lines.push(
    ...aligned(
      kernels.map(({ kernel, calls, ms, gflops }) => {
        const rate = gflops === null ? '' : formatRate(gflops, 'FLOP/s');
        return [kernel, `${calls} calls`, formatMs(ms), rate];
      }),
    ),
  );
  for (const note of result.notes) lines.push(note);
  return `${lines.join('\n').trimEnd()}\n`;
}
