/**
 * Finds the software Vulkan adapter that ships with Chromium and Chrome, for Dawn in Node on a Linux machine
 * without a usable GPU. The variables must stand in the environment before the process starts: the Vulkan
 * loader and the dynamic linker read them once.
 *
 * RANKSCOPE_ADAPTER=swiftshader forces it, RANKSCOPE_ADAPTER=machine forbids it. VK_ICD_FILENAMES and
 * VK_DRIVER_FILES, where set, are respected.
 */
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

const MANIFEST = 'vk_swiftshader_icd.json';

/** Names in a folder, none where it cannot be read. */
function entries(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Where browsers put the adapter, the ones that the person names first. */
function candidates() {
  const named = [process.env.CHROME_PATH, process.env.CHROMIUM_PATH]
    .filter(Boolean)
    .map((path) => dirname(path));
  const installed = [
    '/usr/lib/chromium',
    '/usr/lib/chromium-browser',
    '/usr/lib64/chromium-browser',
    '/opt/google/chrome',
    '/opt/google/chrome-beta',
    '/opt/google/chrome-unstable',
    '/opt/chromium',
    '/opt/microsoft/msedge',
    '/snap/chromium/current/usr/lib/chromium-browser',
  ];
  const playwright = process.env.PLAYWRIGHT_BROWSERS_PATH || join(homedir(), '.cache/ms-playwright');
  const puppeteer = join(homedir(), '.cache/puppeteer/chrome');
  const downloaded = [playwright, puppeteer].flatMap((root) =>
    entries(root).flatMap((name) => entries(join(root, name)).map((inner) => join(root, name, inner))),
  );
  return [...named, ...installed, ...downloaded];
}

/** True where the kernel shows a GPU and a Vulkan driver other than Mesa's software one is installed. */
function hasHardwareVulkan() {
  const nodes =
    entries('/dev/dri').some((name) => name.startsWith('renderD')) ||
    entries('/dev').some((name) => /^nvidia\d+$/.test(name));
  const drivers = ['/usr/share/vulkan/icd.d', '/usr/local/share/vulkan/icd.d', '/etc/vulkan/icd.d'].flatMap(
    entries,
  );
  return nodes && drivers.some((name) => name.endsWith('.json') && !/lvp|swiftshader/.test(name));
}

/** The folder with the software adapter and a Vulkan loader, or null. */
export function findSwiftshader() {
  return candidates().find((folder) => existsSync(join(folder, MANIFEST))) ?? null;
}

/**
 * The variables to add to a child's environment so that Dawn finds an adapter; empty where the machine has its
 * own, where the person chose one, or where no software adapter is installed.
 */
export function swiftshaderEnv() {
  const { RANKSCOPE_ADAPTER: wish, VK_ICD_FILENAMES, VK_DRIVER_FILES, LD_LIBRARY_PATH } = process.env;
  if (process.platform !== 'linux' || VK_ICD_FILENAMES || VK_DRIVER_FILES || wish === 'machine') return {};
  if (wish !== 'swiftshader' && hasHardwareVulkan()) return {};
  const folder = findSwiftshader();
  if (folder === null) return {};
  return {
    VK_ICD_FILENAMES: join(folder, MANIFEST),
    LD_LIBRARY_PATH: [folder, LD_LIBRARY_PATH].filter(Boolean).join(':'),
  };
}
