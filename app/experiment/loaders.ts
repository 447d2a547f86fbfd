/** Loads a method's declaration from its file: what the worker needs, which shows no catalogue. */
import type { Method } from '../methods/method';

const loaders = import.meta.glob<Method>(['../methods/*/*.ts', '!../methods/*/*.test.ts'], {
  import: 'default',
});
const loaded = new Map<string, Method>();

/** The declaration in the file that is named as the method; null where there is none. */
export async function loadDeclaration(id: string): Promise<Method | null> {
  const known = loaded.get(id);
  if (known) return known;
  const path = Object.keys(loaders).find((file) => file.endsWith(`/${id}.ts`));
  const method = path === undefined ? undefined : await loaders[path]();
  if (method?.id !== id) return null;
  loaded.set(id, method);
  return method;
}

/** The declaration, if it has been loaded. */
export const loadedDeclaration = (id: string): Method | undefined => loaded.get(id);
