/** The league of a testbed: run, stopped, sorted, taken away, and opened from its link with the sender's scores. */
import { expect, test } from 'playwright/test';

test('a league that is stopped keeps what is done, goes on, ranks, and travels as a link with its scores', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto('/#/league?testbed=matrix&sizes=quick&seed=1&wat=1');
  await expect(page.getByRole('alert')).toContainText('A league has no "wat"');
  await expect(page.getByText(/^About .* It can be stopped; what is done stays\.$/)).toBeVisible();
  await page.getByRole('button', { name: 'Run 2 methods' }).click();
  await expect(page.getByText(/2 of 2: /)).toBeVisible({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Stop' }).click();
  const table = page.getByRole('region', { name: 'League, one method a row' });
  await expect(table.locator('tr[data-first]')).toHaveCount(1);
  await page.getByRole('button', { name: 'Run the 1 that are left' }).click();
  await expect(page.getByRole('button', { name: 'Run all again' })).toBeVisible({ timeout: 60_000 });
  await expect(table.locator('tr[data-waiting]')).toHaveCount(0);

  await table.getByRole('button', { name: 'Method' }).click();
  await expect(table.locator('th[aria-sort="ascending"]')).toHaveText('Method');
  const row = table.getByRole('row', { name: /RandLoRA/ });
  await expect(row.getByRole('link')).toHaveAttribute('href', /^#\/randlora\?.*seed=1/);

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'CSV', exact: true }).first().click();
  expect((await download).suggestedFilename()).toBe('rankscope-league-matrix.csv');
  await page.getByRole('button', { name: 'Copy a link with these scores' }).click();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link).toMatch(/#\/league\?testbed=matrix&sizes=quick&seed=1&sent=.*rsvd:0\.\d+/);
  await page.goto('about:blank');
  await page.goto(link);
  await expect(table.getByText('Sender’s')).toBeVisible();
  await expect(table.locator('tr[data-waiting]')).toHaveCount(2);
});
