/** How well scores rank positives above negatives. */

export interface Roc {
  /** False positive rate, from 0 to 1, one point for every distinct score. */
  x: Float64Array;
  /** True positive rate. */
  y: Float64Array;
}

/** Indices by falling score; equal scores keep no particular order among themselves. */
function byScore(scores: ArrayLike<number>): Uint32Array {
  return Uint32Array.from({ length: scores.length }, (_, i) => i).sort((i, j) => scores[j] - scores[i]);
}

/**
 * Area under the ROC curve: the share of positive-negative pairs that are ranked rightly, ties one half
 * (Mann-Whitney). `labels[i]` is 1 for a positive, 0 otherwise. Null where all labels are equal, or a score
 * is not a number: it is not defined there.
 */
export function auc(scores: ArrayLike<number>, labels: ArrayLike<number>): number | null {
  const order = byScore(scores);
  let above = 0; // positives so far
  let negatives = 0;
  let pairs = 0;
  for (let i = 0; i < order.length; ) {
    const score = scores[order[i]];
    if (Number.isNaN(score)) return null;
    let tiedPositives = 0;
    let tiedNegatives = 0;
    for (; i < order.length && scores[order[i]] === score; i++) {
      if (labels[order[i]] === 1) tiedPositives++;
      else tiedNegatives++;
    }
    pairs += tiedNegatives * (above + tiedPositives / 2);
    above += tiedPositives;
    negatives += tiedNegatives;
  }
  return above === 0 || negatives === 0 ? null : pairs / (above * negatives);
}

/** The ROC curve. */
export function roc(scores: ArrayLike<number>, labels: ArrayLike<number>): Roc {
  const order = byScore(scores);
  const x = [0];
  const y = [0];
  let positives = 0;
  let negatives = 0;
  for (let i = 0; i < order.length; i++) {
    if (labels[order[i]] === 1) positives++;
    else negatives++;
    if (i + 1 < order.length && scores[order[i + 1]] === scores[order[i]]) continue;
    x.push(negatives);
    y.push(positives);
  }
  return {
    x: Float64Array.from(x, (count) => count / Math.max(1, negatives)),
    y: Float64Array.from(y, (count) => count / Math.max(1, positives)),
  };
}
