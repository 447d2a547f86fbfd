/**
 * Gets a WebGPU device in named steps, each with its own sentence for the person. Asks only for the limits
 * and features that the kernels use, so that a bug shows on every machine alike.
 */
import { UserError } from '../math/errors';

/** What the page shows about the adapter and what goes into a bug report. */
export interface AdapterReport {
  label: string;
  vendor: string;
  architecture: string;
  description: string;
  isFallback: boolean;
  subgroupMinSize: number;
  features: string[];
  limits: Record<string, number>;
}

export interface GpuDevice {
  readonly device: GPUDevice;
  readonly report: AdapterReport;
  /** Resolves with the reason once the device is lost; never rejects. */
  readonly lost: Promise<string>;
  isLost(): boolean;
}

const FEATURES: readonly GPUFeatureName[] = ['timestamp-query', 'subgroups', 'shader-f16'];

/** Raised to what the adapter has, because data decides how large buffers get. */
const RAISED = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
  'maxStorageBuffersPerShaderStage',
] as const;

const REPORTED = [
  ...RAISED,
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupsPerDimension',
  'maxUniformBufferBindingSize',
] as const;

const STAY = 'Until then everything runs on the CPU, in float64 and at smaller sizes.';

/**
 * Opens a device.
 * @param gpu `navigator.gpu` in a page or worker (the default), or Dawn's in Node.
 * @throws UserError that names the step which failed and what to do.
 */
export async function openGpu(options: { gpu?: GPU; secure?: boolean } = {}): Promise<GpuDevice> {
  const secure = options.secure ?? globalThis.isSecureContext ?? true;
  if (!secure) {
    throw new UserError(`WebGPU needs a secure page: open this one over https, or from localhost. ${STAY}`);
  }
  const gpu = options.gpu ?? (globalThis.navigator as Navigator | undefined)?.gpu;
  if (!gpu) {
    throw new UserError(
      'This browser has no WebGPU. Use a current Chrome or Edge, Safari 26, or Firefox 141 or newer ' +
        `(on Linux, Chrome may need chrome://flags/#enable-unsafe-webgpu). ${STAY}`,
    );
  }
  // A used adapter is consumed by its device, so each device begins with a fresh one.
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) {
    throw new UserError(
      'The browser has WebGPU but offers no graphics adapter: its GPU may be blocked or its driver too old. ' +
        `Turn on hardware acceleration in the browser's settings, or update the driver. ${STAY}`,
    );
  }
  const device = await requestDevice(adapter);
  return wrapDevice(adapter, device);
}

async function requestDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  const requiredFeatures = FEATURES.filter((name) => adapter.features.has(name));
  const requiredLimits = Object.fromEntries(RAISED.map((name) => [name, adapter.limits[name]]));
  try {
    return await adapter.requestDevice({ label: 'rankscope', requiredFeatures, requiredLimits });
  } catch {
    // A refused limit must not lose the device: the defaults serve everything but the largest matrices.
    try {
      const again = await (adapter as GPUAdapter).requestDevice({ label: 'rankscope (default limits)' });
      return again;
    } catch (error) {
      throw new UserError(
        'The graphics adapter refused to open a device ' +
          `(${error instanceof Error ? error.message : String(error)}). Close other tabs that use the GPU, or ` +
          `restart the browser, and reload. ${STAY}`,
      );
    }
  }
}

function wrapDevice(adapter: GPUAdapter, device: GPUDevice): GpuDevice {
  const { info } = adapter;
  const isFallback = Boolean(
    (info as { isFallbackAdapter?: boolean }).isFallbackAdapter ??
      (adapter as { isFallbackAdapter?: boolean }).isFallbackAdapter,
  );
  let gone = false;
  const lost = device.lost.then((reason) => {
    gone = true;
    return reason.message || reason.reason;
  });
  const name = info.description || [info.vendor, info.architecture].filter(Boolean).join(' ') || 'GPU';
  return {
    device,
    lost,
    isLost: () => gone,
    report: {
      label: isFallback ? `${name} (software)` : name,
      vendor: info.vendor,
      architecture: info.architecture,
      description: info.description,
      isFallback,
      subgroupMinSize: (info as { subgroupMinSize?: number }).subgroupMinSize ?? 0,
      features: [...device.features].sort(),
      limits: Object.fromEntries(REPORTED.map((key) => [key, device.limits[key]])),
    },
  };
}
