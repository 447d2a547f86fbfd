/**
 * What to draw, from what there is: the last result, over it what the running experiment has shown, over
 * that the preview of a moving parameter. What an older layer gave is marked stale while a newer one exists.
 */
import type { Figure } from '../methods/figures';
import type { Metrics, Outcome } from '../methods/method';
import type { LooseValues } from '../methods/parameters';
import type { PageState } from './store';

export interface ShownFigure {
  figure: Figure;
  stale: boolean;
}

export interface ShownNumber {
  value: number | null;
  stale: boolean;
  reason?: string;
}

export interface View {
  figures: readonly ShownFigure[];
  metrics: Readonly<Record<string, ShownNumber>>;
  notes: readonly string[];
}

type Layer = Pick<Outcome, 'figures' | 'metrics' | 'reasons' | 'notes'>;

/** The layers in the order in which they cover each other. */
export function viewOf(state: Pick<PageState, 'result' | 'partial' | 'preview' | 'run' | 'link'>): View {
  const layers: Layer[] = [state.result, state.partial, state.preview].filter((layer) => layer !== null);
  const top = layers.at(-1);
  const settled = top === state.result && state.run.status !== 'running';
  const figures = new Map<string, ShownFigure>();
  const metrics: Record<string, ShownNumber> = {};
  for (const layer of layers) {
    const stale = layer !== top || (layer === state.result && !settled);
    for (const figure of layer.figures ?? []) {
      figures.set(figure.id, { figure, stale });
    }
    for (const [key, value] of Object.entries(layer.metrics ?? ({} as Metrics))) {
      metrics[key] = { value, stale, reason: layer.reasons?.[key] };
    }
  }
  const { show } = state.link;
  const shown = [...figures.values()].filter(({ figure }) => show.length === 0 || show.includes(figure.id));
  return { figures: shown, metrics, notes: top?.notes ?? [] };
}

/** Figures as they are laid out: heatmaps that name one group together, every other by itself. */
export function grouped(figures: readonly ShownFigure[]): ShownFigure[][] {
  const rows: ShownFigure[][] = [];
  for (const shown of figures) {
    const name = groupOf(shown);
    const row = name === undefined ? undefined : rows.find(([first]) => groupOf(first) === name);
    if (row) row.push(shown);
    else rows.push([shown]);
  }
  return rows;
}

const groupOf = ({ figure }: ShownFigure): string | undefined =>
  figure.kind === 'heatmap' ? figure.group : undefined;

/** The values that are numbers: marks and handles stand where their parameter is now, before any run follows. */
export const numbersOf = (values: LooseValues): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );

/** "rank 24, spectrum exp": the values that are not at their defaults, for captions of exported figures. */
export function settingsText(method: { title: string; parameters: object }, values: LooseValues): string {
  const parameters = Object.entries(method.parameters as Record<string, { default: unknown }>);
  const changed = parameters.filter(([key, parameter]) => values[key] !== parameter.default);
  const text = changed.map(([key]) => `${key} ${String(values[key])}`).join(', ');
  return `${method.title}: ${text || 'defaults'}`;
}
