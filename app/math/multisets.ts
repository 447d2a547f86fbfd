/** Exponent vectors of monomials, all degrees up to one, each as an earlier one times a coordinate. */

/** binom(d + degree, degree): monomials of d coordinates up to this degree. */
export function monomialCount(d: number, degree: number): number {
  let count = 1;
  for (let i = 1; i <= degree; i++) count = (count * (d + i)) / i;
  return Math.round(count);
}

export interface Monomials {
  d: number;
  degree: number;
  count: number;
  /** Feature t is feature parent[t] times x[coordinate[t]]; feature 0 is the constant 1. */
  parent: Uint32Array;
  coordinate: Uint32Array;
  /** How often coordinate[t] occurs in feature t. */
  multiplicity: Uint32Array;
}

/** All of them by degree, each once: coordinates are appended in ascending order. */
export function monomialTable(d: number, degree: number): Monomials {
  const count = monomialCount(d, degree);
  const parent = new Uint32Array(count);
  const coordinate = new Uint32Array(count);
  const multiplicity = new Uint32Array(count);
  let [from, to, next] = [0, 1, 1];
  for (let g = 1; g <= degree; g++) {
    for (let t = from; t < to; t++) {
      for (let c = t === 0 ? 0 : coordinate[t]; c < d; c++) {
        parent[next] = t;
        coordinate[next] = c;
        multiplicity[next] = t > 0 && coordinate[t] === c ? multiplicity[t] + 1 : 1;
        next++;
      }
    }
    [from, to] = [to, next];
  }
  return { d, degree, count, parent, coordinate, multiplicity };
}

/** sum_{t <= degree} x^t / t!. */
export function taylorExp(x: number, degree: number): number {
  let sum = 1;
  for (let t = degree; t > 0; t--) sum = 1 + (x * sum) / t;
  return sum;
}
