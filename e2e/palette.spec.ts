/** The command palette, the first minute and what to try next, by keyboard alone. */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from 'playwright/test';

const SMALL = '/#/rsvd?rank=8&m=64&n=48';

async function openPalette(page: Page) {
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox', { name: /Search methods, actions/ })).toBeFocused();
}

async function choose(page: Page, words: string) {
  await openPalette(page);
  await page.keyboard.type(words);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Command palette' })).toHaveCount(0);
}

const finished = (page: Page) =>
  expect(page.getByRole('button', { name: 'Pin this run' })).toBeVisible({ timeout: 60_000 });

test('the palette opens methods, pages, presets, folds and dialogs', async ({ page }) => {
  await page.goto(SMALL);
  await finished(page);

  await choose(page, 'mathem');
  const fold = page.locator('summary', { hasText: 'Mathematics' });
  await expect(fold).toBeFocused();
  await expect(fold.locator('..')).toHaveAttribute('open');

  await choose(page, 'singular values figure');
  await expect(page.locator('[data-figure]:focus')).toHaveCount(1);

  await choose(page, 'theme');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');

  await choose(page, 'help');
  const help = page.getByRole('dialog', { name: 'Help' });
  await expect(help.getByText('Run again')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(help).toBeHidden();

  await choose(page, 'bench');
  await expect(page.getByRole('heading', { level: 1, name: 'Benchmark' })).toBeVisible();
  await choose(page, 'back figures');
  await expect(page.getByRole('heading', { level: 1, name: 'Randomized SVD' })).toBeVisible();

  const before = page.url();
  await choose(page, 'fails preset');
  await expect.poll(() => page.url()).not.toBe(before);

  await choose(page, 'matrix multiplication');
  await expect(page.getByRole('heading', { level: 1, name: 'Matrix multiplication' })).toBeVisible();
});

test('the arrows move through the results, Escape leaves everything as it was', async ({ page }) => {
  await page.goto(SMALL);
  await finished(page);
  const before = page.url();
  await openPalette(page);
  const input = page.getByRole('combobox', { name: /Search methods, actions/ });
  const active = async () => page.locator(`[id="${await input.getAttribute('aria-activedescendant')}"]`);
  const first = await (await active()).textContent();
  await page.keyboard.press('ArrowDown');
  await expect(await active()).toHaveAttribute('aria-selected', 'true');
  expect(await (await active()).textContent()).not.toBe(first);
  await page.keyboard.press('ArrowUp');
  expect(await (await active()).textContent()).toBe(first);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual(
      [],
    );
  }
  await page.keyboard.type('zzzz');
  await expect(page.getByText('Nothing here is called')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog', { name: 'Command palette' })).toHaveCount(0);
  expect(page.url()).toBe(before);
});

test('the first minute is three hints, is remembered, comes back from the help, and spares lessons', async ({
  page,
}) => {
  await page.goto(SMALL);
  const hint = page.getByRole('region', { name: /First minute/ });
  await expect(hint).toContainText('1 of 3');
  for (const count of ['2 of 3', '3 of 3']) {
    await hint.getByRole('button', { name: 'Next hint' }).press('Enter');
    await expect(hint).toContainText(count);
    await expect(hint).toBeFocused();
  }
  await hint.getByRole('button', { name: 'Got it' }).press('Enter');
  await expect(hint).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(hint).toHaveCount(0);

  await page.keyboard.press('?');
  await page.getByRole('button', { name: 'Show the first minute again' }).press('Enter');
  await expect(hint).toContainText('1 of 3');
  await page.goto(`${SMALL}&lock=m`);
  await page.reload();
  await page.evaluate(() => localStorage.clear());
  await page.reload();
  await expect(page.getByText('locked or hidden by the link')).toBeVisible();
  await expect(hint).toHaveCount(0);
});

test('a finished run says what to try next', async ({ page }) => {
  await page.goto(SMALL);
  await finished(page);
  const next = page.getByRole('navigation', { name: 'What to try next' });
  const before = page.url();
  await next.getByRole('button', { name: /where it fails/ }).press('Enter');
  await expect.poll(() => page.url()).not.toBe(before);
  await expect(next.getByRole('button', { name: /where it fails/ })).toHaveCount(0);
  await next.getByRole('link', { name: /over a range/ }).press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Sweep' })).toBeVisible();
});

test('on a phone of 360 px the bar fits', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 780 });
  await page.goto(SMALL);
  const help = page.getByRole('button', { name: 'Help' });
  await expect(help).toBeVisible();
  const box = await help.boundingBox();
  expect((box?.x ?? 999) + (box?.width ?? 0)).toBeLessThanOrEqual(360);
});
