/** The gradients of every adapter against central differences of the loss, and runs that leave nothing behind. */
import { expect, test } from 'vitest';
import { Cache } from '../../experiment/cache';
import { runExperiment } from '../../experiment/runner';
import { quickValues } from '../../experiment/values';
import { BufferPool } from '../../gpu/buffers';
import { cpuData } from '../../gpu/cpuhome';
import { homes } from '../../gpu/testing';
import { svd } from '../../math/svd';
import { normals } from '../../math/threefry';
import { loraModel } from '../../testbeds/adapters';
import { backward, forward, lossGradient, relativeLoss } from '../../testbeds/layers';
import { networkData } from '../../testbeds/network';
import { batchOf, type Model, type NetworkBed, networkBed } from '../../testbeds/training';
import full from '../training/full';
import { dyloraModel } from './dylora/cuts';
import { coreModel, weightCore } from './lora-sb/core';
import { basisModel, singularBasis } from './svfit/basis';

const recipe = {
  seed: 3,
  widths: [64, 9, 7, 5],
  alpha: 0.5,
  correlation: 0.5,
  shift: 0.5,
  targetRank: 2,
  noise: 0,
};

const models: [string, (bed: NetworkBed) => Model][] = [
  ['LoRA of rank 3, scale 2', (bed) => loraModel(bed, { seed: 3, rank: 3, scale: 2, rate: 0 })],
  [
    'DyLoRA cut to rank 2 of 4',
    (bed) => {
      const model = dyloraModel(bed, { seed: 3, rankMax: 4, frozen: false, steps: 1, rate: 0 });
      model.cut(2);
      return model;
    },
  ],
  [
    'a 3 x 3 core between fixed factors',
    (bed) => {
      const cores = bed.data.weights.map((w, l) => weightCore(w, 3, 3, 20 + l));
      return coreModel(bed, cores, { rate: 0, watch: 0 });
    },
  ],
  [
    'four singular values',
    (bed) =>
      basisModel(
        bed,
        bed.data.weights.map((w) => singularBasis(svd(w), 4)),
        0,
      ),
  ],
];

test.each(models)(
  '%s: gradients are those of the loss, central differences in float64',
  async (_name, make) => {
    const { cpu } = await homes();
    const bed = networkBed(cpu, networkData(recipe), 16);
    const model = make(bed);
    if (!model.list) throw new Error('no list');
    const theta = cpuData(model.list.theta);
    // Away from the start, where half of the gradients vanish.
    const noise = normals(3, 40, theta.length);
    theta.forEach((value, i) => {
      theta[i] = value + 0.1 * noise[i];
    });
    const { x, t } = await batchOf(bed, 0);
    const trace = await forward(model.layers, x);
    await backward(model.layers, trace, await lossGradient(trace.output, t, bed.data.scale));
    const gradient = Float64Array.from(await cpu.read(model.list.gradient));
    const lossAt = async (i: number, value: number): Promise<number> => {
      theta[i] = value;
      return relativeLoss((await forward(model.layers, x)).output, t, bed.data.scale);
    };
    const { parts, offsets } = model.list;
    let seen = 0;
    for (const [part, at] of offsets.entries()) {
      const size = parts[part].shape.reduce((a, b) => a * b, 1);
      for (const entry of [0, Math.floor(size / 2), size - 1]) {
        const i = at + entry;
        const [value, h] = [theta[i], 1e-5];
        const central = ((await lossAt(i, value + h)) - (await lossAt(i, value - h))) / (2 * h);
        await lossAt(i, value);
        expect(gradient[i]).toBeCloseTo(central, 7);
        if (Math.abs(central) > 1e-6) seen++;
      }
    }
    expect(seen).toBeGreaterThanOrEqual(offsets.length);
  },
);

test('twenty runs in a row leave no bytes behind, in tensors or in the pool', {
  timeout: 120_000,
}, async () => {
  const { gpu } = await homes({ poison: false });
  const cache = new Cache(gpu);
  const pool = BufferPool.of(gpu.device);
  const held: number[] = [];
  for (let run = 0; run < 20; run++) {
    await runExperiment({
      method: full,
      values: { ...quickValues(full), steps: 2, batch: 16, lr: 0.001 * (1 + run) },
      home: gpu,
      data: null,
      dataKey: 'testbed',
      cache,
    });
    expect(gpu.bytes).toBe(cache.deviceBytes);
    held.push(pool.idleSize);
  }
  // What is alive is the cached data set, the same in every run.
  expect(new Set(held.slice(2)).size).toBe(1);
  cache.clear();
  expect(gpu.bytes).toBe(0);
});
