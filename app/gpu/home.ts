/**
 * Where a tensor lives and its operations run: on the GPU in float32, or on the CPU in float64. A method
 * is written once against this interface and runs in either.
 */

/**
 * 'f32' is float32 on the GPU and float64 on the CPU. 'c64' is complex, real and imaginary part side by side:
 * vec2f (8 bytes an entry) on the GPU, an interleaved Float64Array on the CPU; shapes count entries, not parts.
 * 'f16' is half precision, two entries to a word, for operands of `matmul`; on the CPU float64 of the same values.
 */
export type Dtype = 'f32' | 'u32' | 'c64' | 'f16';

/** A dense row-major array in one home. The last two dimensions are rows and columns; any before are a batch. */
export interface Tensor {
  readonly home: Home;
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  /** Of a view: the tensor whose memory it shows. It lives as long as that tensor. */
  readonly base?: Tensor;
}

/** One line of the timings table: all calls of a kernel within one stage of the run. */
export interface Timing {
  kernel: string;
  stage: string;
  calls: number;
  /** null where the clock gave nothing usable. */
  ms: number | null;
  /** 'gpu' from timestamp queries, 'wall' from the clock round a submission, shared out by estimated work. */
  clock: 'gpu' | 'wall';
  flop: number;
  bytes: number;
}

/** How far an operation was from its float64 twin. */
export interface Verified {
  operation: string;
  /** Of what went in and what came out. */
  shapes: string;
  /** The worst error over its bound. */
  ratio: number;
}

export interface Home {
  readonly kind: 'gpu' | 'cpu';
  /** What computes, for people: "Apple M2 (metal-3)" or "CPU, float64". */
  readonly label: string;
  /**
   * A tensor with these values, row-major, rounded to float32 (or float16) in both homes so that both see the same
   * data; zeros where no values are given. Complex values come, and are read, interleaved: re, im, re, im, ...
   */
  tensor(shape: readonly number[], values?: ArrayLike<number>, dtype?: Dtype): Tensor;
  /** A tensor with undefined contents, for whoever fills all of it. */
  empty(shape: readonly number[], dtype?: Dtype): Tensor;
  /**
   * The entries from `offset` on as a tensor of their own, in the same memory: what is written to one is seen
   * in the other. The offset is a multiple of VIEW_ALIGN. One kernel may not read and write the same base.
   */
  view(base: Tensor, offset: number, shape: readonly number[]): Tensor;
  /** The values, once everything that was queued before has run. Throws if any of it failed. */
  read(tensor: Tensor): Promise<Float64Array | Float32Array | Uint32Array>;
  /**
   * Runs `body` and releases every tensor made inside it, except those found in what it returns (at any
   * depth of plain objects and arrays). Bodies run one after the other, never side by side.
   */
  scope<T>(body: () => Promise<T>): Promise<T>;
  /** Gives back the memory of a tensor before its scope ends. */
  release(tensor: Tensor): void;
  /**
   * The same values under another shape of equal size, without a copy. It takes the memory over: `tensor`
   * is released by this, so only give away what nobody else holds.
   */
  reshape(tensor: Tensor, shape: readonly number[]): Tensor;
  /** Takes a tensor out of its scopes: whoever calls this releases it. */
  keep(tensor: Tensor): void;
  /** Names what is being done, for timings and progress. */
  stage: string;
  /** A seam: lets messages in, and throws if the run was cancelled or the device lost. */
  checkpoint(): Promise<void>;
  /** Waits until all queued work is done. */
  finish(): Promise<void>;
  /** Timings since the last call, after all queued work is done. */
  timings(): Promise<Timing[]>;
  /** Bytes in tensors now. */
  readonly bytes: number;
  /** Compare every operation with its float64 twin as it goes (GPU home only). */
  readonly verify: boolean;
}

/** Entries that the start of a view is a multiple of: 256 bytes, the strictest alignment of a binding. */
export const VIEW_ALIGN = 64;

/** @throws RangeError where a view would begin between two places or end behind its base. */
export function checkView(base: Tensor, offset: number, shape: readonly number[]): void {
  const align = base.dtype === 'f16' ? 2 * VIEW_ALIGN : VIEW_ALIGN;
  if (offset % align !== 0 || offset < 0 || offset + sizeOf(shape) > sizeOf(base.shape)) {
    const view = `${shape.join(' x ')} from entry ${offset} of ${shapeText(base)}`;
    throw new RangeError(`view ${view}: it must begin at a multiple of ${align} and lie within`);
  }
}

/** Number of entries of a shape; 1 for the empty shape. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
/** Numbers that make one entry: 2 for complex ones. */
export const partsOf = (dtype: Dtype): number => (dtype === 'c64' ? 2 : 1);
/** Second to last dimension. */
export const rowsOf = (t: { shape: readonly number[] }): number => t.shape.at(-2) ?? 1;
/** Last dimension. */
export const colsOf = (t: { shape: readonly number[] }): number => t.shape.at(-1) ?? 1;
/** Product of the dimensions before the last two. */
export const batchOf = (t: { shape: readonly number[] }): number => sizeOf(t.shape.slice(0, -2));
/** "512 x 384", for messages. */
export const shapeText = (t: { shape: readonly number[] }): string => t.shape.join(' x ') || 'scalar';

/** @throws Error where a reshape would change the number of entries. */
export function assertSameSize(t: { shape: readonly number[] }, shape: readonly number[]): void {
  if (sizeOf(t.shape) !== sizeOf(shape)) {
    throw new Error(
      `reshape: ${shapeText(t)} has ${sizeOf(t.shape)} entries, ${shapeText({ shape })} has not`,
    );
  }
}
