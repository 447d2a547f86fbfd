/** The machine card that goes into every export: what computed, in which browser, when. */
import type { RunResult } from '../../experiment/protocol';
import { formatMs } from '../../math/format';
import type { PageState } from '../store';

export function machineCard(open: PageState['open'], result: RunResult | null): string[] {
  const limits = open?.adapter?.limits;
  return [
    `Computed on ${result?.adapter ?? open?.label ?? 'an unknown device'}${result ? ` in ${formatMs(result.wallMs)}` : ''}.`,
    ...(open?.adapter
      ? [
          `Adapter: ${[open.adapter.vendor, open.adapter.architecture, open.adapter.description].filter(Boolean).join(', ')}; largest binding ${limits?.maxStorageBufferBindingSize} bytes.`,
        ]
      : []),
    `Browser: ${navigator.userAgent}`,
    `Date: ${new Date().toISOString().slice(0, 10)}`,
  ];
}
