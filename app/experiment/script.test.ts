import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CpuHome } from '../gpu/cpuhome';
import type { Method } from '../methods/method';
import { Cache } from './cache';
import { declarations } from './declarations';
import type { RunResult } from './protocol';
import { runExperiment } from './runner';
import { pythonScript, scriptKinds } from './script';
import { quickValues } from './values';

const methods = Object.values(declarations).filter((method) => typeof method?.run === 'function');
const withNumpy = methods.filter((method) => scriptKinds(method).includes('numpy'));
const hasNumpy = spawnSync('python3', ['-c', 'import numpy']).status === 0;

/** Metrics of a script may be fewer; those that it has are the page's to this relative difference. */
const TOLERANCE = 2e-2;

const context = { link: '#/x', machine: [], result: null, dataName: null };

async function quickResult(method: Method): Promise<RunResult> {
  const home = new CpuHome();
  return runExperiment({
    method,
    values: quickValues(method),
    home,
    data: null,
    dataKey: 'testbed',
    cache: new Cache(home),
  });
}

test.runIf(hasNumpy).each(withNumpy.map((method) => ({ id: method.id, method })))(
  'the NumPy script of $id runs and gives the same numbers',
  { timeout: 300_000 },
  async ({ method }) => {
    const result = await quickResult(method);
    const script = await pythonScript(method, result.values, 'numpy', { ...context, result });
    const folder = mkdtempSync(join(tmpdir(), 'rankscope-'));
    try {
      const file = join(folder, 'experiment.py');
      writeFileSync(file, script);
      const code = 'import json, runpy, sys; print(json.dumps(runpy.run_path(sys.argv.pop())["main"]()))';
      const { status, stdout, stderr } = spawnSync('python3', ['-c', code, file], {
        cwd: folder,
        encoding: 'utf8',
      });
      expect(stderr).toBe('');
      expect(status).toBe(0);
      const found: Record<string, number> = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}');
      expect(Object.keys(found).length).toBeGreaterThan(2);
      const wrong = Object.entries(found).filter(([key, value]) => {
        const shown = result.metrics[key];
        return !(typeof shown === 'number' && Math.abs(value - shown) <= TOLERANCE * Math.abs(shown) + 1e-6);
      });
      expect(wrong.map(([key, value]) => `${key}: ${value}, not ${result.metrics[key]}`)).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
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
