import temml from 'temml';
import { expect, test } from 'vitest';
import type { Method } from '../methods/method';
import { given, made, problemsOf, step } from '../methods/steps';
import { declarations } from './declarations';
import { defaults, quickValues } from './values';

const methods = Object.values(declarations).filter((one): one is Method => typeof one?.run === 'function');

/** The settings at which steps are looked at: what the page opens with, and what its presets lead to. */
const settingsOf = (method: Method) => [
  defaults(method),
  quickValues(method),
  ...method.presets.map(({ values }) => ({ ...defaults(method), ...values })),
];

/** The lowest and the highest of every whole number, one at a time, where the method itself takes them. */
const endsOf = (method: Method) =>
  Object.entries(method.parameters).flatMap(([key, parameter]) =>
    parameter.kind === 'integer'
      ? [parameter.min, parameter.max].flatMap((value) => {
          const values = { ...defaults(method), [key]: value };
          try {
            method.check?.(values, null);
            return [values];
          } catch {
            return [];
          }
        })
      : [],
  );

const shapeOf = ({ m, n }: Readonly<Record<string, unknown>>) => ({
  m: typeof m === 'number' ? m : 0,
  n: typeof n === 'number' ? n : 0,
});

test('a product whose inner sides differ, sides that differ and a side of nothing are found', () => {
  const say = { tex: '', text: '' };
  const A = given('A', 3, 4);
  const B = given('B', 5, 2);
  expect(problemsOf(step('s', made('C', 3, 2), 'equals', [A, B], say))).toEqual(['s: A 3 x 4 times B 5 x 2']);
  expect(problemsOf(step('s', A, 'equals', B, say))).toEqual(['s: 3 x 4 equals 5 x 2']);
  expect(problemsOf(step('s', A, 'part', made('C', 3, 0), say))).toEqual(['s: C is 3 x 0']);
  expect(problemsOf(step('s', A, 'part', made('C', 2, 4), say))).toEqual([]);
  expect(problemsOf(step('s', made('C', 2, 4), 'part', A, say))).toEqual(['s: 2 x 4 part 3 x 4']);
});

test.each(methods.map((method) => ({ id: method.id, method })))(
  '$id explains its steps, and their shapes agree at every setting that the page offers',
  async ({ method }) => {
    const stepsOf = await method.steps?.();
    if (!stepsOf) throw new Error(`${method.id} has no steps`);
    for (const values of settingsOf(method)) {
      const steps = stepsOf(values, shapeOf(values));
      expect(steps.length).toBeGreaterThanOrEqual(5);
      expect(steps.flatMap(problemsOf)).toEqual([]);
      expect(new Set(steps.map(({ title }) => title)).size).toBe(steps.length);
      for (const { title, tex, text, flop } of steps) {
        expect(
          () => temml.renderToString(tex, { displayMode: true, throwOnError: true }),
          title,
        ).not.toThrow();
        expect(text, title).toMatch(/[.?]$/);
        expect(text.length, title).toBeLessThan(170);
        if (flop !== undefined) expect(flop, title).toBeGreaterThanOrEqual(0);
      }
    }
    for (const values of endsOf(method)) {
      const problems = stepsOf(values, shapeOf(values)).flatMap(problemsOf);
      expect(problems, JSON.stringify(values)).toEqual([]);
    }
  },
);
