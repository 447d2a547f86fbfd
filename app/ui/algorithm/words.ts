/** A step in words: what a person hears who does not see the blocks. */
import type { Block, Step, Term } from '../../methods/steps';
import { SIGNS } from './layout';

const JOINTS: Readonly<Record<Term['joint'], string>> = {
  '': '',
  '+': 'plus',
  '−': 'minus',
  '∘': 'entry by entry times',
  '/': 'entry by entry over',
};

const RELATIONS: Readonly<Record<string, string>> = { '=': 'equals', '≈': 'is about', '→': 'gives' };

const FORMS: Readonly<Record<NonNullable<Block['form']>, string>> = {
  diagonal: 'diagonal',
  lower: 'lower triangular',
  upper: 'upper triangular',
  sparse: 'sparse',
  blocks: 'block diagonal',
};

export interface Part {
  text: string;
  set: 'plain' | 'low' | 'high';
}

/** A symbol in parts: "B_q eᶜ" is B, a low q, and " eᶜ". */
export const partsOf = (symbol: string): readonly Part[] =>
  [...symbol.matchAll(/[_^][−\p{L}\p{N}]+|[^_^]+/gu)].map(([text]) =>
    text.startsWith('_')
      ? { text: text.slice(1), set: 'low' }
      : text.startsWith('^')
        ? { text: text.slice(1), set: 'high' }
        : { text, set: 'plain' },
  );

const blockWords = ({ symbol, rows, cols, form }: Block) =>
  `${symbol} ${rows} × ${cols}${form ? ` (${FORMS[form]})` : ''}`;

const sideWords = (terms: readonly Term[]): string =>
  terms
    .map(({ joint, factors }) => `${JOINTS[joint]} ${factors.map(blockWords).join(' times ')}`.trim())
    .join(' ');

/** "Y 512 × 24 equals A 512 × 384 times Ω 384 × 24". */
export const equationWords = ({ left, relation, right }: Step): string =>
  `${sideWords(left)} ${RELATIONS[SIGNS[relation]]} ${sideWords(right)}`;

const ROLES: readonly { role: Block['role'] | 'now'; text: string }[] = [
  { role: 'given', text: 'given' },
  { role: 'random', text: 'random' },
  { role: 'trained', text: 'trained' },
  { role: 'made', text: 'made before' },
  { role: 'now', text: 'made in this step' },
];

export const lookOf = (block: Block): Block['role'] | 'now' => (block.now ? 'now' : block.role);

/** The looks that occur in a step, for its legend. */
export const looksIn = (blocks: readonly Block[]) => {
  const looks = new Set(blocks.map(lookOf));
  return ROLES.filter(({ role }) => looks.has(role));
};
