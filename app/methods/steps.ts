/**
 * A method's algorithm as steps: each an equation of matrices with their shapes, its formula and one sentence.
 * The page draws the blocks to scale at the current parameters; a test holds that the shapes agree.
 */

/** What a matrix is to the method; decides how it is drawn. */
export type BlockRole =
  /** Data, or weights that stay as they are. */
  | 'given'
  /** Drawn at random. */
  | 'random'
  /** Learned. */
  | 'trained'
  /** Computed on the way. */
  | 'made';

/** Where its numbers are; full where nothing is said. */
export type BlockForm = 'diagonal' | 'lower' | 'upper' | 'sparse' | 'blocks';

export interface Block {
  /** As text, with _ and ^ before what is set low or high: "Q", "Bᵀ", "W_Q". The same symbol is the same matrix. */
  symbol: string;
  rows: number;
  cols: number;
  role: BlockRole;
  form?: BlockForm;
  /** This step makes it. */
  now?: boolean;
}

/** A product of blocks; a sum has several of them. */
export interface Term {
  joint: '' | '+' | '−' | '∘' | '/';
  factors: readonly Block[];
}

/** How the two sides hang together, and so what must agree in their shapes. */
export type Relation =
  /** Equal, or nearly. */
  | 'equals'
  | 'about'
  /** A function of every entry, or of the whole that keeps the shape. */
  | 'entrywise'
  /** The right side is a part of the left one. */
  | 'part'
  /** The left side is a part of the right one: zeros or copies are added. */
  | 'pad'
  /** A function of every row, which keeps the number of rows: features, sums, a choice of columns. */
  | 'rowwise'
  /** A function of every column. */
  | 'columnwise'
  /** The same numbers in another order. */
  | 'reshape'
  /** Some of the numbers, in a row of their own. */
  | 'gather'
  /** The numbers put in their places, zeros elsewhere. */
  | 'scatter';

export interface Step {
  /** Two to five words: "Sketch the range". */
  title: string;
  left: readonly Term[];
  relation: Relation;
  right: readonly Term[];
  /** TeX. */
  tex: string;
  /** One sentence. */
  text: string;
  /** Floating-point operations of the step at these sizes, where it is worth saying. */
  flop?: number;
}

/** Sizes that do not stand among the parameters: those of the matrix that a run will meet. */
export interface MatrixShape {
  m: number;
  n: number;
}

export type StepsOf<V> = (values: V, shape: MatrixShape) => readonly Step[];

const blockOf =
  (role: BlockRole) =>
  (symbol: string, rows: number, cols: number, form?: BlockForm): Block => ({
    symbol,
    rows,
    cols,
    role,
    form,
  });

export const given = blockOf('given');
export const random = blockOf('random');
export const trained = blockOf('trained');
export const made = blockOf('made');

/** The block in the step that makes or changes it. */
export const now = (block: Block): Block => ({ ...block, now: true });

/** The transpose, as a block of its own. */
export const transposed = ({ symbol, rows, cols, form, ...rest }: Block): Block => ({
  ...rest,
  symbol: /\s|\p{Lu}\p{Lu}|ᵀ/u.test(symbol) ? `(${symbol})ᵀ` : `${symbol}ᵀ`,
  rows: cols,
  cols: rows,
  form: form === 'lower' ? 'upper' : form === 'upper' ? 'lower' : form,
});

/** Operations of the product of two blocks. */
export const productFlop = (a: Block, b: Block): number => 2 * a.rows * a.cols * b.cols;

/** A block, a product, or terms with what joins them. */
export type Side = Block | readonly Block[] | readonly Term[];

const isBlock = (side: Side): side is Block => !Array.isArray(side);
const isTerms = (side: readonly Block[] | readonly Term[]): side is readonly Term[] =>
  side.length > 0 && 'factors' in side[0];

function termsOf(side: Side): readonly Term[] {
  if (isBlock(side)) return [{ joint: '', factors: [side] }];
  return isTerms(side) ? side : [{ joint: '', factors: side }];
}

const joined =
  (joint: Term['joint']) =>
  (first: Side, ...rest: Side[]): readonly Term[] => [
    ...termsOf(first),
    ...rest.flatMap(termsOf).map((term) => (term.joint === '' ? { ...term, joint } : term)),
  ];

/** Sides of several terms: products (arrays) or blocks, added, subtracted, or multiplied or divided by entries. */
export const plus = joined('+');
export const minus = joined('−');
export const times = joined('∘');
export const over = joined('/');

export function step(
  title: string,
  left: Side,
  relation: Relation,
  right: Side,
  say: { tex: string; text: string; flop?: number },
): Step {
  return { title, left: termsOf(left), relation, right: termsOf(right), ...say };
}

type Size = readonly [rows: number, cols: number];

/** What is wrong with the shapes of a step, in words; nothing where they agree. */
export function problemsOf(one: Step): string[] {
  const problems: string[] = [];
  const say = (text: string) => problems.push(`${one.title}: ${text}`);
  for (const { symbol, rows, cols } of blocksOf(one)) {
    if (![rows, cols].every((side) => Number.isInteger(side) && side > 0))
      say(`${symbol} is ${rows} x ${cols}`);
  }
  const sizeOf = (terms: readonly Term[]): Size => {
    const sizes = terms.map(({ factors }): Size => {
      for (let i = 1; i < factors.length; i++) {
        const [a, b] = [factors[i - 1], factors[i]];
        if (a.cols !== b.rows)
          say(`${a.symbol} ${a.rows} x ${a.cols} times ${b.symbol} ${b.rows} x ${b.cols}`);
      }
      return [factors[0].rows, factors[factors.length - 1].cols];
    });
    for (const size of sizes) if (`${size}` !== `${sizes[0]}`) say(`terms of ${sizes[0]} and ${size}`);
    return sizes[0];
  };
  const [a, b] = [sizeOf(one.left), sizeOf(one.right)];
  if (!agree(one.relation, a, b)) say(`${a.join(' x ')} ${one.relation} ${b.join(' x ')}`);
  return problems;
}

function agree(relation: Relation, [m, n]: Size, [p, q]: Size): boolean {
  switch (relation) {
    case 'equals':
    case 'about':
    case 'entrywise':
      return m === p && n === q;
    case 'part':
      return p <= m && q <= n;
    case 'pad':
      return p >= m && q >= n;
    case 'rowwise':
      return m === p;
    case 'columnwise':
      return n === q;
    case 'reshape':
      return m * n === p * q;
    case 'gather':
      return m * n >= p * q;
    case 'scatter':
      return m * n <= p * q;
  }
}

/** All blocks of a step, in the order in which they are drawn. */
export const blocksOf = (one: Step): readonly Block[] =>
  [...one.left, ...one.right].flatMap(({ factors }) => factors);
