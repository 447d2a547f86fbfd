/** Part (a): the same numbers by every route, in float32, against the step-by-step form. */
import { colsOf, rowsOf, sizeOf, type Tensor } from '../../../gpu/home';
import { axpby } from '../../../kernels/elementwise';
import { fftConvolve } from '../../../kernels/fftconvolve';
import { diagonalKernel } from '../../../kernels/gate';
import { linearScan } from '../../../kernels/linearscan';
import { contractStates, type Pairs, pairsOf, type System } from '../../../kernels/pairs';
import { frobenius } from '../../../kernels/reduce';
import { blelloch, hillisSteele } from '../../../kernels/scanforms';
import { selectiveScan } from '../../../kernels/selective';
import { ssd } from '../../../kernels/ssd';
import { transpose } from '../../../kernels/transpose';
import type { Lab } from '../../method';
import type { Systems } from './data';

/** Numbers of one array of pairs in memory at once: channels go in blocks. */
const AT_ONCE = 2 ** 22;

/** Above this length the L x L matrix is not formed. */
export const DENSE_LIMIT = 4096;

/** Calls `visit` for the pairs of every block of channels; they are released after it. */
export async function eachBlock(
  system: System,
  visit: (pairs: Pairs, from: number) => Promise<void>,
): Promise<void> {
  const { home } = system.x;
  const [d, perChannel] = [colsOf(system.x), rowsOf(system.x) * colsOf(system.rate)];
  const width = Math.max(1, Math.min(d, Math.floor(AT_ONCE / perChannel)));
  for (let from = 0; from < d; from += width) {
    await home.scope(async () => {
      await visit(await pairsOf(system, from, Math.min(d, from + width)), from);
    });
  }
}

export type Route = 'sequential' | 'hillis' | 'blelloch' | 'chunked';

/** The states of pairs by one route. */
export function statesBy(route: Route, pairs: Pairs, chunk: number): Promise<Tensor> {
  switch (route) {
    case 'sequential':
      return linearScan(pairs.a, pairs.b, { axis: 0, chunk: rowsOf(pairs.a) });
    case 'hillis':
      return hillisSteele(pairs);
    case 'blelloch':
      return blelloch(pairs);
    case 'chunked':
      return linearScan(pairs.a, pairs.b, { axis: 0, chunk });
    default:
      return route satisfies never;
  }
}

/** Output of the time-invariant system by FFT, L x d. */
export async function convolved({ x, weights, rates }: Systems): Promise<Tensor> {
  const kernel = await diagonalKernel(weights, rates, rowsOf(x));
  return transpose(await fftConvolve(await transpose(x), kernel));
}

/** ||got - want||_F / ||want||_F, by the difference itself. */
async function distance(got: Tensor, want: Tensor): Promise<number> {
  return (await frobenius(await axpby(1, got, -1, want))) / (await frobenius(want));
}

const rms = async (y: Tensor): Promise<number> => (await frobenius(y)) / Math.sqrt(sizeOf(y.shape));

type Numbers = Record<string, number | null>;

/** Errors of all routes of the time-invariant system. */
export async function timeInvariant(lab: Lab, systems: Systems, chunk: number): Promise<Numbers> {
  const { home } = lab;
  const sums = { hillis: 0, blelloch: 0, chunked: 0 };
  let size = 0;
  const y = home.tensor([rowsOf(systems.x), colsOf(systems.x)]);
  await eachBlock(systems.lti, async (pairs, from) => {
    const d = colsOf(systems.x);
    await lab.step(0.05 + (0.15 * from) / d, `scans of channel ${from + 1} of ${d}`);
    const want = await statesBy('sequential', pairs, chunk);
    size += (await frobenius(want)) ** 2;
    for (const route of ['hillis', 'blelloch', 'chunked'] as const) {
      const error = await home.scope(async () =>
        frobenius(await axpby(1, await statesBy(route, pairs, chunk), -1, want)),
      );
      sums[route] += error ** 2;
    }
    await contractStates(y, want, systems.c0, from, false);
  });
  await lab.step(0.2, 'FFT convolution');
  return {
    'error.hillis': Math.sqrt(sums.hillis / size),
    'error.blelloch': Math.sqrt(sums.blelloch / size),
    'error.chunked': Math.sqrt(sums.chunked / size),
    'error.fft': await home.scope(async () => distance(await convolved(systems), y)),
    'rms.lti': await rms(y),
  };
}

/** Output of the selective system through its pairs and Blelloch's scan, L x d. */
export async function selectiveByScan({ selective }: Systems): Promise<Tensor> {
  const { x, delta, a, b, c } = selective;
  const y = x.home.tensor([rowsOf(x), colsOf(x)]);
  await eachBlock({ x, delta, rate: a, input: b }, async (pairs, from) => {
    await contractStates(y, await blelloch(pairs), c, from, true);
  });
  return y;
}

/** Errors of the selective routes and of the dual form. */
export async function selectiveRoutes(
  lab: Lab,
  systems: Systems,
  chunk: number,
  reasons: Record<string, string>,
): Promise<Numbers> {
  const { home } = lab;
  const length = rowsOf(systems.x);
  const out: Numbers = {};
  await lab.step(0.25, 'selective scan');
  await home.scope(async () => {
    const want = await selectiveScan(systems.selective, { chunk: length });
    out['rms.selective'] = await rms(want);
    out['error.selective.chunked'] = await distance(await selectiveScan(systems.selective, { chunk }), want);
    await lab.step(0.3, 'selective scan through pairs');
    out['error.selective'] = await distance(await selectiveByScan(systems), want);
  });
  await lab.step(0.35, 'dual form');
  await home.scope(async () => {
    const want = await selectiveScan(systems.dualSteps, { chunk: length });
    out['rms.ssd'] = await rms(want);
    out['error.ssd'] = await distance(await ssd(systems.dual, chunk), want);
    if (length > DENSE_LIMIT) {
      reasons['error.ssd.dense'] =
        `length ${length} is above ${DENSE_LIMIT}: the ${length} x ${length} matrix is not formed`;
      return;
    }
    await lab.step(0.4, 'dual form as one matrix');
    out['error.ssd.dense'] = await distance(await ssd(systems.dual, length), want);
  });
  return out;
}
