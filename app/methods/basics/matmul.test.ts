import { expect, test } from 'vitest';
import { Cache } from '../../experiment/cache';
import { testClaims } from '../../experiment/claimtests';
import { runExperiment } from '../../experiment/runner';
import { quickValues } from '../../experiment/values';
import { homes } from '../../gpu/testing';
import matmul from './matmul';

testClaims(matmul, { seeds: [0] });

const run = async (values: Record<string, number | string>) => {
  const { gpu } = await homes({ poison: false });
  return runExperiment({
    method: matmul,
    values: { ...quickValues(matmul), ...values },
    home: gpu,
    data: null,
    dataKey: 'testbed',
    cache: new Cache(gpu),
  });
};

test('an outer product has errors of at most u, and says that it has one slice', async () => {
  const { metrics, notes } = await run({ m: 9, n: 7, k: 1 });
  for (const kernel of ['naive', 'tiled', 'register', 'subgroup', 'splitk']) {
    expect(metrics[`error.${kernel}`]).toBeLessThanOrEqual(2 ** -24);
  }
  expect(notes.join()).toContain('splits is 1');
});

test('refuses what no device takes, with the limit and a cure', async () => {
  await expect(run({ m: 8192, n: 8192, k: 1, splits: 1, count: 8 })).rejects.toThrow('choose');
  await expect(run({ count: 4096, splits: 256, m: 1, n: 1 })).rejects.toThrow('choose splits 15 or less');
});

test('draws rates, errors and a map for every kernel', async () => {
  const { figures } = await run({ m: 40, n: 24, k: 32 });
  expect(figures.map(({ id }) => id)).toEqual([
    'rates',
    'roofline',
    'errors',
    ...['naive', 'tiled', 'register', 'subgroup', 'splitk', 'f16'].map((kernel) => `where-${kernel}`),
    'sizes',
    'lengths',
  ]);
});
