import { expect, test } from 'vitest';
import { diffLines } from './diff';

test('common lines stand side by side, what differs between them too', () => {
  expect(diffLines(['a', 'x', 'b', 'c'], ['a', 'y', 'z', 'b', 'd'])).toEqual([
    { left: 'a', right: 'a', same: true },
    { left: 'x', right: 'y', same: false },
    { left: null, right: 'z', same: false },
    { left: 'b', right: 'b', same: true },
    { left: 'c', right: 'd', same: false },
  ]);
  expect(diffLines([], ['a'])).toEqual([{ left: null, right: 'a', same: false }]);
});
