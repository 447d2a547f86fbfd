/** Light, dark, or as the system says; remembered on this machine only. */

export type Theme = 'system' | 'light' | 'dark';

const KEY = 'rankscope.theme';
const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

/** What the person chose before; 'system' where nothing is stored or storage is forbidden. */
export function storedTheme(): Theme {
  try {
    const stored = localStorage.getItem(KEY);
    return THEMES.find((theme) => theme === stored) ?? 'system';
  } catch {
    return 'system';
  }
}

/** Shows the page in this theme and remembers it. */
export function applyTheme(theme: Theme): void {
  const dark = theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  try {
    if (theme === 'system') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // Storage is forbidden here (private window, embedded frame): the choice lasts as long as the page.
  }
}

/** Calls back when the system changes between light and dark. */
export function onSystemTheme(changed: () => void): void {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed);
}

export const nextTheme = (theme: Theme): Theme => THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
