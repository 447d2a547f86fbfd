import { describe, expect, test } from 'vitest';
import { CpuHome } from '../gpu/cpuhome';
import type { Outcome } from '../methods/method';
import { Cache } from './cache';
import { evaluateClaims } from './claims';
import { figureCsv, metricsCsv, runReport, toJson } from './report';
import { type Experiment, previewExperiment, runExperiment, timeCalls } from './runner';
import { toy } from './toy';
import { defaults, quickValues } from './values';

function experiment(more: Partial<Experiment> = {}): Experiment {
  const home = new CpuHome();
  return { method: toy, values: {}, home, data: null, dataKey: 'testbed', cache: new Cache(home), ...more };
}

describe('a run', () => {
  test('merges its parts, evaluates its claims and gives back all memory but the cache', async () => {
    const parts: Outcome[] = [];
    const given = experiment({ values: quickValues(toy), onPartial: (outcome) => parts.push(outcome) });
    const result = await runExperiment(given);
    expect(result.metrics).toEqual({
      norm: Math.hypot(...Array.from({ length: 16 }, (_, i) => i)),
      absent: null,
    });
    expect(result.reasons).toEqual({ absent: 'never measured' });
    expect(result.notes).toEqual(['made', 'measured']);
    expect(parts).toEqual([{ metrics: { norm: 0 }, reasons: {}, figures: [], notes: ['made'] }]);
    expect(result.claims.map(({ item, holds }) => [item, holds])).toEqual([
      [1, true],
      [3, false],
    ]);
    expect(given.home.bytes).toBe(given.cache.deviceBytes);
    expect(given.home.bytes).toBe(16 * 8);
    given.cache.clear();
    expect(given.home.bytes).toBe(0);
  });

  test('keeps what a live parameter does not change, and a preview uses it', async () => {
    const given = experiment();
    expect(await previewExperiment(given)).toBeNull();
    const { metrics } = await runExperiment(given);
    const preview = await previewExperiment({ ...given, values: { scale: 2 } });
    expect(preview?.metrics?.norm).toBe(2 * Number(metrics.norm));
    expect(await previewExperiment({ ...given, dataKey: 'other data' })).toBeNull();
  });

  test('that is cancelled throws CancelledError and leaves no memory behind', async () => {
    const abort = new AbortController();
    const given = experiment({
      signal: abort.signal,
      onProgress: ({ fraction }) => fraction > 0 && abort.abort(),
    });
    await expect(runExperiment(given)).rejects.toMatchObject({ name: 'CancelledError' });
    expect(given.home.bytes).toBe(given.cache.deviceBytes);
  });

  test('refuses wrong values before it begins', async () => {
    await expect(runExperiment(experiment({ values: { size: 65 } }))).rejects.toThrow(/above 64/);
  });

  test('promises nothing about data of a person', async () => {
    const data = { rows: 1, cols: 1, values: new Float64Array(1), name: 'mine' };
    expect((await runExperiment(experiment({ data, dataKey: 'mine' }))).claims).toEqual([]);
  });
});

test('a call is timed by the median of its repeats, with what it makes released', async () => {
  const home = new CpuHome();
  let calls = 0;
  const ms = await timeCalls(home, {
    label: 'wait',
    repeats: 3,
    call: async () => {
      home.tensor([8]);
      await new Promise((resolve) => setTimeout(resolve, ++calls === 2 ? 60 : 4));
    },
  });
  expect(calls).toBe(4);
  expect(ms).toBeGreaterThanOrEqual(3);
  expect(ms).toBeLessThan(40);
  expect(home.bytes).toBe(0);
});

describe('the cache', () => {
  test('drops the least recently used above its budget, but nothing that the run in progress uses', async () => {
    const home = new CpuHome();
    const cache = new Cache(home, 100);
    const make = (key: string) => cache.get(key, async () => ({ key, tensor: home.tensor([5]) })); // 40 bytes
    cache.beginRun();
    for (const key of ['a', 'b', 'c']) await make(key);
    expect(home.bytes).toBe(120);
    cache.endRun();
    expect([cache.has('a'), cache.has('b'), cache.has('c'), home.bytes]).toEqual([false, true, true, 80]);
    cache.beginRun();
    await make('b');
    await make('d');
    cache.endRun();
    expect([cache.has('b'), cache.has('c'), cache.has('d')]).toEqual([true, false, true]);
  });

  test('keeps a tensor that two entries share until the last of them goes', async () => {
    const home = new CpuHome();
    const cache = new Cache(home, 50);
    cache.beginRun();
    const a = await cache.get('a', async () => home.tensor([5]));
    await cache.get('b', async () => ({ a }));
    cache.endRun();
    expect([cache.has('a'), cache.has('b'), home.bytes]).toEqual([false, true, 40]);
    expect(await home.read(a)).toHaveLength(5);
  });

  test('forgets a make that throws', async () => {
    const home = new CpuHome();
    const cache = new Cache(home);
    const failing = cache.get('a', async () => {
      home.tensor([5]);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect([cache.has('a'), home.bytes]).toEqual([false, 0]);
  });
});

describe('claims', () => {
  const items = (values: object) =>
    evaluateClaims(toy, { ...defaults(toy), ...values }, { norm: 1, absent: null }, 'gpu').map(
      ({ item }) => item,
    );

  test('apply at their values over the defaults or the quick ones, whatever seed and repeats', () => {
    expect(items({})).toEqual([1, 3, 4]);
    expect(items({ seed: 9, repeats: 3 })).toEqual([1, 3, 4]);
    expect(items({ size: 4 })).toEqual([1, 3]);
    expect(items({ size: 5 })).toEqual([]);
    expect(items({ shape: 'flat' })).toEqual([2]);
  });

  test('do not ask for parameters that have no effect', () => {
    expect(items({ shape: 'flat', slope: 3 })).toEqual([2]);
    expect(items({ slope: 3 })).toEqual([]);
  });

  test('over a metric that is null do not hold', () => {
    const [, absent] = evaluateClaims(toy, defaults(toy), { norm: 1, absent: null }, 'gpu');
    expect(absent).toMatchObject({ item: 3, holds: false, advisory: true });
  });
});

describe('a report', () => {
  test('in JSON has plain arrays, and null for what is not finite', () => {
    const value = { a: new Float32Array([1, Number.NaN]), b: Infinity, c: [new Uint32Array([7])] };
    expect(JSON.parse(toJson(value))).toEqual({ a: [1, null], b: null, c: [[7]] });
  });

  test('carries what the command line promises', async () => {
    const result = await runExperiment(experiment());
    expect(Object.keys(JSON.parse(toJson(runReport(result))))).toEqual(
      expect.arrayContaining([
        'method',
        'parameters',
        'adapter',
        'metrics',
        'claims',
        'timings',
        'figures',
        'wallMs',
      ]),
    );
    expect(metricsCsv(toy, result)).toMatch(
      /^metric,label,value,unit\r\nnorm,Norm,[\d.]+,m\r\nabsent,Absent,,\r\n$/,
    );
  });

  test('in CSV quotes what needs it', () => {
    const csv = figureCsv({
      id: 'bars',
      kind: 'bars',
      title: '',
      summary: '',
      y: { label: 'Time', unit: 'ms', scale: 'linear' },
      bars: [{ key: 'a', label: 'a "b", c', role: 'method', value: 0.1 }],
    });
    expect(csv).toBe('label,Time (ms)\r\n"a ""b"", c",0.1\r\n');
  });
});
