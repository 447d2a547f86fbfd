/** Factors of a run: taken, weighed at every precision, saved. */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from 'playwright/test';

test.setTimeout(240_000);

async function saved(page: Page, button: string): Promise<Buffer> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button }).click(),
  ]);
  const chunks: Buffer[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const overflowOf = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

async function take(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.locator('summary', { hasText: 'Factors and their precision' }).click();
  await page.getByRole('button', { name: 'Take the factors' }).click();
  await expect(page.getByRole('table').filter({ hasText: 'Kept as' })).toBeVisible();
}

test('U, S and V are saved as .npy and as .safetensors, and a precision says what it costs', async ({
  page,
}) => {
  await take(page, '/#/rsvd?m=64&n=48&rank=8');
  const npy = await saved(page, 'Save U as .npy');
  expect(npy.subarray(1, 6).toString()).toBe('NUMPY');
  expect(npy.toString('latin1')).toContain("'descr': '<f4', 'fortran_order': False, 'shape': (64, 8)");
  await page.getByRole('button', { name: 'int4', exact: true }).click();
  await expect(page.getByText(/int4: .* % of F32.*against .* in F32/)).toBeVisible();
  await expect(page.getByRole('figure', { name: /by how the factors are stored/ })).toBeVisible();
  const file = await saved(page, 'Save all as .safetensors');
  const header = JSON.parse(file.subarray(8, 8 + Number(file.readBigUInt64LE(0))).toString());
  expect(header['U.int4']).toMatchObject({ dtype: 'U8', shape: [256] });
  expect(header.__metadata__.link).toContain('#/rsvd?rank=8');
  expect(header.__metadata__.machine).toContain('Browser: Mozilla');

  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page }).analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    expect(found, colorScheme).toEqual([]);
  }
  await page.setViewportSize({ width: 360, height: 780 });
  expect(await overflowOf(page)).toBeLessThanOrEqual(0);
});

test('trained adapters are saved so that the page of weight files knows them', async ({ page }) => {
  await take(page, '/#/lora?steps=20&batch=16&rank=4');
  await page.getByRole('button', { name: 'Error of ΔW', exact: true }).click();
  await expect(page.getByRole('figure', { name: /^Error of ΔW/ })).toBeVisible();
  const buffer = await saved(page, 'Save all as .safetensors');
  await page.setViewportSize({ width: 360, height: 780 });
  expect(await overflowOf(page)).toBeLessThanOrEqual(0);
  await page.goto('/#/weights');
  const file = { name: 'lora_f32.safetensors', mimeType: 'application/octet-stream', buffer };
  await page.getByLabel('Choose a file').setInputFiles(file);
  await expect(page.getByText('3 LoRA pairs')).toBeVisible();
});
