import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeNpy } from '../data/npy';
import { CpuHome } from '../gpu/cpuhome';
import { testMatrix } from '../math/spectra';
import type { Lab, Method } from '../methods/method';
import { Cache } from './cache';
import { declarations } from './declarations';
import type { RunResult } from './protocol';
import { runExperiment } from './runner';
import { pythonScript, scriptKinds } from './script';
import { quickValues } from './values';

const methods = Object.values(declarations).filter((method) => typeof method?.run === 'function');
const withNumpy = methods.filter((method) => scriptKinds(method).includes('numpy'));
const hasNumpy = spawnSync('python3', ['-c', 'import numpy']).status === 0;

/** How a script's figure stands beside the page's: metric, here, there, how they are compared, whether they agree. */
type Row = [string, number, number | null, string, boolean];

/** Of what is not rounding alone, relative; data and some tables are float32 on both sides. */
const TOLERANCE = 1e-3;

const context = { link: '#/x', machine: [], result: null, dataName: null };

async function quickResult(method: Method, data: Lab['data'] = null): Promise<RunResult> {
  const home = new CpuHome();
  return runExperiment({
    method,
    values: quickValues(method),
    home,
    data,
    dataKey: data ? data.name : 'testbed',
    cache: new Cache(home),
  });
}

/** What python3 prints, run in a new folder with these files; it must succeed and say nothing else. */
function python(files: Readonly<Record<string, string | Uint8Array>>, args: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'rankscope-'));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    const { status, stdout, stderr } = spawnSync('python3', args, { cwd: folder, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    return stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test.runIf(hasNumpy).each(withNumpy.map((method) => ({ id: method.id, method })))(
  'the NumPy script of $id runs and gives the same numbers',
  { timeout: 300_000 },
  async ({ method }) => {
    const result = await quickResult(method);
    const script = await pythonScript(method, result.values, 'numpy', { ...context, result });
    const code = 'import json, runpy; print(json.dumps(runpy.run_path("experiment.py")["main"]()))';
    const stdout = python({ 'experiment.py': script }, ['-c', code]);
    const rows: Row[] = JSON.parse(stdout.trim().split('\n').at(-1) ?? '[]');
    expect(rows.filter(([, , shown]) => shown !== null).length).toBeGreaterThan(2);
    expect(rows.filter(([key]) => !(key in method.metrics)).map(([key]) => key)).toEqual([]);
    expect(rows.filter(([, , , , agrees]) => !agrees)).toEqual([]);
    // A script allows for the float32 of a GPU; the CPU home of this test has float64.
    const loose = rows.filter(([, here, there, how]) => {
      if (there === null || how.startsWith('rounding')) return false;
      return !(Math.abs(here - there) <= TOLERANCE * Math.abs(there) + 1e-7);
    });
    expect(loose).toEqual([]);
  },
);

const hasDask = spawnSync('python3', ['-c', 'import dask.array']).status === 0;

test.runIf(hasDask)(
  'the Dask script decomposes a matrix in chunks as well as the page does',
  async () => {
    const rsvd = methods.find(({ id }) => id === 'rsvd');
    if (!rsvd) throw new Error('no rsvd');
    const [rows, cols] = [160, 96];
    const { a } = testMatrix(3, { m: rows, n: cols, kind: 'exp' });
    const data = { rows, cols, values: Float32Array.from(a.data), name: 'a.npy', kind: 'matrix' as const };
    const { metrics, values } = await quickResult(rsvd, data);
    const script = await pythonScript(rsvd, values, 'dask', context);
    const stdout = python({ 'a.npy': writeNpy(data), 'experiment.py': script }, [
      'experiment.py',
      'a.npy',
      '64',
    ]);
    const error = Number(/relative error at rank \d+: ([\d.e-]+)/.exec(stdout)?.[1]);
    // Both draw their own sketch: neither beats the best matrix, both come as near to it as the method promises.
    expect(error).toBeGreaterThanOrEqual((metrics['error.svd'] ?? Number.NaN) * (1 - 1e-5));
    expect(error / (metrics['error.rsvd'] ?? Number.NaN)).toBeLessThan(1.05);
  },
  120_000,
);

test('a script holds its settings, what was measured and where, and nothing hostile', async () => {
  const rsvd = methods.find(({ id }) => id === 'rsvd');
  if (!rsvd) throw new Error('no rsvd');
  const values = quickValues(rsvd);
  const script = await pythonScript(rsvd, values, 'numpy', {
    ...context,
    machine: ['Somewhere'],
    dataName: 'a\nimport os  # .npy',
    result: { metrics: { 'error.svd': 0.25, 'error.rsvd': null } } as unknown as RunResult,
  });
  expect(script).toContain('# Somewhere');
  expect(script).toContain('"spectrum": "exp"');
  expect(script).toContain('"reorth": True');
  expect(script).toContain('"error.svd": 0.25');
  expect(script).not.toMatch(/^import os/m);
  const dask = await pythonScript(rsvd, values, 'dask', context);
  expect(dask).toContain('svd_compressed');
});

test('a method without a script says so', async () => {
  const bare = { ...methods[0], family: 'points' as const, id: 'none' };
  await expect(pythonScript(bare, {}, 'numpy', context)).rejects.toThrow('has no NumPy script');
});
