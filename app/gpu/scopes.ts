/** Ownership of tensors: a stack of scopes, each releasing what was made inside it and not returned. */
import type { Tensor } from './home';

const isTensor = (value: unknown): value is Tensor =>
  typeof value === 'object' && value !== null && 'home' in value && 'shape' in value && 'dtype' in value;

/** All tensors at any depth of plain objects and arrays; for a view, the tensor that owns its memory. */
export function ownersIn(value: unknown): Set<Tensor> {
  return new Set(Array.from(tensorsIn(value), (tensor) => tensor.base ?? tensor));
}

/** All tensors at any depth of plain objects and arrays. */
export function tensorsIn(value: unknown, found: Set<Tensor> = new Set()): Set<Tensor> {
  if (isTensor(value)) found.add(value);
  else if (Array.isArray(value)) for (const item of value) tensorsIn(item, found);
  else if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    for (const item of Object.values(value)) tensorsIn(item, found);
  }
  return found;
}

/** The same structure with every tensor replaced. */
export function mapTensors(value: unknown, replace: (tensor: Tensor) => unknown): unknown {
  if (isTensor(value)) return replace(value);
  if (Array.isArray(value)) return value.map((item) => mapTensors(item, replace));
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTensors(item, replace)]));
  }
  return value;
}

export class Scopes {
  private readonly stack: Set<Tensor>[] = [];

  constructor(private readonly free: (tensor: Tensor) => void) {}

  add(tensor: Tensor): void {
    this.stack.at(-1)?.add(tensor);
  }

  remove(tensor: Tensor): void {
    for (const scope of this.stack) scope.delete(tensor);
  }

  async run<T>(body: () => Promise<T>): Promise<T> {
    const scope = new Set<Tensor>();
    const depth = this.stack.push(scope);
    let kept = new Set<Tensor>();
    try {
      const result = await body();
      kept = ownersIn(result);
      return result;
    } finally {
      // A failed body may leave inner scopes behind; they end with this one.
      const ended = this.stack.splice(depth - 1);
      for (const inner of ended) {
        for (const tensor of inner) {
          if (kept.has(tensor)) this.add(tensor);
          else this.free(tensor);
        }
      }
    }
  }
}
