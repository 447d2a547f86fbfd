/**
 * The catalogue as a virtual module: what the page's list and search need of every method, read from the
 * declarations when the page (or the command line) is built. So the first paint loads one line a method
 * instead of all declarations. Plain JavaScript, because the command line's own build starts from Node.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const NAME = 'virtual:catalogue';
const RESOLVED = `\0${NAME}`;
const folder = fileURLToPath(new URL('.', import.meta.url));

/** @returns {import('vite').Plugin} */
export const catalogue = () => ({
  name: 'catalogue',
  resolveId: (id) => (id === NAME ? RESOLVED : undefined),
  async load(id) {
    if (id !== RESOLVED) return undefined;
    const { module, dependencies } = await runnerImport(join(folder, 'declarations.ts'), {
      root: join(folder, '../..'),
      logLevel: 'error',
    });
    for (const file of dependencies) this.addWatchFile(file);
    const entries = Object.entries(module.declarations)
      .filter(([, method]) => typeof method?.run === 'function')
      .map(([path, method]) => entryOf(path, method));
    return `export default ${JSON.stringify(entries)};`;
  },
});

function entryOf(path, method) {
  if (!path.endsWith(`/${method.family}/${method.id}.ts`))
    throw new Error(
      `${path}: a method's file is named <family>/<id>.ts, here ${method.family}/${method.id}.ts`,
    );
  const { id, title, family, testbed, summary, papers, effort, lineage, accepts } = method;
  const cited = papers.map(({ title: of, authors, year, ref }) => ({ title: of, authors, year, ref }));
  return { id, title, family, testbed, summary, papers: cited, effort, lineage, accepts };
}
