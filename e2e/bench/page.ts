/**
 * The page that measures: every implementation in one browser on one adapter. It does one thing when it is
 * told to; the order, the time limits and the report are those of run.mjs.
 */

import { type Verdict, WRONG } from '../../app/experiment/bench/case';
import { type CaseSet, casesOf, findCase } from '../../app/experiment/bench/catalogue';
import type { Contender, Library } from './contender';

/** Loaded when first asked for, so that nobody pays for a library that is not measured. */
const libraries: Readonly<Record<string, () => Promise<Library>>> = {
  rankscope: async () => (await import('./peers/ours')).ours,
  naive: async () => (await import('./naive/naive')).naive,
  tfjs: async () => (await import('./peers/tfjs')).tfjs,
  ort: async () => (await import('./peers/ort')).onnxRuntime,
  'jax-js': async () => (await import('./peers/jax')).jax,
  'ml-matrix': async () => (await import('./peers/mlmatrix')).mlMatrix,
};

export interface FirstAnswer {
  /** From the first call to the answer on the host, compilation included. */
  firstMs: number;
  /** The longest task of the main thread meanwhile; 0 where none was over 50 ms. */
  longestTaskMs: number;
  verdict: Verdict;
  isRight: boolean;
}

const contenders = new Map<string, Contender>();
let longest = 0;
const observer = new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
});
observer.observe({ type: 'longtask' });

const keyOf = (id: string, name: string): string => `${id}\n${name}`;

function contender(id: string, name: string): Contender {
  const found = contenders.get(keyOf(id, name));
  if (!found) throw new Error(`${name} is not prepared for ${id}`);
  return found;
}

const bench = {
  /** What computes here. */
  async adapter(): Promise<{
    vendor: string;
    architecture: string;
    description: string;
    isFallback: boolean;
  }> {
    const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (!adapter) throw new Error('no WebGPU adapter');
    const { vendor, architecture, description } = adapter.info;
    const { isFallbackAdapter } = adapter.info as { isFallbackAdapter?: boolean };
    return { vendor, architecture, description, isFallback: isFallbackAdapter ?? false };
  },

  /** The cases of a set. */
  cases: (set: CaseSet, only: string): { id: string; family: string; flop: number; bytes: number }[] =>
    casesOf(set, only).map(({ id, family, flop, bytes }) => ({ id, family, flop, bytes })),

  /** The first answer of a library at a case, checked; null where it does not offer the operation. */
  async prepare(id: string, name: string): Promise<FirstAnswer | null> {
    const load = libraries[name];
    if (!load) throw new Error(`no library ${name}`);
    const library = await load();
    await library.open();
    const test = findCase(id);
    test.inputs();
    const made = await library.prepare(test);
    if (!made) return null;
    contenders.set(keyOf(id, name), made);
    // What was blocked before (drawing the inputs, starting a runtime) is not the operation's.
    await new Promise((resolve) => setTimeout(resolve, 100));
    longest = 0;
    const began = performance.now();
    const outputs = await made.outputs();
    const firstMs = performance.now() - began;
    await new Promise((resolve) => setTimeout(resolve, 100));
    const longestTaskMs = longest;
    let verdict = test.check(outputs);
    if (await made.settle?.()) {
      // What is timed from here on must be right too.
      const settled = test.check(await made.outputs());
      if (!(settled.error <= verdict.error)) verdict = settled;
    }
    return { firstMs, longestTaskMs, verdict, isRight: verdict.error <= WRONG };
  },

  /** ms a call of `times` calls that were queued together. */
  async sample(id: string, name: string, times: number): Promise<number> {
    const began = performance.now();
    await contender(id, name).run(times);
    return (performance.now() - began) / times;
  },

  dispose(id: string, name: string): void {
    contender(id, name).dispose();
    contenders.delete(keyOf(id, name));
  },
};

declare global {
  interface Window {
    bench: typeof bench;
  }
}
window.bench = bench;
