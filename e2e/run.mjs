/**
 * `npm test`: everything, in order, each step in its own process. Installs what is missing, then type check,
 * lint, unit and kernel tests, production build, end-to-end tests. Ends with one line that adds up all suites.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireNode, requirePackages } from '../app/cli/toolchain.mjs';

requireNode();
const windows = process.platform === 'win32';
let passed = 0;
let failed = 0;

function run(title, command, args, env = {}) {
  console.log(`\n== ${title}`);
  const began = Date.now();
  const { status } = spawnSync(command, args, {
    stdio: 'inherit',
    shell: windows,
    env: { ...process.env, FORCE_COLOR: '0', ...env },
  });
  console.log(
    `== ${title}: ${status === 0 ? 'ok' : 'FAILED'} in ${((Date.now() - began) / 1000).toFixed(1)} s`,
  );
  return status === 0;
}

/** A step without tests of its own counts as one. */
function step(title, command, args) {
  if (run(title, command, args)) passed++;
  else failed++;
}

/** A step whose runner writes a JSON report that `count` reads. */
function suite(title, command, args, env, report, count) {
  const ok = run(title, command, args, env);
  let counted = { passed: 0, failed: 0 };
  if (existsSync(report)) counted = count(JSON.parse(readFileSync(report, 'utf8')));
  passed += counted.passed;
  failed += counted.failed;
  // A runner that broke off, or a suite that ran nothing, must not look green.
  if ((!ok && counted.failed === 0) || counted.passed + counted.failed === 0) failed++;
}

process.env.PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD = '1';
requirePackages();
const { ensureBrowser } = await import('./browser.mjs');
process.env.CHROME_PATH = await ensureBrowser();

const reports = mkdtempSync(join(tmpdir(), 'rankscope-'));
const unit = join(reports, 'unit.json');
const pages = join(reports, 'e2e.json');
try {
  step('type check', 'npx', ['tsc', '--noEmit']);
  step('lint', 'npx', ['biome', 'check', '.']);
  suite(
    'unit and kernel tests',
    'npx',
    ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${unit}`],
    {},
    unit,
    ({ numPassedTests, numFailedTests, numFailedTestSuites }) => ({
      passed: numPassedTests,
      failed: numFailedTests || numFailedTestSuites,
    }),
  );
  step('build', 'npx', ['vite', 'build']);
  suite(
    'end-to-end tests',
    'npx',
    ['playwright', 'test'],
    { PLAYWRIGHT_JSON_OUTPUT_NAME: pages },
    pages,
    ({ stats, errors }) => ({
      passed: stats.expected + stats.flaky,
      failed: stats.unexpected + errors.length,
    }),
  );
} finally {
  rmSync(reports, { recursive: true, force: true });
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
