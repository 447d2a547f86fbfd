/** `info`: what computes here and how fast, measured with the kernels that the methods use. */
import { toJson } from '../experiment/report';
import { timeCalls } from '../experiment/runner';
import type { Home } from '../gpu/home';
import { axpby } from '../kernels/elementwise';
import { matmul } from '../kernels/matmul';
import { formatBytes, formatRate } from '../math/format';
import type { Io } from './io';
import { openPlace } from './place';

const REPEATS = 3;

export async function infoCommand(json: boolean, io: Io): Promise<number> {
  const place = await openPlace(undefined);
  try {
    const { home, adapter, reason } = place;
    const slow = home.kind === 'cpu' || adapter?.isFallback === true;
    const measured = await measure(home, slow ? 256 : 2048, slow ? 2 ** 20 : 2 ** 25);
    const report = {
      home: home.kind,
      label: home.label,
      reason,
      vendor: adapter?.vendor ?? null,
      architecture: adapter?.architecture ?? null,
      description: adapter?.description ?? null,
      isFallback: adapter?.isFallback ?? null,
      features: adapter?.features ?? [],
      limits: adapter?.limits ?? {},
      measured,
      node: process.versions.node,
    };
    if (json) {
      await io.out(`${toJson(report)}\n`);
      return 0;
    }
    const lines = [report.label];
    if (reason !== null) lines.push(`Not on the GPU: ${reason}`);
    lines.push(
      `matmul, ${measured.size} x ${measured.size}: ${formatRate(measured.gflops, 'FLOP/s')}`,
      `streaming, ${formatBytes(measured.streamBytes)}: ${formatRate(measured.gbps, 'B/s')}`,
    );
    if (report.features.length > 0) lines.push(`features: ${report.features.join(', ')}`);
    for (const [name, value] of Object.entries(report.limits)) lines.push(`${name}: ${value}`);
    await io.out(`${lines.join('\n')}\n`);
    return 0;
  } finally {
    place.close();
  }
}

/** Speed of a square product and of a stream through memory, medians of a few calls. */
async function measure(home: Home, size: number, stream: number) {
  const ramp = (count: number) => Float32Array.from({ length: count }, (_, i) => ((i * 37) % 101) / 101);
  const [productMs, streamMs] = await home.scope(async () => {
    const a = home.tensor([size, size], ramp(size * size));
    const x = home.tensor([1, stream], ramp(stream));
    const time = (label: string, call: () => Promise<unknown>) =>
      timeCalls(home, { label, repeats: REPEATS, call });
    return [await time('matmul', () => matmul(a, a)), await time('stream', () => axpby(2, x, 1, x))];
  });
  const streamBytes = 12 * stream; // two reads and one write
  return {
    size,
    gflops: (2 * size ** 3) / productMs / 1e6,
    streamBytes,
    gbps: streamBytes / streamMs / 1e6,
  };
}
