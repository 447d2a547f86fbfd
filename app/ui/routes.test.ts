import { expect, test } from 'vitest';
import { catalogue } from '../experiment/registry';
import { PAGES, routeOf } from './routes';

test('no method has the name of a page', () => {
  expect(catalogue.map(({ id }) => id).filter((id) => Object.hasOwn(PAGES, id))).toEqual([]);
});

test('an address opens a page by its first word, and a method by any other', () => {
  expect(routeOf('#/compare?run=rsvd')).toEqual({ name: 'compare', query: 'run=rsvd' });
  expect(routeOf('#/sweep')).toEqual({ name: 'sweep', query: '' });
  for (const other of ['', '#/', '#/rsvd?rank=4', '#/constructor', '#/compare/more']) {
    expect(routeOf(other)).toBeNull();
  }
});
