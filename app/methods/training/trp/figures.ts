/** The figures of trp beside those of the testbed, from plain numbers. */
import type { BarsFigure, LinesFigure, Role, Series } from '../../figures';

export function spectrumFigures(
  spectra: { full: number[][]; decay: number[][]; trp: number[][] },
  ranks: readonly number[],
): LinesFigure[] {
  return ranks.map((rank, l) => {
    const series = (key: keyof typeof spectra, label: string, role: Role): Series => {
      // Below 1e-7 of the largest there is only rounding.
      const y = spectra[key][l].filter((s) => s > 1e-7 * spectra[key][l][0]);
      return { key, label, role, x: y.map((_, i) => i + 1), y };
    };
    return {
      kind: 'lines',
      id: `weights-${l + 1}`,
      title: `Singular values of W_${l + 1}`,
      summary: `Of layer ${l + 1} after training; TRP’s fall off a cliff at its final rank ${rank}.`,
      x: { label: 'index', scale: 'linear' },
      y: { label: 'singular value', scale: 'log' },
      series: [
        series('trp', 'TRP', 'method'),
        series('decay', 'Weight decay', 'baseline'),
        series('full', 'Plain training', 'exact'),
      ],
      marks: [{ axis: 'x', at: rank, label: `rank ${rank}` }],
    };
  });
}

export function rankFigure(history: readonly { step: number; ranks: number[] }[]): LinesFigure {
  const layers = history[0]?.ranks.length ?? 0;
  const roles: Role[] = ['method', 'baseline', 'exact'];
  return {
    kind: 'lines',
    id: 'rank-step',
    title: 'Rank against step',
    summary: 'Singular values that each truncation kept, layer by layer.',
    x: { label: 'step', scale: 'linear' },
    y: { label: 'rank', scale: 'linear' },
    series: Array.from({ length: layers }, (_, l) => ({
      key: `layer-${l + 1}`,
      label: `Layer ${l + 1}`,
      role: roles[l % roles.length],
      x: history.map(({ step }) => step),
      y: history.map(({ ranks }) => ranks[l]),
    })),
  };
}

export function lossBars(m: Readonly<Record<string, number>>): BarsFigure {
  const bar = (key: string, label: string, role: Role) => ({ key, label, role, value: m[key] });
  return {
    kind: 'bars',
    id: 'losses',
    title: 'Loss, cut and uncut',
    summary: 'Plain training, TRP before and after its last cut, and the two others cut to TRP’s ranks.',
    y: { label: 'loss', unit: 'relative', scale: 'linear' },
    bars: [
      bar('loss.full', 'plain', 'exact'),
      bar('loss.before', 'TRP uncut', 'method'),
      bar('loss.trp', 'TRP', 'method'),
      bar('loss.svd', 'plain, cut', 'baseline'),
      bar('loss.decay_svd', 'decay, cut', 'baseline'),
    ],
  };
}
