/** The figures of fira beside those of the testbed, from plain numbers. */
import type { LinesFigure } from '../../figures';

/** ||S||_F against step, one picture a layer, with and without the limiter. */
export function growthFigures(fira: readonly number[][], free: readonly number[][]): LinesFigure[] {
  return fira.map((norms, l) => {
    const x = norms.map((_, t) => t + 1);
    return {
      kind: 'lines',
      id: `growth-${l + 1}`,
      title: `Size of the scaled rest, layer ${l + 1}`,
      summary: 'Frobenius norm of S against step: the limiter lets it grow by at most its bound a step.',
      x: { label: 'step', scale: 'linear' },
      y: { label: '||S||_F', scale: 'log' },
      series: [
        { key: 'fira', label: 'Fira', role: 'method', x, y: norms },
        { key: 'fira-nolimit', label: 'Without limiter', role: 'baseline', x, y: free[l] },
      ],
    };
  });
}

/** phi against the factors of full Adam at the last step of one layer. */
export function scalingFigure(
  last: { phi: number[]; full: number[] } | undefined,
  layer: number,
): LinesFigure {
  const { phi, full } = last ?? { phi: [], full: [] };
  const ends = full.length > 0 ? [Math.min(...full), Math.max(...full)] : [1, 1];
  return {
    kind: 'lines',
    id: 'scaling',
    title: `Scaling of the lines, layer ${layer}`,
    summary:
      'Each point is a line of the gradient at the last step: by how much Fira scales it, against by how much full Adam would. On the diagonal they agree.',
    x: { label: 'factor of full Adam', scale: 'log' },
    y: { label: 'phi', scale: 'log' },
    series: [
      { key: 'fira', label: 'Lines', role: 'method', points: true, x: full, y: phi },
      { key: 'same', label: 'Equal', role: 'guide', x: ends, y: ends },
    ],
  };
}
