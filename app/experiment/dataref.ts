/** What a link says about the data: the testbed's own, the shipped picture, a file by content, or a URL. */

export type DataRef =
  | { kind: 'testbed' }
  | { kind: 'sample' }
  /** `hash`: the first 16 hexadecimal digits of the SHA-256 of the bytes. */
  | { kind: 'file'; name: string; hash: string }
  | { kind: 'url'; url: string };

const FILE = /^file:(.{1,255}):([0-9a-f]{16})$/su;
// Characters that a file name cannot show: controls, and the marks that turn the direction of writing.
const UNSHOWABLE = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;

/** The text in a link; empty for the testbed's data, which is the default. */
export function dataText(data: DataRef): string {
  switch (data.kind) {
    case 'testbed':
      return '';
    case 'sample':
      return 'sample';
    case 'file':
      return `file:${data.name}:${data.hash}`;
    case 'url':
      return `url:${data.url}`;
    default:
      return data satisfies never;
  }
}

/** The reference that a text stands for, null where it stands for none. */
export function parseData(text: string): DataRef | null {
  if (text === 'sample') return { kind: 'sample' };
  const file = FILE.exec(text);
  if (file) return UNSHOWABLE.test(file[1]) ? null : { kind: 'file', name: file[1], hash: file[2] };
  if (!text.startsWith('url:')) return null;
  const url = parseUrl(text.slice(4));
  return url === null ? null : { kind: 'url', url };
}

/** The normal form of an https address without credentials, null for anything else. */
export function parseUrl(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  return url.protocol === 'https:' && url.username === '' && url.password === '' ? url.href : null;
}
