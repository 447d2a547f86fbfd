/** A person's own data: dropped, pasted, picked, by address; what cannot be read is refused and loses nothing. */
import { expect, type Page, test } from 'playwright/test';

const npy = (rows: number, cols: number, of: (i: number, j: number) => number): Buffer => {
  const text = `{'descr': '<f8', 'fortran_order': False, 'shape': (${rows}, ${cols}), }`;
  const header = Buffer.from(`${text.padEnd(117)}\n`);
  const body = Buffer.alloc(8 * rows * cols);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < cols; j++) body.writeDoubleLE(of(i, j), 8 * (i * cols + j));
  const length = Buffer.alloc(2);
  length.writeUInt16LE(header.length);
  return Buffer.concat([Buffer.from('\x93NUMPY\x01\x00', 'latin1'), length, header, body]);
};

const safetensors = (tensors: Readonly<Record<string, { rows: number; cols: number }>>): Buffer => {
  const header: Record<string, object> = {};
  let at = 0;
  for (const [name, { rows, cols }] of Object.entries(tensors)) {
    header[name] = { dtype: 'F32', shape: [rows, cols], data_offsets: [at, at + 4 * rows * cols] };
    at += 4 * rows * cols;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const body = Buffer.alloc(at);
  for (let i = 0; i < at / 4; i++) body.writeFloatLE(Math.sin(i * i), 4 * i);
  return Buffer.concat([length, text, body]);
};

const wave = (i: number, j: number) => Math.sin(i / 5) * Math.cos(j / 3) + 0.1 * Math.sin(i * j);

const START = '/#/rsvd?rank=4&m=64&n=48';

async function opened(page: Page): Promise<void> {
  await page.goto(START);
  await expect(page.locator('canvas').first()).toBeVisible();
}

/** The size that the data panel tells, and a picture of that size. */
async function shows(page: Page, name: string, rows: number, cols: number): Promise<void> {
  await expect(page.getByText(name, { exact: true }).first()).toBeVisible();
  const panel = page.getByRole('region', { name: 'Data', exact: true });
  await expect(panel.getByText(`${rows} × ${cols}`, { exact: true })).toBeVisible();
  await expect(page.locator(`canvas[width="${cols}"][height="${rows}"]`).first()).toBeVisible({
    timeout: 60_000,
  });
}

const pick = (page: Page, name: string, mimeType: string, buffer: Buffer) =>
  page.locator('input[type="file"]').setInputFiles({ name, mimeType, buffer });

/** The same as a person's hand: a file let go over the page, or in the clipboard. */
const hand = (page: Page, gesture: 'drop' | 'paste', name: string, bytes: Buffer) =>
  page.evaluate(
    ({ gesture: how, name: called, base64 }) => {
      const content = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([content], called));
      const event =
        how === 'drop'
          ? new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true })
          : new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true, cancelable: true });
      document.body.dispatchEvent(event);
    },
    { gesture, name, base64: bytes.toString('base64') },
  );

test('a .npy array is picked, and the link names it by its content', async ({ page }) => {
  await opened(page);
  await pick(page, 'wave.npy', 'application/octet-stream', npy(40, 56, wave));
  await shows(page, 'wave.npy', 40, 56);
  await expect(page).toHaveURL(/data=file:wave\.npy:[0-9a-f]{16}/);
  // Whoever opens the link is asked for the file; another one is taken, and told apart.
  const link = new URL(page.url()).hash;
  await page.goto('about:blank');
  await page.goto(`/${link}`);
  await expect(page.getByText(/stayed on the sender/)).toBeVisible();
  await pick(
    page,
    'other.npy',
    'application/octet-stream',
    npy(40, 56, (i, j) => i * j),
  );
  await expect(page.getByText(/not the file of the link/)).toBeVisible();
});

test('a .csv table is dropped', async ({ page }) => {
  await opened(page);
  const lines = Array.from({ length: 24 }, (_, i) =>
    Array.from({ length: 30 }, (_, j) => wave(i, j)).join(','),
  );
  await hand(page, 'drop', 'table.csv', Buffer.from(`${lines.join('\n')}\n`));
  await shows(page, 'table.csv', 24, 30);
});

test('a PNG is pasted', async ({ page }) => {
  await opened(page);
  const base64 = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(60, 44);
    const context = canvas.getContext('2d');
    context?.fillRect(10, 10, 30, 20);
    const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
    return btoa(String.fromCharCode(...bytes));
  });
  await hand(page, 'paste', 'pasted.png', Buffer.from(base64, 'base64'));
  await shows(page, 'pasted.png', 44, 60);
});

test('of a .safetensors file one tensor is chosen', async ({ page }) => {
  await opened(page);
  const file = safetensors({ 'layer.weight': { rows: 36, cols: 28 }, bias: { rows: 1, cols: 9 } });
  await pick(page, 'model.safetensors', 'application/octet-stream', file);
  await page.getByRole('button', { name: /layer\.weight 36 × 28 F32/ }).click();
  await shows(page, 'model.safetensors', 36, 28);
  await expect(page).toHaveURL(/tensor=layer\.weight/);
});

test('of a .safetensors file at an address only the header and one tensor travel', async ({
  page,
  context,
}) => {
  const file = safetensors({ small: { rows: 32, cols: 24 }, large: { rows: 2000, cols: 500 } });
  let sent = 0;
  await context.route('https://models.test/**', async (route) => {
    const range = /bytes=(\d+)-(\d+)/.exec(route.request().headers().range ?? '');
    const [start, end] = range ? [Number(range[1]), Number(range[2])] : [0, file.length - 1];
    const body = file.subarray(start, end + 1);
    sent += body.length;
    await route.fulfill({
      status: 206,
      body,
      headers: {
        'access-control-allow-origin': '*',
        'access-control-expose-headers': 'content-range',
        'content-range': `bytes ${start}-${start + body.length - 1}/${file.length}`,
      },
    });
  });
  await opened(page);
  await page.getByText('From an address').click();
  await page.getByPlaceholder('https://…').fill('https://models.test/model.safetensors');
  await page.getByRole('button', { name: 'Load' }).click();
  await page.getByRole('button', { name: /small 32 × 24 F32/ }).click();
  await shows(page, 'model.safetensors', 32, 24);
  console.log(`of ${file.length} bytes ${sent} travelled`);
  expect(sent).toBeLessThan(20_000);
});

test('an address that cannot be read is refused with what to do', async ({ page, context }) => {
  // A server without CORS looks the same to a page as one that is not there.
  await context.route('https://closed.test/**', (route) => route.abort('accessdenied'));
  await opened(page);
  await page.getByText('From an address').click();
  await page.getByPlaceholder('https://…').fill('https://closed.test/a.npy');
  await page.getByRole('button', { name: 'Load' }).click();
  await expect(
    page.getByText(/does not let other sites read its files: download the file/).first(),
  ).toBeVisible();
});

for (const [what, name, bytes, says] of [
  ['an empty file', 'empty.npy', Buffer.alloc(0), /empty\.npy is empty/],
  ['a truncated array', 'short.npy', npy(40, 56, wave).subarray(0, 900), /short\.npy/],
  [
    'a pickle',
    'model.bin',
    Buffer.from('\x80\x02}q\x00.', 'latin1'),
    /Python pickle, which is never run here/,
  ],
  ['a web page', 'page.png', Buffer.from('<!doctype html><p>404'), /a web page or drawing/],
] as const) {
  test(`${what} is refused, and the page goes on`, async ({ page }) => {
    await opened(page);
    await pick(page, name, 'application/octet-stream', bytes);
    await expect(page.getByText(says).first()).toBeVisible();
    await page.getByRole('button', { name: 'Use generated data instead' }).click();
    await expect(page.locator('canvas[width="48"][height="64"]').first()).toBeVisible();
  });
}

test('a signal is drawn, or taken ready-made, and becomes the data', async ({ page }) => {
  await page.goto('/#/s4?state=4&length=64');
  await page.getByText('Draw a signal').click();
  await page.getByRole('button', { name: 'Chirp' }).click();
  await expect(page.getByText('chirp.csv', { exact: true }).first()).toBeVisible();
  await expect(page.getByText('512 × 1').first()).toBeVisible();
  const box = await page.getByRole('img', { name: /A signal of 512 samples/ }).boundingBox();
  if (!box) throw new Error('no place to draw');
  await page.mouse.move(box.x + 10, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + 150, box.y + 70, { steps: 4 });
  await page.mouse.up();
  await expect(page.getByText('drawn signal.csv', { exact: true }).first()).toBeVisible();
});
