/** `bounds`: the worst error of every operation against float64, as a share of the bound that it derives. */
import { type BoundRow, measureBounds } from '../experiment/bounds/bounds';
import { boundFamilies } from '../experiment/bounds/catalogue';
import { toJson } from '../experiment/report';
import { UserError } from '../math/errors';
import { type Io, UsageError } from './io';
import { openPlace } from './place';
import { aligned } from './table';

export interface BoundsFlags {
  only?: string;
  json?: boolean;
}

export async function boundsCommand({ only = '', json }: BoundsFlags, io: Io): Promise<number> {
  const parts = only.split(',').map((part) => part.trim());
  const wanted = (name: string): boolean => parts.some((part) => name.startsWith(part));
  const families = boundFamilies
    .map((family) => ({ ...family, operations: family.operations.filter(wanted) }))
    .filter(({ operations }) => operations.length > 0);
  if (families.length === 0) throw new UsageError(`no operation begins with "${only.slice(0, 60)}"`);
  const place = await openPlace(undefined);
  try {
    if (!place.gpu) throw new UserError(`Bounds compare the GPU with float64: ${place.reason}`);
    const rows = await measureBounds(place.gpu, families, {
      onSize: (title, size) => {
        if (io.isTerminal) void io.err(`\r\x1b[2K${title}, size ${size}`);
      },
    });
    if (io.isTerminal) await io.err('\r\x1b[2K');
    const { label } = place.home;
    await io.out(json ? `${toJson({ version: 1, label, rows })}\n` : boundsText(label, rows));
    return rows.every(({ worst }) => worst <= 1) ? 0 : 1;
  } finally {
    place.close();
  }
}

function boundsText(label: string, rows: readonly BoundRow[]): string {
  const lines = rows.map(({ operation, shapes, worst, at }) => [
    operation,
    String(shapes),
    worst === 0 ? 'exact' : worst.toPrecision(2),
    at.length > 70 ? `${at.slice(0, 69)}…` : at,
  ]);
  const head = ['operation', 'shapes', 'worst error / bound', 'at'];
  return `${[`${label}, against float64`, '', ...aligned([head, ...lines])].join('\n')}\n`;
}
