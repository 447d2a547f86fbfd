import { expect, test } from 'playwright/test';
import { readSafetensors } from '../app/data/safetensors';
import { writeSafetensors } from '../app/data/write';
import { normals } from '../app/math/threefry';

/** Two LoRA pairs (one of real rank 2) and a matrix. */
function loraFile(): Buffer {
  const pair = (base: string, stream: number, m: number, r: number, n: number, real = r) => {
    const b = normals(1, stream, m * r).map((x, i) => (i % r < real ? x : 1e-6 * x));
    return [
      { name: `${base}.lora_A.weight`, shape: [r, n], values: normals(1, stream + 1, r * n) },
      { name: `${base}.lora_B.weight`, shape: [m, r], values: b },
    ];
  };
  const tensors = [
    ...pair('layers.0.q_proj', 0, 40, 8, 32, 2),
    ...pair('layers.1.q_proj', 2, 40, 8, 32),
    { name: 'head.weight', shape: [24, 16], values: normals(1, 4, 24 * 16) },
    { name: 'head.bias', shape: [24], values: normals(1, 5, 24) },
  ];
  return Buffer.from(writeSafetensors(tensors));
}

test('a LoRA file is listed, its spectra sorted, and it is saved at a smaller rank', async ({ page }) => {
  await page.goto('/#/weights');
  const file = { name: 'adapter.safetensors', mimeType: 'application/octet-stream', buffer: loraFile() };
  await page.getByLabel('Choose a file').setInputFiles(file);
  await expect(page.getByText('1 matrix, 2 LoRA pairs, 1 other tensor left out')).toBeVisible();
  await expect(page.getByText('All spectra found')).toBeVisible();
  const table = page.getByRole('region', { name: 'Spectra, one matrix a row' });
  await expect(table.getByRole('row')).toHaveCount(4);
  await table.getByRole('button', { name: '99 %', exact: true }).click();
  await expect(table.getByRole('row').nth(1)).toContainText('layers.0.q_proj');
  await table.getByRole('button', { name: 'head.weight' }).click();
  await expect(page.getByRole('heading', { name: 'Singular values of head.weight' })).toBeVisible();

  await page.getByRole('button', { name: 'Resize' }).click();
  await expect(page.getByText(/Ranks 2 to \d/)).toBeVisible();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: /Save as .safetensors/ }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('adapter.resized.safetensors');
  const chunks: Buffer[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
  const saved = Buffer.concat(chunks);
  const read = async (start: number, end: number) => new Uint8Array(saved.subarray(start, end));
  const { tensors } = await readSafetensors('x', { size: saved.length, read });
  expect(tensors.find(({ name }) => name === 'layers.0.q_proj.lora_A.weight')?.shape).toEqual([2, 32]);
  expect(tensors.find(({ name }) => name === 'layers.0.q_proj.lora_B.weight')?.shape).toEqual([40, 2]);
});

test('what is no weight file is refused with what to do', async ({ page }) => {
  await page.goto('/#/weights');
  const file = { name: 'a.csv', mimeType: 'text/csv', buffer: Buffer.from('1,2\n3,4\n') };
  await page.getByLabel('Choose a file').setInputFiles(file);
  await expect(page.getByRole('alert')).toContainText('a.csv is no .safetensors file');
});
