import { expect, test } from 'vitest';
import { CpuHome } from '../../gpu/cpuhome';
import { GpuHome } from '../../gpu/gpuhome';
import { homes, testDevice } from '../../gpu/testing';
import type { BenchCase } from './case';
import { CASE_SETS, casesOf, families, findCase } from './catalogue';
import { measureCase } from './measure';
import { plannedOnGpu } from './plan';
import { runBench, shareOf } from './report';

const tiny = casesOf('tiny').filter(({ run }) => run !== null);

test.each(tiny.map((item): [string, BenchCase] => [item.id, item]))(
  '%s is right within its bound on the GPU',
  async (_, item) => {
    const { gpu } = await homes();
    const measured = await measureCase(gpu, item, { samples: 1, leastMs: 0 });
    expect(measured.verdict.error).toBeLessThanOrEqual(measured.verdict.bound);
    expect(measured.isRight).toBe(true);
    expect(measured.bestMs).toBeGreaterThan(0);
    expect(gpu.bytes).toBe(0);
    gpu.dispose();
  },
);

test.each(tiny.map((item): [string, BenchCase] => [item.id, item]))(
  '%s refuses an answer with one entry off, with none, and with one that is not a number',
  async (_, item) => {
    const home = new CpuHome();
    const inputs = Object.fromEntries(
      Object.entries(item.inputs()).map(([name, { shape, values, dtype }]) => [
        name,
        home.tensor(shape, values, dtype),
      ]),
    );
    const outputs: Record<string, Float64Array> = {};
    for (const [name, tensor] of Object.entries((await item.run?.(inputs, home)) ?? {})) {
      outputs[name] = Float64Array.from(await home.read(tensor));
    }
    // Float64 with inputs rounded to float32: only the check's own rounding is left.
    const right = item.check(outputs);
    expect(right.error).toBeLessThanOrEqual(right.bound);
    for (const [name, values] of Object.entries(outputs)) {
      for (const wrong of [Number.NaN, values[0] + 1 + Math.abs(values[0])]) {
        const changed = { ...outputs, [name]: values.with(0, wrong) };
        expect(item.check(changed).error, name).toBeGreaterThan(right.bound);
      }
    }
    expect(item.check({}).error).toBe(Number.POSITIVE_INFINITY);
  },
);

test('every case of every set has its own name, honest costs, and is found by it', () => {
  const seen = new Map<string, string>();
  for (const set of CASE_SETS) {
    for (const item of casesOf(set)) {
      expect(item.flop + item.bytes).toBeGreaterThan(0);
      expect(findCase(item.id).id).toBe(item.id);
      const size = JSON.stringify(item.size);
      expect(seen.get(item.id) ?? size).toBe(size);
      seen.set(item.id, size);
    }
  }
  for (const { sweep } of families) expect(sweep.length).toBeGreaterThanOrEqual(4);
});

test('the plan for a GPU names other kernels than run here, and runs none', async () => {
  const device = await testDevice();
  const [here, there] = await Promise.all([
    measureCase(new GpuHome(device), findCase('matmul 33'), { samples: 1, leastMs: 0 }),
    plannedOnGpu(device, findCase('matmul 33')),
  ]);
  expect(there.length).toBeGreaterThan(0);
  for (const name of there) expect(Object.keys(here.kernels)).not.toContain(name);
  // Its Cholesky factor decides on the host what follows: the plan ends there.
  expect((await plannedOnGpu(device, findCase('qr 33x5'))).length).toBeGreaterThan(0);
});

test('a run gives peaks, a row a case, and what a GPU would run', async () => {
  const device = await testDevice();
  const home = new GpuHome(device);
  const seen: string[] = [];
  const report = await runBench(home, casesOf('tiny', 'transpose,fft'), {
    gpu: device,
    samples: 1,
    leastMs: 0,
    onRow: ({ id }) => seen.push(id),
  });
  expect(report.rows.map(({ id }) => id)).toEqual(seen);
  expect(seen.length).toBe(2);
  expect(report.peaks.gflops).toBeGreaterThan(0);
  expect(report.peaks.gbps).toBeGreaterThan(0);
  for (const row of report.rows) expect(shareOf(row, report.peaks).share).toBeGreaterThan(0);
  expect(home.bytes).toBe(0);
});

test('only keeps what begins with one of its parts, and refuses what fits nothing', () => {
  expect(casesOf('standard', 'matmul 5,transpose').map(({ id }) => id)).toEqual([
    'matmul 512',
    'transpose 1024x1024',
    'transpose 2048x1024',
  ]);
  expect(() => casesOf('standard', 'matmull')).toThrow('no benchmark begins with "matmull"');
});
