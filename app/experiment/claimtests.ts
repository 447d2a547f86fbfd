/** The test of every method: what its card says must hold, holds at `quick` size, setting by setting. */
import { expect, test } from 'vitest';
import { homes } from '../gpu/testing';
import type { Method } from '../methods/method';
import { Cache } from './cache';
import type { RunResult } from './protocol';
import { runExperiment } from './runner';
import { quickValues } from './values';

interface Options {
  /** Both homes unless given. */
  on?: readonly ('gpu' | 'cpu')[];
  seeds?: readonly number[];
  /** More to expect of each result. */
  also?: (result: RunResult) => void;
}

/**
 * One test per home, seed and setting that the claims speak of. Besides the claims: every metric has a finite
 * value or a reason, and the device holds nothing afterwards but what the cache keeps.
 */
export function testClaims(method: Method, { on = ['gpu', 'cpu'], seeds = [0], also }: Options = {}): void {
  const settings = [
    ...new Set(
      method.claims.filter((claim) => !claim.fullSizeOnly).map(({ at }) => JSON.stringify(at ?? {})),
    ),
  ];
  const cases = on.flatMap((home) => settings.flatMap((at) => seeds.map((seed) => ({ home, at, seed }))));
  test.each(cases)(
    `what must hold of ${method.id} at $at holds in the $home home at quick size, seed $seed`,
    { timeout: 300_000 },
    async ({ home: kind, at, seed }) => {
      const home = (await homes({ poison: false }))[kind];
      const before = home.bytes;
      const cache = new Cache(home);
      const result = await runExperiment({
        method,
        values: { ...quickValues(method), ...JSON.parse(at), seed },
        home,
        data: null,
        dataKey: 'testbed',
        cache,
      });
      expect(home.bytes - before - cache.deviceBytes).toBe(0);
      // A shared test machine is not idle: what the clock says is shown there, and asserted nowhere.
      const failed = result.claims.filter(({ holds, advisory }) => !holds && !advisory);
      expect(failed).toEqual([]);
      const stated = method.claims.filter(
        (claim) =>
          JSON.stringify(claim.at ?? {}) === at && !claim.fullSizeOnly && !(claim.gpuOnly && kind === 'cpu'),
      );
      expect(result.claims.length).toBeGreaterThanOrEqual(stated.length);
      const silent = Object.entries(result.metrics).filter(
        ([key, value]) => (value === null || Number.isNaN(value)) && !result.reasons[key],
      );
      expect(silent).toEqual([]);
      const missing = Object.keys(method.metrics).filter(
        (key) => !(key in result.metrics) && !(key in result.reasons),
      );
      expect(missing).toEqual([]);
      also?.(result);
    },
  );
}
