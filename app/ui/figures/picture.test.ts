import { expect, test } from 'vitest';
import { wrapped } from './picture';

test('lines break at spaces, a link that is too long breaks anywhere, nothing is lost', () => {
  expect(wrapped('rank 24, seed 3', 9)).toEqual(['rank 24,', 'seed 3']);
  const link = 'http://localhost/#/rsvd?rank=24';
  const lines = wrapped(`at ${link}`, 10);
  expect(lines.join('')).toBe(`at${link}`);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(10);
});
