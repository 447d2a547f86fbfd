import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readNpy } from '../../data/npy';
import { readSafetensors } from '../../data/safetensors';
import { CpuHome } from '../../gpu/cpuhome';
import type { Home } from '../../gpu/home';
import { homes } from '../../gpu/testing';
import { roundToFloat16 } from '../../math/float16';
import { norm } from '../../math/linalg';
import { testMatrix } from '../../math/spectra';
import lora from '../../methods/adapters/lora';
import rsvd from '../../methods/basics/rsvd';
import type { FactorSet } from '../../methods/factors';
import type { Method, Outcome } from '../../methods/method';
import type { LooseValues } from '../../methods/parameters';
import { Cache } from '../cache';
import { declarations } from '../declarations';
import type { FromWorker } from '../protocol';
import { runExperiment } from '../runner';
import { Session } from '../session';
import { toy } from '../toy';
import { quickValues } from '../values';
import { findPairs } from '../weights/lora';
import {
  factorNpy,
  factorsFile,
  PRECISIONS,
  precisionFigure,
  restored,
  storedAt,
  type TakenFactors,
} from './stored';
import { storedFactors, takeFactors } from './take';

const methods = Object.values(declarations).filter((method) => method?.factors !== undefined);
const hasNumpy = spawnSync('python3', ['-c', 'import numpy']).status === 0;

const experiment = (
  method: Method,
  values: LooseValues = quickValues(method),
  home: Home = new CpuHome(),
) => ({
  method,
  values,
  home,
  data: null,
  dataKey: 'testbed',
  cache: new Cache(home),
});

async function opened(file: Uint8Array) {
  const read = async (start: number, end: number) => file.subarray(start, end);
  return readSafetensors('factors.safetensors', { size: file.length, read });
}

class Enough extends Error {}

/** What the run has shown by the time it offers its factors, and these. */
async function offered(asked: ReturnType<typeof experiment>) {
  let shown: Readonly<Record<string, number | null>> = {};
  const found: TakenFactors[] = [];
  const onFactors = async (make: () => Promise<FactorSet>) => {
    found.push(await storedFactors(asked, make));
    throw new Enough();
  };
  const onPartial = ({ metrics = {} }: Outcome) => {
    shown = metrics;
  };
  await expect(runExperiment({ ...asked, onFactors, onPartial })).rejects.toThrow(Enough);
  return { shown, taken: found[0] };
}

test.each(methods.map((method) => ({ id: method.id, method })))(
  'the factors of $id, read back from their file, give the numbers of the run',
  { timeout: 120_000 },
  async ({ method }) => {
    const { shown, taken } = await offered(experiment(method));
    const { names, measures, stored } = taken;
    const file = await opened(factorsFile(taken, 'f32', {}));
    expect(file.tensors.map(({ name }) => name).sort()).toEqual(names.map(({ key }) => key).sort());
    for (const [i, { key, shape }] of names.entries()) {
      expect(file.tensors.find(({ name }) => name === key)?.shape).toEqual(shape);
      if (shape.length > 0) {
        expect(Array.from((await file.read(key)).values)).toEqual([...restored(taken, 'f32', i)]);
      }
    }
    for (const [i, { metric }] of measures.entries()) {
      if (metric === null) continue;
      expect(method.metrics).toHaveProperty([metric]);
      // float64 factors are rounded to float32 once, and an error is as smooth as they are.
      const want = shown[metric];
      if (typeof want !== 'number') throw new Error(`${metric} is not there before its factors`);
      expect(Math.abs(Number(stored[0].measured[i]) - want)).toBeLessThan(1e-5 * Math.abs(want) + 1e-6);
    }
    // Coarser storage takes fewer bytes, and rounds more.
    for (const [i, { rounding }] of stored.slice(1, 4).entries()) {
      expect(rounding).toBeGreaterThan(stored[i].rounding);
    }
    expect(stored[1].bytes).toBeLessThan(stored[0].bytes);
  },
);

describe('the factors of rsvd', () => {
  const values = { ...quickValues(rsvd), m: 48, n: 40, rank: 6, seed: 3 };
  const { a } = testMatrix(3, { m: 48, n: 40, kind: 'exp', rate: 0.05 });
  const errorOf = (u: ArrayLike<number>, s: ArrayLike<number>, vh: ArrayLike<number>): number =>
    norm(
      a.data.map((x, e) => {
        let sum = 0;
        for (let t = 0; t < 6; t++) sum += u[Math.floor(e / 40) * 6 + t] * s[t] * vh[t * 40 + (e % 40)];
        return sum - Math.fround(x);
      }),
    ) / norm(a.data.map(Math.fround));

  test('are multiplied out to the error that the run reports, at every precision and in both homes', async () => {
    const { gpu, cpu } = await homes();
    for (const home of [gpu, cpu]) {
      const asked = experiment(rsvd, values, home);
      const { shown, taken } = await offered(asked);
      for (const precision of PRECISIONS) {
        const [u, s, vh] = taken.names.map((_, i) => restored(taken, precision, i));
        const measured = Number(storedAt(taken, precision).measured[0]);
        expect(Math.abs(errorOf(u, s, vh) / measured - 1)).toBeLessThan(1e-5);
      }
      expect(
        Math.abs(Number(storedAt(taken, 'f32').measured[0]) / Number(shown['error.rsvd']) - 1),
      ).toBeLessThan(1e-5);
      asked.cache.clear();
    }
  });

  test('take the bytes that are said, and half precision is the nearest', async () => {
    const taken = await takeFactors(experiment(rsvd, values));
    const entries = 6 * (48 + 40);
    const blocks = Math.ceil((48 * 6) / 64) + Math.ceil((6 * 40) / 64);
    expect(taken.stored.map(({ bytes }) => bytes)).toEqual([
      4 * (entries + 6),
      2 * (entries + 6),
      entries + 4 * blocks + 24,
      entries / 2 + 4 * blocks + 24,
      entries / 2 + 4 * blocks + 24,
    ]);
    const [exact, half] = [restored(taken, 'f32', 0), restored(taken, 'f16', 0)];
    expect([...half]).toEqual([...exact].map(roundToFloat16));
    expect(precisionFigure(rsvd, taken, 0)?.points).toHaveLength(5);
  });

  test('are held in whole numbers with a scale for each block of 64', async () => {
    const taken = await takeFactors(experiment(rsvd, values));
    const file = await opened(factorsFile(taken, 'int8', { link: '#/rsvd' }));
    const shapes = file.tensors.map(({ name, dtype, shape }) => [name, dtype, shape]);
    expect(shapes).toContainEqual(['U', 'I8', [48, 6]]);
    expect(shapes).toContainEqual(['U.scales', 'F32', [5]]);
    expect(shapes).toContainEqual(['S', 'F32', [6]]);
    const [codes, scales] = [(await file.read('U')).values, (await file.read('U.scales')).values];
    const back = Array.from(codes, (code, i) => Math.fround(code * scales[Math.floor(i / 64)]));
    expect(back).toEqual([...restored(taken, 'int8', 0)]);
    for (const [i, x] of restored(taken, 'f32', 0).entries()) {
      expect(Math.abs(back[i] - x)).toBeLessThanOrEqual(0.5001 * scales[Math.floor(i / 64)]);
    }
  });

  test.runIf(hasNumpy)('are read by NumPy, which finds the same error', async () => {
    const taken = await takeFactors(experiment(rsvd, values));
    const folder = mkdtempSync(join(tmpdir(), 'rankscope-'));
    try {
      taken.names.forEach(({ key }, i) => {
        writeFileSync(join(folder, `${key}.npy`), factorNpy(taken, 'f16', i));
      });
      writeFileSync(join(folder, 'A.json'), JSON.stringify(Array.from(a.data, Math.fround)));
      const code = `import json, numpy as np
u, s, vh = (np.load(name + '.npy').astype(float) for name in ('U', 'S', 'Vh'))
a = np.array(json.load(open('A.json'))).reshape(48, 40)
print(np.load('U.npy').dtype, repr(float(np.linalg.norm(a - (u * s) @ vh) / np.linalg.norm(a))))`;
      const { stdout, stderr } = spawnSync('python3', ['-c', code], { cwd: folder, encoding: 'utf8' });
      expect(stderr).toBe('');
      const [dtype, error] = stdout.trim().split(' ');
      expect(dtype).toBe('float16');
      expect(Math.abs(Number(error) / Number(storedAt(taken, 'f16').measured[0]) - 1)).toBeLessThan(1e-5);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('come back from .npy in float32 where they were whole numbers', async () => {
    const taken = await takeFactors(experiment(rsvd, values));
    const { rows, cols, values: back } = readNpy('U.npy', factorNpy(taken, 'nf4', 0));
    expect([rows, cols]).toEqual([48, 6]);
    expect(Array.from(back)).toEqual([...restored(taken, 'nf4', 0)]);
  });
});

test('the adapters of lora are pairs that LoRA files are known by', async () => {
  const taken = await takeFactors(experiment(lora));
  const { tensors } = await opened(factorsFile(taken, 'f16', {}));
  expect(findPairs(tensors).map(({ base }) => base)).toEqual(
    [0, 1, 2].map((l) => `base_model.model.layers.${l}`),
  );
  expect(taken.metadata).toEqual({
    r: String(lora.quick.rank ?? lora.parameters.rank.default),
    lora_alpha: expect.any(String),
  });
});

test('nothing is made of the factors in an ordinary run, and nothing stays behind', async () => {
  const asked = experiment(rsvd, { ...quickValues(rsvd), m: 24, n: 20, rank: 3 });
  const result = await runExperiment(asked);
  expect(JSON.stringify(result)).not.toContain('"Vh"');
  await takeFactors(asked);
  asked.cache.clear();
  expect(asked.home.bytes).toBe(0);
});

test('a method without factors is named', async () => {
  await expect(takeFactors(experiment(toy))).rejects.toThrow('Toy has no factors to take');
});

test('a session answers with the factors, and those that are cancelled are not made', async () => {
  const said: FromWorker[] = [];
  const decodeImage = async () => {
    throw new Error('no pictures here');
  };
  const session = new Session({ post: (message) => said.push(message), decodeImage });
  const values = { m: 24, n: 20, rank: 3, chunks: 2 };
  const request = { method: 'rsvd', values, home: 'cpu', data: null } as const;
  session.handle({ type: 'factors', id: 1, request });
  session.handle({ type: 'factors', id: 2, request });
  session.handle({ type: 'cancel', id: 2 });
  await expect.poll(() => said.find(({ type, id }) => type === 'error' && id === 2)).toBeDefined();
  expect(said.find(({ type, id }) => type === 'answer' && id === 1)).toMatchObject({
    value: { method: 'rsvd', names: [{ key: 'U', shape: [24, 3] }, { key: 'S' }, { key: 'Vh' }] },
  });
  expect(said.find(({ type, id }) => type === 'error' && id === 2)).toMatchObject({
    error: { name: 'CancelledError' },
  });
  expect(said.some(({ type }) => type === 'partial')).toBe(false);
});
