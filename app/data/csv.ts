/**
 * Numbers as text: .csv, .tsv and their kin. The separator, a line of headings and a column of row labels
 * are found; everything else must be a decimal number.
 */
import Papa from 'papaparse';
import { UserError } from '../math/errors';
import { finished, LIMITS, type Limits, shown } from './matrix';
import type { MatrixData } from './source';

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const NON_FINITE = /^[+-]?(nan|inf|infinity)$/i;

const isNumber = (cell: string): boolean => NUMBER.test(cell) || NON_FINITE.test(cell);

/** The table as a matrix. @throws UserError with line and column (from 1) of what is no number. */
export function readCsv(name: string, text: string, limits: Limits = LIMITS): MatrixData {
  const lines = table(name, text, limits);
  if (lines.length === 0) throw new UserError(`${shown(name)} is empty: choose a file with numbers`);
  const hasHeading = lines.length > 1 && !lines[0].cells.slice(1).every(isNumber);
  const isHeadingOfOne = lines.length > 1 && lines[0].cells.length === 1 && !isNumber(lines[0].cells[0]);
  const body = hasHeading || isHeadingOfOne || isNamedColumn(lines) ? lines.slice(1) : lines;
  const hasLabels =
    body[0].cells.length > 1 && body.every(({ cells }) => !isNumber(cells[0]) && cells[0] !== '');
  const skip = hasLabels ? 1 : 0;
  const width = body[0].cells.length;
  const cols = width - skip;
  if (body.length > limits.side && cols > 1) throw tooMany(name, 'rows', limits.side);
  const widest = body.length === 1 ? vectorLimit(limits) : limits.side;
  if (cols > widest) throw tooMany(name, 'columns', widest);
  if (body.length * cols > limits.entries) throw tooMany(name, 'entries', limits.entries);

  const values = new Float64Array(body.length * cols);
  for (const [i, { cells, line }] of body.entries()) {
    if (cells.length !== width) {
      throw new UserError(
        `${shown(name)}, line ${line} has ${cells.length} cells, line ${body[0].line} has ${width}: ` +
          'give every line the same number',
      );
    }
    for (let j = skip; j < width; j++) values[i * cols + j - skip] = toNumber(name, cells[j], line, j + 1);
  }
  const notes = [
    body.length < lines.length ? 'The first line was taken as headings.' : '',
    hasLabels ? 'The first column was taken as row labels.' : '',
  ];
  const note = notes.filter(Boolean).join(' ');
  return finished(name, { rows: body.length, cols, note }, values);
}

/** A first line whose first cell alone is text, over a first column of numbers, is a heading too. */
function isNamedColumn(lines: readonly Line[]): boolean {
  if (lines.length < 2) return false;
  return !isNumber(lines[0].cells[0]) && lines.slice(1).every(({ cells }) => isNumber(cells[0]));
}

interface Line {
  cells: string[];
  /** In the file, from 1. */
  line: number;
}

function table(name: string, text: string, limits: Limits): Line[] {
  const lines: Line[] = [];
  let line = 0;
  const longest = vectorLimit(limits);
  // The rarest in running text comes first. Papa's own guess fails on short tables.
  const first = text.split('\n', 1000).find((row) => row.trim() !== '' && !row.startsWith('#')) ?? '';
  const separator = ['\t', ';', ',', '|'].find((sign) => first.includes(sign));
  Papa.parse<string[]>(text, {
    delimiter: separator ?? '\u001f', // one that is not there: spaces are split below
    step: ({ data }, parser) => {
      line++;
      const trimmed = data.map((cell) => cell.trim());
      const cells = separator === undefined ? trimmed[0].split(/\s+/) : trimmed;
      if (cells.every((cell) => cell === '') || cells[0].startsWith('#')) return;
      lines.push({ cells, line });
      if (lines.length > longest + 1) parser.abort();
    },
  });
  if (lines.length > longest + 1) throw tooMany(name, 'rows', longest);
  // "1,5;2,5": the comma is a decimal sign here, which other files use as the separator.
  if (separator === ';' && lines.some(({ cells }) => cells.some((cell) => /^[+-]?\d+,\d+$/.test(cell)))) {
    throw new UserError(`${shown(name)} has decimal commas: save it with decimal points`);
  }
  return lines;
}

const vectorLimit = ({ side, vector }: Limits): number => Math.max(side, vector ?? side);

const tooMany = (name: string, what: string, limit: number) =>
  new UserError(`${shown(name)} has more than ${limit} ${what}: cut out a part or reduce it first`);

function toNumber(name: string, cell: string, line: number, column: number): number {
  if (NUMBER.test(cell)) return Number(cell);
  if (NON_FINITE.test(cell)) return /nan/i.test(cell) ? NaN : cell.startsWith('-') ? -Infinity : Infinity;
  const what = cell === '' ? 'is empty' : `holds "${shown(cell.slice(0, 40))}"`;
  throw new UserError(
    `${shown(name)}, line ${line}, column ${column} ${what}: give every cell a decimal number`,
  );
}
