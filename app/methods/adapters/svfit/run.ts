/** The run of svfit: SVFit, LoRA and the random basis, then LoRA over ranks. */
import type { Tensor } from '../../../gpu/home';
import { type Matrix, norm } from '../../../math/linalg';
import { mean } from '../../../math/statistics';
import { type Svd, svd } from '../../../math/svd';
import { type NetworkData, WIDTHS } from '../../../testbeds/network';
import type { FactorSet } from '../../factors';
import type { HeatmapFigure, LinesFigure } from '../../figures';
import type { Lab, Outcome } from '../../method';
import { networkMeasures, peftKey } from '../../networkfactors';
import { NOTHING_TO_LEARN } from '../../networkparameters';
import { type Board, loraRun, openBoard, type RunSpec } from '../../networkruns';
import {
  type Basis,
  type BasisModel,
  basisLayers,
  basisModel,
  randomBasis,
  singularBasis,
  wantedValues,
} from './basis';

export interface SvfitValues {
  seed: number;
  rank: number;
  change: 'rescale' | 'lowrank';
  loraRank: number;
  targetRank: number;
  shift: number;
  alpha: number;
  noise: number;
  lrDiag: number;
  lr: number;
  steps: number;
  batch: number;
}

const LORA_RANKS = [1, 2, 4, 8, 16];

/** A trained diagonal: c of every layer, and W_eff - W of the middle one. */
interface Trained {
  diagonals: Float64Array[];
  update: Float32Array;
}

export async function runSvfit(lab: Lab, v: SvfitValues): Promise<Outcome> {
  const recipe = { ...v, widths: WIDTHS, correlation: 0.5 };
  const figures: (LinesFigure | HeatmapFigure)[] = [];
  const board = await openBoard(lab, {
    recipe,
    batch: v.batch,
    plannedSteps: (3 + LORA_RANKS.length) * v.steps,
    more: () => figures,
  });
  const { data } = board.bed;
  await lab.step(0, 'singular values');
  const parts = await lab.cached(`${board.base} svd`, async () => data.weights.map((w) => svd(w)));
  const bases = parts.map((part) => singularBasis(part, v.rank));

  const svfit = await board.run(basisRun('svfit', 'SVFit', v, () => bases));
  lab.partial({ metrics: { 'loss.svfit': svfit.loss } });
  await lab.factors(async () => diagonalFactors(board, bases, svfit.result.diagonals));
  const learned = parts.map(({ s }, l) => svfit.result.diagonals[l].map((c, i) => s[i] + c));
  const wanted = bases.map((basis, l) => wantedValues(basis, data.targetWeights[l]));
  figures.push(
    ...parts.map((part, l) => valuesFigure(l, part.s, learned[l], wanted[l])),
    ...updateFigures(data, svfit.result.update),
  );
  const lora = await board.run(loraRun(v.seed, { rank: v.loraRank, scale: 1, rate: v.lr, steps: v.steps }));
  const random = await board.run(
    basisRun('random', 'Random basis', v, () =>
      data.weights.map(({ rows: m, cols: n }, l) => randomBasis(v.seed, l, [m, n], v.rank)),
    ),
  );

  const total = (s: Float64Array): number => s.reduce((sum, value) => sum + value, 0);
  // Where nothing changed, 0 / 0 says nothing.
  const sigma = v.shift === 0 ? null : sigmaError(parts, learned, wanted);
  const metrics = {
    'loss.frozen': board.frozen,
    'loss.svfit': svfit.loss,
    'loss.random': random.loss,
    'loss.lora': lora.loss,
    'loss.init': svfit.curve.losses[0],
    'params.svfit': svfit.trained,
    'params.random': random.trained,
    'params.lora': lora.trained,
    'ratio.params': lora.trained / svfit.trained,
    energy: mean(parts.map(({ s }) => total(s.subarray(0, v.rank)) / total(s))),
    'error.svd': mean(parts.map(({ s }) => norm(s.subarray(v.rank)) / norm(s))),
    'error.sigma': sigma,
  };
  const reasons: Record<string, string> =
    sigma === null ? { 'error.sigma': 'the wanted values are the pretrained ones' } : {};
  lab.partial({ metrics, reasons, figures: board.figures() });
  await loraLine(lab, board, v);
  return { metrics, reasons, figures: board.figures(), notes: notesOf(v, parts) };
}

/** P, c and Q of every layer: dW = P diag(c) Q^T with c = d - s. */
function diagonalFactors(
  { bed }: Board,
  bases: readonly Basis[],
  diagonals: readonly Float64Array[],
): FactorSet {
  const { home } = bed;
  const upload = ({ rows, cols, data }: Matrix) => home.tensor([rows, cols], data);
  const parts = bases.flatMap(({ p, q }, l) => [
    { name: `U of layer ${l + 1}`, key: peftKey(l, 'svfit_U'), value: upload(p) },
    {
      name: `d - s of layer ${l + 1}`,
      key: peftKey(l, 'svfit_change'),
      value: home.tensor([diagonals[l].length], diagonals[l]),
    },
    { name: `V of layer ${l + 1}`, key: peftKey(l, 'svfit_V'), value: upload(q) },
  ]);
  const layers = async (stored: readonly Tensor[]) => basisLayers(bed, stored);
  return { parts, measures: networkMeasures(bed, 'loss.svfit', parts, layers) };
}

function basisRun(
  key: 'svfit' | 'random',
  label: string,
  v: SvfitValues,
  bases: () => readonly Basis[],
): RunSpec<BasisModel, Trained> {
  return {
    key,
    label,
    role: key === 'svfit' ? 'method' : 'baseline',
    cacheKey: `${key} ${v.rank} ${v.lrDiag}`,
    model: (bed) => basisModel(bed, bases(), v.lrDiag),
    options: { steps: v.steps },
    finish: async (model) => {
      const { home } = model.diagonals[0];
      const diagonals: Float64Array[] = [];
      for (const c of model.diagonals) diagonals.push(Float64Array.from(await home.read(c)));
      const now = await home.scope(async () => home.read(await model.layers[1].weight()));
      return { diagonals, update: Float32Array.from(now) };
    },
  };
}

/** ||d - wanted|| / ||s - wanted|| over all layers. */
function sigmaError(
  parts: readonly Svd[],
  learned: readonly Float64Array[],
  wanted: readonly Float64Array[],
): number {
  let [rest, whole] = [0, 0];
  wanted.forEach((values, l) => {
    values.forEach((want, i) => {
      rest += (learned[l][i] - want) ** 2;
      whole += (parts[l].s[i] - want) ** 2;
    });
  });
  return Math.sqrt(rest / whole);
}

async function loraLine(lab: Lab, board: Board, v: SvfitValues): Promise<void> {
  const [x, y]: [number[], number[]] = [[], []];
  for (const rank of LORA_RANKS) {
    const run = await board.run(
      loraRun(v.seed, { rank, scale: 1, rate: v.lr, steps: v.steps }, { role: 'baseline', silent: true }),
    );
    x.push(run.trained);
    y.push(run.loss);
    board.sweeps[0] = {
      key: 'lora-ranks',
      label: 'LoRA, ranks 1 to 16',
      role: 'baseline',
      x: [...x],
      y: [...y],
    };
    lab.partial({ figures: board.figures() });
  }
}

/** Before, learned and wanted, in the order of the pretrained values: a learned one may cross or turn negative. */
function valuesFigure(
  layer: number,
  s: Float64Array,
  learned: Float64Array,
  wanted: Float64Array,
): LinesFigure {
  const index = Array.from(learned, (_value, i) => i + 1);
  return {
    kind: 'lines',
    id: `values-${layer + 1}`,
    title: `Singular values of layer ${layer + 1}: before, learned, wanted`,
    summary: `The ${learned.length} trained values of W_${layer + 1} in their old order, beside u_i^T W* v_i of the target.`,
    x: { label: 'Index', scale: 'linear' },
    y: { label: 'Value', scale: 'linear' },
    series: [
      { key: 'wanted', label: 'Wanted', role: 'exact', x: index, y: Array.from(wanted), points: true },
      { key: 'svfit', label: 'Learned', role: 'method', x: index, y: Array.from(learned) },
      {
        key: 'before',
        label: 'Before',
        role: 'baseline',
        x: index,
        y: Array.from(s.subarray(0, learned.length)),
      },
    ],
  };
}

/** W* - W of layer 2, and what SVFit added to it, in one colour range. */
function updateFigures({ weights, targetWeights }: NetworkData, now: Float32Array): HeatmapFigure[] {
  const w = weights[1];
  const wanted = Float32Array.from(targetWeights[1].data, (x, i) => x - w.data[i]);
  const learned = now.map((x, i) => x - w.data[i]);
  const largest = wanted.reduce((top, x) => Math.max(top, Math.abs(x)), 0) || 1;
  const picture = (id: string, title: string, summary: string, values: Float32Array): HeatmapFigure => ({
    kind: 'heatmap',
    id,
    title,
    summary,
    rows: w.rows,
    cols: w.cols,
    values,
    label: 'Change',
    scale: 'linear',
    palette: 'diverging',
    range: [-largest, largest],
    axes: { rows: 'output', cols: 'input' },
    group: 'update',
  });
  return [
    picture('wanted', 'Wanted change of layer 2', 'W* - W of the target network.', wanted),
    picture('learned', 'Learned change of layer 2', 'U diag(d - s) V^T after training.', learned),
  ];
}

function notesOf(v: SvfitValues, parts: readonly Svd[]): string[] {
  const notes: string[] = [];
  const narrow = parts.flatMap(({ s }, l) =>
    v.rank > s.length ? [`layer ${l + 1} trains ${s.length}`] : [],
  );
  if (narrow.length > 0) {
    notes.push(`${v.rank} singular values are more than a layer has: ${narrow.join(', ')}.`);
  }
  const equal = parts.some(({ s }) => s.some((value, i) => i > 0 && s[i - 1] - value < 1e-6 * s[i - 1]));
  if (equal) {
    notes.push(
      'Some singular values are equal to 1e-6: their vectors, and so the result, depend on the solver.',
    );
  }
  if (v.shift === 0) notes.push(NOTHING_TO_LEARN);
  return notes;
}
