import { expect, test } from 'vitest';
import { resultMarkdown } from './markdown';
import type { RunResult } from './protocol';
import { toy } from './toy';
import { defaults } from './values';

test('a run as Markdown names what differs, every metric and where it ran; cells cannot be broken out of', () => {
  const method = { ...toy, title: 'A | B' };
  const result = {
    values: { ...defaults(toy), size: 5, loud: true },
    metrics: { norm: 1 / 3, absent: null },
    claims: [{ holds: true }, { holds: false }],
  } as unknown as RunResult;
  const text = resultMarkdown(method, result, 'https://example.org/#/toy', ['Some <GPU>']);
  expect(text).toContain('### [A \\| B](https://example.org/#/toy)');
  expect(text).toContain('Settings: `size=5`, `loud=1`.');
  expect(text).toContain('| Norm | `norm` | 0.333333 | m |');
  expect(text).toContain('1 of 2 checks hold.');
  expect(text).toContain('Some \\<GPU\\>');
});
