/** Widths and sizes of the network that trp trains. */

export const widthsOf = ({ width }: { width: number }): readonly number[] => [64, width, width, 32];

export const fullParameters = ({ width }: { width: number }): number =>
  64 * width + width * width + 32 * width;

/** Numbers in factors of these ranks. */
export const factorParameters = (v: { width: number }, ranks: readonly number[]): number => {
  const widths = widthsOf(v);
  return ranks.reduce((sum, k, l) => sum + k * (widths[l] + widths[l + 1]), 0);
};

/** The smallest k whose squares reach the share `energy` of all; everything for energy 1. At least 1. */
export function energyRank(sigma: ArrayLike<number>, energy: number): number {
  if (energy >= 1) return sigma.length;
  let total = 0;
  for (let i = 0; i < sigma.length; i++) total += sigma[i] ** 2;
  let sum = 0;
  for (let k = 0; k < sigma.length; k++) {
    sum += sigma[k] ** 2;
    if (sum >= energy * total) return k + 1;
  }
  return sigma.length;
}
