/** The run of eora: chains of compressed and compensated layers, one for each way to compensate. */
import type { Home, Tensor } from '../../../gpu/home';
import { gelu } from '../../../kernels/activation';
import { axpby, scaleColumns } from '../../../kernels/elementwise';
import { pruneTwoOfFour, roundToGrid } from '../../../kernels/grid';
import { matmul } from '../../../kernels/matmul';
import { frobenius } from '../../../kernels/reduce';
import { columns, copy } from '../../../kernels/slice';
import { svd } from '../../../kernels/svd';
import { transpose } from '../../../kernels/transpose';
import { principal, upload } from '../../../testbeds/activations';
import { relativeLoss } from '../../../testbeds/layers';
import { type NetworkData, networkData, recipeKey } from '../../../testbeds/network';
import type { FactorSet } from '../../factors';
import type { Figure } from '../../figures';
import type { Lab, Outcome } from '../../method';
import { peftKey } from '../../networkfactors';
import { lossFigure, rankCurves, residualMaps, type Spectra, spectraFigure } from './figures';
import { eoraShapes, lowParameters, widthsOf } from './shapes';

export interface EoraValues {
  seed: number;
  rank: number;
  compressor: 'prune' | 'quant' | 'both';
  bits: number;
  group: number;
  wanda: boolean;
  calibration: number;
  correlation: number;
  alpha: number;
  width: number;
}

export type Way = 'none' | 'svd' | 'act' | 'eora';
const WAYS: readonly Way[] = ['none', 'svd', 'act', 'eora'];
const RANKS = [1, 2, 4, 8, 16, 32];
/** Eigenvalues below this share of the largest are raised to it. */
const FLOOR = 1e-6;
const LEAST_ACTIVATION = 1e-8;

interface Bed {
  home: Home;
  data: NetworkData;
  weights: Tensor[];
  calibration: Tensor;
  evalInputs: Tensor;
  evalTargets: Tensor;
}

export async function run(lab: Lab, v: EoraValues): Promise<Outcome> {
  const bed = await bedOf(lab, v);
  const m: Record<string, number | null> = {};
  const notes = notesOf(v);
  const first: Record<string, Chain> = {};
  for (const [i, way] of WAYS.entries()) {
    await lab.step(0.1 + 0.05 * i, `compensating: ${way}`);
    first[way] = await chain(v, bed, way, v.rank, true);
    m[`loss.${way}`] = first[way].loss;
    Object.assign(m, first[way].layer1);
  }
  lab.partial({ metrics: m });
  await lab.factors(async () => compensationFactors(bed, first.eora));
  m['recovered.svd'] = 1 - first.svd.loss / first.none.loss;
  m['recovered.eora'] = 1 - first.eora.loss / first.none.loss;
  m['params.low'] = lowParameters(v, v.rank);
  m['params.full'] = eoraShapes(v).reduce((sum, [out, into]) => sum + out * into, 0);
  m.overhead = m['params.low'] / m['params.full'];
  if (m.overhead > 1)
    notes.push('At this rank the correction holds more numbers than the layers it corrects.');
  m['loss.svd.double'] = (await chain(v, bed, 'svd', 2 * v.rank, false)).loss;

  const curve: { rank: number; svd: number; act: number; eora: number }[] = [];
  for (const [i, rank] of RANKS.entries()) {
    const point = { rank, svd: Number.NaN, act: Number.NaN, eora: Number.NaN };
    for (const way of ['svd', 'act', 'eora'] as const) {
      await lab.step(0.35 + (0.55 * i) / RANKS.length, `loss at rank ${rank}: ${way}`);
      point[way] = rank === v.rank ? first[way].loss : (await chain(v, bed, way, rank, false)).loss;
    }
    curve.push(point);
    lab.partial({ metrics: m, figures: [rankCurves(curve, first.none.loss, v.rank)] });
  }
  await lab.step(0.93, 'spectra and maps');
  const figures: Figure[] = [rankCurves(curve, first.none.loss, v.rank), lossFigure(m)];
  figures.push(...first.eora.spectra.map((spectra, l) => spectraFigure(l + 1, spectra, v.rank)));
  const maps = first.svd.map && first.eora.map ? residualMaps(first.svd.map, first.eora.map) : [];
  return { metrics: m, figures: [...figures, ...maps], notes };
}

async function bedOf(lab: Lab, v: EoraValues): Promise<Bed> {
  const recipe = {
    seed: v.seed,
    widths: widthsOf(v),
    alpha: v.alpha,
    correlation: v.correlation,
    shift: 0,
    targetRank: 8,
    noise: 0,
  };
  await lab.step(0, 'network');
  return lab.cached(`${recipeKey(recipe)} eora ${v.calibration}`, async () => {
    const { home } = lab;
    const data = networkData(recipe);
    return {
      home,
      data,
      weights: data.weights.map((w) => upload(home, w)),
      calibration: upload(home, data.trainInputs, 0, v.calibration),
      evalInputs: upload(home, data.evalInputs),
      evalTargets: upload(home, data.evalTargets),
    };
  });
}

/** Columns of |D - B A| with the loudest input first, rows as they are. */
export interface ResidualMap {
  rows: number;
  cols: number;
  values: Float32Array;
}

interface Chain {
  loss: number;
  /** Metrics of layer 1, where they were asked for. */
  layer1: Record<string, number>;
  spectra: Spectra[];
  map: ResidualMap | null;
  /** C, B and A of every layer, where they were asked for. */
  layers: { c: Tensor; b: Tensor; a: Tensor }[];
}

/** The whole network, layer after layer: each is compressed and compensated on the inputs it will really see. */
async function chain(v: EoraValues, bed: Bed, way: Way, rank: number, detail: boolean): Promise<Chain> {
  const { home } = bed;
  return home.scope(async () => {
    const out: Chain = { loss: Number.NaN, layer1: {}, spectra: [], map: null, layers: [] };
    let h = bed.calibration;
    let x = bed.evalInputs;
    for (const [l, w] of bed.weights.entries()) {
      await home.checkpoint();
      const c = await compressed(v, w, h);
      const d = await axpby(1, w, -1, c);
      const fix = await compensation(way, d, h, rank);
      const low = fix ? await matmul(fix.b, fix.a) : null;
      const effective = low ? await axpby(1, c, 1, low) : c;
      if (detail) {
        if (fix?.spectra) out.spectra.push(fix.spectra);
        // Where nothing is pruned or rounded C is W itself, which this chain does not own.
        if (fix && way === 'eora') out.layers.push({ c: await copy(c), b: fix.b, a: fix.a });
        if (l === 0) {
          out.layer1 = await measure(way, w, effective, h, fix);
          const left = low ? await axpby(1, d, -1, low) : d;
          out.map = await residualMap(left, h);
        }
      }
      const layer = (input: Tensor) => compensatedProduct(input, c, fix);
      const last = l === bed.weights.length - 1;
      x = last ? await layer(x) : await gelu(await layer(x));
      if (!last) h = await gelu(await layer(h));
    }
    out.loss = await relativeLoss(x, bed.evalTargets, bed.data.scale);
    return out;
  });
}

/** x C^T + (x A^T) B^T. */
async function compensatedProduct(
  x: Tensor,
  c: Tensor,
  fix: Pick<Compensation, 'a' | 'b'> | null,
): Promise<Tensor> {
  const z = await matmul(x, c, { transposeB: true });
  if (!fix) return z;
  const thin = await matmul(x, fix.a, { transposeB: true });
  return matmul(thin, fix.b, { transposeB: true, beta: 1, into: z });
}

/** A and B of every layer, W ~ C + B A with C the compressed weight, which is not stored anew. */
function compensationFactors(bed: Bed, { layers }: Chain): FactorSet {
  const parts = layers.flatMap(({ a, b }, l) => [
    { name: `A of layer ${l + 1}`, key: peftKey(l, 'lora_A.weight'), value: a },
    { name: `B of layer ${l + 1}`, key: peftKey(l, 'lora_B.weight'), value: b },
  ]);
  const of = (stored: readonly Tensor[]): Promise<number> =>
    bed.home.scope(async () => {
      let x = bed.evalInputs;
      for (const [l, { c }] of layers.entries()) {
        const z = await compensatedProduct(x, c, { a: stored[2 * l], b: stored[2 * l + 1] });
        x = l === layers.length - 1 ? z : await gelu(z);
      }
      return relativeLoss(x, bed.evalTargets, bed.data.scale);
    });
  return { parts, measures: [{ metric: 'loss.eora', of }] };
}

/** C: the weight as the compressor leaves it, given the inputs of its layer. */
async function compressed(v: EoraValues, w: Tensor, h: Tensor): Promise<Tensor> {
  let c = w;
  if (v.compressor !== 'quant') {
    const loudness = v.wanda ? columnNorms(await h.home.read(h), h.shape[1]) : null;
    const weight = h.home.tensor([w.shape[1]], loudness ?? new Float64Array(w.shape[1]).fill(1));
    c = await pruneTwoOfFour(c, weight);
  }
  return v.compressor === 'prune' ? c : roundToGrid(c, { bits: v.bits, group: v.group });
}

function columnNorms(values: ArrayLike<number>, cols: number): Float64Array {
  const sums = new Float64Array(cols);
  for (let i = 0; i < values.length; i++) sums[i % cols] += values[i] ** 2;
  return sums.map(Math.sqrt);
}

interface Compensation {
  b: Tensor;
  a: Tensor;
  /** Squared tail of P, for eora. */
  tail: number;
  spectra: Spectra | null;
}

/** B (out x r) and A (r x in) for the residual D, or null where nothing is compensated. */
async function compensation(way: Way, d: Tensor, h: Tensor, rank: number): Promise<Compensation | null> {
  if (way === 'none') return null;
  const { home } = d;
  return home.scope(async () => {
    const r = Math.min(rank, ...d.shape);
    if (way === 'eora') {
      const { vectors, energies } = await principal(h);
      const root = energies.map((energy) => Math.sqrt(Math.max(energy, FLOOR * energies[0])));
      const strong = home.tensor([root.length], root);
      const weak = home.tensor(
        [root.length],
        root.map((value) => 1 / value),
      );
      const cut = await halves(await scaleColumns(await matmul(d, vectors), strong), r);
      const a = await matmul(await scaleColumns(cut.a, weak), vectors, { transposeB: true });
      const plain = await home.read((await svd(d)).s);
      const spectra = { d: Array.from(plain), p: Array.from(cut.s), energies: Array.from(energies) };
      return { b: cut.b, a, tail: cut.s.slice(r).reduce((sum, s) => sum + s * s, 0), spectra };
    }
    if (way === 'svd') {
      const { a, b } = await halves(d, r);
      return { a, b, tail: 0, spectra: null };
    }
    const loud = meanMagnitudes(await home.read(h), h.shape[1]);
    const scaled = await scaleColumns(d, home.tensor([loud.length], loud));
    const { a, b } = await halves(scaled, r);
    const back = await scaleColumns(
      a,
      home.tensor(
        [loud.length],
        loud.map((value) => 1 / value),
      ),
    );
    return { a: back, b, tail: 0, spectra: null };
  });
}

function meanMagnitudes(values: ArrayLike<number>, cols: number): Float64Array {
  const sums = new Float64Array(cols);
  for (let i = 0; i < values.length; i++) sums[i % cols] += Math.abs(values[i]);
  return sums.map((sum) => Math.max(LEAST_ACTIVATION, sum / (values.length / cols)));
}

/** B = U_r S_r^(1/2), A = S_r^(1/2) V_r^T, and all singular values. */
async function halves(p: Tensor, r: number): Promise<{ b: Tensor; a: Tensor; s: Float64Array }> {
  const { home } = p;
  return home.scope(async () => {
    const { u, s, v } = await svd(p);
    const values = Float64Array.from(await home.read(s));
    const root = home.tensor([r], values.slice(0, r).map(Math.sqrt));
    const b = await scaleColumns(await columns(u, 0, r), root);
    const right = await scaleColumns(await columns(v, 0, r), root);
    return { b, a: await transpose(right), s: values };
  });
}

async function measure(
  way: Way,
  w: Tensor,
  effective: Tensor,
  h: Tensor,
  fix: Compensation | null,
): Promise<Record<string, number>> {
  const { home } = w;
  return home.scope(async () => {
    const left = await axpby(1, w, -1, effective);
    const output = await frobenius(await matmul(h, w, { transposeB: true }));
    const out: Record<string, number> = {
      [`error.${way}`]: (await frobenius(await matmul(h, left, { transposeB: true }))) / output,
      [`weight.${way}`]: (await frobenius(left)) / (await frobenius(w)),
    };
    if (way === 'eora' && fix) out['error.tail'] = (Math.sqrt(fix.tail) * Math.sqrt(h.shape[0])) / output;
    return out;
  });
}

async function residualMap(left: Tensor, h: Tensor): Promise<ResidualMap> {
  const { home } = left;
  const [rows, cols] = left.shape;
  const norms = columnNorms(await home.read(h), cols);
  const order = Array.from({ length: cols }, (_, j) => j).sort((i, j) => norms[j] - norms[i]);
  const values = await home.read(left);
  const sorted = new Float32Array(rows * cols);
  for (let i = 0; i < rows; i++) {
    order.forEach((from, to) => {
      sorted[i * cols + to] = Math.abs(values[i * cols + from]);
    });
  }
  return { rows, cols, values: sorted };
}

function notesOf(v: EoraValues): string[] {
  const notes: string[] = [];
  const widest = Math.max(...widthsOf(v).slice(0, -1));
  if (v.calibration < widest) {
    notes.push('Calibration rows below layer width: the compensation ignores unseen directions.');
  }
  eoraShapes(v).forEach((shape, l) => {
    const most = Math.min(...shape);
    if (v.rank > most) notes.push(`Rank ${v.rank} is cut to ${most} in layer ${l + 1}, its smaller side.`);
  });
  return notes;
}
