import { expect, test } from 'vitest';
import type { ExperimentClient } from '../../experiment/client';
import type { RunResult } from '../../experiment/protocol';
import { toy } from '../../experiment/toy';
import { diagnosticsOf, tryEdit } from './trial';

const edit = { name: 'axpby', code: 'edited' };
const result = (ms: number, norm: number): RunResult =>
  ({
    metrics: { norm },
    deviations: { axpby: norm / 10, scale: 0.5 },
    timings: [{ kernel: 'axpby', stage: '', calls: 4, ms, clock: 'gpu', flop: 1, bytes: 1 }],
  }) as unknown as RunResult;

/** A client whose runs end as `answer` says. */
const clientOf = (answer: (request: { edits?: Record<string, string>; verify?: boolean }) => RunResult) =>
  ({
    run: (request: { edits?: Record<string, string> }) => ({
      result: (async () => answer(request))(),
      cancel: () => undefined,
    }),
  }) as unknown as ExperimentClient;

const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });

test('a right edit is timed against the original, and what it changes is told', async () => {
  const client = clientOf(({ edits }) => (edits?.axpby ? result(5, 1.5) : result(10, 1)));
  const verdict = await tryEdit(client, toy, edit, () => undefined).verdict;
  expect(verdict).toEqual({
    kind: 'right',
    originalMs: 10,
    editedMs: 5,
    calls: 4,
    errors: [{ operation: 'axpby', original: 0.1, edited: 0.15 }],
    changes: [{ key: 'norm', label: 'Norm', original: 1, edited: 1.5 }],
  });
});

test('an edit that leaves its bound is wrong, one that does not compile is broken at its line', async () => {
  const wrong = clientOf(() => {
    throw named('DeviationError', 'axpby (3) deviates');
  });
  expect(await tryEdit(wrong, toy, edit, () => undefined).verdict).toMatchObject({ kind: 'wrong' });
  const broken = clientOf(() => {
    throw named('ShaderError', 'kernel axpby: axpby.wgsl:3:7 unresolved value');
  });
  expect(await tryEdit(broken, toy, edit, () => undefined).verdict).toMatchObject({
    kind: 'broken',
    diagnostics: [{ line: 3, column: 7, message: 'unresolved value' }],
  });
  const bug = clientOf(() => {
    throw new TypeError('a bug');
  });
  await expect(tryEdit(bug, toy, edit, () => undefined).verdict).rejects.toThrow('a bug');
});

test('a kernel that does not run here is not judged', async () => {
  const client = clientOf(() => ({ ...result(1, 1), timings: [] }));
  expect(await tryEdit(client, toy, edit, () => undefined).verdict).toEqual({ kind: 'unused' });
});

test('messages about other files have no place in this one', () => {
  expect(diagnosticsOf('a', 'kernel a: lib/b.wgsl:1:2 x\na.wgsl:4:5 y')).toEqual([
    { line: 4, column: 5, message: 'y' },
  ]);
});
