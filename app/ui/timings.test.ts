import { expect, test } from 'vitest';
import type { RunResult } from '../experiment/protocol';
import { quantumOf } from '../gpu/quantum';
import { rooflineFigure, tuningTable } from './timings';

const timing = (kernel: string, ms: number | null, clock: 'gpu' | 'wall' = 'gpu') => ({
  kernel,
  stage: 's',
  calls: 1,
  ms,
  clock,
  flop: 2e6,
  bytes: 1e6,
});

test('the tick of the clock is the coarsest that all its times are multiples of', () => {
  const of = (...ms: number[]) => quantumOf(ms.map((one) => timing('k', one)));
  expect(of(0.1, 0.3, 1.2, 5)).toBe(0.1);
  expect(of(0.131072, 0.065536, 0.65536, 1.31072)).toBe(0.065536);
  expect(of(0.123, 0.4, 1.5, 2.001)).toBe(0.001);
  expect(of(0.1234567, 0.4, 1.5, 2)).toBeNull();
  expect(of(0.1, 0.2)).toBeNull();
  expect(quantumOf([1, 2, 3, 4].map((ms) => timing('k', ms / 10, 'wall')))).toBeNull();
});

test('the roofline sets each operation at its work per traffic and its speed', () => {
  const result = { timings: [timing('a', 2), timing('a', 2), timing('b', null)] } as unknown as RunResult;
  const figure = rooflineFigure(result, { peakGflops: 100, peakGbps: 10, gflops: 1, dispatchMs: 1 });
  expect(figure.points).toEqual([{ key: 'a', label: 'a', role: 'method', x: 2, y: 1 }]);
  expect(figure.lines?.[0]).toMatchObject({ x: [1, 10, 40], y: [10, 100, 100] });
});

test('lists what was tuned, the winner beside the default', () => {
  const table = tuningTable([
    {
      key: 'k',
      op: 'matmul',
      sizes: { m: 256, n: 64 },
      fallback: 'quadVec4',
      winner: 'register',
      ms: { quadVec4: 2, register: 1.5 },
    },
  ]);
  expect(table.rows).toEqual([
    { op: 'matmul', sizes: 'm 256, n 64', winner: 'register', ms: 1.5, fallback: 'quadVec4', fallbackMs: 2 },
  ]);
});
