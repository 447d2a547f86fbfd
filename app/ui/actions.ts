/** What a person can do anywhere on the page, once: the keys, the help and the command palette read this list. */
import { encodeLink } from '../experiment/links';
import { findMethod } from '../experiment/registry';
import type { PageParts } from './context';
import { restartFirstMinute } from './firstminute';
import { isLesson } from './lesson';
import { firstLive } from './pieces';
import { PAGES } from './routes';
import { stepFrom } from './scale';
import type { PageState } from './store';

export interface Action {
  id: string;
  label: string;
  /** Other words under which it is looked for. */
  keywords: string;
  /** `KeyboardEvent.key`; with `Mod+` before it, together with Ctrl or Cmd. */
  key?: string;
  /** Whether it would do something now; always, where it is left out. */
  when?: (now: PageState) => boolean;
  /** Means something only to the hand on the keys: it has no line in the palette. */
  keyOnly?: boolean;
  perform: () => void;
}

/** What the list needs of the bar and its dialogs. */
export interface Chrome {
  openPalette: () => void;
  searchMethods: () => void;
  showAdapter: () => void;
  share: () => void;
  help: () => void;
  changeTheme: () => void;
}

const onBench = ({ route }: PageState) => route === null;
const isRunning = (now: PageState) => onBench(now) && now.run.status === 'running';

/** Other words for a page than its title. */
const PAGE_WORDS: Readonly<Record<string, string>> = {
  sweep: 'range seeds mean spread parameter',
  compare: 'runs side by side pareto pinned',
  league: 'table ranking testbed all methods best pareto',
  weights: 'spectra safetensors lora model checkpoint',
  tree: 'lineage history related',
  failures: 'gallery breaks limits',
  glossary: 'terms words definitions',
  bench: 'speed gflops roofline fast machine',
};

export function pageActions({ store, session }: PageParts, chrome: Chrome): readonly Action[] {
  const step = (direction: 1 | -1, large: boolean) => () => {
    const { method: id, values } = store.getState().link;
    const method = findMethod(id);
    const name = firstLive(method, values);
    const parameter = name === undefined ? undefined : method.parameters[name];
    if (name === undefined || parameter?.kind !== 'integer') return;
    session.change(name, stepFrom(Number(values[name]), direction, large, parameter), 'move');
  };
  const goTo = (hash: string) => () => {
    location.hash = hash;
  };
  const togglePause = () => {
    const { run } = store.getState();
    if (run.status === 'running') (run.paused ? session.resume : session.pause)();
  };
  const otherHome = () => session.setHome(store.getState().link.home === 'gpu' ? 'cpu' : 'gpu');
  const sweep = () => goTo(`#/sweep?run=${encodeURIComponent(encodeLink(store.getState().link).slice(2))}`)();
  return [
    {
      id: 'palette',
      label: 'Command palette',
      keywords: '',
      key: 'Mod+k',
      keyOnly: true,
      perform: chrome.openPalette,
    },
    {
      id: 'search',
      label: 'Search the methods',
      keywords: 'catalogue list find',
      key: '/',
      perform: chrome.searchMethods,
    },
    {
      id: 'less',
      label: 'One less of the main parameter (the rank, mostly)',
      keywords: '',
      key: '[',
      keyOnly: true,
      perform: step(-1, false),
    },
    { id: 'more', label: 'One more of it', keywords: '', key: ']', keyOnly: true, perform: step(1, false) },
    { id: 'half', label: 'Half of it', keywords: '', key: '{', keyOnly: true, perform: step(-1, true) },
    { id: 'double', label: 'Double it', keywords: '', key: '}', keyOnly: true, perform: step(1, true) },
    {
      id: 'run',
      label: 'Run again',
      keywords: 'start compute repeat',
      key: 'r',
      when: onBench,
      perform: session.runNow,
    },
    {
      id: 'pause',
      label: 'Pause the run, or go on',
      keywords: 'resume stop hold continue',
      key: 'p',
      when: isRunning,
      perform: togglePause,
    },
    {
      id: 'step',
      label: 'One step further while paused',
      keywords: 'next advance',
      key: '.',
      when: (now) => isRunning(now) && now.run.status === 'running' && now.run.paused,
      perform: session.step,
    },
    {
      id: 'cancel',
      label: 'Cancel the run',
      keywords: 'stop abort',
      key: 'Escape',
      when: (now) => onBench(now) && (now.run.status === 'running' || now.run.status === 'held'),
      perform: session.cancel,
    },
    {
      id: 'reset',
      label: 'Reset all parameters',
      keywords: 'defaults clear',
      when: (now) => onBench(now) && !isLesson(now.link),
      perform: session.reset,
    },
    {
      id: 'home',
      label: 'Run on the GPU in float32, or the CPU in float64',
      keywords: 'switch home double precision reference truth adapter',
      when: onBench,
      perform: otherHome,
    },
    {
      id: 'adapter',
      label: 'What computes here',
      keywords: 'gpu adapter device webgpu limits features',
      perform: chrome.showAdapter,
    },
    {
      id: 'theme',
      label: 'Change the theme',
      keywords: 'dark light colours system',
      key: 't',
      perform: chrome.changeTheme,
    },
    {
      id: 'share',
      label: 'Share',
      keywords: 'link copy embed qr markdown lesson teacher',
      key: 's',
      perform: chrome.share,
    },
    { id: 'help', label: 'Help and keys', keywords: 'shortcuts keyboard', key: '?', perform: chrome.help },
    {
      id: 'first-minute',
      label: 'Show the first minute again',
      keywords: 'tour guide hints introduction tutorial start',
      when: (now) => onBench(now) && !isLesson(now.link),
      perform: restartFirstMinute,
    },
    {
      id: 'workbench',
      label: 'Back to the figures',
      keywords: 'workbench method close',
      when: (now) => !onBench(now),
      perform: () => goTo(encodeLink(store.getState().link))(),
    },
    ...Object.entries(PAGES).map(([name, { title }]) => ({
      id: name,
      label: title,
      keywords: `page ${PAGE_WORDS[name] ?? ''}`,
      perform: name === 'sweep' ? sweep : goTo(`#/${name}`),
    })),
  ];
}

const isApple = () => /Mac|iP(hone|ad|od)/.test(navigator.userAgent);

/** As it is printed on a key. */
export const keyText = (key: string): string =>
  key === 'Escape' ? 'Esc' : key.replace('Mod+k', isApple() ? '⌘ K' : 'Ctrl K');
