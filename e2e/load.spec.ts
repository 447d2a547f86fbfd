import { gzipSync } from 'node:zlib';
import { expect, test } from 'playwright/test';

/** gzip bytes of JavaScript; what a static host sends. */
const BEFORE_PAINT = 120_000;
const TO_CHART = 260_000;

const gzipped = (body: Buffer | string) => gzipSync(body, { level: 9 }).length;
const kb = (bytes: number) => `${(bytes / 1000).toFixed(1)} KB`;

test('the page paints after at most 120 KB of JavaScript and draws its first chart after 260 KB', async ({
  page,
  request,
  baseURL,
}) => {
  const scripts = new Map<string, Promise<number>>();
  page.on('response', (response) => {
    if (!/\.m?js$/.test(new URL(response.url()).pathname)) return;
    scripts.set(
      response.url(),
      response.body().then(
        (body) => gzipped(body),
        () => 0,
      ),
    );
  });
  await page.goto('/');
  await expect(page.locator('.recharts-surface').first()).toBeVisible();
  const sizes = await Promise.all([...scripts].map(async ([url, size]) => ({ url, size: await size })));
  const total = sizes.reduce((sum, { size }) => sum + size, 0);
  for (const { url, size } of sizes.sort((a, b) => b.size - a.size).slice(0, 8)) {
    console.log(`  ${kb(size)} ${new URL(url).pathname}`);
  }
  expect(sizes.length).toBeGreaterThan(3);

  // What must have come before anything is drawn: the entry, the opening declaration, and what these import.
  const html = await (await request.get('/')).text();
  const entry = /<script[^>]+src="([^"]+)"/.exec(html)?.[1] ?? '';
  const opening = sizes.find(({ url }) => /\/rsvd-[^/]+\.js$/.test(url))?.url ?? '';
  const waiting = [new URL(entry, baseURL).href, opening];
  const needed = new Map<string, number>();
  for (let url = waiting.pop(); url; url = waiting.pop()) {
    if (needed.has(url)) continue;
    const code = await (await request.get(url)).text();
    needed.set(url, gzipped(code));
    for (const [, path] of code.matchAll(/(?:from|import)\s*["'](\.[^"']+\.js)["']/g)) {
      waiting.push(new URL(path, url).href);
    }
  }
  const first = [...needed.values()].reduce((sum, size) => sum + size, 0);
  console.log(
    `JavaScript: ${kb(first)} before the first paint, ${kb(total)} to the first chart (worker included)`,
  );
  expect(needed.size).toBeGreaterThan(2);
  expect(first).toBeLessThanOrEqual(BEFORE_PAINT);
  expect(total).toBeLessThanOrEqual(TO_CHART);
});
