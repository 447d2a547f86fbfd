import { expect, test } from 'vitest';
import { defineMethod } from '../methods/method';
import type { LooseValues } from '../methods/parameters';
import { assumed, estimate, learned, smaller } from './estimate';
import { toy } from './toy';
import { defaults } from './values';

/** Cubic in size, as a decomposition is. */
const cubic = defineMethod({
  ...toy,
  cost: ({ size }) => ({ flop: 1e6 * Number(size) ** 3, bytes: 4 * Number(size) ** 2, dispatches: 10 }),
});
const machine = { ...assumed(true), gflops: 1, dispatchMs: 0.1 };
const at = (size: number) => ({ ...defaults(cubic), size });

test('an estimate follows the declared cost, and after a run what that took here', () => {
  const first = estimate(cubic, at(10), machine);
  expect(first).toEqual({ ms: 1e9 / 1 / 1e6 + 1, bytes: 400, basis: 'speed' });
  const taught = learned(machine, cubic, {
    method: 'toy',
    values: at(10),
    adapter: '',
    home: 'cpu',
    metrics: {},
    reasons: {},
    figures: [],
    notes: [],
    claims: [],
    timings: [],
    wallMs: 3003,
  });
  const next = estimate(cubic, at(20), taught);
  expect(next?.basis).toBe('earlier run');
  expect(next?.ms).toBeCloseTo(3 * 8001, 6);
  expect(estimate(toy, at(10), machine)).toBeNull();
});

test('a smaller proposal lies between the settings and the quick ones, as near as it fits', () => {
  const fits = (most: number) => (values: LooseValues) => (estimate(cubic, values, machine)?.ms ?? 0) <= most;
  expect(smaller(cubic, at(64), fits(1e5))?.size).toBe(32);
  expect(smaller(cubic, at(64), fits(100))?.size).toBe(4);
  expect(smaller(cubic, at(64), fits(1))).toBeNull();
});
