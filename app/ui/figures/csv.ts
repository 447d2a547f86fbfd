/**
 * A figure as CSV (RFC 4180, CRLF as it says, UTF-8): comment lines that tell what it is and how to get it
 * again, a header, then every value in full precision. numpy and pandas read it with comment='#'.
 */
import type { Figure } from '../../methods/figures';
import { axisTitle } from './frame';
import { type Cell, rowsOf } from './rows';

const END = '\r\n';

/** Where the figure comes from: the link that shows it again and the settings in words. */
export interface Context {
  link: string;
  settings: string;
}

/** The file in parts, so that a large one is never one string. */
export function csvOf(figure: Figure, context: Context): string[] {
  const { columns, count, row } = rowsOf(figure);
  const comments = [
    figure.title,
    ...axesOf(figure),
    figure.summary,
    `settings: ${context.settings}`,
    `link: ${context.link}`,
  ].map((line) => `# ${line.replaceAll(/[\r\n]+/g, ' ')}${END}`);
  const parts = [...comments, columns.map(cell).join(',') + END];
  for (let start = 0; start < count; start += 4096) {
    const lines: string[] = [];
    for (let i = start; i < Math.min(count, start + 4096); i++) lines.push(row(i).map(cell).join(',') + END);
    parts.push(lines.join(''));
  }
  return parts;
}

function axesOf(figure: Figure): string[] {
  switch (figure.kind) {
    case 'spectrum':
      return ['x: index from 1', 'y: singular value', `float32 floor: ${figure.floor}`];
    case 'lines':
    case 'scatter':
      return [`x: ${axisTitle(figure.x)}, ${figure.x.scale}`, `y: ${axisTitle(figure.y)}, ${figure.y.scale}`];
    case 'bars':
      return [`y: ${axisTitle(figure.y)}, ${figure.y.scale}`];
    case 'heatmap':
      return [`matrix: ${figure.rows} x ${figure.cols}, rows and columns from 0`];
    case 'image':
      return [`picture: ${figure.original.rows} x ${figure.original.cols}, PSNR ${figure.psnr} dB`];
    case 'table':
      return [];
  }
}

/** A number in full, a text quoted where it must be; texts that a spreadsheet would run get an apostrophe. */
export function cell(value: Cell): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+@\t\r]|^-(?![\d.])/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
