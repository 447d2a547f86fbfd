/** Every kind of page in both themes and on a phone: nothing that axe finds, nothing cut off, all by keyboard. */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from 'playwright/test';

// axe looks at every element; on a loaded machine that takes its time.
test.setTimeout(300_000);

const isDone = (page: Page) => expect(page.locator('progress')).toHaveCount(0, { timeout: 90_000 });

const KINDS: readonly { name: string; hash: string; prepare?: (page: Page) => Promise<void> }[] = [
  {
    name: 'the workbench with everything opened',
    hash: '#/rsvd?rank=8&m=64&n=48',
    prepare: async (page) => {
      await expect(page.getByRole('button', { name: 'Pin this run' })).toBeVisible({ timeout: 60_000 });
      await page.evaluate(() => {
        for (const fold of document.querySelectorAll<HTMLDetailsElement>('[aria-label="Details"] > details'))
          fold.open = true;
      });
      await expect(page.locator('math').first()).toBeAttached();
    },
  },
  {
    name: 'a comparison',
    hash: '#/compare?run=rsvd%3Frank%3D4%26m%3D64%26n%3D48&run=rsvd%3Frank%3D8%26m%3D64%26n%3D48',
    prepare: async (page) => {
      await expect(page.getByRole('heading', { name: 'On the same axes' })).toBeVisible({ timeout: 60_000 });
      await isDone(page);
    },
  },
  {
    name: 'a sweep',
    hash: '#/sweep?run=rsvd%3Frank%3D4%26m%3D64%26n%3D48&over=rank%3D2%2C4&seeds=0%2C1',
    prepare: async (page) => {
      await page.getByRole('button', { name: 'Run 4 runs' }).click();
      await expect(page.getByText('All metrics of the sweep')).toBeVisible({ timeout: 60_000 });
      await isDone(page);
    },
  },
  {
    name: 'a league',
    hash: '#/league?testbed=matrix&sizes=quick',
    prepare: async (page) => {
      await page.getByRole('button', { name: 'Run 2 methods' }).click();
      await expect(page.getByText('Pareto front').first()).toBeVisible({ timeout: 60_000 });
      await isDone(page);
    },
  },
];

for (const { name, hash, prepare } of KINDS) {
  test(`axe finds nothing on ${name}, in either theme, and nothing is cut off on a phone`, async ({
    page,
  }) => {
    await page.goto(`/${hash}`);
    await prepare?.(page);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const { violations } = await new AxeBuilder({ page }).analyze();
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
      expect(found, colorScheme).toEqual([]);
    }
    await page.setViewportSize({ width: 360, height: 780 });
    await page.waitForTimeout(500);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
  });
}

test('a method is found, its rank changed, the run compared and left again by keyboard alone', async ({
  page,
}) => {
  await page.goto('/#/matmul?m=64&n=64&k=64&repeats=1');
  await expect(page.getByRole('heading', { level: 1, name: 'Matrix multiplication' })).toBeVisible();
  await page.keyboard.press('/');
  await page.keyboard.type('randomized svd');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Randomized SVD' })).toBeVisible();
  const before = page.url();
  await page.keyboard.press(']');
  await expect.poll(() => page.url()).not.toBe(before);
  await page.getByRole('link', { name: 'Compare' }).focus();
  const outline = await page.evaluate(
    () => getComputedStyle(document.activeElement ?? document.body).outlineStyle,
  );
  expect(outline).not.toBe('none');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Compare' })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('heading', { level: 1, name: 'Randomized SVD' })).toBeVisible();
});

test('who asks for less motion gets none', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto('/#/rsvd?rank=8&m=64&n=48');
  await expect(page.locator('canvas').first()).toBeVisible();
  const moving = await page.evaluate(
    () =>
      [...document.querySelectorAll('*')].filter((element) => {
        const { transitionDuration, animationDuration, animationName } = getComputedStyle(element);
        const longest = (text: string) => Math.max(...text.split(',').map((part) => Number.parseFloat(part)));
        return (
          longest(transitionDuration) > 0.01 ||
          (animationName !== 'none' && longest(animationDuration) > 0.01)
        );
      }).length,
  );
  expect(moving).toBe(0);
});
