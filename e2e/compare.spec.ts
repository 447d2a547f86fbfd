/** Runs kept in the browser, compared, and swept. */
import { expect, type Page, test } from 'playwright/test';

const isDone = (page: Page) => expect(page.locator('progress')).toHaveCount(0, { timeout: 90_000 });

test('a run is pinned, renamed, found again after a reload, restored and deleted', async ({ page }) => {
  await page.goto('/#/rsvd?rank=8&m=64&n=48');
  await page.getByRole('button', { name: 'Pin this run' }).click({ timeout: 60_000 });
  await page.getByText('Runs in this browser').click();
  await page.getByRole('button', { name: 'Rename Randomized SVD' }).click();
  await page.getByRole('textbox', { name: /New name/ }).fill('Small and quick');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Small and quick')).toBeVisible();

  await page.goto('/#/matmul?m=64&n=64&k=64&repeats=1');
  await page.reload();
  await isDone(page);
  await page.getByText('Runs in this browser').click();
  await expect(page.getByRole('button', { name: 'Unpin Small and quick' })).toBeVisible();
  await page.getByRole('button', { name: 'Restore Small and quick' }).click();
  await expect(page).toHaveURL(/#\/rsvd\?rank=8&m=64&n=48$/);
  await page.getByRole('button', { name: 'Delete Small and quick' }).click();
  await expect(page.getByText('Small and quick')).toHaveCount(0);
  await page.reload();
  await page.getByText('Runs in this browser').click();
  await expect(page.getByText('Small and quick')).toHaveCount(0);
});

test('a comparison is a link: runs on the same axes, what differs, the front, an equal budget', async ({
  page,
}) => {
  await page.goto(
    '/#/compare?run=rsvd%3Frank%3D4%26m%3D64%26n%3D48&run=rsvd%3Frank%3D16%26m%3D64%26n%3D48&nonsense=1',
  );
  await expect(page.getByRole('alert')).toContainText('no "nonsense"');
  await isDone(page);
  const table = page.getByRole('region', { name: 'Settings and numbers of the runs' });
  await expect(table.getByRole('row', { name: /Rank k 4 16/ })).toBeVisible({ timeout: 60_000 });
  await expect(table.getByText('(best)').first()).toBeAttached();
  await expect(page.getByRole('heading', { name: 'What is worth its cost' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'On the same axes' })).toBeVisible();
  await page.getByRole('button', { name: 'parameters' }).first().click();
  await expect(page).toHaveURL(/equal=parameters/);
  // Both runs now have the first one's rank, so nothing differs but that it is the same run twice.
  await expect(page.getByRole('row', { name: /Rank k 4 16/ })).toHaveCount(0);
  await page.goBack();
  await expect(page.getByRole('row', { name: /Rank k 4 16/ })).toBeVisible();
});
