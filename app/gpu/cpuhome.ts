/** The CPU home: tensors are float64 (or u32) arrays, operations are plain TypeScript. */
import { roundToFloat16 } from '../math/float16';
import { CancelledError } from './errors';
import {
  assertSameSize,
  checkView,
  type Dtype,
  type Home,
  partsOf,
  shapeText,
  sizeOf,
  type Tensor,
  type Timing,
} from './home';
import { Scopes } from './scopes';

type CpuArray = Float64Array | Uint32Array;

class CpuTensor implements Tensor {
  constructor(
    readonly home: CpuHome,
    readonly shape: readonly number[],
    public data: CpuArray | null,
    readonly dtype: Dtype,
    readonly base?: CpuTensor,
  ) {}
}

/** The live array of a CPU tensor; interleaved where it is complex. */
export function cpuData(tensor: Tensor): CpuArray {
  if (!(tensor instanceof CpuTensor)) throw new Error(`tensor ${shapeText(tensor)} is not in the CPU home`);
  if (!tensor.data || (tensor.base && !tensor.base.data))
    throw new Error(`tensor ${shapeText(tensor)} was released`);
  return tensor.data;
}

/** Messages (a cancel among them) get in this often. */
const BREATH_MS = 40;

export class CpuHome implements Home {
  readonly kind = 'cpu';
  readonly label = 'CPU, float64';
  readonly verify = false;
  stage = '';
  bytes = 0;
  private readonly scopes = new Scopes((tensor) => this.release(tensor));
  private readonly records = new Map<string, Timing>();
  private lastBreath = performance.now();

  constructor(private readonly options: { signal?: AbortSignal } = {}) {}

  tensor(shape: readonly number[], values?: ArrayLike<number>, dtype: Dtype = 'f32'): Tensor {
    const size = partsOf(dtype) * sizeOf(shape);
    const data = dtype === 'u32' ? new Uint32Array(size) : new Float64Array(size);
    if (values) {
      if (values.length !== size)
        throw new Error(`${values.length} values for a tensor ${shape.join(' x ')} of ${dtype}`);
      if (dtype === 'u32') data.set(values);
      else {
        const round = dtype === 'f16' ? roundToFloat16 : Math.fround;
        for (let i = 0; i < size; i++) data[i] = round(values[i]);
      }
    }
    return this.wrap(shape, data, dtype);
  }

  empty(shape: readonly number[], dtype: Dtype = 'f32'): Tensor {
    return this.tensor(shape, undefined, dtype);
  }

  /** A tensor of an array as it is, without copy or rounding. */
  wrap(
    shape: readonly number[],
    data: CpuArray,
    dtype: Dtype = data instanceof Uint32Array ? 'u32' : 'f32',
  ): Tensor {
    if (data.length !== partsOf(dtype) * sizeOf(shape))
      throw new Error(`${data.length} values for a tensor ${shape.join(' x ')} of ${dtype}`);
    const tensor = new CpuTensor(this, shape, data, dtype);
    this.bytes += data.byteLength;
    this.scopes.add(tensor);
    return tensor;
  }

  view(base: Tensor, offset: number, shape: readonly number[]): Tensor {
    checkView(base, offset, shape);
    const parts = partsOf(base.dtype);
    const data = cpuData(base).subarray(parts * offset, parts * (offset + sizeOf(shape)));
    if (!(base instanceof CpuTensor)) throw new Error('view: not a tensor of the CPU home');
    return new CpuTensor(this, shape, data, base.dtype, base.base ?? base);
  }

  async read(tensor: Tensor): Promise<CpuArray> {
    return cpuData(tensor).slice();
  }

  scope<T>(body: () => Promise<T>): Promise<T> {
    return this.scopes.run(body);
  }

  release(tensor: Tensor): void {
    if (!(tensor instanceof CpuTensor) || !tensor.data || tensor.base) return;
    this.bytes -= tensor.data.byteLength;
    tensor.data = null;
    this.scopes.remove(tensor);
  }

  reshape(tensor: Tensor, shape: readonly number[]): Tensor {
    const data = cpuData(tensor);
    assertSameSize(tensor, shape);
    if (tensor.base) return this.view(tensor, 0, shape);
    const reshaped = new CpuTensor(this, shape, data, tensor.dtype);
    (tensor as CpuTensor).data = null;
    this.scopes.remove(tensor);
    this.scopes.add(reshaped);
    return reshaped;
  }

  keep(tensor: Tensor): void {
    this.scopes.remove(tensor);
  }

  async checkpoint(): Promise<void> {
    if (performance.now() - this.lastBreath > BREATH_MS) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      this.lastBreath = performance.now();
    }
    if (this.options.signal?.aborted) throw new CancelledError();
  }

  async finish(): Promise<void> {
    await this.checkpoint();
  }

  /** Called by every operation with the wall time it took. */
  record(kernel: string, ms: number): void {
    const key = `${this.stage}\n${kernel}`;
    const timing = this.records.get(key);
    if (timing) {
      timing.calls++;
      timing.ms = (timing.ms ?? 0) + ms;
    } else {
      this.records.set(key, { kernel, stage: this.stage, calls: 1, ms, clock: 'wall', flop: 0, bytes: 0 });
    }
  }

  async timings(): Promise<Timing[]> {
    const all = [...this.records.values()];
    this.records.clear();
    return all;
  }
}
