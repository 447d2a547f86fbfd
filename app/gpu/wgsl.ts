/**
 * Joins a shader with the functions it uses: a line `//! use name` is replaced by shaders/lib/name.wgsl,
 * each once, dependencies first. The map leads an error back to the line that its author wrote.
 */
const library = import.meta.glob<string>('../../shaders/lib/*.wgsl', {
  query: '?raw',
  import: 'default',
  eager: true,
});

const libraryCode = (name: string): string => {
  const code = library[`../../shaders/lib/${name}.wgsl`];
  if (code === undefined) throw new Error(`//! use ${name}: there is no shaders/lib/${name}.wgsl`);
  return code;
};

export interface LinkedShader {
  code: string;
  /** lines[i]: the file and 1-based line of line i + 1 of `code`. */
  lines: { file: string; line: number }[];
}

/** `file` names the source in errors; directives such as `enable` stay first, as WGSL demands. */
export function linkShader(file: string, source: string): LinkedShader {
  const seen = new Set<string>();
  const directives: [string, string, number][] = [];
  const body: [string, string, number][] = [];
  const append = (name: string, text: string): void => {
    const own: [string, string, number][] = [];
    text.split('\n').forEach((line, index) => {
      const use = /^\/\/! use (\w+)\s*$/.exec(line)?.[1];
      if (use && !seen.has(use)) {
        seen.add(use);
        append(`lib/${use}`, libraryCode(use));
      }
      if (/^\s*(enable|requires|diagnostic)\b/.test(line)) directives.push([line, name, index + 1]);
      else if (!use) own.push([line, name, index + 1]);
    });
    body.push(...own);
  };
  append(file, source);
  const all = [...directives, ...body];
  return {
    code: all.map(([line]) => line).join('\n'),
    lines: all.map(([, name, line]) => ({ file: name, line })),
  };
}
