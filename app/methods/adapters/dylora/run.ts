/** The run of dylora: DyLoRA, LoRA at the largest and at the compared rank, and every cut of the first two. */
import type { Matrix } from '../../../math/linalg';
import { mean } from '../../../math/statistics';
import { loraCount, loraModel } from '../../../testbeds/adapters';
import { WIDTHS } from '../../../testbeds/network';
import { evaluate } from '../../../testbeds/training';
import type { LinesFigure, Series } from '../../figures';
import type { Lab, Outcome } from '../../method';
import { loraFactors } from '../../networkfactors';
import { NOTHING_TO_LEARN } from '../../networkparameters';
import { type Board, loraRun, openBoard } from '../../networkruns';
import { bySingularValue, columnSizes, dyloraModel, factorsOf, type HostFactors, lossesByRank } from './cuts';

export interface DyloraValues {
  seed: number;
  rankMax: number;
  rankAt: number;
  frozen: boolean;
  targetRank: number;
  shift: number;
  noise: number;
  steps: number;
  batch: number;
  lr: number;
}

export async function runDylora(lab: Lab, v: DyloraValues): Promise<Outcome> {
  const { rankMax, rankAt, seed, steps, lr: rate } = v;
  const figures: LinesFigure[] = [];
  const byCut: { figure: LinesFigure | null } = { figure: null };
  const board = await openBoard(lab, {
    recipe: { ...v, widths: WIDTHS, alpha: 0.5, correlation: 0.5 },
    batch: v.batch,
    plannedSteps: 3 * steps,
    lead: () => (byCut.figure ? [byCut.figure] : []),
    more: () => figures,
  });
  const cuts = cutRecorder(board, [1, rankAt]);
  const dylora = await board.run({
    key: 'dylora',
    label: `DyLoRA, rank ${rankMax}`,
    role: 'method',
    cacheKey: `dylora ${rankMax} ${rankAt} ${v.frozen} ${rate}`,
    model: (bed) => {
      const model = dyloraModel(bed, { seed, rankMax, frozen: v.frozen, steps, rate });
      cuts.watch(
        (rank) => model.cut(rank),
        () => model.layers,
        rankMax,
      );
      return model;
    },
    options: {
      steps,
      onPoint: async ({ steps: done, losses }) => {
        await cuts.record(done[done.length - 1]);
        const whole = { rank: rankMax, loss: losses[losses.length - 1] };
        byCut.figure = ranksFigure([{ ...DYLORA, points: [...cuts.last(), whole] }], [], board.frozen);
      },
    },
    finish: async (model) => ({ factors: await factorsOf(model), series: cuts.series() }),
  });
  lab.partial({ metrics: { 'loss.dylora.max': dylora.loss } });
  await lab.factors(() => {
    const upload = ({ rows, cols, data }: Matrix) => lab.home.tensor([rows, cols], data);
    const trained = dylora.result.factors.flatMap(({ bt, a }) => [upload(bt), upload(a)]);
    return loraFactors(board.bed, trained, 1, 'loss.dylora.max');
  });
  figures.push(curvesFigure(dylora.result.series, dylora.curve.steps, dylora.curve.losses, rankMax));
  const lora = await board.run({
    ...loraRun(seed, { rank: rankMax, scale: 1, rate, steps }),
    key: 'lora',
    cacheKey: `lora with factors ${rankMax} ${rate}`,
    model: (bed) => loraModel(bed, { seed, rank: rankMax, scale: 1, rate }),
    finish: factorsOf,
  });
  const single = await board.run({
    ...loraRun(seed, { rank: rankAt, scale: 1, rate, steps }),
    key: 'lora-at',
  });
  figures.push(...sizesFigures(dylora.result.factors, lora.result));

  const svdFactors = lora.result.map(bySingularValue);
  const byRank = async (name: string, factors: readonly HostFactors[]): Promise<number[]> =>
    lossesByRank(board.bed, factors, rankMax, () => lab.step(0.99, name));
  const cutDylora = await byRank('cuts of DyLoRA', dylora.result.factors);
  const cutLora = await byRank('cuts of LoRA', lora.result);
  const cutSvd = await byRank('cuts of LoRA by SVD', svdFactors);
  const points = [
    { rank: rankAt, loss: single.loss },
    { rank: rankMax, loss: lora.loss },
  ];
  byCut.figure = ranksFigure(
    [
      { ...DYLORA, points: everyRank(cutDylora) },
      { key: 'truncated', label: 'LoRA, first columns', role: 'baseline', points: everyRank(cutLora) },
      { key: 'svdcut', label: 'LoRA, cut by SVD', role: 'bound', points: everyRank(cutSvd) },
    ],
    points,
    board.frozen,
  );
  board.sweeps.push(
    paretoLine('dylora-cuts', 'DyLoRA, cut', 'method', cutDylora),
    paretoLine('truncated', 'LoRA, cut', 'baseline', cutLora),
    paretoLine('svdcut', 'LoRA, cut by SVD', 'baseline', cutSvd),
  );
  return {
    metrics: {
      'loss.frozen': board.frozen,
      'loss.dylora.1': cutDylora[0],
      'loss.dylora.at': cutDylora[rankAt - 1],
      'loss.dylora.max': cutDylora[rankMax - 1],
      'loss.truncated.1': cutLora[0],
      'loss.truncated.at': cutLora[rankAt - 1],
      'loss.svdcut.1': cutSvd[0],
      'loss.svdcut.at': cutSvd[rankAt - 1],
      'loss.lora.at': single.loss,
      'loss.lora.max': lora.loss,
      'mean.dylora': mean(cutDylora),
      'mean.truncated': mean(cutLora),
      'mean.svdcut': mean(cutSvd),
      'params.at': loraCount(WIDTHS, rankAt),
      'params.max': loraCount(WIDTHS, rankMax),
    },
    figures: board.figures(),
    notes: notesOf(v),
  };
}

/** Losses of the cuts at each point of the curve, besides that of the whole adapter. */
function cutRecorder(board: Board, ranks: readonly number[]) {
  const found = [...new Set(ranks)].map((rank) => ({ rank, x: [] as number[], y: [] as number[] }));
  let cut: (rank: number) => void = () => undefined;
  let layers: () => Parameters<typeof evaluate>[1] = () => [];
  let whole = 1;
  return {
    watch(cutTo: typeof cut, of: typeof layers, rankMax: number): void {
      [cut, layers, whole] = [cutTo, of, rankMax];
    },
    async record(step: number): Promise<void> {
      for (const entry of found) {
        cut(entry.rank);
        entry.x.push(step);
        entry.y.push(await evaluate(board.bed, layers()));
      }
      cut(whole);
    },
    last: () => found.map(({ rank, y }) => ({ rank, loss: y[y.length - 1] })),
    series: () => found,
  };
}

function curvesFigure(
  cuts: readonly { rank: number; x: number[]; y: number[] }[],
  steps: readonly number[],
  losses: readonly number[],
  rankMax: number,
): LinesFigure {
  const lines: Series[] = cuts.map(({ rank, x, y }) => ({
    key: `rank-${rank}`,
    label: `Cut to rank ${rank}`,
    role: 'bound',
    x,
    y,
  }));
  return {
    kind: 'lines',
    id: 'cut-loss',
    title: 'DyLoRA while training, at three ranks',
    summary: `Evaluation loss of the one adapter cut to rank ${cuts.map(({ rank }) => rank).join(' and ')} and at rank ${rankMax}.`,
    x: { label: 'Step', scale: 'linear' },
    y: { label: 'Loss', unit: 'relative', scale: 'log' },
    series: [
      ...lines,
      { key: 'dylora', label: `Rank ${rankMax}`, role: 'method', x: [...steps], y: [...losses] },
    ],
  };
}

interface CutLine {
  key: string;
  label: string;
  role: Series['role'];
  points: readonly { rank: number; loss: number }[];
}

const DYLORA = { key: 'dylora', label: 'DyLoRA, cut', role: 'method' } as const;

const everyRank = (losses: readonly number[]): CutLine['points'] =>
  losses.map((loss, i) => ({ rank: i + 1, loss }));

/** The one picture that makes the point; while DyLoRA trains, its three watched ranks alone. */
function ranksFigure(lines: readonly CutLine[], separate: CutLine['points'], frozen: number): LinesFigure {
  const xs = (points: CutLine['points']): number[] => points.map(({ rank }) => rank);
  const ys = (points: CutLine['points']): number[] => points.map(({ loss }) => loss);
  const means = lines.map(({ label, points }) => `${label}: ${mean(ys(points)).toPrecision(3)}`).join(', ');
  const own: Series = {
    key: 'lora',
    label: 'LoRA trained at that rank',
    role: 'exact',
    points: true,
    x: xs(separate),
    y: ys(separate),
  };
  return {
    kind: 'lines',
    id: 'loss-rank',
    title: 'Loss at every cut of one adapter',
    summary: `One trained adapter, cut to each rank. Mean over the ranks shown: ${means}.`,
    overlay: 'loss-rank',
    x: { label: 'Rank b', scale: 'linear' },
    y: { label: 'Loss', unit: 'relative', scale: 'log' },
    series: [
      ...lines.map(({ key, label, role, points }) => ({ key, label, role, x: xs(points), y: ys(points) })),
      ...(separate.length > 0 ? [own] : []),
    ],
    marks: [{ axis: 'y', at: frozen, label: 'before training' }],
  };
}

function sizesFigures(dylora: readonly HostFactors[], lora: readonly HostFactors[]): LinesFigure[] {
  return dylora.map((factors, l) => {
    const series = (key: string, label: string, role: Series['role'], of: HostFactors): Series => {
      const y = columnSizes(of);
      return { key, label, role, x: y.map((_size, i) => i + 1), y };
    };
    return {
      kind: 'lines',
      id: `sizes-${l + 1}`,
      title: `Size of every column, layer ${l + 1}`,
      summary: 'Norm of column i of B times norm of row i of A: DyLoRA orders its columns, LoRA does not.',
      x: { label: 'Rank index', scale: 'linear' },
      y: { label: 'Norm', scale: 'linear' },
      series: [series('dylora', 'DyLoRA', 'method', factors), series('lora', 'LoRA', 'baseline', lora[l])],
    };
  });
}

const paretoLine = (key: string, label: string, role: Series['role'], losses: readonly number[]): Series => ({
  key,
  label,
  role,
  x: losses.map((_loss, i) => loraCount(WIDTHS, i + 1)),
  y: [...losses],
});

function notesOf(v: DyloraValues): string[] {
  const notes: string[] = [];
  if (v.rankMax > 32) {
    notes.push(
      `Rank ${v.rankMax} is above the narrowest side of a layer, 32: the change there is over-parameterised.`,
    );
  }
  if (v.steps < 4 * v.rankMax) {
    notes.push(`${v.steps} steps are few for ${v.rankMax} ranks: some may never be drawn, and add nothing.`);
  }
  if (v.shift === 0) notes.push(NOTHING_TO_LEARN);
  return notes;
}
