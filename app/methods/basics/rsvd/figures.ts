/** The figures of rsvd, from plain numbers. */

import { tailNorm } from '../../../testbeds/matrix';
import { SCHEMES, type Scheme, schemeLabel } from '../../../testbeds/schemes';
import type { LinesFigure, Role, Series, SpectrumFigure } from '../../figures';
import type { RsvdValues } from './values';

const roleOf = (scheme: Scheme): Role => (scheme === 'rsvd' ? 'method' : 'baseline');

export interface ErrorCurve {
  rank: number;
  errors: Partial<Record<Scheme, number>>;
}

/** float32 resolves nothing below eps sigma_1. */
const EPS = 2 ** -23;

export function spectrumFigure(
  v: RsvdValues,
  sigma: Float64Array | null,
  found: ReadonlyMap<Scheme, Float64Array>,
): SpectrumFigure {
  const shown: Scheme[] = ['rsvd', 'rsvd0', 'krylov', 'stream'];
  const series = shown.flatMap((scheme) => {
    const values = found.get(scheme);
    return values
      ? [{ key: scheme, label: schemeLabel[scheme], role: roleOf(scheme), values: [...values] }]
      : [];
  });
  const top = sigma?.[0] ?? found.get('rsvd')?.[0] ?? 0;
  return {
    kind: 'spectrum',
    id: 'spectrum',
    title: 'Singular values',
    summary: `Singular values${sigma ? ` of the matrix (${sigma.length})` : ''} and those that each scheme found up to rank ${v.rank}; the cut can be dragged.`,
    series: sigma ? [{ key: 'exact', label: 'Exact', role: 'exact', values: [...sigma] }, ...series] : series,
    cut: { parameter: 'rank', at: v.rank },
    floor: EPS * top,
  };
}

export function errorFigure(
  curve: readonly ErrorCurve[],
  v: RsvdValues,
  sigma: Float64Array | null,
  scale: number,
): LinesFigure {
  const series: Series[] = SCHEMES.map((scheme) => {
    const points = curve.filter(({ errors }) => errors[scheme] !== undefined);
    return {
      key: scheme,
      label: schemeLabel[scheme],
      role: roleOf(scheme),
      x: points.map(({ rank }) => rank),
      y: points.map(({ errors }) => errors[scheme] ?? Number.NaN),
    };
  });
  if (sigma) {
    const x = curve.map(({ rank }) => rank);
    const tails = x.map((rank) => tailNorm(sigma, rank) / (scale || 1));
    series.unshift({ key: 'svd', label: 'Best possible', role: 'exact', x, y: tails });
    if (v.oversample >= 2) {
      const bound = x.map((rank, i) => Math.sqrt(1 + rank / (v.oversample - 1)) * tails[i]);
      series.push({ key: 'bound', label: 'Bound (no power)', role: 'bound', x, y: bound });
    }
  }
  return {
    kind: 'lines',
    id: 'error-rank',
    title: 'Error against rank',
    summary:
      'Relative Frobenius error of every scheme at ranks 1, 2, 4 and so on, beside the best possible error.',
    x: { label: 'rank', scale: 'log' },
    y: { label: 'relative error', scale: 'log' },
    series,
    marks: [{ axis: 'x', at: v.rank, label: 'rank', parameter: 'rank' }],
  };
}

export function powerFigure(
  points: readonly { power: number; rsvd: number; krylov: number }[],
  best: number | null,
): LinesFigure {
  const x = points.map(({ power }) => power);
  return {
    kind: 'lines',
    id: 'error-power',
    title: 'Error against power iterations',
    summary: 'Relative error of power iteration and block Krylov with the same number of passes over A.',
    x: { label: 'power iterations q', scale: 'linear' },
    y: { label: 'relative error', scale: 'log' },
    series: [
      { key: 'rsvd', label: schemeLabel.rsvd, role: 'method', x, y: points.map((p) => p.rsvd) },
      { key: 'krylov', label: schemeLabel.krylov, role: 'baseline', x, y: points.map((p) => p.krylov) },
    ],
    marks: best === null || best === 0 ? [] : [{ axis: 'y', at: best, label: 'best possible' }],
  };
}

export function adaptiveFigure(
  indicator: readonly { columns: number; error: number }[],
  tol: number,
): LinesFigure {
  return {
    kind: 'lines',
    id: 'adaptive',
    title: 'Adaptive rank',
    summary: `Estimated relative error against basis columns; the scheme stops at the tolerance ${tol}.`,
    x: { label: 'columns', scale: 'linear' },
    y: { label: 'estimated relative error', scale: 'log' },
    series: [
      {
        key: 'indicator',
        label: 'Estimate',
        role: 'method',
        x: indicator.map(({ columns }) => columns),
        y: indicator.map(({ error }) => error),
      },
    ],
    marks: [{ axis: 'y', at: tol, label: 'tolerance' }],
  };
}

export function conditionFigure(
  points: readonly { cond: number; cholqr: number; cholqr2: number; householder: number }[],
): LinesFigure {
  const x = points.map(({ cond }) => cond);
  const finite = (value: number): number => (Number.isFinite(value) ? value : Number.NaN);
  return {
    kind: 'lines',
    id: 'orthogonality',
    title: 'Orthogonality against condition',
    summary:
      'How far Q is from orthonormal after each orthonormalization; one pass of CholeskyQR breaks down where its line ends.',
    x: { label: 'condition number', scale: 'log' },
    y: { label: '|Q^T Q - I|', scale: 'log' },
    series: [
      {
        key: 'cholqr2',
        label: 'CholeskyQR2 with fallbacks',
        role: 'method',
        x,
        y: points.map((p) => finite(p.cholqr2)),
      },
      {
        key: 'cholqr',
        label: 'CholeskyQR, one pass',
        role: 'baseline',
        x,
        y: points.map((p) => finite(p.cholqr)),
      },
      {
        key: 'householder',
        label: 'Householder',
        role: 'exact',
        x,
        y: points.map((p) => finite(p.householder)),
      },
    ],
  };
}
