/** How a product is computed on a GPU: tiles, slices through workgroup memory, outer products in registers. */
import { given, made, minus, now, plus, productFlop, type StepsOf, step, transposed } from '../../steps';

interface Sizes {
  m: number;
  n: number;
  k: number;
  count: number;
  layout: string;
  splits: number;
}

/** Side of the register kernel's tile of C, depth of a slice, side of one invocation's own tile. */
const TILE = 64;
const SLICE = 16;
const OWN = 4;

export const steps: StepsOf<Sizes> = ({ m, n, k, count, layout, splits }) => {
  const A = given('A', m, k);
  const B = given('B', k, n);
  const C = made('C', m, n);
  const [rows, cols, depth] = [Math.min(TILE, m), Math.min(TILE, n), Math.min(SLICE, k)];
  const panelA = made('Aᵢ', rows, k);
  const panelB = made('Bⱼ', k, cols);
  const tile = made('Cᵢⱼ', rows, cols);
  const sliceA = made('Aᵢₚ', rows, depth);
  const sliceB = made('Bₚⱼ', depth, cols);
  const own = made('c', Math.min(OWN, rows), Math.min(OWN, cols));
  const a = made('a', own.rows, 1);
  const b = made('bᵀ', 1, own.cols);
  const width = Math.ceil(k / splits);
  const slices = Math.ceil(k / width);
  const stored = {
    nn: [],
    nt: [
      step(
        'B is stored as its transpose',
        given('B stored', n, k),
        'reshape',
        now(transposed(given('B', n, k))),
        {
          tex: '\\mathrm{op}(B) = B^{\\top}',
          text: 'Read transposed: neighbours along k lie side by side, so the kernel turns tiles as it loads them.',
        },
      ),
    ],
    tn: [
      step(
        'A is stored as its transpose',
        given('A stored', k, m),
        'reshape',
        now(transposed(given('A', k, m))),
        {
          tex: '\\mathrm{op}(A) = A^{\\top}',
          text: 'Read transposed: neighbours along m lie side by side, so the kernel turns tiles as it loads them.',
        },
      ),
    ],
  }[layout];
  return [
    ...(stored ?? []),
    step('The product', now(C), 'equals', [A, B], {
      tex: 'C_{ij} = \\sum_{t=1}^{k} A_{it}\\, B_{tj}',
      text:
        count > 1
          ? `One of ${count} independent products of this shape; each takes 2 m n k operations.`
          : 'Every entry of C is a row of A times a column of B: 2 m n k operations.',
      flop: 2 * m * n * k * count,
    }),
    step('One tile of C a workgroup', C, 'part', now(tile), {
      tex: 'C_{IJ},\\qquad I, J \\text{ ranges of 64 rows and columns}',
      text: 'Workgroups share nothing: each computes its own tile of the result.',
    }),
    step('What the tile needs', now(tile), 'equals', [panelA, panelB], {
      tex: 'C_{IJ} = A_{I}\\, B_{J}',
      text: 'A panel of rows of A and one of columns of B: larger tiles read each entry of A and B less often.',
      flop: productFlop(panelA, panelB),
    }),
    step('Slice by slice through workgroup memory', now(tile), 'equals', plus(tile, [sliceA, sliceB]), {
      tex: 'C_{IJ} \\leftarrow C_{IJ} + A_{Ip}\\, B_{pJ}',
      text: 'Sixteen columns and rows at a time are loaded once, shared by all invocations, and used 64 times.',
      flop: productFlop(sliceA, sliceB),
    }),
    step('Outer products in registers', now(own), 'equals', plus(own, [a, b]), {
      tex: 'c \\leftarrow c + a\\, b^{\\top}',
      text: 'An invocation keeps 4 x 4 sums: eight numbers loaded feed sixteen multiply-adds.',
      flop: productFlop(a, b),
    }),
    ...(slices > 1
      ? [
          step(
            'Or split along k',
            now(C),
            'equals',
            plus(
              [made('A₁', m, width), made('B₁', width, n)],
              [made('Aₛ', m, k - (slices - 1) * width), made('Bₛ', k - (slices - 1) * width, n)],
            ),
            {
              tex: `C = A_1 B_1 + \\dots + A_S B_S,\\qquad S = ${slices}`,
              text: 'Where C has too few tiles to fill the device, slices of k are multiplied apart, then added in order.',
              flop: slices * m * n,
            },
          ),
        ]
      : []),
    step('Judge the rounding', now(made('error', m, n)), 'equals', minus(C, given('float64', m, n)), {
      tex: '|\\hat C - C| \\le \\gamma_k\\, |A|\\, |B|,\\qquad \\gamma_k = \\frac{k u}{1 - k u}',
      text: 'The float64 product of the same rounded operands is the judge of every kernel.',
    }),
  ];
};
