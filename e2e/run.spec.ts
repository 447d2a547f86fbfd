/** A run under the hand: pause, step, sweep, float64 beside float32, timings and roofline. */
import { expect, type Page, test } from 'playwright/test';

const isDone = (page: Page) => expect(page.locator('progress')).toHaveCount(0, { timeout: 90_000 });

test('a run is paused, stepped, resumed and ends as it would have', async ({ page }) => {
  await page.goto('/#/rsvd?rank=12&m=160&n=128');
  await page.getByRole('button', { name: /^Pause/ }).click();
  await expect(page.getByText(/^Paused:/)).toBeVisible();
  // What was under way goes on to its seam; after that nothing moves.
  const progress = page.locator('progress');
  let before = await progress.getAttribute('value');
  await expect
    .poll(async () => {
      const earlier = before;
      await page.waitForTimeout(1500);
      before = await progress.getAttribute('value');
      return before === earlier;
    })
    .toBe(true);
  await expect
    .poll(
      async () => {
        await page.keyboard.press('.');
        return progress.getAttribute('value');
      },
      { timeout: 30_000 },
    )
    .not.toBe(before);
  await page.keyboard.press('p');
  await isDone(page);
  await expect(page.getByText(/of \d+ hold|none applies/).first()).toBeVisible();
});

test('one button runs a parameter over a range with several seeds and draws mean and spread', async ({
  page,
}) => {
  test.slow();
  await page.goto('/#/rsvd?rank=8&m=64&n=48');
  await isDone(page);
  await page.getByRole('link', { name: 'Sweep …' }).click();
  await page.getByLabel('Values').fill('2, 4, 9999');
  await expect(page.getByRole('alert')).toContainText('rank 9999 is above 512');
  await page.getByLabel('Values').fill('2, 4, 8');
  await page.getByLabel('Seeds').fill('0..1');
  await page.getByRole('button', { name: 'Run 6 runs' }).click();
  await isDone(page);
  await expect(page.getByText(/mean of 2 seeds/).first()).toBeVisible();
  await expect(page).toHaveURL(/sweep\?run=rsvd.*over=rank%3D2%2C4%2C8&seeds=0%2C1/);
  await expect(page.locator('polygon').first()).toBeAttached();
});

test('float64 is run on demand, and every number stands beside its difference', async ({ page }) => {
  await page.goto('/#/rsvd?rank=8&m=64&n=48');
  await isDone(page);
  await page.getByText('Truth: float64 beside float32').click();
  await page.getByRole('button', { name: 'Run in float64' }).click();
  const table = page.getByRole('region', { name: 'Differences from float64' });
  await expect(table).toBeVisible({ timeout: 60_000 });
  const cells = await table
    .getByRole('row', { name: /^Best possible error/ })
    .getByRole('cell')
    .allTextContents();
  expect(Math.abs(Number(cells[3]))).toBeLessThan(1e-4);
});

test('timings stand in the order of the run, and under the roofline of this adapter', async ({ page }) => {
  await page.goto('/#/rsvd?rank=8&m=64&n=48');
  await isDone(page);
  await page.getByText('Timings', { exact: true }).click();
  await expect(page.getByRole('region', { name: 'Timings by operation' })).toContainText('gemm');
  await page.getByRole('button', { name: 'Draw the roofline of this adapter' }).click();
  await expect(page.getByRole('heading', { name: 'Roofline of this adapter' })).toBeVisible({
    timeout: 60_000,
  });
});

test('what would take long is not begun before the person says so, with smaller settings one click away', async ({
  page,
}) => {
  await page.goto('/#/rsvd?m=8192&n=8192');
  await expect(page.getByRole('button', { name: /Computes on: .*software/ })).toBeVisible();
  await expect(page.getByText(/This would take about .* and .* here/)).toBeVisible();
  await expect(page.locator('progress')).toHaveCount(0);
  await page.getByRole('button', { name: /^Try Rows m \d+, Columns n \d+/ }).click();
  await expect(page.locator('progress')).toBeVisible();
  expect(Number(/m=(\d+)/.exec(page.url())?.[1] ?? 512)).toBeLessThan(8192);
});
