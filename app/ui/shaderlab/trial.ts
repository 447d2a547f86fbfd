/**
 * An edited kernel on trial: first the whole experiment, at its quick size, with every operation compared to its
 * float64 twin; then original and edit in turn, for the time of the kernel and for what changes in the numbers.
 */
import type { ExperimentClient, Run } from '../../experiment/client';
import type { RunResult } from '../../experiment/protocol';
import type { ShaderEdit } from '../../experiment/shaderedit';
import { quickValues } from '../../experiment/values';
import type { Method } from '../../methods/method';

/** A place in the source, 1-based, and what the compiler says of it. */
export interface Diagnostic {
  line: number;
  column: number;
  message: string;
}

export interface Change {
  key: string;
  label: string;
  original: number;
  edited: number;
}

/** The worst error of an operation against float64, over its derived bound. */
export interface OperationError {
  operation: string;
  original: number;
  edited: number;
}

export type Verdict =
  /** The compiler refused it. */
  | { kind: 'broken'; diagnostics: Diagnostic[]; message: string }
  /** An operation left its derived bound. */
  | { kind: 'wrong'; message: string }
  /** This kernel does not run here: another variant is chosen on this adapter. */
  | { kind: 'unused' }
  | {
      kind: 'right';
      /** Milliseconds in the kernel over the whole run, the least of the rounds; null without a clock. */
      originalMs: number | null;
      editedMs: number | null;
      calls: number;
      /** Error over its bound of the operations whose error changed, and of the worst. */
      errors: OperationError[];
      /** Metrics that differ by more than a hair, the largest relative change first. */
      changes: Change[];
    };

export interface Trial {
  verdict: Promise<Verdict>;
  cancel(): void;
}

const ROUNDS = 3;
const HAIR = 1e-6;

export function tryEdit(
  client: ExperimentClient,
  method: Method,
  edit: ShaderEdit,
  onStage: (stage: string) => void,
): Trial {
  let run: Run | null = null;
  const values = quickValues(method);
  const once = (edits: Record<string, string> | undefined, verify: boolean): Promise<RunResult> => {
    run = client.run({ method: method.id, values, home: 'gpu', data: null, verify, edits });
    return run.result;
  };
  const edits = { [edit.name]: edit.code };
  const judge = async (): Promise<Verdict> => {
    onStage('compiling, and comparing every operation with float64');
    let checked: RunResult;
    try {
      checked = await once(edits, true);
    } catch (error) {
      return refusal(edit.name, error);
    }
    if (msOf(checked, edit.name) === undefined) return { kind: 'unused' };
    onStage('comparing the original with float64');
    const known = await once({}, true);
    const times: Record<'original' | 'edited', number[]> = { original: [], edited: [] };
    let last: { original: RunResult; edited: RunResult } | null = null;
    for (let round = 0; round < ROUNDS; round++) {
      onStage(`timing original and edit in turn, ${round + 1} of ${ROUNDS}`);
      // An empty record makes a home of its own too, so that neither finds anything in a cache.
      const original = await once({}, false);
      const edited = await once(edits, false);
      for (const [which, result] of Object.entries({ original, edited })) {
        const ms = msOf(result, edit.name)?.ms;
        if (ms !== null && ms !== undefined) times[which as 'original' | 'edited'].push(ms);
      }
      last = { original, edited };
    }
    const least = (of: number[]): number | null => (of.length === 0 ? null : Math.min(...of));
    return {
      kind: 'right',
      originalMs: least(times.original),
      editedMs: least(times.edited),
      calls: msOf(checked, edit.name)?.calls ?? 0,
      errors: errorsOf(known, checked),
      changes: last ? changesOf(method, last.original, last.edited) : [],
    };
  };
  return { verdict: judge(), cancel: () => run?.cancel() };
}

/** Time and calls of one kernel over a run; undefined where it did not run. */
function msOf({ timings }: RunResult, kernel: string): { ms: number | null; calls: number } | undefined {
  const own = timings.filter((timing) => timing.kernel === kernel);
  if (own.length === 0) return undefined;
  const ms = own.every((timing) => timing.ms !== null) ? own.reduce((sum, t) => sum + (t.ms ?? 0), 0) : null;
  return { ms, calls: own.reduce((sum, { calls }) => sum + calls, 0) };
}

/** The operations that the edit moved, the largest error first; the worst of all where it moved none. */
function errorsOf(original: RunResult, edited: RunResult): OperationError[] {
  const all = Object.entries(edited.deviations ?? {})
    .map(([operation, ratio]) => ({
      operation,
      original: original.deviations?.[operation] ?? Number.NaN,
      edited: ratio,
    }))
    .sort((a, b) => b.edited - a.edited);
  const moved = all.filter((one) => one.original !== one.edited);
  return (moved.length > 0 ? moved : all).slice(0, moved.length > 0 ? 4 : 1);
}

function changesOf(method: Method, original: RunResult, edited: RunResult): Change[] {
  const away = ({ original: x, edited: y }: Change): number => Math.abs(x - y) / Math.max(Math.abs(x), 1e-30);
  return Object.entries(method.metrics)
    .flatMap(([key, { label, unit }]): Change[] => {
      const [x, y] = [original.metrics[key], edited.metrics[key]];
      // Times differ from run to run anyway.
      return typeof x === 'number' && typeof y === 'number' && unit !== 'ms'
        ? [{ key, label, original: x, edited: y }]
        : [];
    })
    .filter((change) => away(change) > HAIR)
    .sort((a, b) => away(b) - away(a));
}

/** What the worker's error says of the edit. @throws what is not about it: a cancel, a lost device, a bug. */
function refusal(name: string, error: unknown): Verdict {
  if (!(error instanceof Error)) throw error;
  if (error.name === 'ShaderError') {
    return { kind: 'broken', diagnostics: diagnosticsOf(name, error.message), message: error.message };
  }
  if (error.name === 'DeviationError') return { kind: 'wrong', message: error.message };
  throw error;
}

/** `name.wgsl:12:5 message`, line by line; of other files (shaders/lib) only the message is of use. */
export function diagnosticsOf(name: string, message: string): Diagnostic[] {
  return message.split('\n').flatMap((line): Diagnostic[] => {
    const found = /([\w/]+)\.wgsl:(\d+):(\d+) (.*)$/.exec(line);
    if (!found || found[1] !== name) return [];
    return [{ line: Number(found[2]), column: Number(found[3]), message: found[4] }];
  });
}
