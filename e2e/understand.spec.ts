/** The pages that explain: the family tree, where methods fail, the glossary and definitions in place. */
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from 'playwright/test';

test.setTimeout(300_000);

for (const [name, heading] of [
  ['tree', 'Family tree of the methods'],
  ['failures', 'Where methods fail'],
  ['glossary', 'Glossary'],
]) {
  test(`axe finds nothing on #/${name}, in either theme, and nothing is cut off on a phone`, async ({
    page,
  }) => {
    await page.goto(`/#/${name}`);
    await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible();
    await expect(page.getByText('Loading …')).toHaveCount(0);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const { violations } = await new AxeBuilder({ page }).analyze();
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
      expect(found, colorScheme).toEqual([]);
    }
    await page.setViewportSize({ width: 360, height: 780 });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
  });
}

test('the family tree, the failures and the glossary open from the help', async ({ page }) => {
  await page.goto('/#/glossary');
  await page.getByRole('button', { name: 'Help' }).click();
  await page.getByRole('dialog').getByRole('link', { name: 'Family tree' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  const tree = page.getByRole('list', { name: 'Family tree of the methods' });
  const children = tree.getByRole('list', { name: 'Derived from LoRA', exact: true });
  await expect(children).toContainText('draws the rank of every step at random');
  await children.getByRole('link', { name: 'DyLoRA' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'DyLoRA' })).toBeVisible();
});

test('a failure opens at its settings', async ({ page }) => {
  await page.goto('/#/failures');
  await page
    .getByRole('link', { name: /^Open Randomized SVD: / })
    .first()
    .click();
  await expect(page.getByRole('heading', { level: 1, name: 'Randomized SVD' })).toBeVisible();
  const shown = page.getByRole('button', { name: /where it fails/, pressed: true });
  await expect(shown).toBeVisible();
});

test('a term of a figure is defined by keyboard, dismissed with Escape, and found in the glossary', async ({
  page,
}) => {
  await page.goto('/#/rsvd?rank=8&m=64&n=48');
  const term = page.locator('figcaption').getByRole('button', { name: 'Singular values' }).first();
  await term.focus({ timeout: 60_000 });
  await page.keyboard.press('Enter');
  const note = page.getByRole('note').filter({ hasText: 'How much a matrix stretches' });
  await expect(note).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(note).toHaveCount(0);
  await expect(term).toBeFocused();
  await page.keyboard.press('Enter');
  await note.getByRole('link', { name: 'Glossary' }).click();
  await expect(page.locator('#term-singular-value')).toBeInViewport();
  await page.getByLabel(/^Search \d+ terms$/).fill('workgroup');
  await expect(page.getByRole('main').locator('dt')).toHaveText([/^workgroup/, /^subgroup/]);
});
