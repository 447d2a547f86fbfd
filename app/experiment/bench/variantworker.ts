/**
 * The variants of one operation in a worker with a device of its own; to stop it, the page ends the worker. What
 * was tuned on this adapter is known to it, so that "chosen here" is what the page's own runs choose.
 */
import { openGpu } from '../../gpu/device';
import { Tuner } from '../../gpu/tuner';
import { type PlainError, toPlainError } from '../protocol';
import { browserTuningStore } from '../tuningstore';
import type { VariantReport } from './variant';
import { measureVariants } from './variantrun';

export interface VariantRequest {
  family: string;
  /** Variants that run although their barriers are slow here. */
  anyway: readonly string[];
}

export type FromVariants =
  | { type: 'progress'; done: number; of: number; what: string }
  | { type: 'done'; report: VariantReport }
  | { type: 'error'; error: PlainError };

const post = (message: FromVariants) => self.postMessage(message);

async function run({ family, anyway }: VariantRequest): Promise<void> {
  const gpu = await openGpu();
  const tuner = new Tuner(browserTuningStore);
  await tuner.load().catch(() => undefined);
  tuner.attach(gpu.device);
  const report = await measureVariants(gpu, family, {
    anyway,
    onProgress: (done, of, what) => post({ type: 'progress', done, of, what }),
  });
  post({ type: 'done', report });
}

self.onmessage = ({ data }: MessageEvent<VariantRequest>) => {
  run(data).catch((error: unknown) => post({ type: 'error', error: toPlainError(error) }));
};
