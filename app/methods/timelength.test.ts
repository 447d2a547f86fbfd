import { expect, test } from 'vitest';
import { CpuHome } from '../gpu/cpuhome';
import type { Lab } from './method';
import { slopeOf, slopesSentence, type TimedCurve, timeLengthFigure, timeLengths } from './timelength';

const curve = (key: string, ms: (n: number) => number, count = 6): TimedCurve => ({
  key,
  label: key,
  role: 'method',
  points: Array.from({ length: count }, (_, i) => ({ length: 2 ** (8 + i), ms: ms(2 ** (8 + i)) })),
});

test('the slope is the power of the longest lengths, where what every call costs no longer shows', () => {
  expect(slopeOf(curve('square', (n) => 1e-6 * n ** 2))).toBeCloseTo(2, 12);
  const flat = curve('flat', (n) => (n < 1024 ? 1 : n / 1024));
  expect(slopeOf(flat)).toBeCloseTo(1, 12);
  expect(slopeOf(curve('short', (n) => n, 2))).toBeNull();
  expect(slopeOf(curve('overhead', (n) => 50 + n / 1e4))).toBeNull();
  let odd = false;
  const jumps = (n: number): number => {
    odd = !odd;
    return odd ? n : 4 * n;
  };
  expect(slopeOf(curve('rough', jumps))).toBeNull();
});

test('no slope is taken from times of few ticks of the clock, and the summary says so', () => {
  const tick = 0.065536;
  const slow = curve('slow', (n) => (n / 8) * tick);
  const fast = curve('fast', (n) => Math.ceil(n / 2048) * tick);
  const said = slopesSentence([slow, fast]);
  expect(said).toContain('slow as n^1.00');
  expect(said).not.toContain('fast as');
  expect(said).toContain('ticks of 0.066 ms');
  expect(said).toContain('below 1.3 ms');
  const finer = slopesSentence([curve('fine', (n) => 0.01234567 * n)]);
  expect(finer).toContain('fine as n^1.00');
  expect(finer).not.toContain('ticks');
});

test('times that the clock does not see stay out of the logarithmic figure', () => {
  const { series, overlay } = timeLengthFigure(
    [curve('some', (n) => (n < 512 ? 0 : n)), curve('none', () => 0)],
    'It.',
  );
  expect(overlay).toBe('time-length');
  expect(series.map(({ key, x }) => [key, x[0]])).toEqual([['some', 512]]);
});

test('a route ends before the length that would take too long, and the others go on', async () => {
  const home = new CpuHome();
  const lab = {
    home,
    step: async () => {},
    // As if the slow route took a millisecond for each unit of length.
    time: async (label: string, _: number, call: () => Promise<unknown>) => {
      await call();
      return label.startsWith('slow') ? Number(label.split(' ')[1]) : 1e-3;
    },
  } as unknown as Lab;
  const made: number[] = [];
  const curves = await timeLengths(lab, {
    lengths: [8, 16, 32, 64],
    routes: [
      { key: 'slow', label: 'slow', role: 'exact', power: 1 },
      { key: 'fast', label: 'fast', role: 'method', power: 1 },
      { key: 'capped', label: 'capped', role: 'baseline', power: 1, longest: 16 },
      { key: 'known', label: 'known', role: 'baseline', power: 1, known: { length: 16, ms: 20 } },
    ],
    callsAt: async (length) => {
      made.push(length);
      const call = async () => home.tensor([length]);
      return { slow: call, fast: call, capped: call, known: call };
    },
    patienceMs: 33,
    budgetMs: Infinity,
    fraction: 0.5,
  });
  expect(curves.map(({ key, points }) => [key, points.map(({ length }) => length)])).toEqual([
    ['slow', [8, 16, 32]],
    ['fast', [8, 16, 32, 64]],
    ['capped', [8, 16]],
    ['known', [8, 16, 32, 64]],
  ]);
  expect(made).toEqual([8, 16, 32, 64]);
});
