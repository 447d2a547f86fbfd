import { describe, expect, test } from 'vitest';
import { nearest } from './nearest';
import { findMethod } from './registry';
import { toy } from './toy';
import { checkValues, defaults, parseValue, quickValues, valueText } from './values';

const { size, scale, shape, loud, widths } = toy.parameters;

describe('values', () => {
  test('are complete, the given ones over the defaults', () => {
    expect({ ...checkValues(toy, { size: 5 }) }).toEqual({ ...defaults(toy), size: 5 });
    expect(quickValues(toy).size).toBe(4);
  });

  test.each([
    ['size', size, '65', /size 65 is above 64: choose a whole number from 1 to 64/],
    ['size', size, '0', /below 1/],
    ['size', size, '1.5', /not whole/],
    ['size', size, '', /not a number/],
    ['size', size, '0x10', /not a number/],
    ['scale', scale, 'Infinity', /not a number/],
    ['shape', shape, 'round', /"round" is not among its options: choose one of flat, ramp/],
    ['loud', loud, 'yes', /neither on nor off/],
    ['widths', widths, '8-4-', /not a list .*: choose 2 to 4 whole numbers from 2 to 64, joined by hyphens/],
    ['widths', widths, '8', /too few/],
    ['widths', widths, '8-8-8-8-8', /too many/],
    ['widths', widths, '8-65', /holds 65/],
  ])('%s refuses what it cannot be, and says what it can', (key, parameter, text, message) => {
    expect(() => parseValue(key, parameter, text)).toThrow(message);
  });

  test('of an undeclared key are refused with the keys there are', () => {
    expect(() => checkValues(toy, { sise: 3 })).toThrow(/toy has no parameter "sise": it has size/);
    expect(() => checkValues(toy, JSON.parse('{"__proto__": 1}'))).toThrow(/no parameter/);
  });

  test('are not converted from one type to another', () => {
    expect(() => checkValues(toy, { size: '5' })).toThrow(/not a number/);
    expect(() => checkValues(toy, { loud: 1 })).toThrow(/neither/);
    expect(() => checkValues(toy, { scale: Number.NaN })).toThrow(/not a number/);
  });

  test('come back from their text', () => {
    expect(parseValue('scale', scale, valueText(0.1 + 0.2))).toBe(0.1 + 0.2);
    expect(parseValue('widths', widths, '08-16')).toBe('8-16');
    expect(parseValue('loud', loud, valueText(true))).toBe(true);
    expect(Object.is(parseValue('scale', scale, '-0'), 0)).toBe(true);
  });
});

test('a method that does not exist is answered with the ids nearest to it', () => {
  expect(() => findMethod('tooy', [toy])).toThrow('no method is called "tooy": choose toy');
  expect(nearest('lora', ['svd', 'lora-sb', 'rora', 'matmul'])[0]).toBe('lora-sb');
});
