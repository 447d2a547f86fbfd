/**
 * `npm run bench`: our operations beside naive kernels and other libraries, in one Chromium on one adapter.
 *
 *   --only matmul,fft   cases whose id or family begins so      --rounds 9     samples of each, alternating
 *   --set standard      standard, large, sweep or tiny           --with a,b     only these libraries
 *   --json file         the report as JSON, - for standard output
 *   --limit 20          seconds that one step of a library may take before it is given up
 *
 * Each case gets a page of its own. Libraries take turns, A B A B, one sample each; a sample is as many
 * calls as last some 30 ms. A library that is wrong by more than 1 % of the largest entry is not timed.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright';
import { build, preview } from 'vite';
import { requirePackages } from '../../app/cli/toolchain.mjs';
import { ensureBrowser } from '../browser.mjs';
import { markdown } from './report.mjs';

const LIBRARIES = ['rankscope', 'naive', 'tfjs', 'ort', 'jax-js', 'ml-matrix'];

/** Steps known to take minutes, or not to come back: quadratic, or one workgroup with barriers throughout. */
const HOPELESS = {
  'tfjs fft 2^16': 'quadratic',
  'tfjs fft 2^12': 'quadratic',
  'ort cumsum 2^20': 'quadratic',
  'tfjs qr 1024x64': 'one operation a reflection: does not return',
  'jax-js svd 256': 'one workgroup: does not return',
  'jax-js sort 2^18': 'does not return',
};

/** Minutes for everybody else; measured for what is said of ours against it. */
const OURS_ALONE = ['attention 4096x64', 'low-rank attention 4096x64 rank 32'];

/** A sample lasts about this long, by repeating the call. */
const SAMPLE_MS = 30;
const MOST_CALLS = 100;
/** Slower than this and three rounds must do. */
const SLOW_MS = 2000;

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    rounds: { type: 'string', default: '9' },
    set: { type: 'string', default: 'standard' },
    with: { type: 'string', default: LIBRARIES.join() },
    json: { type: 'string' },
    limit: { type: 'string', default: '20' },
  },
});
const rounds = Number(options.rounds);
const limitMs = 1000 * Number(options.limit);
const names = options.with.split(',').filter((name) => LIBRARIES.includes(name));
if (!(rounds >= 1) || !(limitMs > 0) || names.length === 0) {
  console.error(`--rounds and --limit are positive numbers, --with is among ${LIBRARIES.join()}`);
  process.exit(2);
}

class TimeLimit extends Error {}

/** A dispatch cannot be cancelled: whoever waits longer than the limit gives the whole browser up. */
async function within(work, ms) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new TimeLimit(`no answer within ${Math.round(ms / 1000)} s`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

const median = (list) => {
  const sorted = [...list].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

const config = fileURLToPath(new URL('vite.config.ts', import.meta.url));
const say = (text) => process.stderr.write(`${text}\n`);

class Bench {
  browser = null;
  page = null;
  refused = false;

  constructor(url, executablePath) {
    this.url = url;
    this.executablePath = executablePath;
  }

  /** A fresh page; a fresh browser too where the last was given up. */
  async open() {
    this.browser ??= await chromium.launch({
      executablePath: this.executablePath,
      args: [
        '--no-sandbox',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--enable-unsafe-webgpu',
        ...(process.env.RANKSCOPE_ADAPTER === 'hardware' ? [] : ['--use-webgpu-adapter=swiftshader']),
      ],
    });
    await this.page?.context().close();
    this.page = await (await this.browser.newContext()).newPage();
    // A dispatch that the device refuses costs no time and computes nothing: such a time must not count.
    this.page.on('console', (message) => {
      if (
        /\bInvalid (CommandBuffer|Buffer|BindGroup|ComputePipeline)\b|already finished/.test(message.text())
      )
        this.refused = true;
    });
    this.page.on('pageerror', (error) => say(`  page: ${error.message}`));
    await this.page.goto(this.url);
    await this.page.waitForFunction(() => window.bench !== undefined);
  }

  async giveUp() {
    const { browser } = this;
    this.browser = null;
    this.page = null;
    // close() waits for a GPU process that may be busy for minutes.
    await within(browser.close(), 5000).catch(() => {});
  }

  call(method, args, ms) {
    const work = this.page.evaluate(([name, list]) => window.bench[name](...list), [method, args]);
    work.catch(() => {});
    return within(work, ms);
  }

  /** All libraries at one case. */
  async measure(test) {
    const rows = [];
    await this.open();
    const taking = OURS_ALONE.includes(test.id) ? names.filter((name) => name === 'rankscope') : names;
    for (const name of taking) {
      const reason = HOPELESS[`${name} ${test.id}`];
      const row = {
        name,
        firstMs: null,
        longestTaskMs: null,
        verdict: null,
        samples: [],
        note: reason ?? '',
      };
      if (reason) {
        rows.push(row);
        continue;
      }
      // Starting a runtime takes its time on a loaded machine, and is not the operation's.
      const first = await this.attempt(row, 'prepare', [test.id, name], limitMs + 60_000);
      if (first === undefined) {
        rows.push(row);
        await this.reopen(test, rows);
        continue;
      }
      if (first === null) {
        if (row.note !== '') rows.push(row);
        continue;
      }
      Object.assign(row, {
        firstMs: first.firstMs,
        longestTaskMs: first.longestTaskMs,
        verdict: first.verdict,
      });
      if (!first.isRight) row.note = 'wrong';
      rows.push(row);
    }
    const racing = rows.filter((row) => row.note === '');
    for (const row of racing) await this.calibrate(test, row, rows);
    for (let round = 0; round < rounds; round++) {
      for (const row of racing) {
        if (row.note !== '' || (round >= 3 && row.warmMs > SLOW_MS)) continue;
        const ms = await this.attempt(row, 'sample', [test.id, row.name, row.times], limitMs + 30_000);
        if (ms === undefined) await this.reopen(test, rows);
        else if (ms !== null) row.samples.push(ms);
      }
    }
    for (const row of rows) {
      row.bestMs = row.samples.length > 0 ? Math.min(...row.samples) : null;
      row.medianMs = row.samples.length > 0 ? median(row.samples) : null;
    }
    return { ...test, rows };
  }

  /** Warms up until two runs agree within 20 %, at most four, and sets how many calls make a sample. */
  async calibrate(test, row, rows) {
    let last = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 4; i++) {
      const ms = await this.attempt(row, 'sample', [test.id, row.name, 1], limitMs);
      if (ms === undefined) return this.reopen(test, rows);
      if (ms === null) return;
      const settled = Math.abs(ms - last) < 0.2 * last || ms > SLOW_MS;
      last = Math.min(last, ms);
      if (settled) break;
    }
    row.warmMs = last;
    row.times = Math.max(1, Math.min(MOST_CALLS, Math.ceil(SAMPLE_MS / last)));
  }

  /** The answer, or undefined with the reason in the row's note. */
  async attempt(row, method, args, ms) {
    this.refused = false;
    try {
      const answer = await this.call(method, args, ms);
      if (!this.refused) return answer;
      row.note = 'refused by the device';
      return null;
    } catch (error) {
      row.note =
        error instanceof TimeLimit
          ? error.message
          : String(error.message ?? error)
              .split('\n')[0]
              .slice(0, 160);
      if (error instanceof TimeLimit) await this.giveUp();
      return undefined;
    }
  }

  /** After a lost browser: the others that were ready are prepared again, until none of them loses it too. */
  async reopen(test, rows) {
    while (!this.page) {
      await this.open();
      for (const row of rows) {
        if (row.note !== '') continue;
        await this.attempt(row, 'prepare', [test.id, row.name], limitMs + 60_000);
        if (!this.page) break;
      }
    }
  }
}

requirePackages();
const executablePath = await ensureBrowser();
say('Building the page ...');
await build({ configFile: config });
const server = await preview({ configFile: config, preview: { port: 0, host: '127.0.0.1' } });
const url = server.resolvedUrls.local[0];
const bench = new Bench(url, executablePath);
let failed = false;
try {
  await bench.open();
  const adapter = await bench.call('adapter', [], 30_000);
  const tests = await bench.call('cases', [options.set, options.only], 30_000);
  const results = [];
  for (const test of tests) {
    const began = Date.now();
    const result = await bench.measure(test);
    results.push(result);
    const own = result.rows.find(({ name }) => name === 'rankscope');
    failed ||= own === undefined || own.note !== '';
    const times = result.rows.map(
      ({ name, bestMs, note }) => `${name} ${bestMs === null ? note : `${bestMs.toPrecision(3)} ms`}`,
    );
    say(`${test.id}: ${times.join(', ')} (${Math.round((Date.now() - began) / 1000)} s)`);
  }
  const report = { version: 1, made: new Date().toISOString(), adapter, rounds, set: options.set, results };
  if (options.json === '-') console.log(JSON.stringify(report, null, 1));
  else {
    if (options.json) writeFileSync(options.json, `${JSON.stringify(report, null, 1)}\n`);
    console.log(markdown(report));
  }
} finally {
  await within(bench.browser?.close() ?? Promise.resolve(), 5000).catch(() => {});
  await server.close();
}
process.exit(failed ? 1 : 0);
