/** The run of lora-sb: the first update and its SVD, LoRA-SB, LoRA-XS, LoRA of the nearest rank, then ranks. */

import type { Tensor } from '../../../gpu/home';
import { roundHalfEven } from '../../../math/integers';
import type { Matrix } from '../../../math/linalg';
import { norm } from '../../../math/linalg';
import { mean } from '../../../math/statistics';
import { type Svd, svd } from '../../../math/svd';
import { fullCount, loraCount } from '../../../testbeds/adapters';
import { WIDTHS } from '../../../testbeds/network';
import type { FactorSet } from '../../factors';
import type { HeatmapFigure, LinesFigure, Series } from '../../figures';
import type { Lab, Outcome } from '../../method';
import { copies, networkMeasures, peftKey } from '../../networkfactors';
import { NOTHING_TO_LEARN } from '../../networkparameters';
import { type Board, fullRun, loraRun, openBoard, type RunSpec } from '../../networkruns';
import {
  type Core,
  type CoreModel,
  capturedShares,
  coreLayers,
  coreModel,
  firstUpdate,
  meanGradients,
  startError,
  updateCore,
  weightCore,
} from './core';

export interface LoraSbValues {
  seed: number;
  rank: number;
  samples: number;
  sign: boolean;
  targetRank: number;
  shift: number;
  noise: number;
  steps: number;
  batch: number;
  lr: number;
  lrLora: number;
  full: boolean;
}

const RANKS = [2, 4, 8, 16, 32];
const LORA_RANKS = [1, 2, 4, 8];
const LAYERS = WIDTHS.length - 1;

/** What is taken out of a trained core model. */
interface CoreResult {
  shares: number[];
  /** Trained R of the middle layer. */
  core: Float32Array;
  /** Trained R of every layer; none of a point of a sweep. */
  cores: readonly Tensor[];
}

export async function runLoraSb(lab: Lab, v: LoraSbValues): Promise<Outcome> {
  const recipe = { ...v, widths: WIDTHS, alpha: 0.5, correlation: 0.5 };
  const own: { captured: Series[]; figures: (LinesFigure | HeatmapFigure)[] } = { captured: [], figures: [] };
  const runs = 3 + (v.full ? 1 : 0) + 2 * RANKS.length + LORA_RANKS.length;
  const board = await openBoard(lab, {
    recipe,
    batch: v.batch,
    plannedSteps: runs * v.steps,
    more: () => [...(own.captured.length > 0 ? [capturedFigure(own.captured)] : []), ...own.figures],
  });
  const base = { 'loss.frozen': board.frozen, 'params.full': fullCount(WIDTHS) };
  // Rounding of float32 leaves some 1e-13 where the target is the network itself.
  if (board.frozen < 1e-10 && v.noise === 0) return nothing(base);

  await lab.step(0, 'first full update');
  const start = await startOf(lab, board, v);
  const sbCores = start.decomposed.map((parts) => updateCore(parts, v.rank));
  own.figures = [updateFigure(start.decomposed, v.rank)];
  const errors: number[] = [];
  for (const [l, core] of sbCores.entries()) errors.push(await startError(board.bed, core, start.updates[l]));

  const sb = await board.run(coreRun('lora-sb', 'LoRA-SB', v, v.rank, sbKey(v), () => sbCores));
  lab.partial({ metrics: { 'loss.sb': sb.loss } });
  await lab.factors(async () => coreFactors(board, sbCores, sb.result.cores));
  own.captured.push(sharesOf('lora-sb', 'LoRA-SB', sb.result.shares));
  own.figures.push(...coreFigures(sbCores[1], sb.result.core));
  const xsCores = (rank: number) => () =>
    board.bed.data.weights.map((w, l) => weightCore(w, rank, v.seed, 20 + l));
  const xs = await board.run(coreRun('lora-xs', 'LoRA-XS', v, v.rank, 'xs', xsCores(v.rank)));
  own.captured.push(sharesOf('lora-xs', 'LoRA-XS', xs.result.shares));
  const matched = Math.max(1, roundHalfEven(sb.trained / loraCount(WIDTHS, 1)));
  const lora = await board.run(loraRun(v.seed, { rank: matched, scale: 1, rate: v.lrLora, steps: v.steps }));
  const full = v.full ? await board.run(fullRun(v.lr, v.steps)) : null;

  const metrics = {
    ...base,
    'loss.sb': sb.loss,
    'loss.xs': xs.loss,
    'loss.lora': lora.loss,
    'loss.full': full?.loss ?? null,
    'loss.init.sb': sb.curve.losses[0],
    'loss.init.xs': xs.curve.losses[0],
    'params.sb': sb.trained,
    'params.xs': xs.trained,
    'params.lora': lora.trained,
    'rank.lora': matched,
    'error.init': mean(errors),
    'error.svd': mean(start.decomposed.map(({ s }) => norm(s.subarray(v.rank)) / norm(s))),
    'captured.sb': mean(sb.result.shares),
    'captured.xs': mean(xs.result.shares),
    'captured.init.sb': sb.result.shares[0],
    'captured.init.xs': xs.result.shares[0],
  };
  const reasons: Record<string, string> = full ? {} : { 'loss.full': 'full fine-tuning is switched off' };
  lab.partial({ metrics, reasons, figures: board.figures() });
  await sweep(lab, board, v, start.decomposed, xsCores);
  return { metrics, reasons, figures: board.figures(), notes: notesOf(v, sb.curve.losses[0], board.frozen) };
}

/** The first update of every layer and its SVD; neither rank nor steps change it. */
async function startOf(lab: Lab, board: Board, v: LoraSbValues) {
  const key = `${board.base} update ${v.samples} ${v.sign} ${v.lr}`;
  return lab.cached(key, async () => {
    const updates: Matrix[] = (await meanGradients(board.bed, v.samples)).map((g) =>
      firstUpdate(g, v.lr, v.sign),
    );
    return { updates, decomposed: updates.map((d) => svd(d)) };
  });
}

/** B, R and A of every layer: dW = B R A. */
function coreFactors({ bed }: Board, cores: readonly Core[], trained: readonly Tensor[]): FactorSet {
  const upload = ({ rows, cols, data }: Matrix) => bed.home.tensor([rows, cols], data);
  const parts = cores.flatMap(({ b, a }, l) => [
    { name: `B of layer ${l + 1}`, key: peftKey(l, 'lora_B.weight'), value: upload(b) },
    { name: `R of layer ${l + 1}`, key: peftKey(l, 'lora_R.weight'), value: trained[l] },
    { name: `A of layer ${l + 1}`, key: peftKey(l, 'lora_A.weight'), value: upload(a) },
  ]);
  return {
    parts,
    measures: networkMeasures(bed, 'loss.sb', parts, async (stored) => coreLayers(bed, stored)),
  };
}

const sbKey = (v: LoraSbValues): string => `sb ${v.samples} ${v.sign}`;

function coreRun(
  key: string,
  label: string,
  v: LoraSbValues,
  rank: number,
  name: string,
  cores: () => Core[],
  silent = false,
): RunSpec<CoreModel, CoreResult> {
  return {
    key,
    label,
    role: key === 'lora-sb' ? 'method' : 'baseline',
    silent,
    cacheKey: `${name} ${rank} ${v.lr}`,
    model: (bed) => coreModel(bed, cores(), { rate: v.lr, watch: silent ? 0 : v.steps }),
    options: { steps: v.steps, points: silent ? 1 : undefined },
    finish: async (model) => ({
      shares: await capturedShares(model, LAYERS),
      core: Float32Array.from(await model.cores[1].home.read(model.cores[1])),
      cores: await copies(silent ? [] : model.cores),
    }),
  };
}

/** Losses over ranks, at the end: they only add lines to the picture of loss against parameters. */
async function sweep(
  lab: Lab,
  board: Board,
  v: LoraSbValues,
  decomposed: readonly Svd[],
  xsCores: (rank: number) => () => Core[],
): Promise<void> {
  const line = async (
    key: string,
    label: string,
    role: Series['role'],
    ranks: number[],
    run: (rank: number) => Promise<{ trained: number; loss: number }>,
  ) => {
    const at = board.sweeps.length;
    const points: { trained: number; loss: number }[] = [];
    for (const rank of ranks) {
      points.push(await run(rank));
      const [x, y] = [points.map(({ trained }) => trained), points.map(({ loss }) => loss)];
      board.sweeps[at] = { key, label, role, x, y };
      lab.partial({ figures: board.figures() });
    }
  };
  await line('sb-ranks', 'LoRA-SB, ranks 2 to 32', 'method', RANKS, (rank) =>
    board.run(
      coreRun(
        'lora-sb',
        `LoRA-SB, rank ${rank}`,
        v,
        rank,
        sbKey(v),
        () => decomposed.map((d) => updateCore(d, rank)),
        true,
      ),
    ),
  );
  await line('xs-ranks', 'LoRA-XS, ranks 2 to 32', 'baseline', RANKS, (rank) =>
    board.run(coreRun('lora-xs', `LoRA-XS, rank ${rank}`, v, rank, 'xs', xsCores(rank), true)),
  );
  await line('lora-ranks', 'LoRA, ranks 1 to 8', 'baseline', LORA_RANKS, (rank) =>
    board.run(
      loraRun(v.seed, { rank, scale: 1, rate: v.lrLora, steps: v.steps }, { role: 'baseline', silent: true }),
    ),
  );
}

const sharesOf = (key: string, label: string, shares: readonly number[]): Series => ({
  key,
  label,
  role: key === 'lora-sb' ? 'method' : 'baseline',
  x: shares.map((_share, step) => step),
  y: [...shares],
});

function capturedFigure(series: readonly Series[]): LinesFigure {
  const means = series.map(({ label, y }) => `${label} ${(100 * mean(y)).toPrecision(3)} %`).join(', ');
  return {
    kind: 'lines',
    id: 'captured',
    title: 'Share of the gradient that the core sees',
    summary: `Squared Frobenius norm of the projected gradient over that of the whole, mean over layers. Over all steps: ${means}.`,
    x: { label: 'Step', scale: 'linear' },
    y: { label: 'Captured share', scale: 'log' },
    series,
  };
}

function updateFigure(decomposed: readonly Svd[], rank: number): LinesFigure {
  const kept = decomposed.map(({ s }) => 1 - (norm(s.subarray(rank)) / norm(s)) ** 2);
  return {
    kind: 'lines',
    id: 'update',
    title: 'Spectrum of the first full update',
    summary: `Singular values of D in every layer; the first ${rank} are kept, with ${kept.map((share) => `${(100 * share).toFixed(0)} %`).join(', ')} of the squared norm in layers 1 to 3.`,
    x: { label: 'Index', scale: 'linear' },
    y: { label: 'Singular value', scale: 'log' },
    series: decomposed.map(({ s }, l) => {
      // A matrix of signs may have a rank far below its sides; the rest is rounding.
      const y = Array.from(s).filter((value) => value > 1e-7 * s[0]);
      const role = l === 1 ? 'method' : 'exact';
      return { key: `layer-${l + 1}`, label: `Layer ${l + 1}`, role, x: y.map((_value, i) => i + 1), y };
    }),
    marks: [{ axis: 'x', at: rank, label: 'r', parameter: 'rank' }],
  };
}

/** The core of layer 2 at the start and after training, in one colour range. */
function coreFigures({ r }: Core, trained: Float32Array): HeatmapFigure[] {
  const start = Float32Array.from(r.data);
  const largest = [...start, ...trained].reduce((top, value) => Math.max(top, Math.abs(value)), 0) || 1;
  const picture = (id: string, title: string, summary: string, values: Float32Array): HeatmapFigure => ({
    kind: 'heatmap',
    id,
    title,
    summary,
    rows: r.rows,
    cols: r.cols,
    values,
    label: 'R',
    scale: 'linear',
    palette: 'diverging',
    range: [-largest, largest],
    axes: { rows: 'column of B', cols: 'row of A' },
    group: 'core',
  });
  return [
    picture(
      'core-start',
      'The core of layer 2 at the start',
      'The singular values of the first update, on the diagonal.',
      start,
    ),
    picture(
      'core-trained',
      'The core of layer 2 after training',
      'Training mixes the directions: entries off the diagonal.',
      trained,
    ),
  ];
}

function notesOf(v: LoraSbValues, first: number, frozen: number): string[] {
  const notes: string[] = [];
  const narrow = WIDTHS.slice(1).flatMap((m, l) => {
    const side = Math.min(m, WIDTHS[l]);
    return v.rank > side ? [`layer ${l + 1} uses ${side}`] : [];
  });
  if (narrow.length > 0)
    notes.push(`Rank ${v.rank} is above the shorter side of a layer: ${narrow.join(', ')}.`);
  if (first > frozen) {
    notes.push(
      `The start is worse than no adapter: it scales with the learning rate, so choose one below ${v.lr}.`,
    );
  }
  return notes;
}

function nothing(metrics: Record<string, number>): Outcome {
  const keys = ['sb', 'xs', 'lora', 'full', 'init.sb', 'init.xs'].map((key) => `loss.${key}`);
  const rest = ['params.sb', 'params.xs', 'params.lora', 'rank.lora', 'error.init', 'error.svd'];
  const captured = ['sb', 'xs', 'init.sb', 'init.xs'].map((key) => `captured.${key}`);
  const silent = [...keys, ...rest, ...captured];
  return {
    metrics: { ...metrics, ...Object.fromEntries(silent.map((key) => [key, null])) },
    reasons: Object.fromEntries(
      silent.map((key) => [key, 'the gradient is zero: there is no update to start from']),
    ),
    notes: [NOTHING_TO_LEARN],
    figures: [],
  };
}
