/** WebGPU in Node: Dawn from the `webgpu` package, on whatever Vulkan, Metal or D3D adapter the machine has. */
import { type GpuDevice, openGpu } from './device';

declare global {
  // Dawn's instance must stay reachable: collected, it takes the process down with it.
  var dawnInstance: GPU | undefined;
}

/** Opens a device on Dawn. `RANKSCOPE_BACKEND` picks the back end (vulkan, metal, d3d12); default: by platform. */
export async function openNodeGpu(): Promise<GpuDevice> {
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  const backend =
    process.env.RANKSCOPE_BACKEND ?? { darwin: 'metal', win32: 'd3d12' }[process.platform as string];
  globalThis.dawnInstance ??= create([`backend=${backend ?? 'vulkan'}`]);
  return openGpu({ gpu: globalThis.dawnInstance, secure: true });
}
