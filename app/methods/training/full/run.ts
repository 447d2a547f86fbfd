/** The run of full fine-tuning. */
import type { Tensor } from '../../../gpu/home';
import { frozenLayer } from '../../../testbeds/layers';
import { type NetworkRecipe, WIDTHS } from '../../../testbeds/network';
import type { Lab, Outcome } from '../../method';
import { networkMeasures } from '../../networkfactors';
import { NOTHING_TO_LEARN } from '../../networkparameters';
import { fullRun, openBoard } from '../../networkruns';

type FullValues = Omit<NetworkRecipe, 'widths' | 'change'> & { steps: number; batch: number; lr: number };

export async function runFull(lab: Lab, v: FullValues): Promise<Outcome> {
  const board = await openBoard(lab, {
    recipe: { ...v, widths: WIDTHS },
    batch: v.batch,
    plannedSteps: v.steps,
  });
  lab.partial({ metrics: { 'loss.frozen': board.frozen } });
  const full = await board.run({ ...fullRun(v.lr, v.steps), role: 'method' });
  lab.partial({ metrics: { 'loss.full': full.loss } });
  await lab.factors(async () => {
    const parts = full.result.map((value, l) => ({
      name: `W of layer ${l + 1}`,
      key: `layers.${l}.weight`,
      value,
    }));
    const layers = async (stored: readonly Tensor[]) => stored.map(frozenLayer);
    return { parts, measures: networkMeasures(board.bed, 'loss.full', parts, layers) };
  });
  return {
    metrics: { 'loss.frozen': board.frozen, 'loss.full': full.loss, 'params.full': full.trained },
    figures: board.figures(),
    notes: v.shift === 0 ? [NOTHING_TO_LEARN] : [],
  };
}
