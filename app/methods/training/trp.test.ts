import { expect, test } from 'vitest';
import { testClaims } from '../../experiment/claimtests';
import trp from './trp';
import { energyRank } from './trp/shapes';

testClaims(trp);

test('the energy rule keeps the fewest values that reach the share, and at least one', () => {
  expect(energyRank([2, 1, 1], 0.6)).toBe(1);
  expect(energyRank([2, 1, 1], 0.7)).toBe(2);
  expect(energyRank([2, 1, 1], 0.99)).toBe(3);
  expect(energyRank([2, 1, 1], 1)).toBe(3);
  expect(energyRank([0, 0], 0.9)).toBe(1);
});
