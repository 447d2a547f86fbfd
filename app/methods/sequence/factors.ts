/** Complex parts of a state space model as two real tensors each, as S4's own checkpoints hold them. */
import type { Home, Tensor } from '../../gpu/home';
import type { Complex } from '../../math/complex';
import type { Factor } from '../factors';

/** `name` real and imaginary; a vector, or rows of this length. */
export function complexParts(home: Home, name: string, key: string, value: Complex, cols?: number): Factor[] {
  const shape = cols === undefined ? [value.re.length] : [value.re.length / cols, cols];
  return [
    { name: `${name}, real`, key: `${key}_real`, value: home.tensor(shape, value.re) },
    { name: `${name}, imaginary`, key: `${key}_imag`, value: home.tensor(shape, value.im) },
  ];
}

/** The numbers of the pairs of parts from `complexParts`, in order. */
export async function complexValues(parts: readonly Tensor[]): Promise<Complex[]> {
  const out: Complex[] = [];
  for (let i = 0; i + 1 < parts.length; i += 2) {
    const read = async (tensor: Tensor) => Float64Array.from(await tensor.home.read(tensor));
    out.push({ re: await read(parts[i]), im: await read(parts[i + 1]) });
  }
  return out;
}
