/**
 * The page offline: a service worker that keeps every file of the build after the first visit, so that all
 * methods run without a network, and a manifest that lets the page be installed. Both are written by the build,
 * which alone knows the files. Nothing but the page's own files is ever kept.
 */
import { createHash } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Plugin } from 'vite';

const MANIFEST = {
  name: 'Rankscope',
  short_name: 'Rankscope',
  description: 'See what rank buys: low-rank methods on your own GPU.',
  start_url: './',
  scope: './',
  display: 'standalone',
  background_color: '#f7f8f9',
  theme_color: '#0b5cad',
  icons: [{ src: './icon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' }],
};

/** The page itself is kept as './'. */
const LEFT_OUT = /^(index\.html|sw\.js|.*\.map)$/;

const serviceWorker = (
  version: string,
  files: readonly string[],
): string => `// Written by app/ui/offline.plugin.ts.
const CACHE = 'rankscope-${version}';
const FILES = ${JSON.stringify(files)};

self.addEventListener('install', (event) => {
  // A few at a time: a first visit is not for filling the line with what may never be used.
  const keep = async () => {
    const cache = await caches.open(CACHE);
    const rest = FILES.slice();
    const some = async () => {
      for (let file = rest.pop(); file !== undefined; file = rest.pop()) await cache.add(file);
    };
    await Promise.all(Array.from({ length: 8 }, some));
    await self.skipWaiting();
  };
  event.waitUntil(keep());
});

self.addEventListener('activate', (event) => {
  const tidy = async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith('rankscope-') && name !== CACHE) await caches.delete(name);
    }
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  // Only the page's own files; what a person typed an address of goes by its own way.
  if (request.method !== 'GET' || new URL(request.url).origin !== self.location.origin) return;
  if (request.headers.has('range')) return;
  const answer = async () => {
    const kept = await (await caches.open(CACHE)).match(request, { ignoreSearch: true, ignoreVary: true });
    // Hashed names never change; the page itself is asked for anew where there is a network.
    if (kept && request.mode !== 'navigate') return kept;
    try {
      return await fetch(request);
    } catch (error) {
      const page = kept ?? (request.mode === 'navigate' ? await caches.match("./", { ignoreVary: true }) : undefined);
      if (page) return page;
      throw error;
    }
  };
  event.respondWith(answer());
});
`;

export const offline = (): Plugin => ({
  name: 'offline',
  apply: 'build',
  transformIndexHtml: () => [
    { tag: 'link', attrs: { rel: 'manifest', href: './manifest.webmanifest' }, injectTo: 'head' },
    { tag: 'meta', attrs: { name: 'theme-color', content: MANIFEST.theme_color }, injectTo: 'head' },
  ],
  // After everything is written: workers and their chunks are files of their own, outside this bundle.
  writeBundle({ dir }) {
    if (!dir) throw new Error('the offline plugin writes into a folder');
    writeFileSync(join(dir, 'manifest.webmanifest'), JSON.stringify(MANIFEST));
    const files = readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !LEFT_OUT.test(entry.name))
      .map((entry) => `./${relative(dir, join(entry.parentPath, entry.name)).replaceAll('\\', '/')}`)
      .sort();
    const version = createHash('sha256').update(files.join()).digest('hex').slice(0, 12);
    writeFileSync(join(dir, 'sw.js'), serviceWorker(version, ['./', ...files]));
  },
});
