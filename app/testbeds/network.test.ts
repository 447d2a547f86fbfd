import { expect, test } from 'vitest';
import { homes } from '../gpu/testing';
import { matrix, norm } from '../math/linalg';
import { singularValues } from '../math/svd';
import { normals, permutation } from '../math/threefry';
import { fullCount, loraCount, loraModel } from './adapters';
import { backward, forward, frozenLayer, lossGradient } from './layers';
import { networkData, outputs, WIDTHS } from './network';
import { batchOf, evaluate, finalLoss, fullModel, networkBed, train } from './training';

const recipe = {
  seed: 0,
  widths: WIDTHS,
  alpha: 0.5,
  correlation: 0.5,
  shift: 0.5,
  targetRank: 8,
  noise: 0,
} as const;

test('weights, change, inputs and targets are what the recipe says', () => {
  const data = networkData(recipe);
  data.weights.forEach((w, l) => {
    const s = singularValues(w);
    expect(norm(w.data) ** 2).toBeCloseTo(1.96 * w.rows, 3);
    for (const [i, value] of s.entries()) expect(value / s[0]).toBeCloseTo((i + 1) ** -0.5, 5);
    const change = matrix(
      w.rows,
      w.cols,
      data.targetWeights[l].data.map((x, i) => x - w.data[i]),
    );
    expect(norm(change.data) / norm(w.data)).toBeCloseTo(0.5, 5);
    const spectrum = singularValues(change);
    // Both weights are rounded to float32 by themselves.
    expect(spectrum[8] / spectrum[0]).toBeLessThanOrEqual(Math.sqrt(w.rows * w.cols) * 2 ** -24 * 4);
    expect(spectrum[7] / spectrum[0]).toBeGreaterThan(0.05);
  });
  const z = normals(0, 12, 64);
  const lambda = Array.from({ length: 64 }, (_, i) => (i + 1) ** -0.5);
  const mean = lambda.reduce((a, b) => a + b) / 64;
  for (const [i, value] of lambda.entries()) {
    expect(data.trainInputs.data[i]).toBeCloseTo(z[i] * Math.sqrt(value / mean), 6);
  }
  expect(Array.from(data.order)).toEqual(Array.from(permutation(0, 15, 4096)));
  expect(norm(data.evalTargets.data) ** 2 / data.evalTargets.data.length).toBeCloseTo(data.scale, 5);
});

test('label noise changes the training targets alone, by its share of their deviation', () => {
  const [clean, noisy] = [networkData(recipe), networkData({ ...recipe, noise: 0.3 })];
  expect(noisy.evalTargets.data).toEqual(clean.evalTargets.data);
  expect(noisy.trainInputs.data).toEqual(clean.trainInputs.data);
  const noise = noisy.trainTargets.data.map((y, i) => y - clean.trainTargets.data[i]);
  const deviation = norm(clean.trainTargets.data) / Math.sqrt(clean.trainTargets.data.length);
  // 131072 draws: the sample deviation is within 5 / sqrt(2 n) = 1 % of its own; the mean of y is near zero.
  expect(norm(noise) / Math.sqrt(noise.length) / deviation).toBeCloseTo(0.3, 2);
});

test('rescaling keeps the singular vectors of every weight', () => {
  const data = networkData({ ...recipe, change: 'rescale' });
  const [w, target] = [data.weights[2], data.targetWeights[2]];
  const change = matrix(
    w.rows,
    w.cols,
    target.data.map((x, i) => x - w.data[i]),
  );
  expect(norm(change.data) / norm(w.data)).toBeCloseTo(0.5, 5);
  // U^T dW V is diagonal, so dW W^T is symmetric.
  for (const [i, j] of [
    [0, 1],
    [3, 17],
    [31, 5],
  ]) {
    const entry = (r: number, c: number): number => {
      let sum = 0;
      for (let k = 0; k < w.cols; k++) sum += change.data[r * w.cols + k] * w.data[c * w.cols + k];
      return sum;
    };
    expect(entry(i, j)).toBeCloseTo(entry(j, i), 5);
  }
});

test('a shift of zero leaves the network as it is, and deeper networks have none', async () => {
  const data = networkData({ ...recipe, shift: 0 });
  expect(data.targetWeights[1].data).toEqual(data.weights[1].data);
  const deep = { ...recipe, widths: [64, 32, 32, 32, 32, 32] };
  expect(() => networkData(deep)).toThrow('up to 3 layers');
  expect(networkData({ ...deep, shift: 0 }).weights.length).toBe(5);
  const { cpu } = await homes();
  const bed = networkBed(cpu, data, 128);
  expect(await evaluate(bed, bed.weights.map(frozenLayer))).toBeLessThan(1e-12);
});

test('batches are slices of one permutation and wrap around, at any batch size', async () => {
  const data = networkData(recipe);
  for (const home of Object.values(await homes())) {
    for (const batch of [128, 37, 4096]) {
      await home.scope(async () => {
        const bed = networkBed(home, data, batch);
        const step = Math.ceil(4096 / batch) - 1;
        const { x, t } = await batchOf(bed, step);
        const row = data.order[(step * batch + batch - 1) % 4096];
        const [inputs, targets] = [await home.read(x), await home.read(t)];
        expect(Array.from(inputs.slice(-64))).toEqual(
          Array.from(data.trainInputs.data.slice(64 * row, 64 * row + 64)),
        );
        expect(Array.from(targets.slice(-32))).toEqual(
          Array.from(data.trainTargets.data.slice(32 * row, 32 * row + 32)),
        );
      });
    }
  }
});

test('the gradients of every weight are those of the loss: central differences in float64', async () => {
  const { cpu } = await homes();
  const data = networkData({ ...recipe, widths: [64, 7, 5, 3], targetRank: 2 });
  const bed = networkBed(cpu, data, 16);
  const list = data.weights;
  const model = fullModel(bed, 0);
  const { x, t } = await batchOf(bed, 0);
  const trace = await forward(model.layers, x);
  await backward(model.layers, trace, await lossGradient(trace.output, t, data.scale));
  const inputs = matrix(16, 64, Float64Array.from(await cpu.read(x)));
  const targets = await cpu.read(t);
  const loss = (l: number, entry: number, by: number): number => {
    const weights = list.map((w, i) =>
      matrix(
        w.rows,
        w.cols,
        w.data.map((v, e) => (i === l && e === entry ? v + by : v)),
      ),
    );
    const y = outputs(weights, inputs).data;
    return y.reduce((sum, value, i) => sum + (value - targets[i]) ** 2, 0) / (y.length * data.scale);
  };
  const offsets = [0, 448, 512];
  const gradient = await cpu.read(model.list?.gradient ?? x);
  for (const [l, entry] of [
    [0, 0],
    [0, 100],
    [1, 3],
    [1, 34],
    [2, 0],
    [2, 14],
  ]) {
    const h = 1e-5;
    const central = (loss(l, entry, h) - loss(l, entry, -h)) / (2 * h);
    expect(gradient[offsets[l] + entry]).toBeCloseTo(central, 7);
  }
});

test('training by the book gives the known losses in both homes', { timeout: 120_000 }, async () => {
  const data = networkData(recipe);
  // Over the frozen loss, float64, seed 0, 40 steps of 64.
  for (const home of Object.values(await homes({ poison: false }))) {
    const before = home.bytes;
    await home.scope(async () => {
      const bed = networkBed(home, data, 64);
      const frozen = await evaluate(bed, bed.weights.map(frozenLayer));
      expect(frozen).toBeCloseTo(0.49914, 4);
      const full = finalLoss(await train(bed, fullModel(bed, 2e-3), { steps: 40, points: 2 }));
      const lora = finalLoss(
        await train(bed, loraModel(bed, { seed: 0, rank: 4, scale: 1, rate: 2e-3 }), {
          steps: 40,
          points: 2,
        }),
      );
      expect([full, lora].map((loss) => loss / frozen)).toEqual([
        expect.closeTo(0.3264, 3),
        expect.closeTo(0.6438, 3),
      ]);
    });
    expect(home.bytes).toBe(before);
  }
});

test('counts of trained numbers', () => {
  expect(fullCount(WIDTHS)).toBe(28672);
  expect(loraCount(WIDTHS, 1)).toBe(608);
});
