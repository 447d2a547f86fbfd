/**
 * An experiment as a Python script that stands on its own: NumPy, with the page's random numbers and the page's
 * figures to compare with; or Dask, for a matrix that is larger than one machine.
 */
import { UserError } from '../math/errors';
import type { Method } from '../methods/method';
import type { LooseValues, ParameterValue } from '../methods/parameters';
import type { RunResult } from './protocol';
import base from './python/base.py?raw';
import matrix from './python/matrix.py?raw';
import network from './python/network.py?raw';
import report from './python/report.py?raw';
import sequence from './python/sequence.py?raw';

/** Scripts lie beside the methods: <family>/<id>/numpy.py and dask.py. */
const scripts = import.meta.glob<string>('../methods/*/*/*.py', { query: '?raw', import: 'default' });

/** What several scripts share, included where a script or another part says `#! use <name>`. */
const parts: Readonly<Record<string, string>> = { matrix, network, sequence };

export type ScriptKind = 'numpy' | 'dask';

const pathOf = ({ family, id }: Pick<Method, 'family' | 'id'>, kind: ScriptKind): string =>
  `../methods/${family}/${id}/${kind}.py`;

/** The kinds of script that a method has. */
export const scriptKinds = (method: Pick<Method, 'family' | 'id'>): ScriptKind[] =>
  (['numpy', 'dask'] as const).filter((kind) => pathOf(method, kind) in scripts);

export interface ScriptContext {
  /** Address that opens the experiment. */
  link: string;
  /** Lines of the machine card: adapter, browser, date. */
  machine: readonly string[];
  /** The run to compare with. */
  result: RunResult | null;
  /** What the person's own data is called; null for the testbed's. */
  dataName: string | null;
}

/**
 * The whole script, ready to be saved and run.
 * @throws UserError where the method has no such script.
 */
export async function pythonScript(
  method: Method,
  values: LooseValues,
  kind: ScriptKind,
  { link, machine, result, dataName }: ScriptContext,
): Promise<string> {
  const load = scripts[pathOf(method, kind)];
  if (!load) throw new UserError(`${method.title} has no ${kind === 'dask' ? 'Dask' : 'NumPy'} script`);
  const code = (await load()).trimEnd();
  const needs = kind === 'dask' ? 'python -m pip install "dask[array]"' : 'python -m pip install numpy';
  const head = [
    `# ${method.title}, exported from Rankscope.`,
    `# ${link}`,
    ...machine.map((line) => `# ${line}`),
    `# Needs: ${needs}`,
    ...(dataName === null
      ? []
      : [`# The data is yours: pass ${oneLine(dataName)} as a .npy file, as the first argument.`]),
    '',
  ];
  const parameters = `PARAMETERS = ${pythonValue(values)}`;
  if (kind === 'dask') return [...head, parameters, '', code, ''].join('\n');
  const expected = `EXPECTED = ${pythonValue(result?.metrics ?? {})}`;
  return [
    ...head,
    ...[base, ...usedBy(code)].flatMap((part) => [withoutUses(part), '', '']),
    '# ---- the method ----',
    withoutUses(code),
    '',
    '',
    '# ---- this experiment ----',
    parameters,
    expected,
    '',
    report.trimEnd(),
    '',
  ].join('\n');
}

const USE = /^#! use (\w+)\n/gm;

const withoutUses = (code: string): string => code.replaceAll(USE, '').trimEnd();

/** The parts that some code names, each after those that it names itself. */
function usedBy(code: string): string[] {
  const found = new Set<string>();
  for (const [, name] of code.matchAll(USE)) {
    const part = parts[name];
    if (part === undefined) throw new Error(`a script uses ${name}, which is no part`);
    for (const one of [...usedBy(part), part]) found.add(one);
  }
  return [...found];
}

/** A comment must not run over into code. */
const oneLine = (text: string): string => text.replaceAll(/[\r\n\u2028\u2029]/g, ' ').slice(0, 200);

/** A flat record as a Python literal; null and what is not finite are left out. */
function pythonValue(record: Readonly<Record<string, ParameterValue | number | null>>): string {
  const lines = Object.entries(record).flatMap(([key, value]) => {
    if (value === null || (typeof value === 'number' && !Number.isFinite(value))) return [];
    const literal =
      typeof value === 'boolean'
        ? value
          ? 'True'
          : 'False'
        : typeof value === 'string'
          ? JSON.stringify(value)
          : String(value);
    return [`    ${JSON.stringify(key)}: ${literal},`];
  });
  return lines.length === 0 ? '{}' : `{\n${lines.join('\n')}\n}`;
}
