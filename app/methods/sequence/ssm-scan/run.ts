/** The run of ssm-scan: one recurrence by every route, its matrix, what selection buys, and the times. */
import { axpby } from '../../../kernels/elementwise';
import { frobenius } from '../../../kernels/reduce';
import { selectiveScan } from '../../../kernels/selective';
import { ssdBlock } from '../../../kernels/ssd';
import { matrix } from '../../../math/linalg';
import { singularValues } from '../../../math/svd';
import type { FactorSet } from '../../factors';
import type { Figure } from '../../figures';
import type { Lab, Outcome } from '../../method';
import { makeSystems, type ScanValues, type Systems, stepSizes } from './data';
import {
  blockSpectrum,
  errorFigure,
  matrixFigure,
  passesFigure,
  recallFigure,
  stepFigure,
  timeFigures,
  valuesFigure,
} from './figures';
import { selectiveRoutes, timeInvariant } from './routes';
import { runSelection } from './selection';
import { type TimedRoute, timeCurves, timeRoute } from './timing';

export type { ScanValues } from './data';

type Numbers = Record<string, number | null>;

export async function run(lab: Lab, values: ScanValues): Promise<Outcome> {
  const notes: string[] = [];
  const reasons: Record<string, string> = {};
  const v = { ...values, chunk: Math.min(values.chunk, values.length) };
  if (v.chunk < values.chunk) notes.push(`The chunk is cut to the length, ${v.chunk}.`);
  if (v.sharp < 3) notes.push(`At gate logit ${v.sharp} the gate leaks at every step: recall fails.`);
  if (v.state > v.d) {
    notes.push(
      `B and C are projections of ${v.d} channels: blocks below the diagonal have rank ${v.d}, not ${v.state}.`,
    );
  }
  await lab.step(0, 'inputs and systems');
  const { seed, length, d, state, rank, heads, dtMin, dtMax } = v;
  const key = `ssm-scan ${[seed, length, d, state, rank, heads, dtMin, dtMax].join(' ')}`;
  const systems = await lab.cached(key, () => makeSystems(lab.home, v));

  const metrics: Numbers = passes(v);
  const figures: Figure[] = [passesFigure(v)];
  const show = (...more: Figure[]): void => {
    figures.push(...more);
    lab.partial({ metrics: { ...metrics }, figures: more, notes, reasons });
  };
  Object.assign(metrics, await lab.home.scope(() => timeInvariant(lab, systems, v.chunk)));
  Object.assign(metrics, await selectiveRoutes(lab, systems, v.chunk, reasons));
  await lab.factors(() => scanFactors(systems));
  Object.assign(metrics, await steps(systems));
  const delta = await lab.home.read(systems.selective.delta);
  show(figures[0], errorFigure(metrics), stepFigure(delta, d, stepSizes(v)[0]));

  await lab.step(0.45, 'blocks of the matrix');
  const block = await blocks(lab, systems, v);
  Object.assign(metrics, block.metrics);
  show(...block.figures);

  const selection = await runSelection(lab, v);
  Object.assign(metrics, selection.metrics);
  show(recallFigure(selection, v), valuesFigure(selection, v));

  await lab.step(0.65, 'timing');
  Object.assign(metrics, await times(lab, systems, v));
  lab.partial({ metrics, notes, reasons });
  const curves = await lab.cached(`${key} ${v.chunk} times`, () =>
    timeCurves(lab, v, (partial) => lab.partial({ figures: timeFigures(partial, v) })),
  );
  figures.push(...timeFigures(curves, v));
  if (lab.home.kind === 'cpu') {
    notes.push('On the CPU everything is float64: the routes differ by its rounding only.');
  }
  return { metrics, figures, notes, reasons };
}

/** A, and B, C and Delta at every step, of the selective system. */
async function scanFactors({ selective }: Systems): Promise<FactorSet> {
  const { home } = selective.x;
  const want = await selectiveScan(selective);
  return {
    parts: [
      { name: 'A', key: 'A', value: selective.a },
      { name: 'B at every step', key: 'B', value: selective.b },
      { name: 'C at every step', key: 'C', value: selective.c },
      { name: 'Δ at every step', key: 'delta', value: selective.delta },
    ],
    measures: [
      {
        label: 'Change of the output',
        of: ([a, b, c, delta]) =>
          home.scope(async () => {
            const got = await selectiveScan({ ...selective, a, b, c, delta });
            return (await frobenius(await axpby(1, got, -1, want))) / (await frobenius(want));
          }),
      },
    ],
  };
}

function passes({ length, chunk }: ScanValues): Numbers {
  return {
    'steps.sequential': length,
    'steps.scan': 2 * Math.log2(length),
    'steps.chunked': length / chunk + Math.log2(chunk),
  };
}

async function steps({ selective: { delta } }: Systems): Promise<Numbers> {
  const values = await delta.home.read(delta);
  let mean = 0;
  for (const value of values) mean += value / values.length;
  let square = 0;
  for (const value of values) square += (value - mean) ** 2 / values.length;
  return { 'dt.mean': mean, 'dt.spread': Math.sqrt(square) / mean };
}

/** The window of M that is drawn, and the singular values of a block below its diagonal. */
async function blocks(
  lab: Lab,
  { dual }: Systems,
  v: ScanValues,
): Promise<{ metrics: Numbers; figures: Figure[] }> {
  const { home } = lab;
  const middle = v.length / 2;
  const size = Math.min(4 * v.state, middle);
  const entries = await home.scope(async () =>
    Float64Array.from(await home.read(await ssdBlock(dual, 0, middle, middle - size, [size, size]))),
  );
  const sigma = singularValues(matrix(size, size, entries));
  const share = (i: number): number => (sigma[i] ?? 0) / (sigma[0] || 1);
  const window = Math.min(v.length, Math.max(v.chunk, Math.min(256, 4 * v.chunk)));
  const first = Math.min(middle, v.length - window);
  const m = await home.scope(async () =>
    Float64Array.from(await home.read(await ssdBlock(dual, 0, first, first, [window, window]))),
  );
  return {
    metrics: { 'rank.last': share(v.state - 1), 'rank.next': share(v.state) },
    figures: [matrixFigure(m, window, first, v.chunk), blockSpectrum([...sigma], v, size)],
  };
}

async function times(lab: Lab, systems: Systems, v: ScanValues): Promise<Numbers> {
  const timed: readonly [string, TimedRoute][] = [
    ['sequential', 'sequential'],
    ['scan', 'blelloch'],
    ['fft', 'fft'],
    ['selective', 'selective'],
    ['ssd', 'ssd'],
  ];
  const out: Numbers = {};
  for (const [i, [name, route]] of timed.entries()) {
    await lab.step(0.65 + 0.02 * i, `timing: ${name}`);
    out[`time.${name}`] = await timeRoute(lab, route, systems, v.length, v.chunk, 3);
  }
  return out;
}
