/** What the launchers share: the check of Node and the packages, with everything they say on standard error. */
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Ends the process with 2 where this Node is older than the packages need. */
export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`Node ${process.versions.node} is too old: install Node 20.19 or newer.`);
  process.exit(2);
}

/** Installs the packages where they are missing or older than the lock; ends the process where that fails. */
export function requirePackages() {
  const lock = join(root, 'package-lock.json');
  const installed = join(root, 'node_modules/.package-lock.json');
  // npm writes the lock and its record in one go, so a second of difference means nothing.
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs - 1000) return;
  console.error('Installing packages ...');
  // npm ci refuses a lock without the packages of other platforms, which some mirrors do not carry; install
  // takes the same versions from the same lock.
  if (npm('ci').status === 0) return;
  const { status, output } = npm('install', '--no-save');
  if (status === 0) return;
  console.error(output);
  console.error('The packages could not be installed: see above.');
  process.exit(1);
}

/** One npm command, with what it said for the case that it fails. */
function npm(...args) {
  const { status, error, stdout, stderr } = spawnSync('npm', [...args, '--no-audit', '--no-fund'], {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
    env: { ...process.env, PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' },
  });
  return { status, output: error ? error.message : `${stdout}${stderr}`.slice(-4000) };
}
