/** The run of rsvd, from the picture outward. What the rank does not change is cached. */
import type { Tensor } from '../../../gpu/home';
import { matmul } from '../../../kernels/matmul';
import { normal } from '../../../kernels/random';
import { adaptiveBasis, type Factors, residual, truncate } from '../../../kernels/rangefinder';
import { frobenius } from '../../../kernels/reduce';
import { stack } from '../../../kernels/slice';
import { spectralNorms } from '../../../kernels/spectral';
import { jacobiSvd } from '../../../kernels/svd';
import { matrix } from '../../../math/linalg';
import { singularValues } from '../../../math/svd';
import {
  approximate,
  basisOf,
  compareOrthonormalizations,
  schemeFlop,
  streamFits,
  streamPass,
} from '../../../testbeds/lowrank';
import { exactSpectrum, type MatrixBed, tailNorm } from '../../../testbeds/matrix';
import { SCHEMES, type Scheme } from '../../../testbeds/schemes';
import type { Lab, Outcome } from '../../method';
import { anglesFigure, powerCurve } from './angles';
import { svdFactors } from './factors';
import {
  adaptiveFigure,
  conditionFigure,
  type ErrorCurve,
  errorFigure,
  powerFigure,
  spectrumFigure,
} from './figures';
import { exactPlanes, imageFigure, pictureOf, wideFactors } from './picture';
import { bedOf, matrixKey, optionsOf, type RsvdValues } from './values';

export { previewRsvd } from './picture';

type Numbers = Record<string, number | null>;

export async function runRsvd(lab: Lab, v: RsvdValues): Promise<Outcome> {
  const notes: string[] = [];
  const reasons: Record<string, string> = {};
  await lab.step(0, 'matrix');
  const bed = await bedOf(lab, v);
  const options = optionsOf(v, bed);
  if (options.width < v.rank + v.oversample) {
    notes.push(`The sketch is cut to ${options.width} columns, the smaller side of the matrix.`);
  }
  if (lab.data?.note) notes.push(lab.data.note);

  await lab.step(0.05, 'picture');
  const picture = await pictureOf(lab, v, bed);
  const scale = bed.norm || 1;
  const first: Numbers = {};
  const factors = new Map<Scheme, Factors>();
  const main = await approximate(bed, 'rsvd', options);
  factors.set('rsvd', main);
  const planes = await exactPlanes(lab.home, picture, v, bed, main);
  const shown = imageFigure(picture, planes, bed, v.rank);
  first['error.rsvd'] = (await lab.home.scope(async () => frobenius(await residual(bed.a, main)))) / scale;
  lab.partial({ metrics: first, figures: [shown, spectrumFigure(v, null, new Map([['rsvd', main.sigma]]))] });
  await lab.factors(() => svdFactors(bed, main));

  await lab.step(0.1, 'factors for the slider');
  await wideFactors(lab, v, bed);

  await lab.step(0.2, 'exact spectrum');
  const sigma = await lab.cached(`${matrixKey(lab, v)} sigma`, async () => exactSpectrum(bed));
  if (!sigma) {
    for (const key of [
      'error.svd',
      'spec.svd',
      'bound.hmt',
      'bound.stream',
      'rank.tolerance',
      ...SCHEMES.map((s) => `sigma.${s}`),
    ]) {
      reasons[key] = 'min(m, n) is above 1024: the exact spectrum would take too long';
    }
  }

  const metrics: Numbers = { ...first, ...(await schemes(lab, v, bed, sigma, factors, reasons)) };
  const gap = gapNote(v, metrics);
  if (gap) notes.push(gap);
  const found = new Map([...factors].map(([scheme, f]) => [scheme, f.sigma]));
  const spectrum = spectrumFigure(v, sigma, found);
  lab.partial({ metrics, figures: [shown, spectrum], notes, reasons });

  const adaptive = await runAdaptive(lab, v, bed, sigma);
  Object.assign(metrics, adaptive.metrics);
  lab.partial({ metrics, figures: [adaptive.figure], notes, reasons });

  Object.assign(metrics, await float32Checks(lab, v, bed));
  if (lab.home.kind === 'cpu') {
    notes.push('On the CPU everything is float64: claims about what float32 loses do not show here.');
  }
  const figures = [shown, spectrum, ...(await curves(lab, v, bed, sigma, metrics)), adaptive.figure];
  await lab.step(0.9, 'timing');
  Object.assign(metrics, await times(lab, v, bed));
  return { metrics, figures, notes, reasons };
}

/** What a slowly falling spectrum costs at this power, and what mends it. */
function gapNote({ power, rank }: RsvdValues, m: Numbers): string | null {
  const [best, rsvd, krylov] = [m['error.svd'], m['error.rsvd'], m['error.krylov']];
  if (!best || !rsvd || !krylov || rsvd <= 1.02 * best || power >= 8) return null;
  const above = (error: number): string => `${(100 * (error / best - 1)).toFixed(1)} %`;
  return (
    `Power iteration with q = ${power} is ${above(rsvd)} above the best error of rank ${rank}; block Krylov, ` +
    `with as many passes over the matrix, ${above(krylov)}. q = ${power + 1} narrows the gap.`
  );
}

/** Errors of every scheme at the rank, the identity and the bounds. */
async function schemes(
  lab: Lab,
  v: RsvdValues,
  bed: MatrixBed,
  sigma: Float64Array | null,
  factors: Map<Scheme, Factors>,
  reasons: Record<string, string>,
): Promise<Numbers> {
  const { home } = lab;
  const options = optionsOf(v, bed);
  const { width, rank } = options;
  const scale = bed.norm || 1;
  const out: Numbers = {};
  const residuals: Tensor[] = [];
  const names: Scheme[] = [];
  for (const [i, scheme] of SCHEMES.entries()) {
    await lab.step(0.25 + 0.03 * i, scheme);
    if (scheme === 'stream' && !streamFits(bed, rank)) {
      for (const key of [
        'error.stream',
        'spec.stream',
        'sigma.stream',
        'ms.stream',
        'streamfull.error',
        'stream.difference',
        'bound.stream',
      ]) {
        out[key] = null;
        reasons[key] =
          `the single pass needs 2k + 1 <= n and 4k + 3 <= m: choose rank ${Math.min(Math.floor((bed.cols - 1) / 2), Math.floor((bed.rows - 3) / 4))} or less`;
      }
      continue;
    }
    if (scheme === 'rsvd0') {
      const q = await basisOf(bed, scheme, options);
      const b = await matmul(q, bed.a, { transposeA: true });
      const range = await frobenius(await residual(bed.a, { us: q, vt: b, sigma: new Float64Array() }));
      const inside = await frobenius(b);
      out['range.rsvd0'] = range / scale;
      out.pythagoras = Math.abs(bed.norm ** 2 - inside ** 2 - range ** 2) / scale ** 2;
      factors.set(scheme, await truncate(q, b, rank));
    } else if (scheme === 'stream') {
      const pass = await streamPass(bed, options);
      factors.set(scheme, pass.factors);
      out['streamfull.error'] =
        (await frobenius(await residual(bed.a, { us: pass.q, vt: pass.x, sigma: new Float64Array() }))) /
        scale;
      out['stream.difference'] = pass.difference;
    } else if (!factors.has(scheme)) {
      factors.set(scheme, await approximate(bed, scheme, options));
    }
    const f = factors.get(scheme);
    if (!f) continue;
    const rest = await residual(bed.a, f);
    out[`error.${scheme}`] = (await frobenius(rest)) / scale;
    out[`sigma.${scheme}`] = sigma ? worstSigma(f.sigma, sigma) : null;
    residuals.push(rest);
    names.push(scheme);
  }
  await lab.step(0.45, 'spectral norms');
  const top = sigma ? sigma[0] : (await spectralNorms(bed.a, 100))[0];
  const norms = await home.scope(async () => spectralNorms(await stack(residuals), 100));
  for (const [i, scheme] of names.entries()) out[`spec.${scheme}`] = top === 0 ? 0 : norms[i] / top;
  for (const tensor of residuals) home.release(tensor);

  const tail = sigma ? tailNorm(sigma, rank) / scale : null;
  out['error.svd'] = tail;
  out['spec.svd'] = sigma ? (top === 0 ? 0 : (sigma[rank] ?? 0) / top) : null;
  const p = width - rank;
  out['bound.hmt'] = tail === null || p < 2 ? null : Math.sqrt(1 + rank / (p - 1)) * tail;
  if (p < 2) reasons['bound.hmt'] = 'the bound needs an oversampling of 2 or more';
  if (sigma && streamFits(bed, rank)) out['bound.stream'] = streamBound(sigma, rank) / scale;
  else if (!('bound.stream' in out)) out['bound.stream'] = null;
  return out;
}

/** max over j of |s^_j - s_j| / s_j over the values that are not zero. */
function worstSigma(found: Float64Array, sigma: Float64Array): number {
  let worst = 0;
  found.forEach((s, j) => {
    if (sigma[j] > 0) worst = Math.max(worst, Math.abs(s - sigma[j]) / sigma[j]);
  });
  return worst;
}

/** Root of (1 + f(k_s, l_s)) min over r < k_s - 1 of (1 + f(r, k_s)) tau_r^2, f(s, t) = s / (t - s - 1). */
function streamBound(sigma: Float64Array, rank: number): number {
  const f = (s: number, t: number): number => s / (t - s - 1);
  const k = 2 * rank + 1;
  let best = Number.POSITIVE_INFINITY;
  for (let r = 0; r < k - 1; r++) best = Math.min(best, (1 + f(r, k)) * tailNorm(sigma, r) ** 2);
  return Math.sqrt((1 + f(k, 2 * k + 1)) * best);
}

async function runAdaptive(lab: Lab, v: RsvdValues, bed: MatrixBed, sigma: Float64Array | null) {
  await lab.step(0.55, 'adaptive rank');
  const key = `${matrixKey(lab, v)} adaptive ${[v.seed, v.tol, v.block, v.power].join(' ')}`;
  const { home } = lab;
  const least = Math.min(bed.rows, bed.cols);
  const result = await lab.cached(key, () =>
    home.scope(async () => {
      const omega = await normal(home, [bed.cols, v.block * Math.ceil(least / v.block)], v.seed, 9);
      const found = await adaptiveBasis(bed.a, omega, {
        tol: v.tol,
        block: v.block,
        power: v.power,
        step: () => lab.step(0.55, 'adaptive rank'),
      });
      const error = (await frobenius(await residual(bed.a, found.factors))) / (bed.norm || 1);
      return { error, rank: found.factors.sigma.length, width: found.width, indicator: found.indicator };
    }),
  );
  let needed: number | null = null;
  if (sigma) for (needed = 0; tailNorm(sigma, needed) > v.tol * bed.norm; ) needed++;
  return {
    metrics: {
      'rank.tolerance': needed,
      'rank.adaptive': result.rank,
      'columns.adaptive': result.width,
      'error.adaptive': result.error,
      'indicator.adaptive': result.indicator.at(-1)?.error ?? 0,
    } satisfies Numbers,
    figure: adaptiveFigure(result.indicator, v.tol),
  };
}

/** Orthonormalizations at `cond`, and Jacobi on the B of `rsvd` against float64. */
async function float32Checks(lab: Lab, v: RsvdValues, bed: MatrixBed): Promise<Numbers> {
  await lab.step(0.62, 'float32 checks');
  const { home } = lab;
  const options = optionsOf(v, bed);
  const ortho = await compareOrthonormalizations(home, v.seed, [bed.rows, options.width], v.cond);
  const jacobi = await home.scope(async () => {
    const b = await matmul(await basisOf(bed, 'rsvd', options), bed.a, { transposeA: true });
    const { s, sweeps } = await jacobiSvd(b);
    const exact = singularValues(matrix(options.width, bed.cols, Float64Array.from(await home.read(b))));
    const got = await home.read(s);
    let worst = 0;
    exact.forEach((value, i) => {
      worst = Math.max(worst, Math.abs(got[i] - value));
    });
    return { error: exact[0] === 0 ? 0 : worst / exact[0], sweeps };
  });
  return {
    'ortho.cholqr': ortho.cholqr,
    'ortho.cholqr2': ortho.cholqr2,
    'ortho.householder': ortho.householder,
    'cholqr2.fallback': ortho.fallback,
    'jacobi.error': jacobi.error,
    'jacobi.sweeps': jacobi.sweeps,
  };
}

/** Error against rank, against power, and orthogonality against condition. */
async function curves(lab: Lab, v: RsvdValues, bed: MatrixBed, sigma: Float64Array | null, metrics: Numbers) {
  const least = Math.min(bed.rows, bed.cols);
  const ranks = [1, 2, 4, 8, 16, 32, 64, 128].filter((rank) => rank <= least);
  const { home } = lab;
  const errorOf = (scheme: Scheme, rank: number, power: number): Promise<number> =>
    home.scope(async () => {
      const factors = await approximate(bed, scheme, optionsOf(v, bed, rank, power));
      return (await frobenius(await residual(bed.a, factors))) / (bed.norm || 1);
    });
  const base = `${matrixKey(lab, v)} ${[v.seed, v.oversample, v.reorth, v.chunks].join(' ')}`;
  const curve = await lab.cached(`${base} ranks ${v.power}`, async () => {
    const all: ErrorCurve[] = [];
    for (const [i, rank] of ranks.entries()) {
      await lab.step(0.65 + 0.02 * i, `error at rank ${rank}`);
      const errors: Partial<Record<Scheme, number>> = {};
      for (const scheme of SCHEMES) {
        if (scheme !== 'stream' || streamFits(bed, rank))
          errors[scheme] = await errorOf(scheme, rank, v.power);
      }
      all.push({ rank, errors });
    }
    return all;
  });
  lab.partial({ figures: [errorFigure(curve, v, sigma, bed.norm)] });
  await lab.step(0.83, 'error against power');
  const powers = await lab.cached(`${base} powers ${v.rank}`, () => powerCurve(lab, v, bed));
  const angles = powers.flatMap(({ power, angles: found }) => (found ? [{ power, ...found }] : []));
  await lab.step(0.87, 'orthogonality against condition');
  const width = optionsOf(v, bed).width;
  const conditions = await lab.cached(`orthogonality ${v.seed} ${bed.rows} ${width}`, async () => {
    const all = [];
    for (const cond of [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7]) {
      await lab.step(0.87, `orthogonality at condition ${cond.toExponential(0)}`);
      all.push({ cond, ...(await compareOrthonormalizations(home, v.seed, [bed.rows, width], cond)) });
    }
    return all;
  });
  return [
    errorFigure(curve, v, sigma, bed.norm),
    powerFigure(
      powers.map(({ power, error }) => ({ power, ...error })),
      metrics['error.svd'] ?? null,
    ),
    ...(angles.length > 0 ? [anglesFigure(angles, sigma, { rank: v.rank, width })] : []),
    conditionFigure(conditions),
  ];
}

async function times(lab: Lab, v: RsvdValues, bed: MatrixBed): Promise<Numbers> {
  const options = optionsOf(v, bed);
  const out: Numbers = {};
  for (const scheme of SCHEMES) {
    out[`flops.${scheme}`] = schemeFlop(scheme, bed, options);
    if (scheme === 'stream' && !streamFits(bed, v.rank)) continue;
    out[`ms.${scheme}`] = await lab.time(scheme, 3, () => approximate(bed, scheme, options));
  }
  return out;
}
