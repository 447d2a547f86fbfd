/// <reference types="vite/client" />
import { expect, test } from 'vitest';
import { definedOperations } from '../../kernels/operation';
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
