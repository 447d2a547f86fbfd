/** The methods as data and as text. */
import { catalogue, loadMethods } from '../experiment/registry';

/** What `list --json` prints. */
export async function describeMethods() {
  return (await loadMethods()).map(
    ({ id, title, family, testbed, summary, parameters, metrics, claims, presets, quick, factors }) => ({
      id,
      title,
      family,
      testbed,
      summary,
      parameters: Object.entries(parameters).map(([key, parameter]) => {
        const { when: _, ...plain } = parameter;
        return { key, ...plain };
      }),
      metrics: Object.entries(metrics).map(([key, metric]) => ({ key, ...metric })),
      claims: claims.map(({ text, item, at, relation, advisory, fullSizeOnly }) => ({
        text,
        item,
        at: at ?? {},
        relation,
        advisory: advisory ?? false,
        fullSizeOnly: fullSizeOnly ?? false,
      })),
      presets: presets.map(({ id: preset, label, notice, values }) => ({
        id: preset,
        label,
        notice,
        values,
      })),
      quick,
      factors: factors ?? null,
    }),
  );
}

/** The methods by family, one line each. */
export function listText(): string {
  const width = catalogue.reduce((widest, { id }) => Math.max(widest, id.length), 0);
  let family = '';
  let text = '';
  for (const method of catalogue) {
    if (method.family !== family) text += `${text === '' ? '' : '\n'}${method.family}\n`;
    family = method.family;
    text += `  ${method.id.padEnd(width)}  ${method.title}: ${method.summary}\n`;
  }
  return text;
}
