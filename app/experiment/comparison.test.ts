import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeComparison, MOST_RUNS, openComparison } from './comparison';

const query = (link: string) => link.slice(link.indexOf('?') + 1);

/** Written once and for all: a link of version 1 opens in every later version. */
const FIXTURE =
  '#/compare?run=rsvd%3Frank%3D8%26m%3D96%26n%3D80&run=rsvd%3Frank%3D32%26m%3D96%26n%3D80&run=matmul&equal=flop&against=parameters&metric=error.rsvd';

test('a comparison of version 1 opens as it did when it was made, and is written the same', async () => {
  const { comparison, states, problems } = await openComparison(query(FIXTURE));
  expect(problems).toEqual([]);
  expect(comparison).toEqual({
    runs: ['#/rsvd?rank=8&m=96&n=80', '#/rsvd?rank=32&m=96&n=80', '#/matmul'],
    equal: 'flop',
    against: 'parameters',
    metric: 'error.rsvd',
  });
  expect(states.map(({ method }) => method)).toEqual(['rsvd', 'rsvd', 'matmul']);
  expect(encodeComparison(comparison)).toBe(FIXTURE);
});

test('what a comparison cannot be is named and left out, the rest is kept', async () => {
  const { comparison, problems } = await openComparison(
    `run=rsvd%3Frank%3D99999&run=nothing&run=%zz&equal=luck&colour=red&${'run=matmul&'.repeat(12)}`,
  );
  expect(comparison.runs[0]).toBe('#/rsvd');
  expect(comparison.runs).not.toContain('#/nothing');
  expect(comparison.runs.length).toBeLessThanOrEqual(MOST_RUNS);
  expect(comparison.equal).toBe('none');
  expect(problems.join(' ')).toMatch(/run is not readable.*equal is not readable.*no "colour".*Of 14 runs/);
  expect(problems.join(' ')).toMatch(/rank 99999 is above 512/);
});

test('damaged comparisons never throw', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ maxLength: 60 }), fc.nat(FIXTURE.length), async (noise, at) => {
      const damaged = query(FIXTURE.slice(0, at) + noise + FIXTURE.slice(at + noise.length));
      const { comparison } = await openComparison(damaged);
      expect(comparison.runs.length).toBeLessThanOrEqual(MOST_RUNS);
    }),
    { numRuns: 500 },
  );
});
