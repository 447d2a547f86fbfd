import { expect, type Page, test } from 'playwright/test';

/** Opens the fold of shaders and one kernel in it, and returns its editor. */
async function openKernel(page: Page, name: string) {
  await page.locator('summary', { hasText: /^Shaders$/ }).click();
  await page.locator('summary', { hasText: `${name}.wgsl` }).click();
  const editor = page.getByRole('textbox', { name: `Source of ${name}.wgsl` });
  await expect(editor).toBeVisible();
  return editor;
}

/** Puts a line at the head of the source. */
async function putFirst(page: Page, name: string, line: string) {
  await page.getByRole('textbox', { name: `Source of ${name}.wgsl` }).click();
  await page.keyboard.press('ControlOrMeta+Home');
  await page.keyboard.insertText(`${line}\n`);
}

const SMALL = '/#/rsvd?m=64&n=48&rank=8';

test('a kernel that does not compile is refused at its line', async ({ page }) => {
  test.slow();
  await page.goto(SMALL);
  await expect(page.locator('canvas').first()).toBeVisible();
  await openKernel(page, 'transpose_vec4');
  const check = page.getByRole('button', { name: 'Check and time the edit' });
  await expect(check).toBeDisabled();
  await putFirst(page, 'transpose_vec4', 'const x = nowhere;');
  await check.click();
  await expect(page.getByText('It does not compile.')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(/Line 1, column \d+: .*nowhere/)).toBeVisible();
  await page.getByRole('button', { name: 'Back to the original' }).click();
  await expect(check).toBeDisabled();
});

test('an edited kernel in a link waits for consent; what is no kernel is named and left out', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto(SMALL);
  await expect(page.locator('canvas').first()).toBeVisible();
  await openKernel(page, 'transpose_vec4');
  await putFirst(page, 'transpose_vec4', '// edited by the sender');
  await page.getByRole('button', { name: 'Copy a link with the edit' }).click();
  await expect(page.getByText('Whoever opens it is asked')).toBeVisible();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link.length).toBeLessThan(8000);

  const reader = await context.newPage();
  await reader.goto(link);
  const asked = reader.getByRole('region', { name: 'Edited kernel' });
  await expect(asked).toContainText('It has not run');
  await asked.getByRole('button', { name: 'Read and check it' }).click();
  await expect(asked.getByText('edited by the sender')).toBeVisible();
  await asked.getByRole('button', { name: 'Run it' }).click();
  await expect(reader.getByText('runs in place of the original')).toBeVisible();
  await reader.getByRole('button', { name: 'Run with the original' }).click();
  await expect(reader.getByText('runs in place of the original')).toBeHidden();

  const other = await context.newPage();
  await other.goto(`${SMALL}&wgsl=nothing.AAAA`);
  await expect(other.getByText('edits a kernel "nothing" that there is not')).toBeVisible();
});

test('a workgroup size set by a slider is an edit: checked, timed, and in the link', async ({
  page,
  context,
}) => {
  test.slow();
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto(SMALL);
  await expect(page.locator('canvas').first()).toBeVisible();
  await openKernel(page, 'transpose_vec4');
  const slider = page.getByRole('slider', { name: 'ROWS' });
  await expect(slider).toHaveAttribute('aria-valuetext', '16');
  await slider.press('ArrowLeft');
  await expect(slider).toHaveAttribute('aria-valuetext', '8');
  await expect(page.getByText('override ROWS: u32 = 8;')).toBeVisible();
  await page.getByRole('button', { name: 'Check and time the edit' }).click();
  await expect(page.getByText(/Right: every operation stays within its bound/)).toBeVisible({
    timeout: 120_000,
  });
  await expect(page.getByText(/Error of \w+: at worst [\d.e-]+ of its bound/).first()).toBeVisible();
  await page.getByRole('button', { name: 'Copy a link with the edit' }).click();
  await expect(page.getByText('Whoever opens it is asked')).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('wgsl=transpose_vec4.');
});

test('the kernels of an operation stand side by side: what each does, its error, its speed, and two sources', async ({
  page,
}) => {
  test.slow();
  await page.goto('/#/bench');
  await page.locator('summary', { hasText: /^Transpose: / }).click();
  const table = page.getByRole('region', { name: 'Kernels of transpose' });
  await expect(table.getByRole('row')).toHaveCount(4);
  await page.getByRole('button', { name: 'Measure the 3 kernels here' }).click();
  await expect(page.getByText(/transpose \d+x\d+ on .*: medians of 9 rounds/)).toBeVisible({
    timeout: 120_000,
  });
  await expect(table.locator('tr[data-here]')).toContainText('exact');
  await expect(table.locator('tr[data-here]')).toContainText('Chosen here: ');
  const tile = table.getByRole('row', { name: /^tile/ });
  if (await tile.getByText('not run here').isVisible()) {
    await tile.getByRole('button', { name: 'Run tile anyway' }).click();
    await expect(tile).toContainText('exact', { timeout: 120_000 });
  }
  await page.locator('summary', { hasText: 'Two of them side by side' }).click();
  await page.getByLabel('Right source').selectOption('transpose_tile');
  const pair = page.getByRole('region', { name: 'transpose_any.wgsl beside transpose_tile.wgsl' });
  await expect(pair.locator('tr[data-same]').first()).toBeVisible();
  await expect(pair).toContainText('workgroupBarrier');
});
