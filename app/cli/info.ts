/** `info`: what computes here and how fast, measured with the kernels that the methods use. */
import { toJson } from '../experiment/report';
import { measureSpeeds } from '../experiment/speed';
import { GpuHome } from '../gpu/gpuhome';
import { kernelChoices } from '../kernels/choices';
import { formatMs, formatRate } from '../math/format';
import type { Io } from './io';
import { openPlace } from './place';

export async function infoCommand(json: boolean, io: Io): Promise<number> {
  const place = await openPlace(undefined);
  try {
    const { home, adapter, reason } = place;
    const slow = home.kind === 'cpu' || adapter?.isFallback === true;
    const measured = await measureSpeeds(home, slow);
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
      kernels: home instanceof GpuHome ? kernelChoices(home) : [],
      node: process.versions.node,
    };
    if (json) {
      await io.out(`${toJson(report)}\n`);
      return 0;
    }
    const lines = [report.label];
    if (reason !== null) lines.push(`Not on the GPU: ${reason}`);
    lines.push(
      `matmul: ${formatRate(measured.gflops, 'FLOP/s')} of at most ${formatRate(measured.peakGflops, 'FLOP/s')}`,
      `copying: ${formatRate(measured.peakGbps, 'B/s')}; one operation: ${formatMs(measured.dispatchMs)}`,
    );
    for (const { what, kernel, others } of report.kernels) {
      lines.push(`${what}: ${kernel}${others.length > 0 ? ` (or ${others.join(', ')})` : ''}`);
    }
    if (report.features.length > 0) lines.push(`features: ${report.features.join(', ')}`);
    for (const [name, value] of Object.entries(report.limits)) lines.push(`${name}: ${value}`);
    await io.out(`${lines.join('\n')}\n`);
    return 0;
  } finally {
    place.close();
  }
}
