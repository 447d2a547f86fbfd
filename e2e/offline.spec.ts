import { expect, test } from 'playwright/test';

test('after the first visit the page runs without a network, methods that were never opened too', async ({
  page,
  context,
}) => {
  await page.goto('/#/rsvd?m=64&n=48&rank=8');
  await expect(page.locator('canvas').first()).toBeVisible();
  await page.waitForFunction(async () => (await navigator.serviceWorker.ready).active?.state === 'activated');
  await context.setOffline(true);
  await page.goto('/#/svfit');
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('SVFit');
  await expect(page.getByRole('button', { name: /Computes on/ })).toBeVisible();
  await page.goto('/#/bench');
  await expect(page.getByRole('button', { name: 'Measure' })).toBeVisible();
  await context.setOffline(false);
});

test('the page can be installed', async ({ page, request }) => {
  await page.goto('/#/rsvd?m=64&n=48&rank=8');
  const href = await page.locator('link[rel=manifest]').getAttribute('href');
  const manifest = await (await request.get(href ?? '')).json();
  expect(manifest.display).toBe('standalone');
  expect((await request.get(manifest.icons[0].src)).ok()).toBe(true);
});
