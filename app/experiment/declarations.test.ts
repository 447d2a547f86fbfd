import { expect, test } from 'vitest';
import type { Method } from '../methods/method';
import { declarations } from './declarations';
import { checkValues, defaults, quickValues } from './values';

const shaders = import.meta.glob('../../shaders/*.wgsl', { query: '?raw' });
const methods = Object.values(declarations).filter((one): one is Method => typeof one?.run === 'function');

test('every method has an id of its own', () => {
  const ids = methods.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test.each(methods.map((method) => ({ id: method.id, method })))(
  '$id declares what the page shows',
  ({ method }) => {
    const { parameters, metrics } = method;
    const isParameter = (key: string) => Object.hasOwn(parameters, key);
    const wrong = [
      ...method.shaders
        .filter((name) => !Object.hasOwn(shaders, `../../shaders/${name}.wgsl`))
        .map((name) => `shader ${name}`),
      ...method.headline.filter((key) => !Object.hasOwn(metrics, key)).map((key) => `headline ${key}`),
      ...Object.values(method.symbols ?? {})
        .filter((key) => !isParameter(key))
        .map((key) => `symbol of ${key}`),
      ...method.claims
        .flatMap(({ at = {} }) => Object.keys(at).filter((key) => !isParameter(key)))
        .map((key) => `claim at ${key}`),
    ];
    expect(wrong).toEqual([]);
    expect(method.summary.length).toBeLessThan(140);
    expect(method.papers.length).toBeGreaterThan(0);
    expect(method.formulas.length).toBeGreaterThan(0);
    expect(method.presets.length).toBeGreaterThanOrEqual(2);
    expect(
      method.presets.some(({ failure }) => failure),
      'a preset that shows where it fails',
    ).toBe(true);
    for (const { values } of method.presets) checkValues(method, values);
    for (const { at = {} } of method.claims) checkValues(method, at);
    // Neither the defaults nor the quick sizes may be refused by the method's own check.
    method.check?.(defaults(method), null);
    method.check?.(quickValues(method), null);
    for (const parameter of Object.values(parameters)) expect(parameter.help.length).toBeGreaterThan(3);
  },
);
