import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DataRef } from './dataref';
import { decodeLink, encodeLink, type LinkState, openLink, RESERVED, stateOf } from './links';
import fixtures from './links.v1.json';
import { catalogue, loadMethods } from './registry';
import { toy } from './toy';
import { checkValues } from './values';

const among = [toy];
const decode = (link: string) => decodeLink(link, among);

describe('links of version 1', () => {
  test.each(fixtures)(
    '$link opens as it did when it was made, and is written the same',
    ({ link, state }) => {
      const start = stateOf(toy);
      const expected = {
        ...start,
        ...state,
        values: { ...start.values, ...('values' in state ? state.values : {}) },
      };
      const decoded = decode(link);
      expect(decoded.problems).toEqual([]);
      expect({ ...decoded.state, values: { ...decoded.state.values } }).toEqual(expected);
      expect(encodeLink(decoded.state, among)).toBe(link);
    },
  );

  test('name what they leave out and keep the rest', () => {
    const { state, problems } = decode('#/toy?size=999&scale=0.5&wat=1&seed=2&seed=3&loud=maybe&shape=%zz');
    expect(state.values).toMatchObject({ size: 32, scale: 0.5, seed: 2, loud: false, shape: 'ramp' });
    expect(problems).toHaveLength(5);
    expect(problems.join(' ')).toMatch(/size 999 is above 64.*wat.*seed is named twice.*loud "maybe".*%zz/);
  });

  test('with an unknown method open on the first one and say which there are', () => {
    const { state, problems } = decode('#/tou?size=3');
    expect(state.method).toBe('toy');
    expect(problems).toEqual(['no method is called "tou": choose toy.']);
  });

  test('that are too long, of a later version or with addresses that are not https are not believed', () => {
    expect(decode(`#/toy?tensor=${'x'.repeat(9000)}`).problems[0]).toContain('more than 8000');
    expect(decode('#/toy?v=2&size=5').problems[0]).toContain('version 2');
    for (const url of [
      'http://example.org/',
      'javascript:alert(1)',
      'https://a:b@example.org/',
      'file:///etc',
    ]) {
      expect(decode(`#/toy?data=url:${encodeURIComponent(url)}`).state.data).toEqual({ kind: 'testbed' });
    }
  });

  test('cannot reach a prototype', () => {
    const { state, problems } = decode('#/toy?__proto__=1&constructor=2&toString=3');
    expect(problems).toHaveLength(3);
    expect(Object.getPrototypeOf(state.values)).toBeNull();
    expect(decode('#/__proto__').state.method).toBe('toy');
  });
});

const dataRef: fc.Arbitrary<DataRef> = fc.oneof(
  fc.constant<DataRef>({ kind: 'testbed' }),
  fc.constant<DataRef>({ kind: 'sample' }),
  fc.record({
    kind: fc.constant('file' as const),
    name: fc.stringMatching(/^[\w .:%&=+#?äπ😀-]{1,40}$/u),
    hash: fc.stringMatching(/^[0-9a-f]{16}$/),
  }),
  fc
    .webUrl({ validSchemes: ['https'], withQueryParameters: true, withFragments: true })
    .map((url): DataRef => {
      return { kind: 'url', url: new URL(url).href };
    }),
);

const linkState: fc.Arbitrary<LinkState> = fc.record({
  method: fc.constant('toy'),
  values: fc.record({
    size: fc.integer({ min: 1, max: 64 }),
    scale: fc.double({ min: -2, max: 2, noNaN: true }).map((x) => x + 0),
    shape: fc.constantFrom('flat', 'ramp'),
    slope: fc.double({ min: 0.5, max: 9, noNaN: true }),
    widths: fc
      .array(fc.integer({ min: 2, max: 64 }), { minLength: 2, maxLength: 4 })
      .map((widths) => widths.join('-')),
    loud: fc.boolean(),
    repeats: fc.integer({ min: 1, max: 9 }),
    seed: fc.integer({ min: 0, max: 4294967295 }),
  }),
  data: dataRef,
  tensor: fc.option(fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' }), { nil: undefined }),
  colour: fc.boolean(),
  home: fc.constantFrom('gpu', 'cpu'),
  embed: fc.boolean(),
  show: fc.uniqueArray(fc.stringMatching(/^[\w.-]{1,12}$/), { maxLength: 5 }),
  wgsl: fc.option(fc.stringMatching(/^[a-z]\w{0,9}\.[\w-]{1,99}$/), { nil: undefined }),
  lock: fc.option(fc.uniqueArray(fc.constantFrom('size', 'seed', 'loud'), { minLength: 1 }), {
    nil: undefined,
  }),
  hide: fc.option(fc.uniqueArray(fc.constantFrom('size', 'slope'), { minLength: 1 }), { nil: undefined }),
  sent: fc.option(
    fc.record({ norm: fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0) }),
    {
      nil: undefined,
    },
  ),
});

test('10,000 random states come back from their links', () => {
  fc.assert(
    fc.property(linkState, (state) => {
      const { state: back, problems } = decode(encodeLink(state, among));
      expect(problems).toEqual([]);
      expect({ ...back, values: { ...back.values } }).toEqual(state);
    }),
    { numRuns: 10_000 },
  );
});

test('30,000 damaged links never throw and never set a key that is not declared', () => {
  const declared = new Set(Object.keys(toy.parameters));
  const damage = fc.record({
    at: fc.nat(),
    cut: fc.nat(6),
    put: fc.string({ maxLength: 6, unit: 'binary' }),
  });
  fc.assert(
    fc.property(linkState, fc.array(damage, { minLength: 1, maxLength: 4 }), (state, damages) => {
      let link = encodeLink(state, among);
      for (const { at, cut, put } of damages) {
        const where = at % (link.length + 1);
        link = link.slice(0, where) + put + link.slice(where + cut);
      }
      const { state: back } = decode(link);
      for (const key of Object.keys(back.values)) if (!declared.has(key)) throw new Error(`${key} was set`);
      checkValues(toy, back.values);
    }),
    { numRuns: 30_000 },
  );
});

test('only a method that takes no files may use a name of the link itself, and only "data"', async () => {
  for (const { id, parameters, accepts } of await loadMethods()) {
    const taken = Object.keys(parameters).filter((key) => RESERVED.includes(key));
    expect(accepts.length === 0 ? taken.filter((key) => key !== 'data') : taken, id).toEqual([]);
  }
});

test('such a parameter goes into the link and comes back', async () => {
  const own = (await loadMethods()).find(
    ({ accepts, parameters }) => accepts.length === 0 && 'data' in parameters,
  );
  if (!own) throw new Error('no method with a parameter called data');
  const state = { ...stateOf(own), values: { ...stateOf(own).values, data: 'integer' } };
  const back = decodeLink(encodeLink(state));
  expect(back.problems).toEqual([]);
  expect(back.state.values.data).toBe('integer');
});

test('a link loads the declaration that it names, and the opening one where it names none that there is', async () => {
  const named = await openLink('#/matmul?n=96');
  expect(named).toMatchObject({ state: { method: 'matmul', values: { n: 96 } }, problems: [] });
  const unknown = await openLink('#/rsdv?rank=4');
  expect(unknown.state.method).toBe('rsvd');
  expect(unknown.problems[0]).toMatch(/no method is called "rsdv": choose rsvd/);
});

test('the catalogue says of every method what its declaration says', async () => {
  const all = await loadMethods();
  expect(catalogue.length).toBeGreaterThan(1);
  all.forEach(({ id, title, family, summary, accepts }, i) => {
    expect(catalogue[i]).toMatchObject({ id, title, family, summary, accepts });
  });
});
