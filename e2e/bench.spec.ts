import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from 'playwright/test';

test('the benchmark page measures, shows its rooflines, and its link opens the same result', async ({
  page,
}) => {
  await page.goto('/#/bench');
  await page.getByLabel('Operations').selectOption('fft');
  await page.getByRole('button', { name: 'Measure', exact: true }).click();
  await expect(page.getByRole('rowheader', { name: 'fft 2^16' })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('progressbar')).toBeHidden({ timeout: 60_000 });
  await expect(page.getByRole('img', { name: /^Roofline/ })).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);

  await page.goto('/#/bench?r=1~Other~gpu~h~1000~100;fft+2%5E16~1~2~0.5~9~1e-7~2e-6~5;nothing~1~1~1~1~0~0~1');
  await expect(page.getByText('result from elsewhere: Other.')).toBeVisible();
  await expect(page.getByText('there is no benchmark "nothing"')).toBeVisible();
});

test('a shared result fits a phone', async ({ browser }) => {
  const context = await browser.newContext({ viewport: { width: 360, height: 800 } });
  const page = await context.newPage();
  await page.goto('/#/bench?r=1~Other~gpu~h~1000~100;matmul+512~1~2~0.5~9~1e-7~2e-6~5');
  await expect(page.getByRole('rowheader', { name: 'matmul 512' })).toBeVisible();
  const overflow = await page.locator('main').evaluate((main) => main.scrollWidth - main.clientWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  await context.close();
});

test('ours, the naive kernels and the other libraries run side by side, each answer checked', async () => {
  const args = [
    'e2e/bench/run.mjs',
    '--set',
    'tiny',
    '--only',
    'matmul,transpose',
    '--rounds',
    '1',
    '--json',
    '-',
  ];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const { results } = JSON.parse(stdout);
  for (const { rows } of results) {
    const right = rows.filter((row: { bestMs: number | null }) => row.bestMs !== null);
    expect(right.map((row: { name: string }) => row.name)).toEqual(
      expect.arrayContaining(['rankscope', 'naive', 'tfjs', 'ort', 'jax-js', 'ml-matrix']),
    );
    for (const { verdict } of right) expect(verdict.error).toBeLessThanOrEqual(verdict.bound);
  }
});

test('ours stays beside the plainest kernels between the products too', async () => {
  const only = 'layernorm,rmsnorm,elementwise,optimizer,selective,topk,gather,quantize,csr';
  const args = ['e2e/bench/run.mjs', '--set', 'tiny', '--only', only, '--with', 'rankscope,naive'];
  const { stdout } = await promisify(execFile)(process.execPath, [...args, '--rounds', '1', '--json', '-']);
  const { results } = JSON.parse(stdout);
  expect(results.length).toBe(9);
  for (const { rows } of results) {
    expect(rows.map((row: { bestMs: number | null }) => row.bestMs !== null)).toEqual([true, true]);
    for (const { verdict } of rows) expect(verdict.error).toBeLessThanOrEqual(verdict.bound);
  }
});
