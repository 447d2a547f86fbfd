/** Every method's declaration, by the path of its file. Only the build reads them all at once: see catalogue.plugin.mjs. */
import type { Method } from '../methods/method';

export const declarations = import.meta.glob<Method>(['../methods/*/*.ts', '!../methods/*/*.test.ts'], {
  eager: true,
  import: 'default',
});
