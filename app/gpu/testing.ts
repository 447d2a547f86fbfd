/** Homes for the tests: Dawn in Node, with every fresh buffer poisoned, and the CPU twin. */
import { CpuHome } from './cpuhome';
import type { GpuDevice } from './device';
import { GpuHome, type GpuHomeOptions } from './gpuhome';
import { openNodeGpu } from './node';

let shared: Promise<GpuDevice> | undefined;

/** The device that all tests of a file share. */
export function testDevice(): Promise<GpuDevice> {
  shared ??= openNodeGpu();
  return shared;
}

/** A GPU home whose fresh buffers hold NaN (as float32), and a CPU home. */
export async function homes(options: GpuHomeOptions = {}): Promise<{ gpu: GpuHome; cpu: CpuHome }> {
  const device = await testDevice();
  return { gpu: new GpuHome(device, { poison: true, ...options }), cpu: new CpuHome() };
}

/** The same device taken for a GPU whose barriers are fast, so that its variants are chosen and checked. */
export async function hardwareLike(options: GpuHomeOptions = {}): Promise<GpuHome> {
  const device = await testDevice();
  const report = { ...device.report, isFallback: false, subgroupMinSize: 32 };
  return new GpuHome({ ...device, report }, { poison: true, ...options });
}

export async function closeTestDevices(): Promise<void> {
  if (!shared) return;
  const { device } = await shared;
  await device.queue.onSubmittedWorkDone().catch(() => undefined);
  device.destroy();
  shared = undefined;
}
