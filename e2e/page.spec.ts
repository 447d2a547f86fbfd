import AxeBuilder from '@axe-core/playwright';
import { expect, test } from 'playwright/test';

test('the first visit shows the sample picture at rank 24, and asks nobody else for anything', async ({
  page,
  baseURL,
}) => {
  const foreign: string[] = [];
  const errors: string[] = [];
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol.startsWith('http') && host !== new URL(baseURL ?? '').host) foreign.push(request.url());
  });
  page.on('pageerror', (error) => errors.push(error.message));
  const began = Date.now();
  await page.goto('/');
  await expect(page.locator('canvas').first()).toBeVisible();
  console.log(`first picture after ${Date.now() - began} ms`);
  await expect(page).toHaveURL(/rsvd\?.*rank=24/);
  expect(foreign).toEqual([]);
  expect(errors).toEqual([]);
});

test('a link with a broken rank names it and keeps the rest', async ({ page }) => {
  await page.goto('/#/rsvd?rank=100000&oversample=4&constructor=1&m=64&n=48');
  await expect(page.getByText(/rank/i).first()).toBeVisible();
  await expect(page.getByText('100000', { exact: false }).first()).toBeVisible();
  await expect(page).toHaveURL(/oversample=4/);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the ${colorScheme} theme`, async ({ browser }) => {
    const context = await browser.newContext({ colorScheme, viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    await page.goto('/#/rsvd?m=64&n=48&rank=8');
    await expect(page.locator('canvas').first()).toBeVisible();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual(
      [],
    );
    await context.close();
  });
}

test('nothing is cut off on a phone', async ({ browser }) => {
  const context = await browser.newContext({ viewport: { width: 360, height: 800 } });
  const page = await context.newPage();
  await page.goto('/#/rsvd?m=64&n=48&rank=8');
  await expect(page.locator('canvas').first()).toBeVisible();
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  await context.close();
});
