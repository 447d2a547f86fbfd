import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

// A page of its own, built beside the app and never into it.
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  publicDir: false,
  logLevel: 'error',
  build: {
    target: 'esnext',
    outDir: fileURLToPath(new URL('../../build/bench', import.meta.url)),
    emptyOutDir: true,
    chunkSizeWarningLimit: 100_000,
  },
});
