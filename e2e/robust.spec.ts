/** What goes wrong with GPUs, made to go wrong: lost devices, too little memory. The parameters survive it. */
import { expect, type Page, test } from 'playwright/test';

/** Lets a test reach the worker's devices: its script gets this line before it. */
async function spyOnDevices(page: Page, more = ''): Promise<void> {
  const spy = `
    globalThis.devices = [];
    const request = GPUAdapter.prototype.requestDevice;
    GPUAdapter.prototype.requestDevice = async function (descriptor) {
      const device = await request.call(this, descriptor);
      devices.push(device);
      ${more}
      return device;
    };`;
  await page.route('**/worker-*.js', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${spy}\n${await response.text()}` });
  });
}

const devices = (page: Page) =>
  page.workers()[0].evaluate(() => (globalThis as unknown as { devices: GPUDevice[] }).devices.length);

const isDone = (page: Page) => expect(page.locator('progress')).toHaveCount(0, { timeout: 90_000 });

test('a device that is lost in the middle of a run is opened again and the run repeated', async ({
  page,
}) => {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await spyOnDevices(page);
  await page.goto('/#/rsvd?rank=12&seed=3&m=192&n=160');
  await expect(page.locator('progress')).toBeVisible();
  await page.waitForTimeout(300);
  await page
    .workers()[0]
    .evaluate(() => (globalThis as unknown as { devices: GPUDevice[] }).devices.at(-1)?.destroy());
  await expect.poll(() => devices(page), { timeout: 60_000 }).toBe(2);
  await isDone(page);
  await expect(page.getByText(/of \d+ hold|none applies/).first()).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);
  expect(new URL(page.url()).hash).toBe('#/rsvd?rank=12&seed=3&m=192&n=160');
  expect(errors).toEqual([]);
});

test('after four losses within a minute the page stops trying, says so calmly, and can go on', async ({
  page,
}) => {
  await spyOnDevices(page, 'setTimeout(() => device.destroy(), 60);');
  await page.goto('/#/rsvd?rank=12&m=96&n=80');
  await expect(page.getByRole('alert')).toContainText('The GPU was lost 4 times within a minute', {
    timeout: 60_000,
  });
  // The one that was opened with the page may be lost before the run begins; then four tries.
  expect(await devices(page)).toBeLessThanOrEqual(5);
  await expect(page.getByText('Rankscope itself failed')).toHaveCount(0);
  expect(new URL(page.url()).hash).toBe('#/rsvd?rank=12&m=96&n=80');
  await page.getByRole('button', { name: /Computes on/ }).click();
  await page.getByLabel(/the CPU, in float64/).check();
  await page.keyboard.press('Escape');
  await expect(page.locator('canvas').first()).toBeVisible();
});

test('what a device cannot hold is refused with its size and a smaller proposal, and nothing is lost', async ({
  page,
}) => {
  await spyOnDevices(
    page,
    "Object.defineProperty(device, 'limits', { value: new Proxy(device.limits, { get: (limits, key) => key === 'maxStorageBufferBindingSize' ? 2 ** 19 : limits[key] }) });",
  );
  await page.goto('/#/rsvd?rank=12&m=128&n=96');
  await expect(page.locator('canvas').first()).toBeVisible();
  await isDone(page);
  await page.getByText(/^\d+ more/).click();
  await page.getByLabel('Rows m', { exact: true }).fill('4096');
  await page.getByLabel('Rows m', { exact: true }).press('Enter');
  // By its estimate it may be held first.
  const anyway = page.getByRole('button', { name: 'Run anyway' });
  await expect(anyway.or(page.getByRole('alert'))).toBeVisible();
  if (await anyway.isVisible()) await anyway.click();
  await expect(page.getByRole('alert')).toContainText(/this GPU binds at most .* choose a smaller size/);
  expect(new URL(page.url()).hash).toContain('m=4096');
  // The picture of the run before stays, and the proposal is one click away.
  await expect(page.locator('canvas').first()).toBeVisible();
  // One proposal may not be small enough for the intermediate results; the next one is.
  for (let i = 0; i < 3; i++) {
    const proposal = page.getByRole('button', { name: /^Try / });
    if ((await proposal.count()) === 0) break;
    await proposal.click();
    await page.waitForTimeout(500);
    await isDone(page);
  }
  await expect(page.getByRole('alert')).toHaveCount(0);
  expect(Number(/m=(\d+)/.exec(page.url())?.[1] ?? 512)).toBeLessThan(4096);
});
