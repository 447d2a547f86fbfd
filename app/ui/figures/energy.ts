/** What a spectrum says by itself: how many values hold how much, and how many there are in effect. */

/** The fewest leading values that hold at least `share` (0..1) of the sum of squares; 0 for a zero spectrum. */
export function energyIndex(values: readonly number[], share: number): number {
  const total = sumOfSquares(values);
  if (!(total > 0)) return 0;
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    sum += values[i] * values[i];
    if (sum >= share * total) return i + 1;
  }
  return values.length;
}

/** ||A||_F^2 / ||A||_2^2; values in descending order. */
export const stableRank = (values: readonly number[]): number => sumOfSquares(values) / values[0] ** 2;

/** exp of the entropy of sigma / sum(sigma) (Roy and Vetterli 2007). */
export function effectiveRank(values: readonly number[]): number {
  const total = values.reduce((sum, value) => sum + value, 0);
  const entropy = values.reduce((sum, value) => {
    const p = value / total;
    return p > 0 ? sum - p * Math.log(p) : sum;
  }, 0);
  return Math.exp(entropy);
}

const sumOfSquares = (values: readonly number[]) => values.reduce((sum, value) => sum + value * value, 0);

/** Neighbouring marks whose labels would touch become one, at the first, saying all: "90, 95 %". */
export function joinClose<T extends { at: number; text: string }>(
  marks: readonly T[],
  apart: number,
): { at: number; text: string; all: readonly T[] }[] {
  const joined: { at: number; text: string; all: T[] }[] = [];
  for (const mark of marks) {
    const last = joined.at(-1);
    if (last && mark.at - last.at < apart + last.text.length * 3) {
      last.text = `${last.text}, ${mark.text}`;
      last.all.push(mark);
    } else joined.push({ at: mark.at, text: mark.text, all: [mark] });
  }
  return joined;
}
