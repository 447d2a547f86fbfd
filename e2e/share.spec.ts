import { expect, test } from 'playwright/test';

const SMALL = '/#/rsvd?m=64&n=48&rank=8';

test('a link carries the sender’s figures, and the reader sees how their own run compares', async ({
  page,
}) => {
  await page.goto(SMALL);
  await expect(page.getByText(/hold/).first()).toBeVisible();
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Share' });
  await dialog.getByRole('checkbox', { name: /with my main figures/ }).check();
  const link = await dialog.getByLabel(/Link to exactly this/).inputValue();
  expect(link).toMatch(/sent=error\.rsvd:0\.\d+,error\.svd:0\.\d+/);
  await dialog.getByText('QR code', { exact: true }).click();
  await expect(dialog.getByRole('img', { name: /QR code/ })).toBeVisible();
  await page.goto('about:blank');
  await page.goto(link);
  const sent = page.getByRole('region', { name: 'The sender’s figures' });
  await expect(sent.getByText('the same').first()).toBeVisible();
});

test('a teacher’s link locks one control and hides another', async ({ page }) => {
  await page.goto(`${SMALL}&lock=rank&hide=oversample`);
  await expect(page.getByText('Some controls are locked or hidden by the link.')).toBeVisible();
  await expect(page.getByRole('slider', { name: 'Rank k, slider' }).first()).toBeDisabled();
  await expect(page.getByRole('slider', { name: 'Oversampling p, slider' })).toHaveCount(0);
  await expect(page.getByRole('slider', { name: 'Power iterations q, slider' })).toBeEnabled();
});

test('a run is taken away as a NumPy script, with the machine and the link in it', async ({ page }) => {
  await page.goto(SMALL);
  await expect(page.getByText(/hold/).first()).toBeVisible();
  await page.locator('summary', { hasText: 'Take it away' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'NumPy script' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('rsvd_numpy.py');
  const chunks: Buffer[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  expect(text).toContain('"rank": 8');
  expect(text).toContain('"error.rsvd": 0.');
  expect(text).toContain('#/rsvd?rank=8');
  expect(text).toContain('# Browser: Mozilla');
});
