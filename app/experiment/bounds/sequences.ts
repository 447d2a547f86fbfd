/** Scans, recurrences, state spaces and Fourier transforms. */
import { cauchyTerms, dplrTables, dplrTransfer, legsResponse, splitComplex } from '../../kernels/cauchy';
import { diagonalScan } from '../../kernels/diagonal';
import { fft, ifft } from '../../kernels/fft';
import { fftConvolve } from '../../kernels/fftconvolve';
import { linearScan } from '../../kernels/linearscan';
import { contractStates, pairsOf } from '../../kernels/pairs';
import { denseRecurrence, lagged } from '../../kernels/recurrence';
import { irfft, rfft } from '../../kernels/rfft';
import { scan } from '../../kernels/scan';
import { blelloch, hillisSteele } from '../../kernels/scanforms';
import { selectiveScan } from '../../kernels/selective';
import { ssd, ssdBlock } from '../../kernels/ssd';
import { legendreSeries, powerTables, vandermonde } from '../../kernels/vandermonde';
import { normals, uniforms } from '../../math/threefry';
import type { BoundFamily } from './bounds';
import { SIZES } from './dense';

const scans: BoundFamily = {
  title: 'scans and recurrences',
  operations: [
    'scan',
    'linear_scan',
    'hillis_steele',
    'blelloch',
    'pairs',
    'contract_states',
    'diagonal_scan',
    'selective_scan',
    'ssd',
    'ssd_block',
    'lagged',
    'dense_recurrence',
  ],
  sizes: SIZES,
  async run(home, n, draw) {
    const steps = 11 * n;
    for (const op of ['sum', 'max', 'min', 'product'] as const)
      await scan(draw.between(0.8, 1.2, [3, steps]), { op });
    await scan(draw.normal([steps]), { reverse: true, exclusive: true });
    await scan(draw.normal([steps]), { segments: draw.below(5, [steps]) });
    const x = draw.normal([steps, 3]);
    const decay = draw.between(0.2, 0.99, [steps, 3]);
    await linearScan(decay, x, { axis: 0 });
    await linearScan(draw.normal([3, steps], 'c64'), draw.normal([3, steps], 'c64'), {
      reverse: true,
      chunk: 8,
    });
    const delta = draw.between(0.001, 0.1, [steps, 3]);
    const [rate, input, c] = [draw.between(-3, -1, [3, 4]), draw.normal([steps, 4]), draw.normal([steps, 4])];
    const pairs = await pairsOf({ x, delta, rate, input }, 0, 3);
    const states = await hillisSteele(pairs);
    const power = [2 ** Math.min(9, SIZES.indexOf(n)), n];
    await blelloch({ a: draw.between(0.2, 0.99, power), b: draw.normal(power) });
    await contractStates(home.tensor([steps, 3]), states, c, 0, true);
    await diagonalScan(x, draw.between(0.1, 0.99, [3, 5]), draw.normal([3, 5]));
    await selectiveScan({ x, delta, a: rate, b: input, c });
    const dual = {
      x: draw.normal([steps, 6]),
      delta: draw.between(0.001, 0.1, [steps, 2]),
      rate: draw.between(-2, -1, [2]),
      b: input,
      c,
    };
    await ssd(dual);
    await ssd(dual, 8);
    await ssdBlock(dual, 1, Math.floor(steps / 2), 0, [Math.ceil(steps / 2), Math.floor(steps / 3) + 1]);
    await lagged(draw.normal([1, steps]), { rows: steps, cols: 4, lag: 1 });
    await denseRecurrence(draw.between(-0.5 / n, 0.5 / n, [n, n]), draw.normal([steps, n]));
  },
};

const transforms: BoundFamily = {
  title: 'Fourier transforms',
  operations: ['fft', 'ifft', 'rfft', 'irfft', 'fft_convolve'],
  sizes: [1, 2, 3, 4, 12, 16, 17, 64, 97, 100, 256, 1000],
  async run(_home, n, draw) {
    const z = draw.normal([3, n], 'c64');
    await fft(z);
    await ifft(z);
    await irfft(await rfft(draw.normal([2, n])), n);
    await fftConvolve(draw.normal([2, n]), draw.normal([2, n]));
  },
};

/** Poles in the left half plane with their numerators, from a stream. */
function system(n: number) {
  const part = (stream: number) => ({ re: normals(8, stream, n), im: normals(8, stream + 1, n) });
  const lam = { re: uniforms(8, 0, n).map((u) => -0.1 - u), im: uniforms(8, 1, n).map((u) => 20 * u) };
  return { lam, b: part(2), p: part(4), ct: part(6), share: new Float64Array(n).fill(1) };
}

const responses: BoundFamily = {
  title: 'kernels of state spaces',
  operations: ['vandermonde', 'legendre_series', 'dplr_transfer', 'cauchy_terms', 'legs_response'],
  sizes: SIZES,
  async run(home, n, draw) {
    const a = { re: uniforms(9, 0, n).map((u) => 0.9 * u), im: uniforms(9, 1, n).map((u) => 0.4 * u) };
    await vandermonde(draw.normal([2, n], 'c64'), powerTables(home, a, 50 + n));
    await legendreSeries(
      draw.normal([n]),
      uniforms(9, 2, 20 + n).map((u) => 3 * u),
    );
    await dplrTransfer(dplrTables(home, system(n), 1 / 64, 4 * n));
    const s = { re: new Float64Array(n), im: uniforms(9, 3, n).map((u) => 30 * u) };
    await cauchyTerms(splitComplex(home, s), splitComplex(home, system(n).lam), draw.normal([n, 1], 'c64'));
    await legsResponse(draw.between(0.1, 50, [n + 5]), n);
  },
};

export const sequences: readonly BoundFamily[] = [scans, transforms, responses];
