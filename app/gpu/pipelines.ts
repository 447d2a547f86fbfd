/** Compiled kernels, once per device, source and constants; always asynchronously, with an explicit layout. */
import type { Tensor } from './home';
import { linkShader } from './wgsl';

export interface PipelineSource {
  name: string;
  code: string;
  access: readonly ('read' | 'write')[];
}

export interface Dispatch {
  source: PipelineSource;
  constants: Readonly<Record<string, number>>;
  words: Uint32Array<ArrayBuffer>;
  tensors: readonly Tensor[];
  grid: readonly [number, number, number];
  label: string;
  flop: number;
  bytes: number;
}

export interface Compiled {
  pipeline: GPUComputePipeline;
  layout: GPUBindGroupLayout;
}

const caches = new WeakMap<GPUDevice, Map<string, Promise<Compiled>>>();

/** A kernel's shader was refused: name, file, line and column as its author wrote them. */
export class ShaderError extends Error {
  override readonly name = 'ShaderError';
}

export function compile(
  device: GPUDevice,
  source: PipelineSource,
  constants: Readonly<Record<string, number>>,
): Promise<Compiled> {
  let cache = caches.get(device);
  if (!cache) {
    cache = new Map();
    caches.set(device, cache);
  }
  const key = `${source.name}\n${JSON.stringify(constants)}\n${source.code}`;
  let compiled = cache.get(key);
  if (!compiled) {
    compiled = build(device, source, constants);
    cache.set(key, compiled);
    // A failure is not kept: after a device loss or an edit the kernel may compile.
    compiled.catch(() => cache.delete(key));
  }
  return compiled;
}

async function build(
  device: GPUDevice,
  { name, code, access }: PipelineSource,
  constants: Readonly<Record<string, number>>,
): Promise<Compiled> {
  const linked = linkShader(name, code);
  const module = device.createShaderModule({ label: name, code: linked.code });
  const storage = access.map((mode, i) => ({
    binding: i + 1,
    visibility: GPUShaderStage.COMPUTE,
    buffer: { type: mode === 'read' ? ('read-only-storage' as const) : ('storage' as const) },
  }));
  const uniform = { type: 'uniform' as const, hasDynamicOffset: true };
  const layout = device.createBindGroupLayout({
    label: name,
    entries: [{ binding: 0, visibility: GPUShaderStage.COMPUTE, buffer: uniform }, ...storage],
  });
  try {
    const pipeline = await device.createComputePipelineAsync({
      label: name,
      layout: device.createPipelineLayout({ label: name, bindGroupLayouts: [layout] }),
      compute: { module, entryPoint: name, constants: { ...constants } },
    });
    return { pipeline, layout };
  } catch (error) {
    const info = await module.getCompilationInfo();
    const messages = info.messages
      .filter((message) => message.type === 'error')
      .map((message) => {
        const at = linked.lines[message.lineNum - 1];
        return `${at?.file ?? name}.wgsl:${at?.line ?? message.lineNum}:${message.linePos} ${message.message}`;
      });
    const why = messages.join('\n') || (error instanceof Error ? error.message : String(error));
    throw new ShaderError(`kernel ${name}: ${why}`);
  }
}
