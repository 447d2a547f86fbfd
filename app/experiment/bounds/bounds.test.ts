/// <reference types="vite/client" />
import { expect, test } from 'vitest';
import { testDevice } from '../../gpu/testing';
import { definedOperations } from '../../kernels/operation';
import { measureBounds } from './bounds';
import { boundFamilies } from './catalogue';

// Every kernel file, so that every operation has been defined.
import.meta.glob(['../../kernels/*.ts', '!../../kernels/*.test.ts'], { eager: true });

test('every operation of the library is in the table', () => {
  const named = boundFamilies.flatMap(({ operations }) => operations);
  expect(new Set(named).size).toBe(named.length);
  const bounded = [...definedOperations].filter(([, hasBound]) => hasBound).map(([name]) => name);
  expect([...named].sort()).toEqual(bounded.sort());
  // What measures the peaks of the device has nothing to be held to.
  const free = [...definedOperations].filter(([, hasBound]) => !hasBound).map(([name]) => name);
  expect(free.sort()).toEqual(['peak_copy', 'peak_fma']);
});

test.each(boundFamilies.map((family) => ({ name: family.title, family })))(
  '$name: within the derived bound of each operation at a dozen shapes',
  { timeout: 60_000 },
  async ({ family }) => {
    const rows = await measureBounds(await testDevice(), [family], { poison: true });
    expect(rows.filter(({ worst }) => !(worst <= 1))).toEqual([]);
    expect(rows.filter(({ shapes }) => shapes < 12)).toEqual([]);
  },
);
