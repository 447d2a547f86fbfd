/**
 * A list of parameters in one flat tensor, so that an optimizer moves all of them in one dispatch. Its parts are
 * views; between them lies padding (zero, with a zero gradient, so it stays zero).
 */
import { type Home, sizeOf, type Tensor, VIEW_ALIGN } from '../gpu/home';

export interface ParameterList {
  /** All parameters, and dL/d(all of them), in one tensor each. */
  theta: Tensor;
  gradient: Tensor;
  /** The parts and their gradients: views in the order in which they were given. */
  parts: readonly Tensor[];
  gradients: readonly Tensor[];
  /** First entry of every part in `theta`. */
  offsets: readonly number[];
  /** Trained numbers, the padding not counted. */
  count: number;
}

export interface Part {
  shape: readonly number[];
  /** Zeros where none are given. */
  values?: ArrayLike<number>;
}

export function parameterList(home: Home, parts: readonly Part[]): ParameterList {
  const offsets: number[] = [];
  let end = 0;
  for (const { shape } of parts) {
    offsets.push(end);
    end += Math.ceil(sizeOf(shape) / VIEW_ALIGN) * VIEW_ALIGN;
  }
  const values = new Float64Array(end);
  parts.forEach((part, i) => {
    if (part.values) values.set(Array.from(part.values), offsets[i]);
  });
  const theta = home.tensor([end], values);
  const gradient = home.tensor([end]);
  const viewsOf = (base: Tensor): Tensor[] => parts.map(({ shape }, i) => home.view(base, offsets[i], shape));
  return {
    theta,
    gradient,
    parts: viewsOf(theta),
    gradients: viewsOf(gradient),
    offsets,
    count: parts.reduce((sum, { shape }) => sum + sizeOf(shape), 0),
  };
}
