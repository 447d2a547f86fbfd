/** `npm start`: installs what is missing and serves the page on this machine. */
import { requireNode, requirePackages, root } from './toolchain.mjs';

requireNode();
requirePackages();

const { createServer } = await import('vite');
const server = await createServer({ root, logLevel: 'warn' });
try {
  await server.listen();
} catch (error) {
  console.error(`The page cannot be served: ${error instanceof Error ? error.message : error}`);
  process.exit(1);
}
const [url] = server.resolvedUrls?.local ?? [];
console.log(`\n  Rankscope is open at ${url}\n\n  Ctrl+C ends it.\n`);
