/**
 * `npm run screenshot`: builds the page, opens it in a real browser and takes the README's picture; with a folder
 * as argument, every page kind, wide and phone-sized, light and dark, into that folder instead.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright';
import sharp from 'sharp';
import { build, preview } from 'vite';
import { ensureBrowser } from './browser.mjs';

const PAGES = {
  opening: '',
  matrix: '#/rsvd?m=256&n=192&rank=16',
  kernels: '#/matmul?m=128&n=128&k=128&repeats=1',
  training: '#/lora?steps=40&batch=16',
  sequence: '#/s4?state=8&length=256',
  compare: '#/compare?run=rsvd%3Frank%3D4%26m%3D96%26n%3D80&run=rsvd%3Frank%3D16%26m%3D96%26n%3D80',
  sweep: '#/sweep?run=rsvd%3Frank%3D8%26m%3D96%26n%3D80&over=rank%3D4%2C8%2C16&seeds=0%2C1',
  bench: '#/bench',
};
const SIZES = { wide: { width: 1440, height: 900 }, phone: { width: 360, height: 780 } };

const folder = process.argv[2];
const only = process.argv[3];
const outDir = process.env.PREVIEW_DIR ?? 'dist';
if (!process.env.PREVIEW_DIR) await build({ logLevel: 'error' });
const server = await preview({ build: { outDir }, preview: { port: 4391 }, logLevel: 'error' });
const base = server.resolvedUrls?.local[0];
if (!base) throw new Error('the preview server gave no address');
const browser = await chromium.launch({
  executablePath: await ensureBrowser(),
  args: ['--no-sandbox', '--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'],
});

/** Waits until the run is over, or for a minute, and until the charts have settled. */
async function shoot(page, path, options) {
  await page.waitForTimeout(2000);
  await page
    .waitForFunction(() => !document.querySelector('progress, [data-busy]'), null, { timeout: 60_000 })
    .catch(() => undefined);
  await page.waitForTimeout(1200);
  return page.screenshot({ path, ...options });
}

try {
  if (folder) {
    mkdirSync(folder, { recursive: true });
    for (const [name, hash] of Object.entries(PAGES)) {
      if (only && !only.split(',').includes(name)) continue;
      for (const [size, viewport] of Object.entries(SIZES)) {
        const page = await browser.newPage({ viewport, colorScheme: 'light' });
        await page.goto(`${base}${hash}`);
        if (name === 'sweep') await page.getByRole('button', { name: /^Run \d+ runs/ }).click();
        await shoot(page, join(folder, `${name}-${size}-light.png`), { fullPage: true });
        await page.emulateMedia({ colorScheme: 'dark' });
        await page.waitForTimeout(300);
        await page.screenshot({ path: join(folder, `${name}-${size}-dark.png`), fullPage: true });
        await page.close();
      }
    }
  } else {
    const page = await browser.newPage({ viewport: SIZES.wide, colorScheme: 'light' });
    await page.goto(base);
    const picture = await shoot(page, undefined, {});
    mkdirSync('docs', { recursive: true });
    await sharp(picture).webp({ quality: 82 }).toFile('docs/screenshot.webp');
    console.log('docs/screenshot.webp');
  }
} finally {
  await browser.close();
  await new Promise((resolve) => server.httpServer.close(resolve));
}
