/** Pointing at rank k in one chart shows k in every chart of the page whose axis counts the same. */
import { expect, type Page, test } from 'playwright/test';

const isDone = (page: Page) => expect(page.locator('progress')).toHaveCount(0, { timeout: 90_000 });

async function rsvd(page: Page) {
  await page.goto('/#/rsvd?rank=8&m=64&n=48');
  await expect(page.getByRole('button', { name: 'Pin this run' })).toBeVisible({ timeout: 60_000 });
}

const tipOf = (page: Page, id: string) => page.locator(`[data-figure="${id}"] strong`);

test('an index under the pointer of the spectrum is a rank in the errors, the table, and nowhere else', async ({
  page,
}) => {
  await rsvd(page);
  const spectrum = page.locator('[data-kind="spectrum"]').first();
  const errors = page.locator('[data-figure="error-rank"]');
  await errors.locator('summary', { hasText: 'Table' }).click();
  await spectrum.scrollIntoViewIfNeeded();
  const plot = spectrum.getByRole('slider', { name: /^Read the values of/ });
  const box = await plot.boundingBox();
  if (!box) throw new Error('the spectrum is not drawn');
  const other = page.locator('[data-figure="error-power"] strong');
  await page.mouse.move(box.x + 1, box.y + 60);
  const first = await spectrum.locator('strong').textContent();
  expect(first).toMatch(/^index \d+$/);
  const k = first?.match(/\d+/)?.[0];
  await expect(tipOf(page, 'error-rank')).toHaveText(new RegExp(`^rank ${k}$`));
  await expect(errors.locator('tr[data-linked]').first().locator('td').nth(1)).toHaveText(String(k));
  await expect(other).toHaveCount(0);
  await page.mouse.move(2, 2);
  await expect(page.locator('figure strong')).toHaveCount(0);
  await expect(page.locator('tr[data-linked]')).toHaveCount(0);
});

test('the keyboard walks along a chart, is told the values there, and Escape ends it in all charts', async ({
  page,
}) => {
  await rsvd(page);
  const reader = page
    .locator('[data-figure="error-rank"]')
    .getByRole('slider', { name: /^Read the values of/ });
  await reader.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(reader).toHaveAttribute('aria-valuetext', /^rank 2: .*Power iteration/);
  await expect(page.locator('[data-kind="spectrum"] strong').first()).toHaveText('index 2');
  await page.keyboard.press('Escape');
  await expect(page.locator('figure strong')).toHaveCount(0);
});

test('figures of a sweep are read together', async ({ page }) => {
  await page.goto('/#/sweep?run=rsvd%3Fm%3D64%26n%3D48&over=rank%3D2%2C4%2C8&seeds=0');
  await page.getByRole('button', { name: 'Run 3 runs' }).click();
  await expect(page.getByText('All metrics of the sweep')).toBeVisible({ timeout: 60_000 });
  await isDone(page);
  const reader = page.getByRole('slider', { name: /^Read the values of/ }).first();
  await expect(reader).toHaveAttribute('aria-valuemax', '8');
  await reader.focus();
  await page.keyboard.press('End');
  await expect(page.locator('figure strong').nth(1)).toHaveText('Rank k 8');
  await expect(page.locator('tr[data-linked] td').first()).toHaveText('8');
});

test('overlays of a comparison are read together, index and rank as one', async ({ page }) => {
  const runs = [4, 8].map((rank) => `run=${encodeURIComponent(`rsvd?rank=${rank}&m=64&n=48`)}`);
  await page.goto(`/#/compare?${runs.join('&')}`);
  const laid = page.getByRole('region', { name: 'On the same axes' });
  await expect(laid).toBeVisible({ timeout: 60_000 });
  await isDone(page);
  const reader = laid.getByRole('slider', { name: 'Read the values of Error against rank' });
  await reader.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(laid.locator('strong').filter({ hasText: /^rank 2$/ })).toBeVisible();
  await expect(laid.locator('strong').filter({ hasText: /^index 2$/ })).toBeVisible();
});

test.describe('by touch', () => {
  test.use({ hasTouch: true });
  test('a tap shows the place in all charts until the next one elsewhere', async ({ page }) => {
    await rsvd(page);
    const plot = page
      .locator('[data-figure="error-rank"]')
      .getByRole('slider', { name: /^Read the values of/ });
    await plot.scrollIntoViewIfNeeded();
    const box = await plot.boundingBox();
    if (!box) throw new Error('the errors are not drawn');
    await page.touchscreen.tap(box.x + 4, box.y + 40);
    await expect(tipOf(page, 'error-rank')).toHaveText('rank 1');
    await expect(tipOf(page, 'spectrum')).toHaveText('index 1');
    await page.getByRole('heading', { name: 'Error against rank' }).tap();
    await expect(page.locator('figure strong')).toHaveCount(0);
  });
});
