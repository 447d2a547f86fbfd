/** What the palette can open or do: the page's actions, then what is shown now, presets, and all methods. */
import { catalogue } from '../../experiment/registry';
import type { Method } from '../../methods/method';
import type { Action } from '../actions';
import { paperText } from '../catalogue';
import { isLesson } from '../lesson';
import type { Session } from '../session';
import type { PageState } from '../store';
import type { Searched } from './rank';

export interface Entry extends Searched {
  id: string;
  /** Said at the end of the line: what kind of thing it is. */
  kind: string;
  key?: string;
  perform: () => void;
}

export function entriesOf(
  now: PageState,
  method: Method,
  actions: readonly Action[],
  session: Session,
): readonly Entry[] {
  const own: Entry[] = actions
    .filter((action) => !action.keyOnly && action.when?.(now) !== false)
    .map(({ id, label, keywords, key, perform }) => ({ id, label, keywords, key, perform, kind: '' }));
  const presets: Entry[] =
    now.route || isLesson(now.link)
      ? []
      : method.presets.map((preset, index) => ({
          id: `preset ${preset.id}`,
          label: preset.label,
          keywords: `preset ${preset.notice} ${preset.failure ? 'failure fails' : ''}`,
          kind: preset.failure ? 'where it fails' : 'preset',
          perform: () => session.applyPreset(index),
        }));
  const methods: Entry[] = catalogue.map((entry) => ({
    id: `method ${entry.id}`,
    label: entry.title,
    keywords: [entry.id, entry.family, entry.testbed, entry.summary, ...entry.papers.map(paperText)].join(
      ' ',
    ),
    kind: 'method',
    perform: () => {
      void session.choose(entry.id);
      scrollTo({ top: 0 });
    },
  }));
  return [...own, ...(now.route ? [] : places()), ...presets, ...methods];
}

/** The figures and folds that stand on the page, to jump to. */
function places(): Entry[] {
  const figures = [...document.querySelectorAll<HTMLElement>('[data-figure]')].map((element) => ({
    id: `figure ${element.dataset.figure}`,
    label: element.dataset.title ?? '',
    keywords: 'figure chart jump',
    kind: 'figure',
    perform: () => {
      element.scrollIntoView({ block: 'center' });
      element.focus({ preventScroll: true });
    },
  }));
  const folds = [...document.querySelectorAll<HTMLElement>('[aria-label="Details"] > details > summary')];
  return [
    ...figures,
    ...folds.map((summary) => ({
      id: `fold ${summary.firstChild?.textContent}`,
      label: summary.firstChild?.textContent?.trim() ?? '',
      keywords: 'details fold section jump',
      kind: 'details',
      perform: () => {
        if (summary.parentElement instanceof HTMLDetailsElement) summary.parentElement.open = true;
        summary.scrollIntoView({ block: 'start' });
        summary.focus({ preventScroll: true });
      },
    })),
  ];
}
