import { expect, test } from 'vitest';
import { auc, roc } from './ranking';
import { integers, normals, uniforms } from './threefry';

/** All pairs, one by one. */
function byPairs(scores: ArrayLike<number>, labels: ArrayLike<number>): number {
  let right = 0;
  let pairs = 0;
  for (let i = 0; i < scores.length; i++) {
    for (let j = 0; j < scores.length; j++) {
      if (labels[i] !== 1 || labels[j] !== 0) continue;
      pairs++;
      right += scores[i] > scores[j] ? 1 : scores[i] === scores[j] ? 0.5 : 0;
    }
  }
  return right / pairs;
}

test.each([2, 3, 17, 200])('the area is the share of pairs ranked rightly, n = %i', (n) => {
  const labels = Array.from(uniforms(1, 0, n), (u) => (u < 0.4 ? 1 : 0));
  labels[0] = 1;
  labels[1] = 0;
  const scores = normals(1, 1, n);
  expect(auc(scores, labels)).toBeCloseTo(byPairs(scores, labels), 12);
  const tied = integers(1, 2, n, 4);
  expect(auc(tied, labels)).toBeCloseTo(byPairs(tied, labels), 12);
});

test('it is the trapezoid rule on the curve, which runs from 0, 0 to 1, 1', () => {
  const labels = Array.from(uniforms(2, 0, 99), (u) => (u < 0.5 ? 1 : 0));
  const scores = integers(2, 1, 99, 12);
  const { x, y } = roc(scores, labels);
  let area = 0;
  for (let i = 1; i < x.length; i++) area += ((x[i] - x[i - 1]) * (y[i] + y[i - 1])) / 2;
  expect([x[0], y[0], x.at(-1), y.at(-1)]).toEqual([0, 0, 1, 1]);
  expect(area).toBeCloseTo(auc(scores, labels) ?? Number.NaN, 12);
});

test('equal labels and scores that are not numbers have none', () => {
  expect(auc([1, 2, 3], [1, 1, 1])).toBeNull();
  expect(auc([1, 2, 3], [0, 0, 0])).toBeNull();
  expect(auc([1, Number.NaN, 3], [0, 1, 0])).toBeNull();
});
