/**
 * How fast the page answers, measured inside it. Machines differ and share their cores, so the figures are
 * logged, and only several times what is promised fails.
 */
import { expect, type Page, test } from 'playwright/test';

const PROMISED = { picture: 5000, rank: 250, task: 200, cancel: 250 };
const SLACK = 4;
/** Of many tasks the longest is asked for, and a neighbour's work makes any of them longer. */
const TASK_SLACK = 8;

/** Watches the page from its first moment: long tasks, and when pictures are put on canvases. */
async function watch(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const seen = { tasks: [] as number[], painted: [] as number[] };
    Object.assign(globalThis, { seen });
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) seen.tasks.push(duration);
    }).observe({ type: 'longtask', buffered: true });
    const { prototype } = CanvasRenderingContext2D;
    prototype.putImageData = new Proxy(prototype.putImageData, {
      apply(put, context: CanvasRenderingContext2D, args) {
        if (context.canvas.width > 256) seen.painted.push(performance.now());
        return Reflect.apply(put, context, args);
      },
    });
  });
}

const longest = (page: Page): Promise<number> =>
  page.evaluate(() => Math.max(0, ...(globalThis as unknown as { seen: { tasks: number[] } }).seen.tasks));

const isDone = (page: Page) => expect(page.locator('progress')).toHaveCount(0, { timeout: 90_000 });

test('the first picture stands within 5 s and no task holds the page for more than 200 ms', async ({
  page,
}) => {
  await watch(page);
  await page.goto('/');
  await expect(page.locator('canvas').first()).toBeVisible();
  const first = await page.evaluate(
    () => (globalThis as unknown as { seen: { painted: number[] } }).seen.painted[0],
  );
  await isDone(page);
  await page.waitForTimeout(500);
  const task = await longest(page);
  console.log(`first picture after ${Math.round(first)} ms, longest task of the first visit ${task} ms`);
  expect(first).toBeLessThan(SLACK * PROMISED.picture);
  expect(task).toBeLessThan(TASK_SLACK * PROMISED.task);
});

test('a new rank at 512 x 512 is seen in picture, marker and numbers within 250 ms', async ({ page }) => {
  await watch(page);
  await page.goto('/#/rsvd?m=512&n=512&rank=24');
  await expect(page.getByLabel('Main numbers').locator('dd').first()).not.toHaveText('–', {
    timeout: 60_000,
  });
  await isDone(page);
  await page.waitForTimeout(500);
  const before = await longest(page);
  const changes: { all: number; marker?: number; numbers?: number; picture?: number }[] = [];
  for (let i = 0; i < 8; i++) {
    changes.push(
      await page.evaluate(async () => {
        const { seen } = globalThis as unknown as { seen: { painted: number[] } };
        const input = document.querySelector<HTMLInputElement>('[data-parameter="rank"] input[type="range"]');
        const numbers = () => document.querySelector('[aria-label="Main numbers"]')?.textContent;
        const marker = () => document.querySelector('figure g[role="slider"]')?.outerHTML;
        if (!input) throw new Error('no slider for the rank');
        const then = { numbers: numbers(), marker: marker(), painted: seen.painted.length };
        const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set;
        const began = performance.now();
        set?.call(input, String(Number(input.value) + 17));
        input.dispatchEvent(new Event('input', { bubbles: true }));
        const at: Record<string, number> = {};
        for (;;) {
          await new Promise(requestAnimationFrame);
          const now = performance.now() - began;
          if (marker() !== then.marker) at.marker ??= now;
          if (numbers() !== then.numbers) at.numbers ??= now;
          if (seen.painted.length > then.painted) at.picture ??= now;
          if ((at.marker && at.numbers && at.picture) || now > 5000) break;
        }
        // The frame in which it stands has been painted when the next task runs.
        await new Promise((resolve) => setTimeout(resolve, 0));
        return { all: performance.now() - began, ...at };
      }),
    );
    // Sometimes at rest, sometimes while the full run that follows a change is under way.
    await page.waitForTimeout(i % 2 === 0 ? 50 : 2000);
  }
  const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1];
  const middle = median(changes.map(({ all }) => all));
  const part = (key: 'marker' | 'numbers' | 'picture') =>
    `${key} ${Math.round(median(changes.map((change) => change[key] ?? Number.POSITIVE_INFINITY)))}`;
  console.log(
    `rank to page: median ${Math.round(middle)} ms (${part('marker')}, ${part('numbers')}, ${part('picture')}), ` +
      `all ${changes.map(({ all }) => Math.round(all)).join(', ')} ms; ` +
      `longest task ${Math.max(before, await longest(page))} ms`,
  );
  expect(middle).toBeLessThan(SLACK * PROMISED.rank);
});

test('dragging the rank holds the page for no task over 200 ms', async ({ page }) => {
  await watch(page);
  await page.goto('/#/rsvd?m=512&n=512&rank=24');
  await expect(page.locator('.recharts-surface').first()).toBeVisible();
  await isDone(page);
  const box = await page.locator('[data-parameter="rank"] input[type="range"]').first().boundingBox();
  if (!box) throw new Error('no slider for the rank');
  await page.evaluate(() => {
    (globalThis as unknown as { seen: { tasks: number[] } }).seen.tasks.length = 0;
  });
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width * 0.4, y);
  await page.mouse.down();
  for (let i = 0; i <= 40; i++) {
    await page.mouse.move(box.x + box.width * (0.4 + 0.008 * i), y);
    await page.waitForTimeout(25);
  }
  await page.mouse.up();
  await page.waitForTimeout(4000);
  const task = await longest(page);
  console.log(`longest task while dragging and after: ${task} ms`);
  expect(task).toBeLessThan(TASK_SLACK * PROMISED.task);
});

test('a run is cancelled within 250 ms', async ({ page }) => {
  await page.goto('/#/rsvd?m=512&n=512&rank=64&home=cpu');
  await expect(page.locator('progress')).toBeVisible();
  await page.waitForTimeout(1500);
  const took = await page.evaluate(async () => {
    const began = performance.now();
    dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
    while (document.querySelector('progress')) await new Promise(requestAnimationFrame);
    return performance.now() - began;
  });
  await expect(page.getByText('Cancelled.')).toBeVisible();
  // The worker must be free too, so that the next run starts at once.
  const freed = Date.now();
  await page.getByRole('button', { name: /Run on|Computes on/ }).click();
  await page.getByLabel('the GPU, in float32').check();
  await page.keyboard.press('Escape');
  await expect(page.locator('progress')).toBeVisible();
  console.log(`cancelled after ${Math.round(took)} ms, next run under way after ${Date.now() - freed} ms`);
  expect(took).toBeLessThan(SLACK * PROMISED.cancel);
});

test('a photograph of 2048 x 1536 is approximated', async ({ page }) => {
  await watch(page);
  await page.goto('/#/rsvd?m=64&n=48&rank=8');
  await isDone(page);
  // A picture with detail at all scales, drawn here: waves, rings and grain.
  const base64 = await page.evaluate(async () => {
    const [width, height] = [2048, 1536];
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d');
    if (!context) throw new Error('no canvas');
    const image = context.createImageData(width, height);
    for (let y = 0, o = 0; y < height; y++) {
      for (let x = 0; x < width; x++, o += 4) {
        const ring = Math.sin(Math.hypot(x - 900, y - 700) / 23) * 40;
        const grain = ((x * 7919 + y * 104729) % 61) - 30;
        image.data[o] = 120 + 60 * Math.sin(x / 190) + ring + grain;
        image.data[o + 1] = 110 + 70 * Math.cos(y / 150) + ring + grain;
        image.data[o + 2] = 100 + ((x * y) % 4096) / 60 + grain;
        image.data[o + 3] = 255;
      }
    }
    context.putImageData(image, 0, 0);
    const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/jpeg' })).arrayBuffer());
    let text = '';
    for (const byte of bytes) text += String.fromCharCode(byte);
    return btoa(text);
  });
  const began = Date.now();
  await page.locator('input[type="file"]').setInputFiles({
    name: 'photograph.jpg',
    mimeType: 'image/jpeg',
    buffer: Buffer.from(base64, 'base64'),
  });
  await expect(page.locator('canvas[width="2048"][height="1536"]').first()).toBeVisible({ timeout: 90_000 });
  console.log(`photograph of 2048 x 1536: picture after ${Date.now() - began} ms`);
  await expect(page.getByText(/PSNR/).first()).toBeVisible();
  await expect(page.getByText('Rankscope itself failed')).toHaveCount(0);
});
