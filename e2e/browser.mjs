/**
 * A Chromium for the tests: one that is installed is used; else Debian's package where this is Debian and we
 * may install; else Playwright's own download. `CHROME_PATH` names one by hand.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const INSTALLED = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/opt/google/chrome/chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
];

/** The path of a browser, or null; Playwright's own is only looked for once node_modules is there. */
export async function findBrowser() {
  const named = process.env.CHROME_PATH;
  if (named) return named;
  const installed = INSTALLED.find((path) => existsSync(path));
  if (installed) return installed;
  try {
    const { chromium } = await import('playwright');
    const own = chromium.executablePath();
    return existsSync(own) ? own : null;
  } catch {
    return null;
  }
}

function isDebianRoot() {
  return process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/etc/debian_version');
}

/** Finds a browser or installs one. Throws with what to do by hand when neither works. */
export async function ensureBrowser() {
  const found = await findBrowser();
  if (found) return found;
  console.log('No Chrome or Chromium found: installing one.');
  if (isDebianRoot()) {
    try {
      execFileSync('apt-get', ['update'], { stdio: 'inherit' });
      execFileSync('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], { stdio: 'inherit' });
    } catch {
      console.log("Debian's chromium could not be installed; trying Playwright's own download.");
    }
  }
  if (!(await findBrowser())) {
    spawnSync('npx', ['playwright', 'install', 'chromium'], {
      stdio: 'inherit',
      shell: process.platform === 'win32',
    });
  }
  const now = await findBrowser();
  if (!now)
    throw new Error('No browser for the tests: install Chrome or Chromium, or set CHROME_PATH to one.');
  return now;
}
