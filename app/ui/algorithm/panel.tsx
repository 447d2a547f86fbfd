/**
 * How a method works, step by step: blocks to scale at the current parameters, the formula, one sentence and
 * the work of each step. Plays by itself where motion is welcome; else a person steps through it.
 */
import { type KeyboardEvent, useEffect, useState, useSyncExternalStore } from 'react';
import type { Method } from '../../methods/method';
import { blocksOf, type Step, type StepsOf } from '../../methods/steps';
import { usePage } from '../context';
import { Defined } from '../glossary/defined';
import panels from '../panels.module.css';
import { shapeOf } from '../pieces';
import { quantity } from '../quantity';
import styles from './algorithm.module.css';
import { Stage } from './stage';
import { equationWords, partsOf } from './words';

interface Loaded {
  stepsOf: StepsOf<Readonly<Record<string, number | string | boolean>>>;
  typeset: (tex: string) => string;
}

/** A step stands this long when it plays, ms: time to read its sentence. */
const STANDS = 4000;

const calm = matchMedia('(prefers-reduced-motion: reduce)');

const useCalm = (): boolean =>
  useSyncExternalStore(
    (listener) => {
      calm.addEventListener('change', listener);
      return () => calm.removeEventListener('change', listener);
    },
    () => calm.matches,
  );

export function Algorithm({ method }: { method: Method }) {
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const values = usePage((state) => state.link.values);
  const data = usePage((state) => state.data);
  useEffect(() => {
    let current = true;
    load(method).then(
      (done) => current && setLoaded(done),
      (error: unknown) => current && setFailure(String(error)),
    );
    return () => {
      current = false;
    };
  }, [method]);
  if (failure) return <p>The steps could not be loaded. ({failure})</p>;
  if (!loaded) return <p>Loading …</p>;
  const shape = shapeOf(values, data) ?? { m: 0, n: 0 };
  const known = shape.m > 0 && shape.n > 0 ? shape : shapeOf(values, { status: 'none' });
  return <Player steps={loaded.stepsOf(values, known ?? shape)} typeset={loaded.typeset} />;
}

async function load(method: Method): Promise<Loaded> {
  if (!method.steps) throw new Error(`${method.id} has no steps`);
  const [stepsOf, { default: temml }] = await Promise.all([method.steps(), import('temml')]);
  return {
    stepsOf,
    typeset: (tex) => temml.renderToString(tex, { displayMode: true, throwOnError: false }),
  };
}

function Player({ steps, typeset }: { steps: readonly Step[]; typeset: Loaded['typeset'] }) {
  const still = useCalm();
  const [asked, setAt] = useState(0);
  const [playing, setPlaying] = useState(false);
  const last = steps.length - 1;
  // A parameter may take steps away.
  const at = Math.min(asked, last);
  useEffect(() => {
    if (!playing || still) return;
    const timer = setTimeout(() => {
      if (at === last) setPlaying(false);
      else setAt(at + 1);
    }, STANDS);
    return () => clearTimeout(timer);
  }, [playing, still, at, last]);
  const go = (to: number) => {
    setPlaying(false);
    setAt(Math.min(last, Math.max(0, to)));
  };
  const keys = (event: KeyboardEvent) => {
    // The slider walks by itself.
    if (event.target instanceof HTMLInputElement || event.altKey || event.ctrlKey || event.metaKey) return;
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    go(at + by);
  };
  const play = () => {
    if (!playing && at === last) setAt(0);
    setPlaying(!playing);
  };
  const step = steps[at];
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys of the buttons inside are caught here
    <div className={styles.player} onKeyDown={keys}>
      <div className={styles.controls}>
        <button type="button" disabled={at === 0} onClick={() => go(at - 1)}>
          Previous
        </button>
        {!still && (
          <button type="button" data-look="primary" onClick={play}>
            {playing ? 'Pause' : 'Play'}
          </button>
        )}
        <button type="button" disabled={at === last} onClick={() => go(at + 1)}>
          Next
        </button>
        <label className={styles.scrubber}>
          <span className="hidden-visually">Step of the algorithm</span>
          <input
            type="range"
            min={0}
            max={last}
            value={at}
            aria-valuetext={`${at + 1} of ${last + 1}: ${step.title}`}
            onChange={({ target: { value } }) => go(Number(value))}
          />
        </label>
        <span className={styles.count}>
          {at + 1} of {last + 1}
        </span>
      </div>
      <Stage step={step} steps={steps} />
      {/* Read out when a person goes there, not while it plays. */}
      <div className={styles.words} aria-live={playing ? 'off' : 'polite'}>
        <h3>
          {at + 1}. {step.title}
        </h3>
        {/* Made from the TeX of our own method files, never from what a person or a link brings. */}
        <div className={panels.formula} dangerouslySetInnerHTML={{ __html: typeset(step.tex) }} />
        <p>
          <Defined text={step.text} />
        </p>
        <p className={panels.quiet}>
          <Sizes step={step} />
          {step.flop !== undefined && `. ${quantity(step.flop, 'flop')}`}
        </p>
      </div>
      <details className={styles.all}>
        <summary>All steps as text</summary>
        <ol>
          {steps.map((one) => (
            <li key={one.title}>
              <strong>{one.title}.</strong> {one.text} {equationWords(one)}
              {one.flop !== undefined && `, ${quantity(one.flop, 'flop')}`}.
            </li>
          ))}
        </ol>
      </details>
    </div>
  );
}

/** "Y 512 × 24, A 512 × 384, Ω 384 × 24": every matrix once. */
function Sizes({ step }: { step: Step }) {
  const blocks = new Map(blocksOf(step).map((block) => [block.symbol, block]));
  return [...blocks.values()].map(({ symbol, rows, cols }, i) => (
    <span key={symbol}>
      {i > 0 && ', '}
      {partsOf(symbol).map(({ text, set }) =>
        set === 'low' ? <sub key={text}>{text}</sub> : set === 'high' ? <sup key={text}>{text}</sup> : text,
      )}{' '}
      {rows} × {cols}
    </span>
  ));
}
