import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isUserError } from '../../math/errors';
import { casesOf } from './catalogue';
import type { BenchReport } from './report';
import { shareOf, slopes } from './report';
import { decodeReport, encodeReport, parseReport } from './share';

const report: BenchReport = {
  version: 1,
  label: 'A GPU; with ~ odd, name (100 %)',
  home: 'gpu',
  isFallback: false,
  peaks: { gflops: 1234.5, gbps: 98.76 },
  rows: casesOf('standard').map(({ id, family, size, flop, bytes }, i) => ({
    id,
    family,
    size,
    flop,
    bytes,
    verdict: { error: 1.2e-7, bound: 3e-6, measure: 'largest error over largest entry' },
    isRight: true,
    firstMs: 12.34,
    bestMs: 0.1 + i,
    medianMs: 0.2 + i,
    kernelMs: i % 2 === 0 ? 0.05 + i : null,
    samples: 5,
    kernels: { gemm: 3 },
    planned: [],
  })),
};

test('a link keeps what it shows and stays short; a file keeps all', () => {
  const link = encodeReport(report);
  expect(link.length).toBeLessThan(2500);
  const { report: read, problems } = decodeReport(link);
  expect(problems).toEqual([]);
  expect(read.peaks).toEqual({ gflops: 1235, gbps: 98.76 });
  expect(read.label).toBe('A GPU  with   odd, name (100 %)');
  const shown = ({ id, bestMs, kernelMs, size, flop }: BenchReport['rows'][number]) => [
    id,
    bestMs.toPrecision(4),
    kernelMs?.toPrecision(4),
    size,
    flop,
  ];
  expect(read.rows.map(shown)).toEqual(report.rows.map(shown));
  expect(parseReport(JSON.stringify(report)).report).toEqual(report);
});

test('a damaged link or file is refused with a sentence, or read in part with the reason', () => {
  expect(() => decodeReport('x=1')).toThrow('holds no result');
  expect(() => decodeReport('r=2~a')).toThrow('no benchmark result of version 1');
  expect(() => decodeReport('r=%E0%A4%A')).toThrow('damaged');
  expect(() => parseReport('{')).toThrow('not JSON');
  const { report: read, problems } = decodeReport(
    `${encodeReport(report)};nothing~1~1~1~1~0~0~3;svd+64~0~1~1~1~0~0~3`,
  );
  expect(read.rows.length).toBe(report.rows.length);
  expect(problems).toEqual([
    'there is no benchmark "nothing"',
    'svd 64: a time of 0 ms; the row is left out',
  ]);
});

test('whatever a link says, it is read or refused, and no number is absurd', () => {
  const link = encodeReport(report);
  fc.assert(
    fc.property(fc.nat(link.length), fc.nat(12), fc.string(), (at, cut, put) => {
      try {
        const { report: read } = decodeReport(link.slice(0, at) + put + link.slice(at + cut));
        for (const row of read.rows) {
          expect(Number.isFinite(row.bestMs) && row.bestMs > 0).toBe(true);
          expect(Number.isFinite(shareOf(row, read.peaks).share)).toBe(true);
        }
      } catch (error) {
        if (!isUserError(error)) throw error;
      }
    }),
    { numRuns: 2000 },
  );
});

test('the slope of a power law is its exponent', () => {
  const rows = casesOf('sweep', 'matmul').map((item) => ({
    ...report.rows[0],
    ...item,
    bestMs: 1e-9 * item.size.n ** 2.5,
  }));
  const [line, ...rest] = slopes(rows);
  expect(rest).toEqual([]);
  expect(line.slope).toBeCloseTo(2.5, 10);
});

test('a share is the least work over time and peak, of the peak that bounds the family', () => {
  const [row] = report.rows; // matmul 256
  expect(shareOf({ ...row, kernelMs: null, bestMs: 10 }, { gflops: 10, gbps: 1 })).toMatchObject({
    of: 'fma',
    share: (2 * 256 ** 3) / 10e-3 / 1e9 / 10,
  });
});
