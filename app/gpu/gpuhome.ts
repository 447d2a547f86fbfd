/**
 * The GPU home: tensors are storage buffers, operations are queued dispatches. Work is submitted in slices
 * of about 50 ms of estimated work, at most two in flight, so that no watchdog fires and a cancel is quick.
 */
import { UserError } from '../math/errors';
import { formatBytes } from '../math/format';
import { BufferPool, type PooledBuffer } from './buffers';
import { Clock } from './clock';
import type { AdapterReport, GpuDevice } from './device';
import { CancelledError, DeviceLostError } from './errors';
import { GpuTensor, offsetOf, placeOf } from './gputensor';
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
  type Verified,
} from './home';
import { editedSource } from './overrides';
import { compile, type Dispatch } from './pipelines';
import { Scopes } from './scopes';
import { bytesOf, decode, encode } from './storage';

export interface GpuHomeOptions {
  signal?: AbortSignal;
  verify?: boolean;
  /** With `verify`: told of every comparison. */
  onVerified?: (seen: Verified) => void;
  /** Fill every fresh buffer with NaN, so that a kernel which leaves entries unwritten is found out. */
  poison?: boolean;
  /** Edited code of kernels by name, in place of their own. */
  edits?: Readonly<Record<string, string>>;
  /** Refuse to hold more than this; default: what the device allows. */
  budgetBytes?: number;
}

const UNIFORM_STRIDE = 256;
const UNIFORM_SLOTS = 256;
const IN_FLIGHT = 2;
const POISON = 0x7fc00bad; // a quiet NaN

/** First guesses of speed (per ms); measured submissions correct them as the home works. */
const GUESS = { software: { flop: 1e6, bytes: 5e5 }, hardware: { flop: 3e8, bytes: 3e7 } };
const speedFactor = new WeakMap<GPUDevice, number>();
const bindGroups = new WeakMap<GPUBindGroupLayout, Map<string, GPUBindGroup>>();

export class GpuHome implements Home {
  readonly kind = 'gpu';
  readonly device: GPUDevice;
  readonly label: string;
  readonly adapter: AdapterReport;
  readonly verify: boolean;
  onVerified: GpuHomeOptions['onVerified'];
  readonly edits: GpuHomeOptions['edits'];
  /** True where workgroup barriers cost more than they save (software adapters): use barrier-free kernels. */
  readonly barriersAreSlow: boolean;
  readonly sliceMs = 50;
  stage = '';
  bytes = 0;
  /** For the tests: what was submitted. */
  readonly counters = { submissions: 0, dispatches: 0, longestSliceMs: 0 };

  private static count = 0;
  private readonly id = ++GpuHome.count;
  private readonly pool: BufferPool;
  private readonly clock: Clock;
  private readonly scopes = new Scopes((tensor) => this.release(tensor));
  private readonly uniforms: GPUBuffer;
  private readonly staging = new Uint32Array((UNIFORM_STRIDE * UNIFORM_SLOTS) / 4);
  private encoder: GPUCommandEncoder | null = null;
  private slot = 0;
  private sliceEstimate = 0;
  private readonly inFlight: Promise<void>[] = [];
  private checks: Promise<void>[] = [];
  private failure: Error | null = null;
  private lastDone = 0;

  constructor(
    private readonly gpu: GpuDevice,
    private readonly options: GpuHomeOptions = {},
  ) {
    this.device = gpu.device;
    this.label = gpu.report.label;
    this.adapter = gpu.report;
    this.verify = options.verify ?? false;
    this.onVerified = options.onVerified;
    this.edits = options.edits;
    this.barriersAreSlow =
      gpu.report.isFallback || (gpu.report.subgroupMinSize > 0 && gpu.report.subgroupMinSize <= 4);
    this.pool = BufferPool.of(this.device);
    this.clock = new Clock(this.device);
    this.uniforms = this.device.createBuffer({
      label: 'params',
      size: UNIFORM_STRIDE * UNIFORM_SLOTS,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    });
  }

  tensor(shape: readonly number[], values?: ArrayLike<number>, dtype: Dtype = 'f32'): Tensor {
    const tensor = this.allocate(shape, dtype);
    const { buffer, bytes } = this.live(tensor);
    if (!values) {
      this.begin().clearBuffer(buffer, 0, bytes);
      return tensor;
    }
    if (values.length !== partsOf(dtype) * sizeOf(shape))
      throw new Error(`${values.length} values for a tensor ${shape.join(' x ')} of ${dtype}`);
    // A pooled buffer may still be read by dispatches that are encoded but not submitted: those go first.
    this.submit();
    this.device.queue.writeBuffer(buffer, 0, encode(dtype, values).buffer as ArrayBuffer);
    return tensor;
  }

  /** A tensor with undefined contents, for a kernel to fill. */
  empty(shape: readonly number[], dtype: Dtype = 'f32'): Tensor {
    const tensor = this.allocate(shape, dtype);
    if (this.options.poison) {
      const words = Math.ceil(tensor.bytes / 4);
      this.submit();
      this.device.queue.writeBuffer(this.live(tensor).buffer, 0, new Uint32Array(words).fill(POISON));
    }
    return tensor;
  }

  view(base: Tensor, offset: number, shape: readonly number[]): Tensor {
    checkView(base, offset, shape);
    const pooled = this.live(base);
    if (!(base instanceof GpuTensor)) throw new Error('view: not a tensor of the GPU home');
    const bytes = bytesOf(base.dtype, Math.max(1, sizeOf(shape)));
    const at = base.offset + bytesOf(base.dtype, offset);
    return new GpuTensor(this, shape, base.dtype, pooled, bytes, base.base ?? base, at);
  }

  private allocate(shape: readonly number[], dtype: Dtype): GpuTensor {
    this.assertAlive();
    const bytes = bytesOf(dtype, Math.max(1, sizeOf(shape)));
    const limit = this.device.limits.maxStorageBufferBindingSize;
    if (bytes > limit) {
      throw new UserError(
        `A ${shape.join(' x ')} matrix takes ${formatBytes(bytes)}, and this GPU binds at most ${formatBytes(limit)} ` +
          'at once: choose a smaller size.',
      );
    }
    if (this.bytes + bytes > (this.options.budgetBytes ?? Number.POSITIVE_INFINITY))
      throw this.outOfMemory(bytes);
    let pooled = this.pool.find(bytes);
    if (!pooled) {
      // Only a new buffer can fail, and a scope costs more than finding an idle one.
      this.device.pushErrorScope('out-of-memory');
      pooled = this.pool.make(bytes, `tensor ${shape.join(' x ')}`);
      this.check(this.device.popErrorScope(), () => this.outOfMemory(bytes));
    }
    const tensor = new GpuTensor(this, shape, dtype, pooled, bytes);
    this.bytes += bytes;
    this.scopes.add(tensor);
    return tensor;
  }

  private outOfMemory(bytes: number): UserError {
    return new UserError(
      `The GPU has no room for ${formatBytes(bytes)} more; this run already holds ${formatBytes(this.bytes)}. ` +
        'Choose a smaller size or rank, or close other tabs that use the GPU.',
    );
  }

  private check(scope: Promise<GPUError | null>, make: (error: GPUError) => Error): void {
    this.checks.push(
      scope.then(
        (error) => {
          if (error) this.failure ??= make(error);
        },
        () => undefined, // the device is gone; assertAlive says so
      ),
    );
  }

  private live(tensor: Tensor): PooledBuffer {
    if (!(tensor instanceof GpuTensor)) throw new Error(`tensor ${shapeText(tensor)} is not in the GPU home`);
    const { pooled } = tensor.base ?? tensor;
    if (!pooled) throw new Error(`tensor ${shapeText(tensor)} was released`);
    return pooled;
  }

  async read(tensor: Tensor): Promise<Float32Array | Uint32Array> {
    const { buffer } = this.live(tensor);
    const size = bytesOf(tensor.dtype, sizeOf(tensor.shape));
    if (size === 0) return tensor.dtype === 'u32' ? new Uint32Array(0) : new Float32Array(0);
    const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
    const target = this.device.createBuffer({ label: 'read', size, usage });
    this.begin().copyBufferToBuffer(buffer, offsetOf(tensor), target, 0, size);
    this.submit();
    try {
      await this.orLost(target.mapAsync(GPUMapMode.READ));
      await this.settle();
      return decode(tensor.dtype, target.getMappedRange().slice(0), sizeOf(tensor.shape));
    } finally {
      target.destroy();
    }
  }

  scope<T>(body: () => Promise<T>): Promise<T> {
    return this.scopes.run(body);
  }

  release(tensor: Tensor): void {
    if (!(tensor instanceof GpuTensor) || !tensor.pooled || tensor.base) return;
    this.bytes -= tensor.bytes;
    this.pool.give(tensor.pooled);
    tensor.pooled = null;
    this.scopes.remove(tensor);
  }

  reshape(tensor: Tensor, shape: readonly number[]): Tensor {
    const pooled = this.live(tensor);
    const old = tensor as GpuTensor;
    assertSameSize(tensor, shape);
    if (tensor.base) return this.view(tensor, 0, shape);
    const reshaped = new GpuTensor(this, shape, old.dtype, pooled, old.bytes);
    old.pooled = null;
    this.scopes.remove(tensor);
    this.scopes.add(reshaped);
    return reshaped;
  }

  keep(tensor: Tensor): void {
    this.scopes.remove(tensor);
  }

  /** Expected time of this much work on this device. */
  estimateMs(flop: number, bytes: number): number {
    const guess = this.gpu.report.isFallback ? GUESS.software : GUESS.hardware;
    return Math.max(flop / guess.flop, bytes / guess.bytes) * (speedFactor.get(this.device) ?? 1);
  }

  /** Queues one dispatch; waits only when enough work is in flight. */
  async dispatch(job: Dispatch): Promise<void> {
    this.assertAlive();
    const source = editedSource(job.source, this.edits);
    const { pipeline, layout } = await compile(this.device, source, job.constants);
    const estimate = this.estimateMs(job.flop, job.bytes);
    const full = this.slot >= UNIFORM_SLOTS || this.clock.isFull;
    if (full || (this.sliceEstimate > 0 && this.sliceEstimate + estimate > this.sliceMs)) {
      this.submit();
      while (this.inFlight.length >= IN_FLIGHT) await this.orLost(this.inFlight[0]);
      await this.checkpoint();
    }
    const encoder = this.begin();
    this.staging.set(job.words, (this.slot * UNIFORM_STRIDE) / 4);
    const { label, flop, bytes } = job;
    const pass = encoder.beginComputePass({
      label,
      timestampWrites: this.clock.mark({
        kernel: label,
        stage: this.stage,
        flop,
        bytes,
        estimateMs: estimate,
      }),
    });
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, this.bindGroup(layout, job), [this.slot * UNIFORM_STRIDE]);
    pass.dispatchWorkgroups(...job.grid);
    pass.end();
    this.slot++;
    this.sliceEstimate += estimate;
    this.counters.dispatches++;
  }

  private bindGroup(layout: GPUBindGroupLayout, { tensors, label }: Dispatch): GPUBindGroup {
    let cache = bindGroups.get(layout);
    if (!cache) {
      cache = new Map();
      bindGroups.set(layout, cache);
    }
    const buffers = tensors.map((tensor) => this.live(tensor));
    // The uniform buffer is this home's own, so groups of other homes must not be found.
    const places = tensors.map((tensor) => placeOf(tensor));
    const key = [this.id, ...buffers.map(({ id }, i) => `${id}${places[i].key}`)].join();
    let group = cache.get(key);
    if (!group) {
      if (cache.size > 256) cache.clear();
      group = this.device.createBindGroup({
        label,
        layout,
        entries: [
          { binding: 0, resource: { buffer: this.uniforms, size: UNIFORM_STRIDE } },
          ...buffers.map(({ buffer }, i) => ({
            binding: i + 1,
            resource: { buffer, ...places[i].range },
          })),
        ],
      });
      cache.set(key, group);
    }
    return group;
  }

  private begin(): GPUCommandEncoder {
    if (!this.encoder) {
      this.assertAlive();
      this.device.pushErrorScope('validation');
      this.encoder = this.device.createCommandEncoder({ label: this.stage || 'slice' });
    }
    return this.encoder;
  }

  /** Sends what is encoded. */
  private submit(): void {
    const { encoder } = this;
    if (!encoder) return;
    const collect = this.clock.isGpu ? this.clock.encodeResolve(encoder) : null;
    const estimate = this.sliceEstimate;
    const hadWork = this.slot > 0;
    if (hadWork)
      this.device.queue.writeBuffer(this.uniforms, 0, this.staging, 0, (this.slot * UNIFORM_STRIDE) / 4);
    const began = performance.now();
    this.device.queue.submit([encoder.finish()]);
    this.check(this.device.popErrorScope(), (error) => new Error(`GPU validation: ${error.message}`));
    this.encoder = null;
    this.slot = 0;
    this.sliceEstimate = 0;
    collect?.();
    if (!hadWork) return;
    this.counters.submissions++;
    this.counters.longestSliceMs = Math.max(this.counters.longestSliceMs, estimate);
    const done = this.device.queue.onSubmittedWorkDone().then(() => this.learn(began, estimate));
    if (!this.clock.isGpu) this.clock.closeWall(done);
    const settled = done.then(
      () => undefined,
      () => undefined,
    );
    this.inFlight.push(settled);
    void settled.then(() => this.inFlight.splice(this.inFlight.indexOf(settled), 1));
  }

  /** Compares a submission's time with its estimate, and returns that time in ms. */
  private learn(began: number, estimate: number): number {
    const now = performance.now();
    const ms = now - Math.max(began, this.lastDone);
    this.lastDone = now;
    // Short submissions measure the round trip, not the work.
    if (estimate > 5) {
      const factor = speedFactor.get(this.device) ?? 1;
      const seen = Math.min(4, Math.max(0.25, ms / estimate));
      speedFactor.set(this.device, Math.min(64, Math.max(1 / 64, factor * seen ** 0.3)));
    }
    return ms;
  }

  async checkpoint(): Promise<void> {
    if (this.options.signal?.aborted) throw new CancelledError();
    this.assertAlive();
  }

  async finish(): Promise<void> {
    this.submit();
    await this.orLost(this.device.queue.onSubmittedWorkDone());
    await this.settle();
  }

  private async settle(): Promise<void> {
    await Promise.all(this.checks.splice(0));
    if (this.options.signal?.aborted) throw new CancelledError();
    this.assertAlive();
  }

  async timings(): Promise<Timing[]> {
    await this.finish();
    return this.clock.take();
  }

  private assertAlive(): void {
    if (this.gpu.isLost()) throw new DeviceLostError('The GPU device was lost.');
    if (this.failure) throw this.failure;
  }

  private orLost<T>(work: Promise<T>): Promise<T> {
    const lost = this.gpu.lost.then((reason): never => {
      throw new DeviceLostError(`The GPU device was lost: ${reason}`);
    });
    return Promise.race([work, lost]).catch((error) => {
      if (this.gpu.isLost()) throw new DeviceLostError('The GPU device was lost.');
      throw error;
    });
  }

  /** Gives back what the home itself holds; tensors are released by their scopes. */
  dispose(): void {
    if (this.encoder) this.submit();
    this.clock.destroy();
    this.uniforms.destroy();
  }
}
