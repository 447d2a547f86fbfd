/**
 * An edited kernel in a link: `<name>.<deflated WGSL in base64url>`. It is data from a stranger: the name must be
 * a kernel that exists, and inflation stops at a limit, long before a few bytes could fill the memory.
 */
import { UserError } from '../math/errors';

export interface ShaderEdit {
  /** The kernel, as its file is named. */
  name: string;
  code: string;
}

/** Inflated, in bytes. The largest kernel of the library is a tenth of it. */
const CODE_LIMIT = 64 * 1024;

export async function packEdit({ name, code }: ShaderEdit): Promise<string> {
  const bytes = await through(new TextEncoder().encode(code), new CompressionStream('deflate-raw'), Infinity);
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return `${name}.${btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`;
}

/** @throws UserError where it is damaged, too large, or of a kernel that `known` does not have. */
export async function unpackEdit(packed: string, known: (name: string) => boolean): Promise<ShaderEdit> {
  const cut = packed.indexOf('.');
  const name = packed.slice(0, cut);
  if (!known(name))
    throw new UserError(`the link edits a kernel "${name.slice(0, 60)}" that there is not: it is left out`);
  const damaged = new UserError(`the edited ${name} in the link is damaged: ask for the link again`);
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    const text = atob(
      packed
        .slice(cut + 1)
        .replaceAll('-', '+')
        .replaceAll('_', '/'),
    );
    bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  } catch {
    throw damaged;
  }
  try {
    const code = await through(bytes, new DecompressionStream('deflate-raw'), CODE_LIMIT);
    return { name, code: new TextDecoder('utf-8', { fatal: true }).decode(code) };
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw damaged;
  }
}

async function through(
  bytes: Uint8Array<ArrayBuffer>,
  stream: CompressionStream | DecompressionStream,
  limit: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > limit) {
      await reader.cancel();
      throw new UserError(`the edited kernel in the link is larger than ${limit / 1024} kB: it is left out`);
    }
    parts.push(value);
  }
  const out = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.byteLength;
  }
  return out;
}
