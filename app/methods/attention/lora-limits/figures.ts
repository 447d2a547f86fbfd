/** What a person sees of lora-limits. */
import { monomialCount } from '../../../math/multisets';
import type { LinesFigure } from '../../figures';
import type { LimitsValues } from './gradient';

export function tauFigure(
  v: LimitsValues,
  taus: readonly number[],
  curves: readonly { degree: number; errors: number[] }[],
): LinesFigure {
  return {
    kind: 'lines',
    id: 'error-norm',
    title: 'Error against the norm',
    summary: `Relative error of the LoRA gradient with a polynomial of degree 1 to 6 in place of the exponential, at n = ${v.n}. At norm 1, the threshold, none of them suffices.`,
    x: { label: 'norm tau, max |S| = tau^2 ln n', scale: 'linear' },
    y: { label: 'relative error of the gradient', scale: 'log' },
    series: curves.map(({ degree, errors }) => ({
      key: `g${degree}`,
      label: `degree ${degree}`,
      role: degree === v.degree ? 'method' : 'baseline',
      x: taus,
      y: errors,
    })),
    marks: [
      { axis: 'y', at: v.tolerance, label: 'tolerance' },
      { axis: 'x', at: v.norm, label: 'tau', parameter: 'norm' },
    ],
  };
}

export function featuresFigure(
  v: LimitsValues,
  taus: readonly number[],
  degrees: readonly number[],
): LinesFigure {
  const features = degrees.map((g) => monomialCount(v.d, g));
  const crossing = taus.find((_, i) => features[i] > v.n);
  return {
    kind: 'lines',
    id: 'features-norm',
    title: 'Features needed against the norm',
    summary: `Features for an error of ${v.tolerance} at n = ${v.n}: ${crossing === undefined ? 'they stay below n' : `from norm ${crossing} on they outnumber the tokens, and the fast route stops paying`}.`,
    x: { label: 'norm tau, max |S| = tau^2 ln n', scale: 'linear' },
    y: { label: 'features F', scale: 'log' },
    series: [{ key: 'lora-limits', label: 'features needed', role: 'method', x: taus, y: features }],
    marks: [
      { axis: 'y', at: v.n, label: 'F = n' },
      { axis: 'x', at: 1, label: 'threshold' },
    ],
  };
}

export function flopFigure(v: LimitsValues, lengths: readonly number[]): LinesFigure {
  const features = monomialCount(v.d, v.degree);
  return {
    kind: 'lines',
    id: 'flop-length',
    title: 'Work against length',
    summary: `Floating-point operations of one gradient: slope 2 for the dense route, 1 for the chain with ${features} features.`,
    x: { label: 'tokens n', scale: 'log' },
    y: { label: 'work', unit: 'flop', scale: 'log' },
    series: [
      {
        key: 'exact',
        label: 'dense gradient',
        role: 'exact',
        x: lengths,
        y: lengths.map((n) => 12 * n * n * v.d),
      },
      {
        key: 'lora-limits',
        label: `chain, degree ${v.degree}`,
        role: 'method',
        x: lengths,
        y: lengths.map((n) => 2 * n * features * v.d * (4 * v.d + 7)),
      },
    ],
  };
}
