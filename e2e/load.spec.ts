/**
 * How much JavaScript a first visit loads, gzip, as a static host sends it. What the page itself loads is held
 * to its budget; what the worker loads to compute (kernels, the method's run) is held to one of its own.
 */
import { gzipSync } from 'node:zlib';
import { expect, test } from 'playwright/test';

const BUDGET = { paint: 120_000, chart: 260_000, worker: 100_000 };

const gzipped = (body: Buffer | string) => gzipSync(body, { level: 9 }).length;
const kb = (bytes: number) => `${(bytes / 1000).toFixed(1)} KB`;

test('the page paints after at most 120 KB of JavaScript and draws its first chart after 260 KB', async ({
  page,
  request,
  baseURL,
}) => {
  const loaded = new Set<string>();
  page.on('response', (response) => {
    if (/\.m?js$/.test(new URL(response.url()).pathname)) loaded.add(response.url());
  });
  await page.goto('/');
  await expect(page.locator('.recharts-surface').first()).toBeVisible();
  const own = new Set(
    await page.evaluate(() => [
      ...performance.getEntriesByType('resource').map(({ name }) => name),
      ...[...document.scripts].map(({ src }) => src),
    ]),
  );
  const codes = new Map<string, string>();
  const codeOf = async (url: string) => {
    const code = codes.get(url) ?? (await (await request.get(url)).text());
    codes.set(url, code);
    return code;
  };
  const sum = async (urls: Iterable<string>) => {
    let bytes = 0;
    for (const url of urls) bytes += gzipped(await codeOf(url));
    return bytes;
  };
  const isWorker = (url: string) => !own.has(url) || /\/worker-[^/]+\.js$/.test(url);
  const toChart = await sum([...loaded].filter((url) => !isWorker(url)));
  const toCompute = await sum([...loaded].filter(isWorker));

  // What must have come before anything is drawn: the entry, the opening declaration, and what these import.
  const html = await (await request.get('/')).text();
  const entry = /<script[^>]+src="([^"]+)"/.exec(html)?.[1] ?? '';
  const opening = [...loaded].filter((url) => /\/rsvd-[^/]+\.js$/.test(url) && !isWorker(url));
  const waiting = [new URL(entry, baseURL).href, ...opening];
  const needed = new Set<string>();
  for (let url = waiting.pop(); url; url = waiting.pop()) {
    if (needed.has(url)) continue;
    needed.add(url);
    for (const [, path] of (await codeOf(url)).matchAll(/(?:from|import)\s*["'](\.[^"']+\.js)["']/g)) {
      waiting.push(new URL(path, url).href);
    }
  }
  // WebKit evaluates the entry of a worker once more for whoever imports from it: every class would exist twice.
  for (const [url, code] of codes) expect(code, url).not.toMatch(/from\s*["']\.\/worker-/);
  const toPaint = await sum(needed);
  console.log(
    `JavaScript: ${kb(toPaint)} before the first paint, ${kb(toChart)} to the first chart, ` +
      `${kb(toCompute)} more in the worker`,
  );
  expect(opening).toHaveLength(1);
  expect(toPaint).toBeLessThanOrEqual(BUDGET.paint);
  expect(toChart).toBeLessThanOrEqual(BUDGET.chart);
  expect(toCompute).toBeLessThanOrEqual(BUDGET.worker);
});
