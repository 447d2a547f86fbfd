/**
 * The first minute: three hints, one at a time, each in the layout beside what it speaks of. They block
 * nothing, are gone with a click, and that they were seen is remembered in this browser.
 */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { Method } from '../methods/method';
import { usePage } from './context';
import styles from './firstminute.module.css';
import { isLesson } from './lesson';
import { firstLive } from './pieces';

const KEY = 'rankscope.firstminute';

/** Where a hint stands: beside the controls, at the slider of a phone, above the figures. */
type Spot = 'controls' | 'dock' | 'figures';

const STEPS = ['move', 'read', 'compare'] as const;
type Step = (typeof STEPS)[number];
const SPOTS: Readonly<Record<Step, readonly Spot[]>> = {
  move: ['controls', 'dock'],
  read: ['figures'],
  compare: ['figures'],
};

/** The step that is shown; null when all are seen, or were sent away. */
const shown = createStore<{ step: Step | null }>(() => ({ step: wasSeen() ? null : STEPS[0] }));

/** Where storage is forbidden nobody is asked twice on one page, but again on the next. */
function wasSeen(): boolean {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    return false;
  }
}

/** Set while a hint that was asked for has yet to take the focus from the one that went. */
let called = false;

const takeFocus = (hint: HTMLElement | null) => {
  // Two places may hold one hint, of which the screen's width shows one.
  if (!called || !hint || hint.offsetParent === null) return;
  called = false;
  hint.focus();
};

function show(step: Step): void {
  called = true;
  shown.setState({ step });
}

function end(): void {
  shown.setState({ step: null });
  document.getElementById('figures')?.focus({ preventScroll: true });
  try {
    localStorage.setItem(KEY, 'seen');
  } catch {
    // Forbidden: see wasSeen.
  }
}

export function restartFirstMinute(): void {
  show(STEPS[0]);
  scrollTo({ top: 0 });
}

export function Hint({ spot, method }: { spot: Spot; method: Method }) {
  const step = useStore(shown, (state) => state.step);
  const link = usePage((state) => state.link);
  const hasSpectrum = usePage((state) => state.result?.figures?.some(({ kind }) => kind === 'spectrum'));
  if (step === null || !SPOTS[step].includes(spot) || link.embed || isLesson(link)) return null;
  const at = STEPS.indexOf(step);
  const name = firstLive(method, link.values);
  const parameter = name === undefined ? 'a parameter' : `“${method.parameters[name].label}”`;
  const next = () => (at + 1 < STEPS.length ? show(STEPS[at + 1]) : end());
  const texts: Readonly<Record<Step, string>> = {
    move: `Move ${parameter}: the figures follow while it moves, and the run is made again when it rests.`,
    read: hasSpectrum
      ? 'The line across the spectrum is the cut: what is left of it is kept, what is right of it is the error. It can be dragged.'
      : 'Each curve says by its stroke what it is: this method, the exact answer, a baseline or a bound.',
    compare:
      'Compare with the best possible: it is drawn in the figures, and the checks below say how near the run came. The address of the page is a link to exactly this.',
  };
  return (
    <section
      key={step}
      ref={takeFocus}
      tabIndex={-1}
      className={styles.hint}
      data-spot={spot}
      aria-label={`First minute, ${at + 1} of ${STEPS.length}`}
    >
      <p>{texts[step]}</p>
      <div>
        <span>
          {at + 1} of {STEPS.length}
        </span>
        {at + 1 < STEPS.length && (
          <button type="button" data-look="plain" onClick={end}>
            No hints
          </button>
        )}
        <button type="button" onClick={next}>
          {at + 1 < STEPS.length ? 'Next hint' : 'Got it'}
        </button>
      </div>
    </section>
  );
}
