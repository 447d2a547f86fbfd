/** The run of s4-ptd: responses over frequency, then outputs in time, of S4, S4D and the perturbed system. */
import type { Tensor } from '../../../gpu/home';
import { fftConvolve } from '../../../kernels/fftconvolve';
import { UserError } from '../../../math/errors';
import { cos } from '../../../math/fdlibm';
import { eigenvectorSize, type NormalForm, polesOf } from '../../../math/hippo';
import { readRow, relativeError, type Signal, signalOf } from '../../../testbeds/sequence';
import type { FactorSet } from '../../factors';
import type { Figure } from '../../figures';
import type { Lab, Outcome } from '../../method';
import { complexParts, complexValues } from '../factors';
import { formOf } from '../s4d/limit';
import { limitsOf } from '../times';
import {
  deviationFigure,
  kernelsFigure,
  outputFigure,
  polesOfAll,
  pseudospectrumFigure,
  tradeFigure,
} from './figures';
import {
  deviations,
  diagonalResponse,
  exactResponse,
  frequencies,
  identities,
  perturbedResponse,
} from './frequency';
import { kernelsOf } from './kernels';
import { direction, type Perturbed, perturbed } from './perturb';
import { timeFigure } from './times';

export interface PtdValues {
  seed: number;
  state: number;
  eps: number;
  draws: number;
  points: number;
  omega: number;
  spike: number;
  amplitude: number;
  dt: number;
  signal: number;
  smooth: number;
}

type Numbers = Record<string, number | null>;

interface Setup {
  chosen: Perturbed;
  tenth: Perturbed;
  ms: number;
  skipped: number;
}

export async function run(lab: Lab, v: PtdValues): Promise<Outcome> {
  const began = performance.now();
  await lab.step(0, 'signal');
  const signal = signalOf(lab.data, { seed: v.seed, stream: 11, signal: v.signal, smooth: v.smooth });
  await lab.step(0.02, 'poles of the diagonal part');
  const form = await formOf(lab, v.state);
  const setup = await lab.cached(`ptd ${v.seed} ${v.state} ${v.eps} ${v.draws}`, () => setupOf(lab, v));
  const { chosen, tenth } = setup;
  const notes = [...signal.notes, ...remarks(v, form, setup)];
  const metrics: Numbers = {
    perturbation: chosen.size,
    'bound.ptd': (2 * Math.log(v.state) + 4) * chosen.size,
    'kappa.ptd': chosen.kappa,
    'kappa.ptd.tenth': tenth.kappa,
    'log10.eigenvectors': eigenvectorSize(v.state),
    'pole.real': Math.max(...chosen.mu.re),
    'identity.backward': chosen.backward,
    'time.setup': setup.ms,
  };
  const figures: Figure[] = [polesOfAll(form, chosen)];
  if (v.state <= 32) {
    await lab.step(0.3, 'pseudospectrum');
    figures.push(pseudospectrumFigure(form));
  }
  lab.partial({ metrics, notes });

  const overFrequency = await responses(lab, v, form, setup);
  lab.partial({ metrics: overFrequency.metrics, figures: overFrequency.figures });
  await lab.factors(async () => eigenFactors(lab, v, chosen, overFrequency.supOf));
  const overTime = await outputs(lab, v, form, chosen, signal);
  lab.partial(overTime);
  await lab.step(0.8, 'the trade between conditioning and distance');
  const trade = await lab.cached(`ptd trade ${v.seed} ${v.state} ${chosen.draw} ${v.points}`, () =>
    tradeOff(lab, v, form, chosen.draw),
  );
  const times = await lab.cached(`ptd times ${v.seed} ${v.state} ${v.eps} ${v.draws} ${v.dt}`, () =>
    timeFigure(lab, v, form, chosen, 4 * signal.values.length, limitsOf(began)),
  );
  return {
    metrics: { ...metrics, ...overFrequency.metrics, ...overTime.metrics },
    reasons: overTime.reasons,
    figures: [...overFrequency.figures, ...overTime.figures, ...figures, trade, times],
    notes,
  };
}

/** The draw with the best conditioned eigenvectors, and the same at a tenth of the size. */
async function setupOf(lab: Lab, v: PtdValues): Promise<Setup> {
  const began = performance.now();
  let chosen: Perturbed | null = null;
  let skipped = 0;
  for (let draw = 0; draw < v.draws; draw++) {
    await lab.step(0.04 + (0.2 * draw) / v.draws, `eigenvectors of draw ${draw + 1} of ${v.draws}`);
    const found = perturbed(v.state, v.eps, draw, direction(v.seed, draw, v.state));
    if (!found) skipped++;
    else if (!chosen || found.kappa < chosen.kappa) chosen = found;
  }
  const tenth =
    chosen && perturbed(v.state, v.eps / 10, chosen.draw, direction(v.seed, chosen.draw, v.state));
  if (!chosen || !tenth) {
    throw new UserError(`eps ${v.eps}: no draw has eigenvectors that can be inverted; raise eps or draws`);
  }
  return { chosen, tenth, ms: performance.now() - began, skipped };
}

/** Discrete frequency of a continuous one: the bilinear rule maps theta to (2/dt) tan(theta/2). */
const theta = (w: number, dt: number): number => 2 * Math.atan((w * dt) / 2);

function remarks(v: PtdValues, form: NormalForm, { chosen, skipped }: Setup): string[] {
  const hit = theta(form.w[v.spike], v.dt);
  return [
    Math.max(...chosen.mu.re) >= 0
      ? `The perturbed system is unstable: an eigenvalue has real part ${Math.max(...chosen.mu.re).toPrecision(3)}. Lower eps.`
      : '',
    v.eps < 1e-5
      ? `Float32 adds noise of about ${(1e-8 * chosen.kappa).toPrecision(1)} (1e-8 times the condition number), which overtakes the effect of a perturbation this small.`
      : '',
    skipped > 0
      ? `${skipped} of ${v.draws} draws had eigenvectors that cannot be inverted and were skipped.`
      : '',
    hit > 0.9 * Math.PI
      ? `The spike lies at theta = ${(hit / Math.PI).toFixed(3)} pi: the cosine is sampled about twice a period.`
      : '',
  ].filter(Boolean);
}

async function responses(lab: Lab, v: PtdValues, form: NormalForm, { chosen, tenth }: Setup) {
  const { home } = lab;
  const n = v.state;
  await lab.step(0.35, 'responses over frequency');
  // The last frequency is not of the grid.
  const grid = frequencies(form, v.points);
  const omega = Float64Array.from([...grid, v.omega]);
  const exact = await exactResponse(home, omega, n);
  const diagonal = await diagonalResponse(home, omega, form);
  const spread = deviations(diagonal, exact.r, omega.length);
  const ptd = deviations(await perturbedResponse(home, omega, chosen), exact.r, omega.length);
  const finer = deviations(await perturbedResponse(home, omega, tenth), exact.r, omega.length);
  await lab.step(0.45, 'responses with a quarter of the states');
  const small = await formOf(lab, n / 4);
  const smallOmega = Float64Array.from([...frequencies(small, v.points), v.omega]);
  const smallExact = await exactResponse(home, smallOmega, n / 4);
  const quarter = deviations(
    await diagonalResponse(home, smallOmega, small),
    smallExact.r,
    smallOmega.length,
  );
  const sup = (values: Float64Array) => values.subarray(0, -1).reduce((a, b) => Math.max(a, b), 0);
  const identity = identities(diagonal, exact, grid, n);
  const metrics: Numbers = {
    'sup.s4d': sup(spread),
    'sup.s4d.quarter': sup(quarter),
    'low.s4d': spread[grid.length],
    'low.s4d.quarter': quarter[smallOmega.length - 1],
    'sup.ptd': sup(ptd),
    'sup.ptd.tenth': sup(finer),
    'identity.ratio': identity.ratio,
    'identity.norm': identity.norm,
  };
  const figures: Figure[] = [
    deviationFigure(
      [
        { key: 's4-ptd', label: `perturbed, eps ${v.eps}`, role: 'method', omega, values: ptd },
        { key: 'tenth', label: `perturbed, eps ${v.eps / 10}`, role: 'baseline', omega, values: finer },
        { key: 's4d', label: `S4D, N = ${n}`, role: 'baseline', omega, values: spread },
        { key: 'quarter', label: `S4D, N = ${n / 4}`, role: 'baseline', omega: smallOmega, values: quarter },
      ],
      v.omega,
    ),
  ];
  const supOf = async (p: Perturbed): Promise<number> =>
    sup(deviations(await perturbedResponse(home, omega, p), exact.r, omega.length));
  return { metrics, figures, supOf };
}

/** mu, W and W^-1 B of A + E = W diag(mu) W^-1. */
function eigenFactors(
  { home }: Lab,
  v: PtdValues,
  chosen: Perturbed,
  supOf: (p: Perturbed) => Promise<number>,
): FactorSet {
  return {
    parts: [
      ...complexParts(home, 'μ', 'A', chosen.mu),
      ...complexParts(home, 'W', 'W', chosen.w, v.state),
      ...complexParts(home, 'W⁻¹ B', 'B', chosen.input),
    ],
    measures: [
      {
        metric: 'sup.ptd',
        of: async (stored) => {
          const [mu, w, input] = await complexValues(stored);
          return supOf({ ...chosen, mu, w: { ...chosen.w, ...w }, input });
        },
      },
    ],
  };
}

/** Outputs for the clean signal, with a cosine at a spike, and with one between two spikes. */
async function outputs(lab: Lab, v: PtdValues, form: NormalForm, p: Perturbed, { values }: Signal) {
  const { home } = lab;
  const steps = values.length;
  await lab.step(0.55, 'kernels in time');
  const cosine = (w: number): Float32Array => {
    const angle = theta(w, v.dt);
    return values.map((x, j) => x + v.amplitude * Math.SQRT2 * cos(angle * j));
  };
  const inputs = {
    clean: values,
    spike: cosine(form.w[v.spike]),
    off: cosine(Math.sqrt(form.w[v.spike] * form.w[v.spike + 1])),
  };
  const names = ['clean', 'spike', 'off'] as const;
  const u = home.tensor([3, steps], [...inputs.clean, ...inputs.spike, ...inputs.off]);
  const kernels = await kernelsOf(lab, v, form, p, steps);
  const outputOf = async (kernel: () => Promise<Tensor>) =>
    home.scope(async () => {
      const k = home.reshape(await kernel(), [steps]);
      const head = (await readRow(k)).slice(0, 512);
      return { kernel: head, y: await readRow(await fftConvolve(u, k)) };
    });
  const s4 = await outputOf(kernels.s4);
  await lab.step(0.62, 'outputs in time');
  const s4d = await outputOf(kernels.s4d);
  const ptd = await outputOf(kernels.ptd);
  const part = (y: Float64Array, i: number) => y.subarray(i * steps, (i + 1) * steps);
  const metrics: Numbers = {};
  const reasons: Record<string, string> = {};
  names.forEach((name, i) => {
    metrics[`error.s4d.${name}`] = relativeError(part(s4d.y, i), part(s4.y, i));
    const error = relativeError(part(ptd.y, i), part(s4.y, i));
    metrics[`error.ptd.${name}`] = Number.isFinite(error) ? error : null;
    if (!Number.isFinite(error))
      reasons[`error.ptd.${name}`] = 'the system is unstable and its output overflows';
  });
  metrics['time.method'] = await lab.time('perturbed system', 3, () => outputOf(kernels.ptd));
  const figures: Figure[] = [
    ...names.map((name, i) =>
      outputFigure(name, part(s4.y, i), part(s4d.y, i), part(ptd.y, i), {
        s4d: metrics[`error.s4d.${name}`] ?? 0,
        ptd: metrics[`error.ptd.${name}`] ?? 0,
      }),
    ),
    kernelsFigure(s4.kernel, s4d.kernel, ptd.kernel),
  ];
  return { metrics, figures, reasons };
}

/** Condition number and largest deviation against eps, for the chosen draw. */
async function tradeOff(lab: Lab, v: PtdValues, form: NormalForm, draw: number): Promise<Figure> {
  const { home } = lab;
  const omega = frequencies(form, Math.min(v.points, 200));
  const exact = await exactResponse(home, omega, v.state);
  const g = direction(v.seed, draw, v.state);
  const points = [];
  for (const eps of [1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2]) {
    await lab.step(0.85, `perturbation of size ${eps}`);
    const found = perturbed(v.state, eps, draw, g);
    if (!found) continue;
    const values = deviations(await perturbedResponse(home, omega, found), exact.r, omega.length);
    points.push({
      eps,
      kappa: found.kappa,
      sup: values.reduce((a, b) => Math.max(a, b), 0),
      stable: Math.max(...found.mu.re) < 0,
    });
  }
  return tradeFigure(points, polesOf(form).im.length);
}
