import { expect, test } from 'vitest';
import { withoutComments } from './shaders.plugin';

test('comments go, lines and use directives stay', () => {
  const code =
    '//! use threefry\n// What it does.\nfn f() { // why\n  let a = b / c;\n  /* two\n lines */ return;\n}';
  expect(withoutComments(code)).toBe(
    '//! use threefry\n\nfn f() {\nlet a = b / c;\n\n return;\n}'.replace('\n return', '\nreturn'),
  );
  expect(withoutComments(code).split('\n')).toHaveLength(code.split('\n').length);
});
