/** The run of scatterbrain: outputs in three regimes, the estimator as a matrix, curves, times. */
import type { Tensor } from '../../../gpu/home';
import { DENSE_LIMIT, type Tokens } from '../../../testbeds/attention';
import type { Figure } from '../../figures';
import type { Lab, Outcome } from '../../method';
import { errorRankFigure, errorTemperatureFigure } from '../figures';
import { ingredients, rankCurves, temperatureCurves, timeCurves, wholeOutput } from './curves';
import {
  pictureFigures,
  regimesTable,
  runningFigure,
  spectraFigure,
  timeFigure,
  tradeFigure,
} from './figures';
import { estimatorErrors, linearIdentity, pictures } from './matrices';
import { METHODS, outputErrors } from './outputs';
import { drawsOf, type ScatterValues, tokensOf } from './values';

const DENSE_METRICS = [
  'matrix.scatterbrain',
  'matrix.performer',
  'matrix.mean',
  'identity.mask',
  'identity.linear',
];

export async function runScatterbrain(lab: Lab, v: ScatterValues): Promise<Outcome> {
  const isDense = v.n <= DENSE_LIMIT;
  const reasons: Record<string, string> = {};
  await lab.step(0, 'tokens');
  const tokens = await tokensOf(lab, v);
  const notes = [...notesBefore(v, isDense), ...(await varianceNote(v, tokens))];
  const draws = await drawsOf(lab, v, tokens);
  await lab.factors(async () => ({
    parts: [{ name: 'Ω, rows of the random features', key: 'Omega', value: draws[0].rows }],
    measures: [],
  }));
  const { metrics, cutRows } = await outputErrors(lab, v, tokens, draws);
  if (cutRows > 0) {
    notes.push(
      `${cutRows} denominators fell below 1e-30 and were cut there: phi phi^T is far above the exact weights.`,
    );
  }
  const figures: Figure[] = [regimesTable(v, metrics)];
  lab.partial({ metrics, figures, notes });

  if (isDense) {
    const estimator = await estimatorErrors(lab, v, tokens, draws);
    Object.assign(metrics, estimator.metrics);
    metrics['identity.linear'] = await linearIdentity(lab, v, tokens, draws[0]);
    const shown = await pictures(lab, v, tokens, draws[0]);
    figures.unshift(...pictureFigures(shown));
    figures.push(runningFigure(v, estimator.running), spectraFigure(v, shown));
  } else {
    for (const key of DENSE_METRICS) {
      metrics[key] = null;
      reasons[key] =
        `n x n matrices are not made above ${DENSE_LIMIT} tokens: choose n = ${DENSE_LIMIT} or less`;
    }
  }
  lab.partial({ metrics, figures, notes, reasons });

  figures.unshift(
    errorTemperatureFigure(
      await temperatureCurves(lab, v, tokens, draws),
      [{ axis: 'x', at: v.beta, label: 'beta', parameter: 'beta' }],
      'Relative error of the output at about equal budget: the Performer rises, hashing falls, Scatterbrain stays under their crossing.',
    ),
  );
  lab.partial({ metrics, figures, notes, reasons });
  figures.push(
    errorRankFigure(
      await rankCurves(lab, v, tokens, draws),
      [{ axis: 'x', at: v.rank, label: 'features', parameter: 'rank' }],
      `Relative error of the output against the number of features at inverse temperature ${v.beta}; hashing alone has none.`,
    ),
  );
  await lab.step(0.88, 'timing');
  const ms = await times(lab, v, tokens);
  metrics['time.exact'] = ms.exact;
  metrics['time.method'] = ms.scatterbrain;
  figures.push(tradeFigure(v, metrics, ms), timeFigure(v, await timeCurves(lab, v)));
  return { metrics, figures, notes, reasons };
}

function notesBefore(v: ScatterValues, isDense: boolean): string[] {
  if (!isDense) {
    return [
      `No n x n matrix is made above ${DENSE_LIMIT} tokens: only errors of the outputs are reported, and no maps.`,
    ];
  }
  if (v.n < 2048) return [];
  const megabytes = Math.round((4 * v.n * v.n) / 2 ** 20);
  return [`For comparison ${v.n} x ${v.n} matrices of ${megabytes} MiB are made; the method needs none.`];
}

/** Above this beta |q + k|^2 the variance of the features is some e^20 times the square of what they estimate. */
const NOISE = 20;

async function varianceNote(v: ScatterValues, { q, k, n, d }: Tokens): Promise<string[]> {
  const [x, y] = [await q.home.read(q), await k.home.read(k)];
  let most = 0;
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let c = 0; c < d; c++) sum += (x[i * d + c] + y[i * d + c]) ** 2;
    most = Math.max(most, sum);
  }
  const loud = [v.betaLow, v.beta, v.betaHigh].filter((beta) => beta * most > NOISE);
  if (loud.length === 0) return [];
  return [
    `At inverse temperature ${loud.join(' and ')} beta |q + k|^2 reaches ${(Math.max(...loud) * most).toFixed(0)}: ` +
      'the variance of the features explodes, their sum is ruled by single draws, and the low-rank part is noise.',
  ];
}

async function times(lab: Lab, v: ScatterValues, tokens: Tokens): Promise<Record<string, number>> {
  const out: Record<string, number> = {};
  for (const key of ['exact', ...METHODS.map((method) => method.key)] as const) {
    const from = ingredients(lab, v, key === 'exact' ? 'performer' : key);
    out[key] = await lab.time(key, 3, (): Promise<Tensor> => wholeOutput(key, tokens, from, v));
  }
  return out;
}
