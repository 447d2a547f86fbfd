/** The algorithm of a method, step by step: by buttons, by keys, by itself, and never by itself against a wish. */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from 'playwright/test';

async function open(page: Page, hash = '#/rsvd?rank=8&m=64&n=48') {
  await page.goto(`/${hash}`);
  await page.locator('summary', { hasText: 'How it works, step by step' }).click();
  const panel = page.locator('details', { hasText: 'How it works, step by step' }).last();
  await expect(panel.getByRole('heading', { level: 3 })).toHaveText('1. Sketch the range');
  return panel;
}

test('steps go forward and back by button, arrow key and slider, with shapes that follow the rank', async ({
  page,
}) => {
  const panel = await open(page);
  const drawing = panel.getByRole('img', { name: /equals|about|gives/ });
  await expect(drawing).toHaveAttribute('aria-label', 'Y 64 × 16 equals A 64 × 48 times Ω 48 × 16');
  await panel.getByRole('button', { name: 'Next' }).click();
  await expect(panel.getByRole('heading', { level: 3 })).toHaveText('2. Orthonormal basis');
  await expect(panel.locator('math').first()).toBeVisible();
  await page.keyboard.press('ArrowRight');
  await expect(panel.getByRole('heading', { level: 3 })).toHaveText(/^3\. /);
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect(panel.getByRole('heading', { level: 3 })).toHaveText(/^1\. /);
  await panel.getByRole('slider', { name: 'Step of the algorithm' }).focus();
  await page.keyboard.press('End');
  await expect(panel.getByRole('heading', { level: 3 })).toHaveText('8. Truncate');
  await expect(drawing).toHaveAttribute('aria-label', /Uₖ 64 × 8 times/);
  await page.evaluate(() => {
    location.hash = '#/rsvd?rank=12&m=64&n=48';
  });
  await expect(drawing).toHaveAttribute('aria-label', /Uₖ 64 × 12 times/);
});

test('it plays to the next step by itself and stops when a person steps in', async ({ page }) => {
  const panel = await open(page);
  await panel.getByRole('button', { name: 'Play' }).click();
  await expect(panel.getByRole('heading', { level: 3 })).toHaveText('2. Orthonormal basis');
  await panel.getByRole('button', { name: 'Next' }).click();
  await expect(panel.getByRole('button', { name: 'Play' })).toBeVisible();
});

test('who asks for less motion steps through it, and axe finds nothing in either theme', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const panel = await open(page);
  await expect(panel.getByRole('button', { name: 'Play' })).toHaveCount(0);
  await panel.locator('summary', { hasText: 'All steps as text' }).click();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await new AxeBuilder({ page }).include('[aria-label="Details"]').analyze();
    expect(
      violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
      colorScheme,
    ).toEqual([]);
  }
  await page.setViewportSize({ width: 360, height: 780 });
  await page.waitForTimeout(300);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
});
