/**
 * From what a person does to what is computed. A live parameter that moves is previewed at once and run in
 * full when it rests; anything else is run after a short pause, so that a burst of changes is one run. Only
 * the newest run may write to the store. The address of the page always says what is shown.
 */
import type { ExperimentClient, Run } from '../experiment/client';
import { estimate, smaller, smallerByMemory } from '../experiment/estimate';
import { encodeLink, type LinkState, openLink, stateOf } from '../experiment/links';
import type { RunRequest, RunResult } from '../experiment/protocol';
import { findMethod, loadMethod } from '../experiment/registry';
import type { ShaderEdit } from '../experiment/shaderedit';
import { defaults } from '../experiment/values';
import { isUserError } from '../math/errors';
import type { LooseValues, ParameterValue } from '../methods/parameters';
import { createDataDesk, type DataDesk } from './datadesk';
import { createMachines, type Machines, placeOf } from './machine';
import { routeOf } from './routes';
import type { PageState, Proposal, RunState, Store } from './store';

/** A live parameter that has not moved for this long is at rest. */
export const REST_MS = 150;
/** Other changes wait this long for the next one. */
export const PAUSE_MS = 250;
/** A run that would take longer waits for a word; a rough estimate may be wrong by a factor of a few. */
const LONG_MS = { 'earlier run': 30_000, speed: 90_000 } as const;

/** A teacher's link locks or hides this parameter. */
export const isHeld = ({ lock, hide }: LinkState, key: string): boolean =>
  lock?.includes(key) === true || hide?.includes(key) === true;

export type Client = Pick<ExperimentClient, 'open' | 'loadData' | 'run' | 'preview'>;

/** The address bar, or what stands for it in a test. */
export interface Place {
  read(): string;
  /** Shows this link in the address; `enter` makes it a step that the back button undoes. */
  write(link: string, enter?: boolean): void;
}

export interface Session {
  readonly data: DataDesk;
  /** Opens the device, loads what the link names, and runs it. */
  start(): Promise<void>;
  change(key: string, value: ParameterValue, phase: 'move' | 'settle'): void;
  reset(): void;
  /** A declared preset: its values over the defaults, on the data it is about. The seed stays. */
  applyPreset(index: number): void;
  /** The parameters under which a claim is stated; the seed stays. */
  applyClaim(index: number): void;
  choose(method: string): Promise<void>;
  /** Opens a link of a method, as a step that the back button undoes. */
  open(link: string): Promise<void>;
  setHome(home: 'gpu' | 'cpu'): void;
  /** Follows the address after a person has edited it or gone back. */
  follow(): Promise<void>;
  /** Takes these values over those there are, and runs. */
  take(values: LooseValues): void;
  runNow(): void;
  /** However long it takes. */
  runAnyway(): void;
  cancel(): void;
  pause(): void;
  resume(): void;
  /** While paused: one seam further. */
  step(): void;
  dismiss(problem: string): void;
  /** Runs the experiment with this kernel in place of its own; null goes back to the kernels as they are. */
  useEdit(edit: ShaderEdit | null): void;
}

/** What a session tells others, and what it asks them. */
export interface Surroundings {
  /** A run is complete. */
  onResult?: (link: string, result: RunResult) => void;
  machines?: Machines;
}

export function createSession(
  store: Store,
  client: Client,
  place: Place,
  sampleUrl: string,
  { onResult, machines = createMachines(null) }: Surroundings = {},
): Session {
  let run: Run | null = null;
  let timeLeft: TimeLeft | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  // Counts changes, so that a late answer to an old question is recognised.
  let change = 0;
  // Counts the methods and links that were asked for: their declarations may arrive out of order.
  let wanted = 0;
  // False until the data of the first link has been asked for: another page may be opened first.
  let started = false;

  const set = (part: Partial<PageState>) => store.setState(part);
  const link = () => store.getState().link;
  const method = () => findMethod(link().method);

  const setLink = (part: Partial<LinkState>) => {
    const next = { ...link(), ...part };
    set({ link: next });
    place.write(encodeLink(next));
  };

  const stop = () => {
    clearTimeout(timer);
    change++;
    run?.cancel();
    run = null;
  };

  const later = (ms: number) => {
    stop();
    timer = setTimeout(runNow, ms);
  };

  const request = (): RunRequest | null => {
    const { data } = store.getState();
    if (link().data.kind !== 'testbed' && data.status !== 'ready') return null;
    const key = data.status === 'ready' ? data.summary.key : null;
    const { edit } = store.getState();
    const edits = edit ? { edits: { [edit.name]: edit.code } } : {};
    return { method: link().method, values: link().values, home: link().home, data: key, ...edits };
  };

  function begin(anyway: boolean): void {
    stop();
    const asked = request();
    if (!asked) {
      set({ run: { status: 'idle' } });
      return;
    }
    const mine = change;
    const { data } = store.getState();
    const shape = data.status === 'ready' ? data.summary : null;
    try {
      method().check?.(asked.values, shape);
    } catch (error) {
      set({ run: failure(error), preview: null });
      return;
    }
    const expected = asked.data === null ? estimate(method(), asked.values, machines.of(here())) : null;
    if (expected && expected.ms > LONG_MS[expected.basis] && !anyway) {
      set({ run: { status: 'held', estimate: expected, smaller: quicker(asked.values) }, preview: null });
      return;
    }
    const clock = createTimeLeft();
    const address = encodeLink(link());
    set({
      run: { status: 'running', fraction: 0, stage: 'starting', paused: false, leftMs: null },
      partial: null,
    });
    const started = client.run(asked, {
      onProgress: ({ fraction, stage }) => {
        const before = store.getState().run;
        const paused = before.status === 'running' && before.paused;
        if (mine === change)
          set({ run: { status: 'running', fraction, stage, paused, leftMs: clock.left(fraction) } });
      },
      onPartial: (partial) => {
        if (mine === change) set({ partial, preview: null });
      },
    });
    run = started;
    started.result.then(
      (result) => {
        if (mine !== change) return;
        set({ run: { status: 'done' }, result, partial: null, preview: null });
        if (asked.data === null) machines.learn(here(), findMethod(asked.method), result);
        onResult?.(address, result);
      },
      (error: unknown) => {
        if (mine !== change) return;
        const run = failure(error);
        const less =
          run.status === 'failed' && !run.bug
            ? smallerByMemory(findMethod(asked.method), asked.values)
            : null;
        set({
          run: less && run.status === 'failed' ? { ...run, smaller: proposal(less) } : run,
          partial: null,
        });
      },
    );
    timeLeft = clock;
  }

  const runNow = () => begin(false);
  const here = () => placeOf(store.getState());
  const proposal = (values: LooseValues): Proposal => ({
    values,
    ms: estimate(method(), values, machines.of(here()))?.ms ?? null,
  });
  /** Settings that take at most a third of what counts as long. */
  const quicker = (values: LooseValues): Proposal | null => {
    const machine = machines.of(here());
    const fits = (candidate: LooseValues) =>
      (estimate(method(), candidate, machine)?.ms ?? 0) < LONG_MS['earlier run'] / 3;
    const found = smaller(method(), values, fits);
    return found && proposal(found);
  };

  const setPaused = (paused: boolean) => {
    const { run: now } = store.getState();
    if (now.status !== 'running' || !run || now.paused === paused) return;
    if (paused) run.pause();
    else run.resume();
    timeLeft?.hold(paused);
    set({ run: { ...now, paused } });
  };

  const preview = async () => {
    const asked = request();
    // An edited kernel runs on a home of its own, where nothing is cached.
    if (!asked || asked.edits || !method().preview) return;
    const { result } = store.getState();
    // A preview that fails says nothing: the full run that follows says it better.
    const outcome = await client.preview(asked).catch(() => null);
    const now = store.getState();
    // What a run has shown meanwhile is newer and more complete.
    if (outcome && now.result === result && !now.partial && now.link.method === asked.method) {
      set({ preview: outcome });
    }
  };

  const move = (key: string, value: ParameterValue, phase: 'move' | 'settle') => {
    const parameter = method().parameters[key];
    const unchanged = link().values[key] === value;
    if (isHeld(link(), key)) return;
    if (!parameter || (unchanged && (phase === 'move' || store.getState().run.status !== 'idle'))) return;
    setLink({ values: { ...link().values, [key]: value } });
    later(parameter.live ? REST_MS : PAUSE_MS);
    if (parameter.live) void preview();
  };

  const data = createDataDesk(store, client, { sampleUrl, setLink, stop, runNow });

  /** Shows another state: loads its data where that differs, then runs. */
  const show = async (next: LinkState, problems: readonly string[] = [], enter = false) => {
    const before = store.getState();
    stop();
    const other = next.method !== before.link.method;
    set({
      route: null,
      link: next,
      problems,
      preview: null,
      partial: null,
      run: { status: 'idle' },
      ...(other ? { result: null, edit: null } : {}),
    });
    place.write(encodeLink(next), enter);
    await data.follow(started ? before.link : null);
    started = true;
    later(0);
  };

  const valuesOver = (values: Readonly<Record<string, ParameterValue>>) => {
    const seeds = Object.entries(method().parameters).filter(([, parameter]) => parameter.kind === 'seed');
    const kept = Object.fromEntries(seeds.map(([key]) => [key, link().values[key]]));
    return { ...defaults(method()), ...values, ...kept };
  };

  return {
    data,
    async start() {
      client.open().then(
        (open) => {
          set({ open });
          // What was held for one machine may be little, or much more, for the one that it turned out to be.
          if (store.getState().run.status === 'held') runNow();
        },
        (error: unknown) => set({ run: failure(error) }),
      );
      if (store.getState().route) return;
      started = true;
      place.write(encodeLink(link()));
      await data.follow(null);
      if (store.getState().run.status === 'idle') runNow();
    },
    change: move,
    reset() {
      setLink({ values: defaults(method()) });
      later(0);
    },
    applyPreset(index) {
      const preset = method().presets[index];
      const source = preset.data ? { data: { kind: preset.data }, tensor: undefined } : {};
      void show({ ...link(), ...source, values: valuesOver(preset.values) });
    },
    applyClaim(index) {
      const claim = method().claims[index];
      void show({
        ...link(),
        data: { kind: 'testbed' },
        tensor: undefined,
        values: valuesOver(claim.at ?? {}),
      });
    },
    async choose(id) {
      const mine = ++wanted;
      const chosen = await loadMethod(id);
      if (mine !== wanted) return;
      const keeps = chosen.accepts.length > 0 && link().data.kind !== 'testbed';
      const { data: source, tensor, colour, home } = link();
      await show({ ...stateOf(chosen), home, ...(keeps ? { data: source, tensor, colour } : {}) }, [], true);
    },
    async open(address) {
      const mine = ++wanted;
      const read = await openLink(address);
      if (mine === wanted) await show(read.state, read.problems, true);
    },
    setHome(home) {
      setLink({ home });
      later(0);
    },
    async follow() {
      const mine = ++wanted;
      const address = place.read();
      const route = routeOf(address);
      if (route) {
        set({ route });
        return;
      }
      const read = await openLink(address);
      if (mine !== wanted) return;
      const same = encodeLink(read.state) === encodeLink(link()) && read.problems.length === 0;
      if (same && started) set({ route: null });
      else await show(read.state, read.problems);
    },
    take(values) {
      setLink({ values });
      later(0);
    },
    useEdit(edit) {
      set({ edit });
      if (!edit) setLink({ wgsl: undefined });
      later(0);
    },
    runNow,
    runAnyway: () => begin(true),
    pause: () => setPaused(true),
    resume: () => setPaused(false),
    step: () => run?.step(),
    cancel() {
      const { status } = store.getState().run;
      if (status !== 'running' && status !== 'held') return;
      stop();
      set({ run: { status: 'cancelled' }, partial: null, preview: null });
    },
    dismiss(problem) {
      set({ problems: store.getState().problems.filter((other) => other !== problem) });
    },
  };
}

interface TimeLeft {
  left(fraction: number): number | null;
  hold(paused: boolean): void;
}

/** Time left of a run, ms, from the fraction done and the time spent; null while that says little. */
export function createTimeLeft(now: () => number = () => performance.now()): TimeLeft {
  let began = now();
  let held: number | null = null;
  return {
    left(fraction) {
      const spent = (held ?? now()) - began;
      return fraction > 0.02 && fraction < 1 && spent > 1000 ? (spent * (1 - fraction)) / fraction : null;
    },
    hold(paused) {
      if (paused) held = now();
      else if (held !== null) {
        began += now() - held;
        held = null;
      }
    },
  };
}

/** A failed run in words: what a person can mend as it is, a bug with all that a report needs. */
export function failure(error: unknown): RunState {
  if (!(error instanceof Error)) return { status: 'failed', message: String(error), bug: String(error) };
  if (error.name === 'CancelledError') return { status: 'cancelled' };
  if (isUserError(error)) return { status: 'failed', message: error.message };
  if (error.name === 'DeviceLostError')
    return { status: 'failed', message: `${error.message} Run again to open the device anew.` };
  return {
    status: 'failed',
    message: error.message,
    bug: `${error.name}: ${error.message}\n${error.stack ?? ''}`,
  };
}
