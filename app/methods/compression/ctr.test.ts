import { expect, test } from 'vitest';
import { testClaims } from '../../experiment/claimtests';
import { defaults } from '../../experiment/values';
import ctr from './ctr';
import { drawClicks, drawTruth, occurrences } from './ctr/data';

testClaims(ctr);

test('popular values occur by the law, and clicks follow their probabilities', () => {
  const truth = drawTruth({ seed: 0, fields: 3, vocab: 20, latent: 2, zipf: 1, signal: 2 });
  const { index, logits, labels } = drawClicks(truth, 20000, [2, 4]);
  const seen = occurrences(index, 60);
  const shares = Array.from({ length: 20 }, (_, v) => 1 / (v + 1));
  const total = shares.reduce((sum, share) => sum + share, 0);
  for (const v of [0, 1, 5, 19]) {
    const expected = (20000 * shares[v]) / total;
    expect(Math.abs(seen[20 + v] - expected)).toBeLessThan(5 * Math.sqrt(expected));
  }
  const clicks = labels.reduce((sum, label) => sum + label, 0);
  const likely = logits.reduce((sum, z) => sum + 1 / (1 + Math.exp(-z)), 0);
  expect(Math.abs(clicks - likely)).toBeLessThan(5 * Math.sqrt(likely));
});

test('what cannot be is refused', () => {
  const values = defaults(ctr);
  expect(() => ctr.check?.({ ...values, hidden: 33 }, null)).toThrow('hidden 33 is odd');
  expect(() => ctr.check?.({ ...values, batch: 8192, train: 1024 }, null)).toThrow(
    'batch 8192 is above the 1024',
  );
});
