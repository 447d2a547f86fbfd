/**
 * Shaders without their comments in the built page: what runs a kernel needs none of its explanation, and that
 * is half of the bytes. The lines stay where they are, so that an error still names its line; `//! use` lines
 * are code. The page's shader panel (app/ui) gets the source as it is written.
 */
import { readFile } from 'node:fs/promises';
import type { Plugin } from 'vite';

const RAW = /\.wgsl\?raw$/;
const LEAN = '&lean';

/** The code with comments taken away, line by line. WGSL has no strings, so two slashes always begin one. */
export const withoutComments = (code: string): string =>
  code
    .replaceAll(/\/\*[\s\S]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, ''))
    .split('\n')
    .map((line) => line.replace(/\s*\/\/(?!!).*$/, '').replace(/^\s+/, ''))
    .join('\n');

export const leanShaders = (): Plugin => ({
  name: 'lean-shaders',
  apply: 'build',
  enforce: 'pre',
  async resolveId(source, importer) {
    if (!RAW.test(source) || !importer || /\/app\/ui\//.test(importer)) return undefined;
    const resolved = await this.resolve(source, importer, { skipSelf: true });
    return resolved ? `${resolved.id}${LEAN}` : undefined;
  },
  async load(id) {
    if (!id.endsWith(`?raw${LEAN}`)) return undefined;
    const file = id.slice(0, id.indexOf('?'));
    this.addWatchFile(file);
    return `export default ${JSON.stringify(withoutComments(await readFile(file, 'utf8')))};`;
  },
});
