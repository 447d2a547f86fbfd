/**
 * An operation: two implementations behind one signature, WGSL in float32 and TypeScript in float64. The
 * home is that of the first tensor (or home) among the arguments. With `home.verify` every call is repeated
 * by its twin and compared; the first that deviates is named.
 */
import { CpuHome, cpuData } from '../gpu/cpuhome';
import { GpuHome } from '../gpu/gpuhome';
import { type Home, shapeText, type Tensor } from '../gpu/home';
import { mapTensors, tensorsIn } from '../gpu/scopes';

/** ratio = worst error / bound: 1 or less is right. */
export interface Deviation {
  ratio: number;
  what: string;
}

export interface OperationSpec<A extends unknown[], R> {
  name: string;
  gpu: (home: GpuHome, ...args: A) => Promise<R>;
  cpu: (home: CpuHome, ...args: A) => Promise<R>;
  /** Tensors in all arguments are in the CPU home; the bound is derived, never guessed. */
  compare?: (got: R, want: R, ...args: A) => Deviation | Promise<Deviation>;
}

/** The name of every operation defined so far, and whether it has a bound to be held to. */
export const definedOperations = new Map<string, boolean>();

export class DeviationError extends Error {
  override readonly name = 'DeviationError';
}

export function defineOperation<A extends unknown[], R>(
  spec: OperationSpec<A, R>,
): (...args: A) => Promise<R> {
  definedOperations.set(spec.name, spec.compare !== undefined);
  return async (...args) => {
    const home = homeOf(args, spec.name);
    if (home instanceof CpuHome) {
      await home.checkpoint();
      const began = performance.now();
      const result = await spec.cpu(home, ...args);
      home.record(spec.name, performance.now() - began);
      return result;
    }
    if (!(home instanceof GpuHome)) throw new Error(`${spec.name}: unknown home`);
    if (!home.verify || !spec.compare) return spec.gpu(home, ...args);
    return verified(home, spec, args);
  };
}

function homeOf(args: unknown[], name: string): Home {
  for (const arg of args) {
    if (arg instanceof CpuHome || arg instanceof GpuHome) return arg;
    for (const tensor of tensorsIn(arg)) return tensor.home;
  }
  throw new Error(`${name}: no tensor or home among the arguments`);
}

async function verified<A extends unknown[], R>(
  home: GpuHome,
  spec: OperationSpec<A, R>,
  args: A,
): Promise<R> {
  const twin = new CpuHome();
  const mirror = async (value: unknown): Promise<unknown> => {
    const copies = new Map<Tensor, Tensor>();
    for (const tensor of tensorsIn(value)) {
      const values = await home.read(tensor);
      copies.set(
        tensor,
        twin.wrap(
          tensor.shape,
          values instanceof Uint32Array ? values : Float64Array.from(values),
          tensor.dtype,
        ),
      );
    }
    return mapTensors(value, (tensor) => copies.get(tensor));
  };
  const swapHome = (value: unknown): unknown => (value === home ? twin : value);
  // Copied before the call, which may write into an argument.
  const inputs = ((await mirror(args)) as A).map(swapHome) as A;
  // The twin may write into its inputs too; these stay as they were.
  const before = mapTensors(inputs, (tensor) =>
    twin.wrap(tensor.shape, cpuData(tensor).slice(), tensor.dtype),
  ) as A;
  const result = await spec.gpu(home, ...args);
  const got = (await mirror(result)) as R;
  const want = await spec.cpu(twin, ...inputs);
  const { ratio, what } = (await spec.compare?.(got, want, ...before)) ?? { ratio: 0, what: '' };
  const shapes = [...tensorsIn(args)].map(shapeText).join(', ');
  const made = [...tensorsIn(result)].map(shapeText).join(', ');
  home.onVerified?.({ operation: spec.name, shapes: `${shapes} to ${made}`, ratio });
  if (!(ratio <= 1)) {
    throw new DeviationError(
      `${spec.name} (${shapes}) deviates from its float64 twin by ${ratio.toPrecision(3)} times the bound: ${what}`,
    );
  }
  return result;
}

/**
 * Entry-wise comparison with a bound, as `compare` returns it. The index runs over numbers: real and imaginary
 * parts of complex tensors one after the other.
 */
export function entrywise(
  got: Tensor,
  want: Tensor,
  bound: number | ((index: number) => number),
  what = 'entry',
): Deviation {
  const a = cpuData(got);
  const b = cpuData(want);
  if (a.length !== b.length)
    return { ratio: Number.POSITIVE_INFINITY, what: `${a.length} entries, not ${b.length}` };
  let worst: Deviation = { ratio: 0, what };
  for (let i = 0; i < a.length; i++) {
    if (Object.is(a[i], b[i])) continue;
    const limit = typeof bound === 'number' ? bound : bound(i);
    const ratio = Math.abs(a[i] - b[i]) / limit;
    if (!(ratio <= worst.ratio)) {
      worst = {
        ratio: Number.isNaN(ratio) ? Number.POSITIVE_INFINITY : ratio,
        what: `${what} ${i} is ${a[i]}, float64 says ${b[i]}`,
      };
      if (worst.ratio === Number.POSITIVE_INFINITY) break;
    }
  }
  return worst;
}
