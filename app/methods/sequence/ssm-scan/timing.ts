/** Time of every route against length. */
import type { Home } from '../../../gpu/home';
import { selectiveScan } from '../../../kernels/selective';
import { ssd } from '../../../kernels/ssd';
import type { Lab } from '../../method';
import { makeSystems, type ScanValues, type Systems } from './data';
import { convolved, DENSE_LIMIT, eachBlock, type Route, selectiveByScan, statesBy } from './routes';

export const ROUTES = [
  'sequential',
  'hillis',
  'blelloch',
  'chunked',
  'fft',
  'selective',
  'selective.scan',
  'ssd',
  'ssd.dense',
] as const;
export type TimedRoute = (typeof ROUTES)[number];

export const routeLabel: Readonly<Record<TimedRoute, string>> = {
  sequential: 'Step by step',
  hillis: 'Hillis-Steele',
  blelloch: 'Blelloch',
  chunked: 'Chunked',
  fft: 'FFT convolution',
  selective: 'Selective, chunked',
  'selective.scan': 'Selective, Blelloch',
  ssd: 'Dual form, blocks',
  'ssd.dense': 'Dual form, one matrix',
};

const states = (route: Route, systems: Systems, chunk: number) => () =>
  eachBlock(systems.lti, async (pairs) => {
    await statesBy(route, pairs, chunk);
  });

function callOf(route: TimedRoute, systems: Systems, length: number, chunk: number): () => Promise<unknown> {
  switch (route) {
    case 'fft':
      return () => convolved(systems);
    case 'selective':
      return () => selectiveScan(systems.selective, { chunk });
    case 'selective.scan':
      return () => selectiveByScan(systems);
    case 'ssd':
      return () => ssd(systems.dual, chunk);
    case 'ssd.dense':
      return () => ssd(systems.dual, length);
    default:
      return states(route, systems, chunk);
  }
}

/** Milliseconds of one call of a route. */
export async function timeRoute(
  lab: Lab,
  route: TimedRoute,
  systems: Systems,
  length: number,
  chunk: number,
  repeats: number,
): Promise<number> {
  const call = callOf(route, systems, length, Math.min(chunk, length));
  return lab.time(`${route} ${length}`, repeats, () => scoped(lab.home, call));
}

const scoped = (home: Home, call: () => Promise<unknown>): Promise<void> =>
  home.scope(async () => {
    await call();
  });

export type TimeCurves = Readonly<Record<TimedRoute, { length: number; ms: number }[]>>;

/** Longer than this, and a route is not asked for the next length; all lengths together. */
const PATIENCE_MS = 200;
const BUDGET_MS = 3000;

/** All routes at powers of four from 2^8 to 2^16; a slow one stops early. */
export async function timeCurves(
  lab: Lab,
  v: ScanValues,
  show: (curves: TimeCurves) => void,
): Promise<TimeCurves> {
  const curves = Object.fromEntries(
    ROUTES.map((route) => [route, [] as { length: number; ms: number }[]]),
  ) as Record<TimedRoute, { length: number; ms: number }[]>;
  const began = performance.now();
  const waiting = new Set<TimedRoute>(ROUTES);
  for (const [i, length] of [256, 1024, 4096, 16384, 65536].entries()) {
    if (length > DENSE_LIMIT) waiting.delete('ssd.dense');
    if (waiting.size === 0) break;
    await lab.home.scope(async () => {
      const systems = await makeSystems(lab.home, { ...v, length });
      for (const route of [...waiting]) {
        await lab.step(0.75 + 0.045 * i, `time at length ${length}: ${routeLabel[route]}`);
        const ms = await timeRoute(lab, route, systems, length, v.chunk, 1);
        if (Number.isFinite(ms)) curves[route].push({ length, ms });
        // Four times the length takes at least four times as long.
        if (!(4 * ms <= PATIENCE_MS) || performance.now() - began > BUDGET_MS) waiting.delete(route);
      }
    });
    show(curves);
  }
  return curves;
}
