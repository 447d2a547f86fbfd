/**
 * A kernel: one WGSL entry point with its parameters, buffers, grid and cost. `run` packs the parameters,
 * binds the buffers in declared order and queues the dispatch; a long one is cut along `split`.
 */
import type { GpuHome } from './gpuhome';
import type { Tensor } from './home';
import { editedConstants } from './overrides';
import { compile } from './pipelines';

type Scalar = 'u32' | 'i32' | 'f32';
type ParamsOf<P> = { readonly [K in keyof P]: number };
type Grid = readonly [number, number?, number?];

export interface KernelSpec<P extends Record<string, Scalar>, B extends Record<string, 'read' | 'write'>> {
  /** Entry point, file name and label. */
  name: string;
  code: string;
  params: P;
  buffers: B;
  /** Defaults of the pipeline-overridable constants. */
  constants?: Readonly<Record<string, number>>;
  /** Workgroups in x, y, z. */
  grid: (params: ParamsOf<P>, constants: Readonly<Record<string, number>>) => Grid;
  cost: (params: ParamsOf<P>) => { flop: number; bytes: number };
  /** The buffers that may hold float16, two to a word. */
  halves?: readonly (keyof B)[];
  /** Long dispatches are cut along this axis; the last parameter `group0` carries the first workgroup. */
  split?: 'y' | 'z';
}

export interface Kernel<P extends Record<string, Scalar>, B extends Record<string, 'read' | 'write'>> {
  readonly spec: KernelSpec<P, B>;
  /** Begins to compile it with its default constants, so that several compile at once before the first runs. */
  prepare(home: GpuHome): void;
  run(
    home: GpuHome,
    params: Omit<ParamsOf<P>, 'group0'>,
    buffers: { readonly [K in keyof B]: Tensor },
    options?: { constants?: Readonly<Record<string, number>>; label?: string },
  ): Promise<void>;
}

/** Workgroups for `count` invocations in groups of `size`, folded into y where x alone would not do. */
export function linearGrid(count: number, size: number): [number, number] {
  const groups = Math.max(1, Math.ceil(count / size));
  const x = Math.min(groups, 32768);
  return [x, Math.ceil(groups / x)];
}

/** As linearGrid, but soon folded into y, so that a dispatch with `split: 'y'` can be cut. */
export function splitGrid(count: number, size: number): [number, number] {
  const groups = Math.max(1, Math.ceil(count / size));
  const x = Math.min(groups, Math.max(64, Math.ceil(groups / 65535)));
  return [x, Math.ceil(groups / x)];
}

export function defineKernel<
  const P extends Record<string, Scalar>,
  const B extends Record<string, 'read' | 'write'>,
>(spec: KernelSpec<P, B>): Kernel<P, B> {
  const names = Object.keys(spec.params);
  const bufferNames = Object.keys(spec.buffers);
  const source = { name: spec.name, code: spec.code, access: bufferNames.map((key) => spec.buffers[key]) };

  const pack = (params: Record<string, number>): Uint32Array<ArrayBuffer> => {
    const words = new Uint32Array(Math.max(4, Math.ceil(names.length / 4) * 4));
    const view = new DataView(words.buffer);
    names.forEach((name, i) => {
      const value = params[name];
      if (value === undefined || Number.isNaN(value))
        throw new Error(`kernel ${spec.name}: parameter ${name} is ${value}`);
      if (spec.params[name] === 'f32') view.setFloat32(4 * i, value, true);
      else if (spec.params[name] === 'i32') view.setInt32(4 * i, value, true);
      else view.setUint32(4 * i, value, true);
    });
    return words;
  };

  return {
    spec,
    prepare(home) {
      // A failure is reported where the kernel is dispatched.
      compile(home.device, source, { ...spec.constants }).catch(() => undefined);
    },
    async run(home, params, buffers, options = {}) {
      const constants = { ...spec.constants, ...options.constants, ...editedConstants(source, home.edits) };
      const all = { ...params, group0: 0 } as ParamsOf<P>;
      const [x, y = 1, z = 1] = spec.grid(all, constants);
      if (x * y * z === 0) return;
      const tensors = bufferNames.map((name) => buffers[name]);
      bufferNames.forEach((name, i) => {
        if (tensors[i].dtype === 'f16' && !spec.halves?.includes(name))
          throw new Error(`kernel ${spec.name}: ${name} is float16; give it float32 (toSingle)`);
      });
      const { flop, bytes } = spec.cost(all);
      const label = options.label ?? spec.name;
      const along = spec.split === 'z' ? z : y;
      const most = home.device.limits.maxComputeWorkgroupsPerDimension;
      for (let from = 0; from < along; ) {
        // Asked anew for each part: the home learns how fast the device is as it goes.
        const share = home.sliceMs / home.estimateMs(flop, bytes);
        const count = spec.split
          ? Math.min(along - from, most, Math.max(1, Math.floor(along * share)))
          : along;
        const grid: [number, number, number] =
          spec.split === 'z' ? [x, y, count] : spec.split === 'y' ? [x, count, z] : [x, y, z];
        await home.dispatch({
          source,
          constants,
          words: pack({ ...all, group0: from }),
          tensors,
          grid,
          label,
          flop: (flop * count) / along,
          bytes: (bytes * count) / along,
        });
        from += count;
      }
    },
  };
}
