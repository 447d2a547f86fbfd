import { expect, test } from 'playwright/test';

// Without the flags that let headless Chromium use its software adapter there is none: a machine without WebGPU.
test.use({
  launchOptions: {
    executablePath: process.env.CHROME_PATH ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-gpu',
    ],
  },
});

test('without WebGPU the page says why and runs on the CPU', async ({ page }) => {
  await page.goto('/#/rsvd?m=64&n=48&rank=8');
  await expect(page.getByRole('button', { name: /Computes on: CPU, float64/ })).toBeVisible();
  await expect(page.locator('canvas').first()).toBeVisible();
  await page.getByRole('button', { name: /Computes on/ }).click();
  await expect(page.getByText(/Until then everything runs on the CPU/).first()).toBeVisible();
});
