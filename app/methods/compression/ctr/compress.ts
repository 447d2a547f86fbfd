/**
 * The two ways to cut a click model: by the SVD of its weights, or by the principal components of its features
 * on the training data (the paper's atomic feature mimicking). Both give two thinner factors in place of one.
 */
import type { Home, Tensor } from '../../../gpu/home';
import { axpby, scaleRows } from '../../../kernels/elementwise';
import { matmul } from '../../../kernels/matmul';
import { frobenius } from '../../../kernels/reduce';
import { columns, copy } from '../../../kernels/slice';
import { svd } from '../../../kernels/svd';
import { transpose } from '../../../kernels/transpose';
import { centred } from '../../../testbeds/activations';
import { type Affine, affine, type ClickModel, hiddenInputs } from './model';

export type Way = 'svd' | 'afm';

/** Directions to cut along, best first, and the share of the features' (weights') energy in each. */
export interface Directions {
  /** svd: right singular vectors (in x k). afm: eigenvectors of the output covariance (out x k). */
  vectors: Tensor;
  /** Squared singular values of the weights, or eigenvalues of the covariance, summing to 1. */
  shares: Float64Array;
}

/** What cutting needs to know of the table and of layers 1 and 2; the rank cuts it later. */
export interface Anatomy {
  table: { svd: Directions; afm: Directions; mean: Tensor; weights: Tensor };
  layers: { svd: Directions; afm: Directions; mean: Tensor }[];
}

const toShares = (values: ArrayLike<number>): Float64Array => {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i];
  return Float64Array.from(values, (value) => (total > 0 ? value / total : 0));
};

/** Right singular vectors and squared singular values of A. */
async function rightDirections(a: Tensor): Promise<Directions> {
  return a.home.scope(async () => {
    const { s, v } = await svd(a);
    const values = Float64Array.from(await a.home.read(s), (sigma) => sigma * sigma);
    return { vectors: v, shares: toShares(values) };
  });
}

/** Eigenvectors and eigenvalues of a symmetric positive semidefinite matrix, by its SVD. */
async function eigenDirections(c: Tensor): Promise<Directions> {
  return c.home.scope(async () => {
    const { u, s } = await svd(c);
    return { vectors: u, shares: toShares(await c.home.read(s)) };
  });
}

/** 1 x n of ones over count: times a matrix of `count` rows it gives the mean row. */
const averaging = (home: Home, rows: number, count: number): Tensor =>
  home.tensor([1, rows], new Float64Array(rows).fill(1 / count));

/**
 * One pass over the training rows for the means and one for the covariances, centred before they are
 * multiplied; the SVDs of the weights beside them. `counts`: how often each table row occurs.
 */
export async function dissect(
  model: ClickModel,
  chunks: readonly Tensor[],
  counts: Uint32Array,
  seam: (fraction: number) => Promise<void>,
): Promise<Anatomy> {
  const { home } = model.table;
  return home.scope(async () => {
    const cut = model.layers.slice(0, 2);
    const rows = chunks.reduce((sum, chunk) => sum + chunk.shape[0] / model.fields, 0);
    const means: Tensor[] = cut.map(({ weights }) => home.tensor([1, weights.shape[0]]));
    const covariances = cut.map(({ weights }) => home.tensor([weights.shape[0], weights.shape[0]]));
    for (const pass of ['mean', 'covariance'] as const) {
      for (const [i, chunk] of chunks.entries()) {
        await seam((i / chunks.length + (pass === 'mean' ? 0 : 1)) / 2);
        await home.scope(async () => {
          const inputs = await hiddenInputs(model, chunk);
          for (const [l, layer] of cut.entries()) {
            const n = inputs[l].shape[0];
            if (pass === 'mean') {
              const y = await affine(inputs[l], { ...layer, relu: false });
              await matmul(averaging(home, n, rows), y, { beta: 1, into: means[l] });
            } else {
              const bias = await axpby(1, layer.bias, -1, means[l]);
              const y = await affine(inputs[l], { weights: layer.weights, bias, relu: false });
              await matmul(y, y, { transposeA: true, alpha: 1 / rows, beta: 1, into: covariances[l] });
            }
          }
        });
      }
    }
    const layers = [];
    for (const [l, { weights }] of cut.entries()) {
      layers.push({
        svd: await rightDirections(weights),
        afm: await eigenDirections(covariances[l]),
        mean: means[l],
      });
    }
    return { table: await dissectTable(model.table, counts), layers };
  });
}

async function dissectTable(table: Tensor, counts: Uint32Array): Promise<Anatomy['table']> {
  const { home } = table;
  const total = counts.reduce((sum, count) => sum + count, 0);
  const weights = home.tensor(
    [counts.length],
    Float64Array.from(counts, (count) => Math.sqrt(count / total)),
  );
  const shares = home.tensor(
    [1, counts.length],
    Float64Array.from(counts, (count) => count / total),
  );
  const mean = await matmul(shares, table);
  const deviations = await centred(table, mean);
  return {
    svd: await rightDirections(table),
    afm: await rightDirections(await scaleRows(deviations, weights)),
    mean,
    weights,
  };
}

/** One layer as two: x -> B (A x + a) + c. */
export async function cutLayer(
  layer: Affine,
  part: Anatomy['layers'][number],
  way: Way,
  rank: number,
): Promise<Affine[]> {
  const { weights, bias, relu } = layer;
  const { home } = weights;
  if (way === 'svd') {
    const v = await columns(part.svd.vectors, 0, rank);
    const none = home.tensor([1, rank]);
    return [
      { weights: await transpose(v), bias: none, relu: false },
      { weights: await matmul(weights, v), bias: await copy(bias), relu },
    ];
  }
  const q = await columns(part.afm.vectors, 0, rank);
  const inside = await matmul(part.mean, q);
  return [
    { weights: await matmul(q, weights, { transposeA: true }), bias: await matmul(bias, q), relu: false },
    {
      weights: q,
      bias: await matmul(inside, q, { transposeB: true, alpha: -1, beta: 1, into: await copy(part.mean) }),
      relu,
    },
  ];
}

/** The table as a thinner table and a linear map after the look-up. */
export async function cutTable(
  table: Tensor,
  part: Anatomy['table'],
  way: Way,
  rank: number,
): Promise<{ table: Tensor; project: Affine }> {
  const { home } = table;
  const vectors = await columns(part[way].vectors, 0, rank);
  const thin = await matmul(table, vectors);
  if (way === 'svd') {
    return {
      table: thin,
      project: { weights: vectors, bias: home.tensor([1, table.shape[1]]), relu: false },
    };
  }
  return {
    table: await centred(thin, await matmul(part.mean, vectors)),
    project: { weights: vectors, bias: await copy(part.mean), relu: false },
  };
}

export interface CutRanks {
  /** Ranks of layers 1 and 2; null leaves the layers as they are. */
  layers: readonly [number, number] | null;
  /** Rank of the table; null leaves it as it is. */
  table: number | null;
}

/** The model with its table and/or layers cut. */
export async function compress(
  model: ClickModel,
  anatomy: Anatomy,
  way: Way,
  ranks: CutRanks,
): Promise<ClickModel> {
  const { home } = model.table;
  return home.scope(async () => {
    const front =
      ranks.table === null
        ? { table: await copy(model.table), project: null }
        : await cutTable(model.table, anatomy.table, way, ranks.table);
    const layers: Affine[] = [];
    for (const [l, layer] of model.layers.entries()) {
      const rank = l < 2 ? ranks.layers?.[l] : undefined;
      if (rank === undefined) {
        layers.push({ ...layer, weights: await copy(layer.weights), bias: await copy(layer.bias) });
      } else layers.push(...(await cutLayer(layer, anatomy.layers[l], way, rank)));
    }
    return { ...model, ...front, layers };
  });
}

/** sum |y_hat - y|^2 / sum |y - mu|^2 of layer 1 over the training rows, both with the same input. */
export async function layerError(
  model: ClickModel,
  anatomy: Anatomy,
  way: Way,
  rank: number,
  chunks: readonly Tensor[],
): Promise<number> {
  const { home } = model.table;
  const layer = { ...model.layers[0], relu: false };
  return home.scope(async () => {
    const [first, second] = await cutLayer(layer, anatomy.layers[0], way, rank);
    const centred = { ...layer, bias: await axpby(1, layer.bias, -1, anatomy.layers[0].mean) };
    let wrong = 0;
    let all = 0;
    for (const chunk of chunks) {
      await home.scope(async () => {
        const [input] = await hiddenInputs(model, chunk, 1);
        const y = await affine(input, layer);
        const y2 = await affine(await affine(input, first), second);
        wrong += (await frobenius(await axpby(1, y2, -1, y))) ** 2;
        all += (await frobenius(await affine(input, centred))) ** 2;
      });
    }
    return all === 0 ? 0 : wrong / all;
  });
}

/** The same for the looked-up embeddings: rows weigh as often as they occur. */
export async function tableError(
  table: Tensor,
  part: Anatomy['table'],
  way: Way,
  rank: number,
): Promise<number> {
  return table.home.scope(async () => {
    const cut = await cutTable(table, part, way, rank);
    const again = await affine(cut.table, cut.project);
    const wrong = await frobenius(await scaleRows(await axpby(1, again, -1, table), part.weights));
    const all = await frobenius(await scaleRows(await centred(table, part.mean), part.weights));
    return all === 0 ? 0 : (wrong / all) ** 2;
  });
}
