/** The run of lora: full fine-tuning (cached), LoRA at this rank, then LoRA at the reference ranks. */
import { WIDTHS } from '../../../testbeds/network';
import type { Lab, Outcome } from '../../method';
import { loraFactors } from '../../networkfactors';
import { NOTHING_TO_LEARN } from '../../networkparameters';
import { fullRun, loraRun, openBoard } from '../../networkruns';

export interface LoraValues {
  rank: number;
  scale: number;
  seed: number;
  targetRank: number;
  shift: number;
  alpha: number;
  correlation: number;
  noise: number;
  steps: number;
  batch: number;
  lr: number;
}

const RANKS = [2, 4, 8, 16];

export async function runLora(lab: Lab, v: LoraValues): Promise<Outcome> {
  const { seed, rank, scale, steps, lr: rate } = v;
  const recipe = { ...v, widths: WIDTHS };
  const others = RANKS.filter((r) => r !== rank);
  const board = await openBoard(lab, { recipe, batch: v.batch, plannedSteps: (2 + others.length) * steps });
  lab.partial({ metrics: { 'loss.frozen': board.frozen } });
  const lora = await board.run(
    loraRun(seed, { rank, scale, rate, steps }, { role: 'method', label: `LoRA, rank ${rank}` }),
  );
  lab.partial({ metrics: { 'loss.lora': lora.loss, 'params.lora': lora.trained } });
  await lab.factors(() => loraFactors(board.bed, lora.result, scale, 'loss.lora'));
  const full = await board.run(fullRun(rate, steps));
  const metrics = {
    'loss.frozen': board.frozen,
    'loss.full': full.loss,
    'loss.lora': lora.loss,
    'params.full': full.trained,
    'params.lora': lora.trained,
  };
  lab.partial({ metrics });
  const points = [{ x: lora.trained, y: lora.loss }];
  for (const r of others) {
    const one = await board.run(
      loraRun(seed, { rank: r, scale, rate, steps }, { role: 'method', silent: true }),
    );
    points.push({ x: one.trained, y: one.loss });
    points.sort((a, b) => a.x - b.x);
    board.sweeps.splice(0, 1, {
      key: 'lora-ranks',
      label: 'LoRA, ranks 2 to 16',
      role: 'method',
      x: points.map(({ x }) => x),
      y: points.map(({ y }) => y),
    });
    lab.partial({ figures: board.figures() });
  }
  const notes: string[] = [];
  if (v.shift === 0) notes.push(NOTHING_TO_LEARN);
  if (rank > 32) {
    notes.push(
      `Rank ${rank} is above the narrowest side of a layer, 32: the change there is over-parameterised.`,
    );
  }
  return { metrics, figures: board.figures(), notes };
}
