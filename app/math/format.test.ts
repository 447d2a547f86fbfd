import { describe, expect, test } from 'vitest';
import { formatBytes, formatCount, formatMs, formatNumber, formatRate } from './format';

describe('formatNumber', () => {
  test.each([
    [0, '0'],
    [-0, '0'],
    [1, '1'],
    [-12345, '-12345'],
    [99999, '99999'],
    [100000, '1e5'],
    [99999.99, '1e5'],
    [123456, '1.235e5'],
    [Math.PI, '3.142'],
    [-0.25, '-0.25'],
    [0.001, '0.001'],
    [0.0009999, '9.999e-4'],
    [0.00099999, '0.001'],
    [1.2e-17, '1.2e-17'],
    [5e-324, '5e-324'],
    [null, '–'],
    [undefined, '–'],
    [NaN, 'NaN'],
    [Infinity, '∞'],
    [-Infinity, '-∞'],
  ])('%d is %s', (x, text) => {
    expect(formatNumber(x)).toBe(text);
  });

  test('takes the number of digits', () => {
    expect(formatNumber(Math.PI, 2)).toBe('3.1');
    expect(formatNumber(1234.5678, 2)).toBe('1200');
    expect(formatNumber(1.23456e-9, 3)).toBe('1.23e-9');
  });
});

describe('units', () => {
  test.each([
    [0, '0 ms'],
    [8.5e-4, '850 ns'],
    [0.0123, '12.3 µs'],
    [4.5678, '4.57 ms'],
    [999.6, '1 s'],
    [1234, '1.23 s'],
    [59_900, '59.9 s'],
    [59_960, '1 min 0 s'],
    [125_000, '2 min 5 s'],
    [null, '–'],
  ])('%d ms is %s', (ms, text) => {
    expect(formatMs(ms)).toBe(text);
  });

  test.each([
    [0, '0 B'],
    [1, '1 B'],
    [1023, '1023 B'],
    [1024, '1 KiB'],
    [1536, '1.5 KiB'],
    [1024 ** 2 - 1, '1 MiB'],
    [24 * 1024 ** 2, '24 MiB'],
    [3 * 1024 ** 5, '3072 TiB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  test('rates carry the prefix that suits them', () => {
    expect(formatRate(1234, 'FLOP/s')).toBe('1.23 TFLOP/s');
    expect(formatRate(0.5, 'B/s')).toBe('500 MB/s');
    expect(formatRate(0, 'B/s')).toBe('0 GB/s');
    expect(formatRate(NaN, 'B/s')).toBe('NaN');
  });

  test.each([
    [0, '0'],
    [7, '7'],
    [1234, '1234'],
    [12345, '12\u2009345'],
    [-999999, '-999\u2009999'],
    [1.5, '1.5'],
    [1e6, '1 M'],
    [2.345e9, '2.35 G'],
    [Infinity, '∞'],
  ])('a count of %d is %s', (count, text) => {
    expect(formatCount(count)).toBe(text);
  });
});
