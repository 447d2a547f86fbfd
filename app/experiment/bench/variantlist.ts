/**
 * Every operation that has several kernels, and what each of them does: data alone, so that the page can list them
 * without loading a kernel. How each is run: variants.ts.
 */
import { denseVariants } from './densevariants';
import { lineVariants } from './linevariants';
import type { VariantEntry, VariantFamily } from './variant';

export const VARIANT_FAMILIES: readonly VariantFamily[] = [...denseVariants, ...lineVariants];

/** The operation that a kernel is a variant of, or helps in; null where it stands alone. */
export function familyOfShader(shader: string): VariantFamily | null {
  const uses = ({ shader: main, beside }: VariantEntry) => main === shader || beside?.includes(shader);
  return VARIANT_FAMILIES.find(({ variants }) => variants.some(uses)) ?? null;
}
