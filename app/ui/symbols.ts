/**
 * Symbols of the formulas tied to the controls: a symbol under the pointer lights its control, and a control
 * under the pointer lights its symbol wherever it stands in the formulas.
 */

const ATTRIBUTE = 'data-parameter';

/** Marks every identifier of the typeset formulas below `root` that reads as one of the symbols. */
export function markSymbols(root: Element, byText: ReadonlyMap<string, string>): void {
  for (const leaf of root.querySelectorAll('mi')) {
    const key = byText.get(plain(leaf.textContent ?? ''));
    if (key !== undefined) leaf.setAttribute(ATTRIBUTE, key);
  }
}

/** An identifier without the mathematical alphabets that fonts and typesetters put on it. */
export const plain = (text: string): string => text.normalize('NFKC').trim();

/** Lights all that stands for this parameter, in formulas and form; null puts everything out. */
export function light(key: string | null): void {
  for (const element of document.querySelectorAll('[data-lit]')) element.removeAttribute('data-lit');
  if (key === null) return;
  for (const element of document.querySelectorAll(`[${ATTRIBUTE}="${CSS.escape(key)}"]`)) {
    element.setAttribute('data-lit', '');
  }
}

/** The parameter that the element under the pointer stands for. */
export function parameterUnder(target: EventTarget | null): string | null {
  return target instanceof Element
    ? (target.closest(`[${ATTRIBUTE}]`)?.getAttribute(ATTRIBUTE) ?? null)
    : null;
}
