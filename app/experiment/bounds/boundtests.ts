/** The test of a part of the table: every operation within its bound, at a dozen shapes. */
import { expect, test } from 'vitest';
import { testDevice } from '../../gpu/testing';
import { type BoundFamily, measureBounds } from './bounds';

export function testBounds(families: readonly BoundFamily[]): void {
  test.each(families.map((family) => ({ name: family.title, family })))(
    '$name: within the derived bound of each operation at a dozen shapes',
    { timeout: 60_000 },
    async ({ family }) => {
      const rows = await measureBounds(await testDevice(), [family], { poison: true });
      expect(rows.filter(({ worst }) => !(worst <= 1))).toEqual([]);
      expect(rows.filter(({ shapes }) => shapes < 12)).toEqual([]);
    },
  );
}
