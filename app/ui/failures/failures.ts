/** The settings under which methods break, as their declarations name them. */
import { encodeLink, stateOf } from '../../experiment/links';
import type { Method } from '../../methods/method';

export interface Failure {
  label: string;
  /** What to notice, one sentence. */
  notice: string;
  /** Opens the method at these settings. */
  link: string;
}

export function failuresOf(method: Method): Failure[] {
  const start = stateOf(method);
  return method.presets
    .filter(({ failure }) => failure)
    .map(({ label, notice, values, data }) => ({
      label,
      notice,
      link: encodeLink(
        { ...start, values: { ...start.values, ...values }, data: { kind: data ?? 'testbed' } },
        [method],
      ),
    }));
}
